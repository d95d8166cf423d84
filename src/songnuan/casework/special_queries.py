"""Reads of special families: who looked, and which are kept no longer. Rights are asked by who calls."""

from collections.abc import Collection
from datetime import date

from songnuan.casework.case_models import Case
from songnuan.casework.special_models import CaseLook
from songnuan.casework.special_rules import kept_until
from songnuan.organisation.queries import day_of


def looks_of(case_id: int) -> list[CaseLook]:
    """Return who looked at a special family, the newest look first, with who it was and why at hand."""
    rows = CaseLook.objects.filter(case=case_id).select_related("by", "why")
    return list(rows.order_by("-at", "-pk"))


def kept_of(case: Case, keep: int) -> date | None:
    """Return until when a case is kept whose measure is at hand; None while it goes on."""
    if case.keep_until is not None:
        return case.keep_until
    closed_at = case.measure.closed_at
    return kept_until(day_of(closed_at), keep) if closed_at else None


def over(measure_id: int, keep: int, on: date) -> Collection[int]:
    """Return the special families of a measure that are kept no longer on a day, by id of the case."""
    rows = Case.objects.filter(measure=measure_id, lead__isnull=False, special__erased_at__isnull=True)
    found = [(case.pk, kept_of(case, keep)) for case in rows.select_related("measure").order_by("pk")]
    return [pk for pk, until in found if until is not None and until < on]
