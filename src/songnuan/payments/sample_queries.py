"""Reads of call-backs: the draws of a plan, one with its payments, what the answers tell of all of them."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from songnuan.kernel.refusal import Refusal
from songnuan.kernel.sampling import interval, margin_for
from songnuan.payments.models import (
    CallBack,
    Channel,
    InstructionStatus,
    PaymentSample,
    SampledPayment,
)
from songnuan.payments.sample_models import Finding
from songnuan.payments.sample_rules import Answer, Booked, findings


@dataclass(frozen=True, slots=True)
class Call:
    """What one call came to: the answer, and what of it is amiss."""

    call_id: int
    answer: Answer
    findings: tuple[Finding, ...]
    happened_on: date
    by: str
    at: datetime

    @property
    def is_amiss(self) -> bool:
        """Whether anything is."""
        return bool(self.findings)


@dataclass(frozen=True, slots=True)
class DrawnPayment:
    """One payment that was drawn, with the calls about it, the newest last.

    `name` is the payee's as it was frozen, `minor` whether they are one. `back_since`: it came back only
    after the draw.
    """

    payment_id: int
    position: int
    instruction_id: int
    list_id: int
    list_number: int
    payee_id: int
    name: str
    minor: bool
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
        """How it stands: "" nobody called, not_reached, amiss, fine."""
        if self.last is None:
            return ""
        if not self.last.answer.reached:
            return "not_reached"
        return "amiss" if self.last.is_amiss else "fine"

    @property
    def was_amiss(self) -> Call | None:
        """The last call that something was amiss in, where a later one counts by now and says otherwise."""
        if self.state == "amiss":
            return None
        return next((one for one in reversed(self.calls) if one.is_amiss), None)


@dataclass(frozen=True, slots=True)
class Result:
    """How many answered and what; `low` and `high` bound the share of all that is in order, from 0 to 1."""

    size: int
    answered: int
    good: int
    bad: int
    not_reached: int
    low: float | None
    high: float | None

    @property
    def open(self) -> int:
        """How many nobody has called yet."""
        return self.size - self.answered - self.not_reached


def result_of(states: Sequence[str], *, population: int, confidence: int) -> Result:
    """Return what the newest calls about the payments drawn come to; "" where nobody called."""
    counts = Counter(states)
    good, bad = counts["fine"], counts["amiss"]
    low = high = None
    if good + bad:
        low, high = interval(good, good + bad, population=population, confidence=confidence)
    return Result(len(states), good + bad, good, bad, counts["not_reached"], low, high)


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
    rows = PaymentSample.objects.filter(plan=plan_id).select_related("drawn_by", "payment_list", "measure")
    if list_id is not None:
        rows = rows.filter(payment_list=list_id)
    found = list(rows.defer("drawn_from").order_by("-number"))
    states = _states([row.pk for row in found])
    return [_row(row, states[row.pk]) for row in found]


def row_of(sample: PaymentSample, drawn: Sequence[DrawnPayment]) -> SampleRow:
    """Return one draw as it stands in a list."""
    return _row(sample, [one.state for one in drawn])


def _row(sample: PaymentSample, states: Sequence[str]) -> SampleRow:
    figures = {"population": sample.population, "confidence": sample.confidence}
    return SampleRow(sample, margin_for(size=sample.size, **figures), result_of(states, **figures))


def _states(sample_ids: Collection[int]) -> dict[int, list[str]]:
    """Return how each payment of these samples stands by the newest call."""
    found: dict[int, list[str]] = {pk: [] for pk in sample_ids}
    for sample_id, reached, amiss in _newest(sample_ids).values_list("sample", "reached", "amiss"):
        state = "" if reached is None else "not_reached" if not reached else "amiss" if amiss else "fine"
        found[sample_id].append(state)
    return found


def _newest(sample_ids: Collection[int]) -> QuerySet[Any]:
    """Return the payments of samples with what the newest call about each says."""
    last = CallBack.objects.filter(payment=OuterRef("pk")).order_by("-pk")
    return SampledPayment.objects.filter(sample__in=sample_ids).annotate(
        reached=Subquery(last.values("reached")[:1]), amiss=Subquery(last.values("is_amiss")[:1])
    )


def drawn(sample_id: int) -> list[DrawnPayment]:
    """Return the payments of a sample in the order of the draw."""
    rows = SampledPayment.objects.filter(sample=sample_id).order_by("position")
    told = rows.select_related(
        "instruction__line__payee",
        "instruction__line__payment_list",
        "instruction__batch",
        "instruction__result",
        "instruction__receipt",
    )
    calls: dict[int, list[CallBack]] = {}
    for call in CallBack.objects.filter(payment__sample=sample_id).select_related("by").order_by("pk"):
        calls.setdefault(call.payment_id, []).append(call)
    return [_drawn(row, calls.get(row.pk, [])) for row in told]


def _drawn(row: SampledPayment, calls: Sequence[CallBack]) -> DrawnPayment:
    paid, booked = row.instruction, booked_of(row)
    return DrawnPayment(
        payment_id=row.pk,
        position=row.position,
        instruction_id=paid.pk,
        list_id=paid.line.payment_list_id,
        list_number=paid.line.payment_list.number,
        payee_id=paid.line.payee_id,
        name=paid.line.name,
        minor=paid.line.payee.restricted,
        unit_id=paid.line.unit_id,
        bank=paid.bank,
        paid_on=paid_on(row),
        booked=booked,
        back_since=paid.status == InstructionStatus.RETURNED and not row.came_back,
        calls=tuple(
            Call(
                call.pk,
                told := answer_of(call),
                findings(told, booked),
                call.happened_on,
                call.by.name or call.by.username,
                call.at,
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
        "instruction__line__payee",
        "instruction__batch",
        "instruction__result",
        "instruction__receipt",
    )
    row = rows.filter(pk=payment_id).first()
    if row is None:
        raise Refusal("sampled_unknown", _("There is no such payment in a sample. Open the sample again."))
    return row


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a sample: people nobody called yet, and people who were not reached."""

    sample_id: int
    number: int
    to_call: int
    not_reached: int


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
        left = Left(pk, number, states[pk].count(""), states[pk].count("not_reached"))
        if left.to_call + left.not_reached:
            found.setdefault(plan_id, []).append(left)
    return found


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
    return list(_amiss(bad.values_list("payment", flat=True)))


def _amiss(payment_ids: QuerySet[CallBack, int]) -> Iterator[Amiss]:
    samples = SampledPayment.objects.filter(pk__in=payment_ids)
    plans = dict(samples.values_list("pk", "sample__plan_id"))
    for sample_id in samples.order_by("sample").values_list("sample_id", flat=True).distinct():
        for row in drawn(sample_id):
            if row.payment_id not in plans:
                continue
            told = row.was_amiss or row.last
            assert told is not None  # noqa: S101 - one call about it was amiss
            changed = "" if row.was_amiss is None else row.state
            yield Amiss(
                plans[row.payment_id],
                row.payment_id,
                row.unit_id,
                row.list_number,
                told.findings,
                changed,
            )


def next_to_call(rows: Sequence[DrawnPayment], after: int) -> DrawnPayment | None:
    """Return which payment is asked about after one: one nobody called about, else one not reached.

    They come in the order of the draw, from there on and then from its beginning.
    """
    place = next((index for index, row in enumerate(rows) if row.payment_id == after), 0)
    others = [row for row in (*rows[place:], *rows[:place]) if row.payment_id != after]
    for state in ("", "not_reached"):
        for row in others:
            if row.state == state:
                return row
    return None
