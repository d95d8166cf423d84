"""What the trail tells of families that are looked after: their numbers and those of their needs."""

from collections.abc import Collection

from django.urls import reverse

from songnuan.casework.case_access import own_cases, reached
from songnuan.casework.case_models import Case, Need
from songnuan.casework.case_rules import printed, printed_need
from songnuan.web.trail_named import Named, numbers
from songnuan.web.views.shared import Reader


def families(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    """Name families by their numbers."""
    rows = Case.objects.filter(pk__in=numbers(keys))
    seen = set(reached(reader.actor, reader.at).filter(pk__in=numbers(keys)).values_list("pk", flat=True))
    seen |= set(own_cases(reader.user.pk).values_list("pk", flat=True))
    return {
        str(pk): Named(printed(number), reverse("family_case", args=(pk,)) if pk in seen else "")
        for pk, number in rows.values_list("pk", "number")
    }


def needs(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    """Name needs by their numbers."""
    rows = Need.objects.filter(pk__in=numbers(keys))
    seen = set(reached(reader.actor, reader.at).filter(needs__in=rows).values_list("pk", flat=True))
    return {
        str(pk): Named(
            printed_need(case_number, number),
            reverse("family_need", args=(pk,)) if case_id in seen else "",
        )
        for pk, number, case_id, case_number in rows.values_list("pk", "number", "case", "case__number")
    }
