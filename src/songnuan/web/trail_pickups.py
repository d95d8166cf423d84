"""Names of what is handed out to people, in the trail: never who gets it."""

from collections.abc import Callable, Collection, Mapping

from django.urls import reverse
from django.utils.translation import gettext as _

from songnuan.goods.models import Desk, Distribution, Pickup, Portion, Recipient
from songnuan.web.pickup_page import SEEING
from songnuan.web.trail_named import Named, numbers
from songnuan.web.views.shared import Reader

DISTRIBUTION, DESK, PORTION = "goods.distribution", "goods.desk", "goods.portion"


def _open_to(reader: Reader) -> frozenset[int]:
    return frozenset[int]().union(*(reader.reach_ids(one) for one in SEEING))


def _distributions(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    seen, rows = _open_to(reader), Distribution.objects.filter(pk__in=numbers(keys))
    return {
        str(pk): Named(
            _("Handing out of %(kit)s") % {"kit": kit},
            reverse("pickups_one", args=(pk,)) if unit in seen else "",
        )
        for pk, kit, unit in rows.values_list("pk", "kit__name", "measure__plan__unit_id")
    }


def _desks(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    seen, rows = _open_to(reader), Desk.objects.filter(pk__in=numbers(keys))
    told = rows.values_list("pk", "name", "distribution__measure__plan__unit_id")
    return {
        str(pk): Named(name, reverse("pickups_desk", args=(pk,)) if unit in seen else "")
        for pk, name, unit in told
    }


def _pickups(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    seen, rows = _open_to(reader), Pickup.objects.filter(pk__in=numbers(keys))
    told = rows.values_list("pk", "desk_id", "desk__name", "desk__distribution__measure__plan__unit_id")
    return {
        str(pk): Named(
            _("Pickup %(number)s at %(desk)s") % {"number": pk, "desk": name},
            reverse("pickups_desk", args=(desk,)) if unit in seen else "",
        )
        for pk, desk, name, unit in told
    }


def _portions(keys: Collection[str], _reader: Reader) -> dict[str, Named]:
    rows = Portion.objects.filter(pk__in=numbers(keys))
    told = rows.values_list("pk", "recipient__distribution__kit__name")
    return {str(pk): Named(_("No. %(number)s of %(kit)s") % {"number": pk, "kit": kit}) for pk, kit in told}


def _recipients(keys: Collection[str], _reader: Reader) -> dict[str, Named]:
    rows = Recipient.objects.filter(pk__in=numbers(keys)).values_list("pk", "distribution__kit__name")
    text = _("Recipient %(number)s of %(kit)s")
    return {str(pk): Named(text % {"number": pk, "kit": kit}) for pk, kit in rows}


PICKUP_SUBJECTS: Mapping[str, Callable[[Collection[str], Reader], Mapping[str, Named]]] = {
    DISTRIBUTION: _distributions,
    DESK: _desks,
    PORTION: _portions,
    "goods.pickup": _pickups,
    "goods.recipient": _recipients,
}
