"""Which units the names in an import mean."""

from typing import Final

from django.db.models import OuterRef, Q, Subquery

from songnuan.kernel.faults import shown
from songnuan.organisation.queries import changes, unit_ids
from songnuan.people.models import RosterImport, RosterKind, StagedUnit
from songnuan.people.staging import TAKEN, Aside, Span, set_aside, staged

_SINGLE: Final = 1


def settle(source: RosterImport) -> None:
    """Note anew what the names of units in the rows mean, and how many changes the organisation has seen.

    A name is looked for at and below the roster's unit. One that nobody bears is not noted.
    """
    source.matched_units = changes()
    names = staged(source).filter(state__in=TAKEN).exclude(unit_name="")
    told = names.order_by("unit_name").values_list("unit_name", flat=True).distinct()
    found = unit_ids(told, source.day, under=source.unit_id)
    StagedUnit.objects.filter(source=source).delete()
    StagedUnit.objects.bulk_create(
        [
            StagedUnit(
                source=source,
                name=name,
                unit_id=next(iter(ids)) if len(ids) == _SINGLE else None,
                several=len(ids) > _SINGLE,
            )
            for name, ids in found.items()
        ],
        batch_size=1000,
    )
    RosterImport.objects.filter(pk=source.pk).update(matched_units=source.matched_units)


def set_aside_unknown(span: Span, *, to_create: bool) -> None:
    """Set aside the rows of a span whose unit is not known, or that several units may mean.

    With `to_create`, unknown names pass: their units will be made. A family's row that tells the
    employee's number needs no unit.
    """
    named = StagedUnit.objects.filter(source_id=span.source.pk, name=OuterRef("unit_name"))
    rows = span.rows().filter(state__in=TAKEN).exclude(unit_name="")
    if span.source.kind == RosterKind.FAMILIES:
        rows = rows.filter(id_index="")
        to_create = False
    rows = rows.annotate(
        known=Subquery(named.values("unit_id")[:1]), several=Subquery(named.values("several")[:1])
    ).filter(known__isnull=True)
    if to_create:
        rows = rows.filter(Q(several=True))
    found = {
        pk: Aside.because("unit_ambiguous" if several else "unit_unknown", "unit", unit=shown(name))
        for pk, several, name in rows.values_list("pk", "several", "unit_name")
    }
    set_aside(span.source, found)


def unknown(source: RosterImport) -> list[str]:
    """Return the names of units that the rows tell and nobody bears, in their order."""
    names = staged(source).filter(state__in=TAKEN).exclude(unit_name="")
    known = StagedUnit.objects.filter(source=source).values("name")
    told = names.exclude(unit_name__in=known).order_by("unit_name")
    return list(told.values_list("unit_name", flat=True).distinct())
