"""What the trail tells of standards and layouts by short names; of lists and flexible work by numbers."""

from collections.abc import Collection

from django.urls import reverse
from django.utils.translation import gettext as _

from songnuan.benefits.queries import latest_by_slug
from songnuan.casework.flexible_models import FlexibleRequest
from songnuan.casework.flexible_rules import flexible_number
from songnuan.organisation.permissions import Permission
from songnuan.payments.layout_queries import latest
from songnuan.payments.models import PaymentList
from songnuan.payments.rules import list_number
from songnuan.web.trail_named import Named, numbers
from songnuan.web.views.shared import Reader


def flexible_requests(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    """Name requests for flexible work by their numbers in their plans."""
    seen = reader.reach_ids(Permission.FLEXIBLE_VIEW)
    rows = FlexibleRequest.objects.filter(pk__in=numbers(keys)).values_list("pk", "number", "unit")
    text = _("%(number)s flexible work")
    return {
        str(pk): Named(
            text % {"number": flexible_number(number)},
            reverse("flexible_request", args=(pk,)) if unit in seen else "",
        )
        for pk, number, unit in rows
    }


def standards(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    """Name standards by the title of their newest version."""
    seen = reader.reach_ids(Permission.BENEFIT_VIEW)
    return {
        slug: Named(
            version.title, reverse("standard", args=(slug,)) if version.standard.unit_id in seen else ""
        )
        for slug, version in latest_by_slug(keys).items()
    }


def payment_lists(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    """Name lists of payments by their numbers in their funds."""
    seen = reader.reach_ids(Permission.BENEFIT_VIEW)
    rows = PaymentList.objects.filter(pk__in=numbers(keys)).values_list("pk", "number", "measure__plan__unit")
    text = _("Payment list %(number)s")
    return {
        str(pk): Named(
            text % {"number": list_number(number)},
            reverse("payment_list", args=(pk,)) if unit in seen else "",
        )
        for pk, number, unit in rows
    }


def bank_layouts(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    """Name own layouts of bank files by the title of their newest version."""
    seen = reader.reach_ids(Permission.FUND_VIEW)
    return {
        row.slug: Named(row.title, reverse("bank_layout", args=(row.slug,)) if row.unit_id in seen else "")
        for row in latest().filter(slug__in=list(keys))
    }
