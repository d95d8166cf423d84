"""Reads of samples: the draws of a plan, one with its receipts, what the answers tell of all of them."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from songnuan.audit.queries import entries
from songnuan.goods.models import Movement
from songnuan.kernel.refusal import Refusal
from songnuan.kernel.sampling import Drawing, Left, Result, margin_for, next_open, result_of
from songnuan.plans.models import Plan
from songnuan.visits.receipts import Receipt, receipts_of
from songnuan.visits.sample_models import BAD, FlagNote, Outcome, ReceiptCheck, Sample, SampleReceipt

DRAW = "visits.draw_sample"
"""The act as the trail has it."""


@dataclass(frozen=True, slots=True)
class CheckRow:
    """What one call came to."""

    outcome: str
    words: str
    happened_on: date
    by: str
    at: datetime

    @property
    def said(self) -> str:
        """Return the outcome in words."""
        return str(Outcome(self.outcome).label)


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """One receipt that was drawn, with the calls about it, the newest last."""

    receipt_id: int
    position: int
    receipt: Receipt
    handed_by_id: int | None
    checks: tuple[CheckRow, ...]

    @property
    def outcome(self) -> str:
        """What it came to; empty as long as nobody called."""
        return self.checks[-1].outcome if self.checks else ""


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One draw in a list."""

    sample_id: int
    number: int
    lead_id: int | None
    compound: str
    by_lead: bool
    population: int
    size: int
    confidence: int
    margin: float
    drawn_by: str
    drawn_at: datetime
    result: Result


def of_plan(plan_id: int) -> list[SampleRow]:
    """Return every draw of a plan, the newest first: one that nobody used stays too."""
    rows = list(Sample.objects.filter(plan_id=plan_id).select_related("drawn_by").order_by("-number"))
    outcomes = newest_outcomes([row.pk for row in rows])
    return [_row(row, outcomes[row.pk]) for row in rows]


def row_of(sample: Sample, drawn: Sequence[DrawnRow]) -> SampleRow:
    """Return one draw as it stands in a list."""
    return _row(sample, [row.outcome for row in drawn])


def _row(row: Sample, outcomes: Sequence[str]) -> SampleRow:
    counts = Counter(outcomes)
    return SampleRow(
        sample_id=row.pk,
        number=row.number,
        lead_id=row.lead_id,
        compound=row.compound,
        by_lead=row.by_lead,
        population=row.population,
        size=row.size,
        confidence=row.confidence,
        margin=margin_for(row.population, size=row.size, confidence=row.confidence),
        drawn_by=row.drawn_by.name or row.drawn_by.username,
        drawn_at=row.drawn_at,
        result=result_of(
            len(outcomes),
            good=counts[Outcome.OK],
            bad=sum(counts[one] for one in BAD),
            not_reached=counts[Outcome.NOT_REACHED],
            population=row.population,
            confidence=row.confidence,
        ),
    )


def newest_outcomes(sample_ids: Collection[int]) -> dict[int, list[str]]:
    """Return the newest outcome of every receipt of these samples, "" where nobody called."""
    found: dict[int, dict[int, str]] = {pk: {} for pk in sample_ids}
    for pk, sample_id in SampleReceipt.objects.filter(sample__in=sample_ids).values_list("pk", "sample_id"):
        found[sample_id][pk] = ""
    checks = ReceiptCheck.objects.filter(receipt__sample__in=sample_ids).order_by("pk")
    for sample_id, receipt_id, outcome in checks.values_list("receipt__sample_id", "receipt_id", "outcome"):
        found[sample_id][receipt_id] = outcome
    return {pk: list(receipts.values()) for pk, receipts in found.items()}


def drawn(sample: Sample, plan: Plan, on: date) -> list[DrawnRow]:
    """Return the receipts of a sample in the order of the draw."""
    rows = list(SampleReceipt.objects.filter(sample=sample).order_by("position"))
    told = receipts_of((row.movement_id for row in rows), plan, on)
    calls: dict[int, list[CheckRow]] = {}
    for check in ReceiptCheck.objects.filter(receipt__sample=sample).select_related("by").order_by("pk"):
        by = check.by.name or check.by.username
        row = CheckRow(check.outcome, check.words, check.happened_on, by, check.at)
        calls.setdefault(check.receipt_id, []).append(row)
    return [
        DrawnRow(
            row.pk,
            row.position,
            # What the unit got later is told with it; it was drawn by its own number.
            replace(told[row.movement_id], movement_id=row.movement_id),
            row.handed_by_id,
            tuple(calls.get(row.pk, ())),
        )
        for row in rows
        if row.movement_id in told
    ]


def drawing_of(sample: Sample) -> Drawing:
    """Return how a sample was drawn, and from which receipts: the strata are leads."""
    return Drawing.of(sample.drawn_from, sample.size, sample.seed, with_shares=sample.by_lead)


def is_redrawn_the_same(sample: Sample) -> bool:
    """Return whether the seed gives the very receipts that stand in the sample, and the digest holds."""
    rows = SampleReceipt.objects.filter(sample=sample).order_by("position")
    return drawing_of(sample).gives(list(rows.values_list("movement_id", flat=True)), sample.digest)


def receipts_after(sample: Sample) -> list[int]:
    """Return the receipts that a sample could draw and that were booked only after it, by number."""
    pool = [receipt for receipt, _lead in drawing_of(sample).pool]
    later = Movement.objects.filter(pk__in=pool, at__gt=sample.drawn_at)
    return list(later.order_by("pk").values_list("pk", flat=True))


def find_drawn(receipt_id: int) -> SampleReceipt:
    """Return one receipt of a sample, with its plan, its movement, and its visit or its issue.

    Raises:
        Refusal: `receipt_unknown`.

    """
    rows = SampleReceipt.objects.select_related("sample__plan", "movement__issue", "visit")
    sealed = ("visit__receiver_name", "movement__issue__receiver_name")
    receipt = rows.defer(*sealed).filter(pk=receipt_id).first()
    if receipt is None:
        raise Refusal("receipt_unknown", _("There is no such receipt in a sample. Open the sample again."))
    return receipt


def to_check(plan_ids: Collection[int]) -> dict[int, list[Left]]:
    """Return what is left of each sample of each plan, the oldest first, where anything is."""
    last = ReceiptCheck.objects.filter(receipt=OuterRef("pk")).order_by("-pk").values("outcome")[:1]
    told = SampleReceipt.objects.filter(sample__plan__in=plan_ids).annotate(said=Subquery(last))
    counts = Counter(told.values_list("sample_id", "said"))
    found: dict[int, list[Left]] = {}
    rows = Sample.objects.filter(plan__in=plan_ids).order_by("plan", "number")
    for plan_id, pk, number in rows.values_list("plan_id", "pk", "number"):
        left = Left(pk, number, counts[pk, None], counts[pk, Outcome.NOT_REACHED])
        if left.to_call + left.not_reached:
            found.setdefault(plan_id, []).append(left)
    return found


def is_open(plan_id: int) -> bool:
    """Return whether nobody called yet about a receipt that was drawn of a plan."""
    return SampleReceipt.objects.filter(sample__plan=plan_id, checks__isnull=True).exists()


def why_drawn(sample_id: int) -> str:
    """Return why a sample was drawn while another was open, as the trail has it; "" where none was."""
    rows = entries(subject=f"visits.sample:{sample_id}", action=DRAW, size=1)
    return str(rows[0].facts.get("reason", "")) if rows else ""


@dataclass(frozen=True, slots=True)
class CalledAmiss:
    """One receipt of a sample whose unit said that something is amiss; `changed`: what came after."""

    plan_id: int
    receipt_id: int
    unit_id: int
    outcome: str
    changed: str


def called_amiss(plan_ids: Collection[int]) -> list[CalledAmiss]:
    """Return what was said to be amiss in calls about the samples of these plans.

    A better answer does not take it away: it stands beside, for somebody to look at both.
    """
    calls = ReceiptCheck.objects.filter(receipt=OuterRef("pk")).order_by("-pk").values("outcome")
    bad, last = Subquery(calls.filter(outcome__in=BAD)[:1]), Subquery(calls[:1])
    rows = SampleReceipt.objects.filter(sample__plan__in=plan_ids).annotate(bad=bad, last=last)
    told = rows.exclude(bad=None).order_by("pk")
    return [
        CalledAmiss(plan_id, pk, unit_id, outcome, "" if newest in BAD else newest)
        for plan_id, pk, unit_id, outcome, newest in told.values_list(
            "sample__plan_id", "pk", "movement__unit_id", "bad", "last"
        )
    ]


def answered_before(row: DrawnRow) -> CheckRow | None:
    """Return what the unit answered last that is otherwise than what counts now; None where nothing is."""
    others = (one for one in reversed(row.checks) if one.outcome not in {row.outcome, Outcome.NOT_REACHED})
    return next(others, None)


def next_to_call(rows: Sequence[DrawnRow], after: int) -> DrawnRow | None:
    """Return which unit is called after that of receipt `after`: one nobody called, else one not reached."""
    place = next((index for index, row in enumerate(rows) if row.receipt_id == after), -1)
    found = next_open([row.outcome for row in rows], place)
    return None if found is None else rows[found]


def noted_flags(plan_ids: Collection[int]) -> frozenset[tuple[int, str]]:
    """Return which signs of these plans somebody looked at, as (plan, the sign's key)."""
    return frozenset(FlagNote.objects.filter(plan_id__in=plan_ids).values_list("plan_id", "key"))


def flag_notes(plan_id: int) -> dict[str, FlagNote]:
    """Return the newest note on each sign of a plan, by the sign's key."""
    rows = FlagNote.objects.filter(plan_id=plan_id).select_related("by").order_by("pk")
    return {row.key: row for row in rows}
