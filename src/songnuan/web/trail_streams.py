"""Names of the streams of the trail that belong to a measure: of desks, and of reports."""

from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _

from songnuan.goods.models import Desk, Distribution
from songnuan.plans.models import Measure
from songnuan.web.trail_named import numbers


def of_measures(streams: Iterable[str]) -> dict[str, str]:
    """Return the names of those streams that are of a distribution, a desk, or the reports of a measure."""
    kept = [name.split(":") for name in streams]
    return {
        **_pickups({tuple(rest) for kind, *rest in kept if kind == "pickups" and rest}),
        **_reports({tuple(rest) for kind, *rest in kept if kind == "reports" and rest}),
    }


def _pickups(keys: Collection[tuple[str, ...]]) -> dict[str, str]:
    if not keys:
        return {}
    rows = Distribution.objects.filter(pk__in=numbers(key[0] for key in keys))
    kits = {str(pk): kit for pk, kit in rows.values_list("pk", "kit__name")}
    told = Desk.objects.filter(pk__in=numbers(key[1] for key in keys if len(key) > 1))
    desks = {str(pk): name for pk, name in told.values_list("pk", "name")}
    found: dict[str, str] = {}
    for first, *rest in keys:
        words = {"kit": kits.get(first, first), "desk": desks.get(rest[0], rest[0]) if rest else ""}
        sentence = _("Pickups: %(kit)s · %(desk)s") if rest else _("Pickups: %(kit)s")
        found[":".join(["pickups", first, *rest])] = sentence % words
    return found


def _reports(keys: Collection[tuple[str, ...]]) -> dict[str, str]:
    if not keys:
        return {}
    rows = Measure.objects.filter(pk__in=numbers(key[0] for key in keys))
    titles = {str(pk): title for pk, title in rows.values_list("pk", "plan__title")}
    return {
        ":".join(["reports", first, *rest]): _("Situation reports: %(plan)s · part %(part)s")
        % {"plan": titles.get(first, first), "part": rest[0] if rest else ""}
        for first, *rest in keys
    }
