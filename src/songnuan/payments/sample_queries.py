"""Reads of call-backs: the draws of a plan, one with its payments, what the answers tell of all of them."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from songnuan.kernel.refusal import Refusal
from songnuan.kernel.sampling import NOT_REACHED, Left, Result, margin_for, next_open, result_of
from songnuan.payments.models import CallBack, Channel, InstructionStatus, PaymentSample, SampledPayment
from songnuan.payments.sample_models import Finding
from songnuan.payments.sample_rules import Answer, Booked, findings
from songnuan.people.models import PersonStatus


@dataclass(frozen=True, slots=True)
class Call:
    """What one call came to: the answer, and what of it is amiss."""

    answer: Answer
    findings: tuple[Finding, ...]
    happened_on: date
    by: str

    @property
    def is_amiss(self) -> bool:
        """Whether anything is."""
        return bool(self.findings)


@dataclass(frozen=True, slots=True)
class DrawnPayment:
    """One payment that was drawn, with the calls about it, the newest last.

    `name` is the payee's as it was frozen, `minor` whether they are one,
    `is_erased` whether the register has erased them. `back_since`: it came back only
    after the draw.
    """

    payment_id: int
    position: int
    instruction_id: int
    list_id: int
    list_number: int
    name: str
    minor: bool
    is_erased: bool
    unit_id: int
    bank: str
    paid_on: date
    booked: Booked
    back_since: bool
    calls: tuple[Call, ...]

    @property
    def last(self) -> Call | None:
        """The call that counts."""
        return self.calls[-1] if self.calls else None

    @property
    def state(self) -> str:
        """How it stands by the call that counts."""
        last = self.last
        return _state(None, None) if last is None else _state(last.answer.reached, last.is_amiss)

    @property
    def was_amiss(self) -> Call | None:
        """The last call that something was amiss in, where a later one counts by now and says otherwise."""
        if self.state == "amiss":
            return None
        return next((one for one in reversed(self.calls) if one.is_amiss), None)


def _state(reached: bool | None, amiss: bool | None) -> str:  # noqa: FBT001 - columns
    """Return how a payment stands: "" nobody called (both None), not_reached, amiss, fine."""
    if reached is None:
        return ""
    if not reached:
        return NOT_REACHED
    return "amiss" if amiss else "fine"


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One draw in a list, with what its answers come to."""

    sample: PaymentSample
    margin: float
    result: Result

    @property
    def drawn_by(self) -> str:
        """Who drew it."""
        return self.sample.drawn_by.name or self.sample.drawn_by.username


def samples_of(plan_id: int, list_id: int | None = None) -> list[SampleRow]:
    """Return every draw of a plan, or of one of its lists, the newest first: one that nobody used too."""
    rows = PaymentSample.objects.filter(plan=plan_id).select_related("drawn_by", "payment_list")
    if list_id is not None:
        rows = rows.filter(payment_list=list_id)
    found = list(rows.defer("drawn_from").order_by("-number"))
    states = _states([row.pk for row in found])
    return [_row(row, states[row.pk]) for row in found]


def row_of(sample: PaymentSample, drawn: Sequence[DrawnPayment]) -> SampleRow:
    """Return one draw as it stands in a list."""
    return _row(sample, [one.state for one in drawn])


def _row(sample: PaymentSample, states: Sequence[str]) -> SampleRow:
    figures, counts = {"population": sample.population, "confidence": sample.confidence}, Counter(states)
    result = result_of(
        len(states),
        good=counts["fine"],
        bad=counts["amiss"],
        not_reached=counts[NOT_REACHED],
        **figures,
    )
    return SampleRow(sample, margin_for(size=sample.size, **figures), result)


def _states(sample_ids: Collection[int]) -> dict[int, list[str]]:
    """Return how each payment of these samples stands by the newest call."""
    found: dict[int, list[str]] = {pk: [] for pk in sample_ids}
    for sample_id, reached, amiss in _newest(sample_ids).values_list("sample", "reached", "amiss"):
        found[sample_id].append(_state(reached, amiss))
    return found


def _newest(sample_ids: Collection[int]) -> QuerySet[Any]:
    """Return the payments of samples with what the newest call about each says."""
    last = CallBack.objects.filter(payment=OuterRef("pk")).order_by("-pk")
    return SampledPayment.objects.filter(sample__in=sample_ids).annotate(
        reached=Subquery(last.values("reached")[:1]), amiss=Subquery(last.values("is_amiss")[:1])
    )


def drawn(sample_id: int) -> list[DrawnPayment]:
    """Return the payments of a sample in the order of the draw."""
    return _told(SampledPayment.objects.filter(sample=sample_id).order_by("position"))


def _told(rows: QuerySet[SampledPayment]) -> list[DrawnPayment]:
    """Return payments with their calls; of the register only whether the payee is a minor, or erased."""
    told = rows.select_related(
        "instruction__line__payment_list",
        "instruction__line__payee",
        "instruction__batch",
        "instruction__result",
        "instruction__receipt",
    )
    calls: dict[int, list[CallBack]] = {}
    for call in CallBack.objects.filter(payment__in=rows).select_related("by").order_by("pk"):
        calls.setdefault(call.payment_id, []).append(call)
    return [_drawn(row, calls.get(row.pk, [])) for row in told]


def _drawn(row: SampledPayment, calls: Sequence[CallBack]) -> DrawnPayment:
    paid, booked = row.instruction, booked_of(row)
    payee = paid.line.payee
    return DrawnPayment(
        payment_id=row.pk,
        position=row.position,
        instruction_id=paid.pk,
        list_id=paid.line.payment_list_id,
        list_number=paid.line.payment_list.number,
        name=paid.line.name,
        minor=payee.restricted,
        is_erased=payee.status == PersonStatus.ERASED,
        unit_id=paid.line.unit_id,
        bank=paid.bank,
        paid_on=paid_on(row),
        booked=booked,
        back_since=paid.status == InstructionStatus.RETURNED and not row.came_back,
        calls=tuple(
            Call(
                told := answer_of(call),
                findings(told, booked),
                call.happened_on,
                call.by.name or call.by.username,
            )
            for call in calls
        ),
    )


def booked_of(row: SampledPayment) -> Booked:
    """Return what the books say of a payment that was drawn."""
    paid = row.instruction
    is_cash = paid.batch.channel == Channel.CASH
    receipt = getattr(paid, "receipt", None) if is_cash else None
    return Booked(
        amount_minor=paid.amount_minor,
        is_cash=is_cash,
        by_proxy=receipt is not None and receipt.relation != "",
        came_back=row.came_back,
    )


def paid_on(row: SampledPayment) -> date:
    """Return the day on which a payment was paid, as its result says."""
    result = row.instruction.result
    assert result is not None  # noqa: S101 - what is paid has one, and what is booked has its day
    assert result.happened_on is not None  # noqa: S101
    return result.happened_on


def answer_of(row: CallBack) -> Answer:
    """Return the answer of a call as it is kept."""
    return Answer(
        reached=row.reached,
        received=row.received,
        received_minor=row.received_minor,
        kept=row.kept,
        back_minor=row.back_minor,
        back_to=row.back_to,
        signed=row.signed,
        words=row.words,
    )


def find_sampled(payment_id: int) -> SampledPayment:
    """Return one payment of a sample, with its plan, its list, its batch and result.

    Raises:
        Refusal: `sampled_unknown`.

    """
    rows = SampledPayment.objects.select_related(
        "sample__plan",
        "instruction__line__payment_list",
        "instruction__batch",
        "instruction__result",
        "instruction__receipt",
    )
    row = rows.filter(pk=payment_id).first()
    if row is None:
        raise Refusal("sampled_unknown", _("There is no such payment in a sample. Open the sample again."))
    return row


def to_call(plan_ids: Collection[int]) -> dict[int, list[Left]]:
    """Return what is left of each sample of each plan, the oldest first, where anything is."""
    rows = list(
        PaymentSample.objects.filter(plan__in=plan_ids)
        .order_by("plan", "number")
        .values_list("plan_id", "pk", "number")
    )
    states = _states([pk for _plan, pk, _number in rows])
    found: dict[int, list[Left]] = {}
    for plan_id, pk, number in rows:
        left = Left(pk, number, states[pk].count(""), states[pk].count(NOT_REACHED))
        if left.to_call + left.not_reached:
            found.setdefault(plan_id, []).append(left)
    return found


def is_open(plan_id: int) -> bool:
    """Return whether nobody called yet about a payment that was drawn of a plan."""
    return SampledPayment.objects.filter(sample__plan=plan_id, calls__isnull=True).exists()


@dataclass(frozen=True, slots=True)
class Amiss:
    """One payment of a sample of which something was said to be amiss.

    `changed` is how it stands by a later call that says otherwise; empty where none does.
    """

    plan_id: int
    payment_id: int
    unit_id: int
    list_number: int
    findings: tuple[Finding, ...]
    changed: str


def amiss(plan_ids: Collection[int]) -> list[Amiss]:
    """Return what was said to be amiss in calls about the samples of these plans.

    A better answer does not take it away: it stands beside, for somebody to look at both.
    """
    bad = CallBack.objects.filter(payment__sample__plan__in=plan_ids, is_amiss=True)
    rows = SampledPayment.objects.filter(pk__in=bad.values("payment")).order_by("sample", "position")
    plans = dict(rows.values_list("pk", "sample__plan_id"))
    return [_amiss(row, plans[row.payment_id]) for row in _told(rows)]


def _amiss(row: DrawnPayment, plan_id: int) -> Amiss:
    told = row.was_amiss or row.last
    assert told is not None  # noqa: S101 - one call about it was amiss
    changed = "" if row.was_amiss is None else row.state
    return Amiss(plan_id, row.payment_id, row.unit_id, row.list_number, told.findings, changed)


def next_to_call(rows: Sequence[DrawnPayment], after: int) -> DrawnPayment | None:
    """Return which payment is asked about after one: one nobody called about, else one not reached."""
    place = next((index for index, row in enumerate(rows) if row.payment_id == after), -1)
    found = next_open([row.state for row in rows], place)
    return None if found is None else rows[found]
