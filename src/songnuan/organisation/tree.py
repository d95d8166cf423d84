"""How actions write the dated tree: whose turn it is, and the links that follow a unit to its place."""

from collections.abc import Iterable, Iterator
from datetime import date

from django.db.models import F, Max, Q, QuerySet
from django.utils.translation import gettext as _

from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import OPEN, Turn, Unit, UnitLink, UnitRecord
from songnuan.organisation.rules import not_before

BATCH = 1000


def take_turn() -> None:
    """Wait until no other change of the organisation runs; what is read after this stands until commit."""
    mine = Turn.objects.filter(pk=1)
    if not mine.update(taken=F("taken") + 1):
        Turn.objects.bulk_create([Turn()], ignore_conflicts=True)
        mine.update(taken=F("taken") + 1)


def open_record(unit_id: int) -> UnitRecord:
    """Return the record of a unit that is open.

    Raises:
        Refusal: `unit_not_open`.

    """
    record = UnitRecord.objects.filter(OPEN, unit_id=unit_id).select_related("unit").first()
    if record is None:
        raise Refusal("unit_not_open", _("This unit is closed or was never opened."), unit=unit_id)
    return record


def below(unit_id: int) -> QuerySet[UnitLink]:
    """Return the open links from a unit down to itself and all below it."""
    return UnitLink.objects.filter(OPEN, ancestor_id=unit_id)


def plant(units: Iterable[Unit], parent_id: int | None, on: date) -> None:
    """Link new units, which have nothing below them, to themselves and to all above.

    Raises:
        Refusal: `before_last_change` when the parent came to its place after the day.

    """
    above = _above(parent_id, on)

    def links() -> Iterator[UnitLink]:
        for unit in units:
            yield UnitLink(ancestor=unit, descendant=unit, depth=0, starts_on=on)
            for ancestor, depth in above:
                yield UnitLink(ancestor_id=ancestor, descendant=unit, depth=depth + 1, starts_on=on)

    UnitLink.objects.bulk_create(links(), batch_size=BATCH)


def move(unit_id: int, parent_id: int | None, on: date) -> None:
    """Take a unit and all below it from its place to another, or to the top.

    Raises:
        Refusal: `under_itself`, or `before_last_change`.

    """
    moved = list(below(unit_id).values_list("descendant", "depth"))
    if parent_id in {descendant for descendant, _depth in moved}:
        raise Refusal(
            "under_itself", _("A unit cannot be placed below itself."), field="parent", unit=unit_id
        )
    _settled(on, Q(ancestor_id=unit_id))
    former = [ancestor for ancestor, depth in _above(unit_id, on) if depth]
    above = _above(parent_id, on)
    inside = below(unit_id).values("descendant")
    UnitLink.objects.filter(OPEN, ancestor__in=former, descendant__in=inside).update(ends_on=on)
    UnitLink.objects.bulk_create(
        (
            UnitLink(ancestor_id=ancestor, descendant_id=descendant, depth=up + down + 1, starts_on=on)
            for ancestor, up in above
            for descendant, down in moved
        ),
        batch_size=BATCH,
    )


def uproot(unit_id: int, on: date) -> None:
    """End the links of a unit that has nothing below it.

    Raises:
        Refusal: `unit_has_units`, or `before_last_change`.

    """
    count = below(unit_id).filter(depth=1).count()
    if count:
        sentence = _("%(count)s units stand below this one. Close or move them first.")
        raise Refusal("unit_has_units", sentence % {"count": count}, unit=unit_id, count=count)
    _settled(on, Q(ancestor_id=unit_id) | Q(descendant_id=unit_id))
    UnitLink.objects.filter(OPEN, descendant_id=unit_id).update(ends_on=on)


def _above(unit_id: int | None, on: date) -> list[tuple[int, int]]:
    """Return a unit and all above it, with how far; nothing above the top of the tree."""
    if unit_id is None:
        return []
    _settled(on, Q(descendant_id=unit_id))
    return list(UnitLink.objects.filter(OPEN, descendant_id=unit_id).values_list("ancestor", "depth"))


def _settled(on: date, links: Q) -> None:
    """Let pass when none of the links began or ended after the day."""
    last = UnitLink.objects.filter(links).aggregate(start=Max("starts_on"), end=Max("ends_on"))
    not_before(on, [day for day in (last["start"], last["end"]) if day is not None])
