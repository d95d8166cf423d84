"""What a count of a store found, as it was settled, and what was entered afterwards of before it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, Sum

from songnuan.goods.counting import SETTLED
from songnuan.goods.models import Count, Movement, MovementKind, MovementLine
from songnuan.goods.places import STORE
from songnuan.kernel.clock import CHINA


@dataclass(frozen=True, slots=True)
class EnteredAfter:
    """What a movement of before a count, entered after that was settled, brought or took of one lot.

    `packs` are below zero where they left the store; `unit_id` is the unit that got them; `subject` names
    what it belongs to, such as "visits.visit:3".
    """

    day: date
    kind_label: str
    item: str
    packing: str
    number: str
    expires_on: date | None
    packs: int
    unit_id: int | None
    recorded_by: str
    entered_at: datetime
    subject: str


def subject_of(count_id: int) -> str:
    """Return what names a count in the movement that books its differences."""
    return f"goods.count:{count_id}"


def differences(count_id: int) -> dict[int, int]:
    """Return, by id of the lot, how many packs more (or fewer, below zero) were counted than there should be.

    What there should be is what the books said when the count began, and what was entered since of
    movements that took place before it; once the count is settled, what was entered until then.
    """
    row = Count.objects.get(pk=count_id)
    lines = list(row.lines.filter(counted__isnull=False))
    since = _of_before(row) & Q(movement__at__gt=row.taken_at, lot__in=[line.lot_id for line in lines])
    if row.status in SETTLED:
        since &= ~_after(row, _booked_by([row]).get(row.pk))
    sums = MovementLine.objects.filter(since).values_list("lot_id").annotate(packs=Sum("quantity")).order_by()
    late = Counter({lot_id: int(packs) for lot_id, packs in sums})
    return {
        line.lot_id: less
        for line in lines
        if line.counted is not None and (less := line.counted - line.booked - late[line.lot_id])
    }


def entered_after(row: Count) -> list[EnteredAfter]:
    """Return what was entered after a count was settled, of movements that took place before it began."""
    if row.status not in SETTLED:
        return []
    lines = MovementLine.objects.filter(_of_before(row) & _after(row, _booked_by([row]).get(row.pk)))
    return [
        EnteredAfter(
            day=line.movement.happened_at.astimezone(CHINA).date(),
            kind_label=str(MovementKind(line.movement.kind).label),
            item=line.lot.item.label,
            packing=line.lot.item.packing,
            number=line.lot.number,
            expires_on=line.lot.expires_on,
            packs=line.quantity,
            unit_id=line.movement.unit_id,
            recorded_by=line.movement.recorded_by.name if line.movement.recorded_by else "",
            entered_at=line.movement.at,
            subject=line.movement.subject,
        )
        for line in lines.select_related("movement__recorded_by", "lot__item").order_by("movement_id", "pk")
    ]


def overtaken(counts: Iterable[Count]) -> set[int]:
    """Return which of these counts, one of a store, no longer say what the books do.

    Movements of before them were entered after they were settled. Two queries.
    """
    rows = [row for row in counts if row.status in SETTLED]
    booked, wanted = _booked_by(rows), Q(pk__in=[])
    for row in rows:
        wanted |= _of_before(row) & _after(row, booked.get(row.pk))
    stores = set(MovementLine.objects.filter(wanted).values_list("lot__store", flat=True)) if rows else set()
    return {row.pk for row in rows if row.store_id in stores}


def _of_before(row: Count) -> Q:
    """Return what moved through the store of a count before that began, what it booked itself apart."""
    moved = Q(lot__store=row.store_id, place=STORE, movement__happened_at__lte=row.taken_at)
    return moved & ~Q(movement__subject=subject_of(row.pk))


def _booked_by(rows: Iterable[Count]) -> Mapping[int, int]:
    """Return the movements that booked the differences of these counts, by id of the count."""
    subjects = {subject_of(row.pk): row.pk for row in rows}
    found = Movement.objects.filter(subject__in=subjects).values_list("subject", "pk")
    return {subjects[subject]: pk for subject, pk in found}


def _after(row: Count, booked: int | None) -> Q:
    """Return what was entered after a count was settled.

    Where differences were booked, the movement that did so is the line: the store was locked. Else it is the
    moment of the decision, or of the handing in of a count that agreed.
    """
    if booked is not None:
        return Q(movement__gt=booked)
    return Q(movement__at__gt=row.decided_at or row.counted_at)
