"""What call-backs are called in the trail: draws of payments, and payments of them by their place alone."""

from collections.abc import Collection

from django.urls import reverse
from django.utils.translation import gettext as _

from songnuan.organisation.permissions import Permission
from songnuan.payments.models import PaymentSample, SampledPayment
from songnuan.web.trail_named import Named, numbers
from songnuan.web.views.shared import Reader


def payment_samples(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    """Name draws of payments."""
    seen = reader.reach_ids(Permission.LIST_INSPECT)
    rows = PaymentSample.objects.filter(pk__in=numbers(keys)).values_list("pk", "number", "plan__unit_id")
    text = _("Draw %(number)s of payments")
    return {
        str(pk): Named(
            text % {"number": number}, reverse("callback_sample", args=(pk,)) if unit in seen else ""
        )
        for pk, number, unit in rows
    }


def sampled_payments(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    """Name payments that were drawn by draw and place: who was paid stays unsaid."""
    seen = reader.reach_ids(Permission.LIST_INSPECT)
    rows = SampledPayment.objects.filter(pk__in=numbers(keys))
    told = rows.values_list("pk", "position", "sample__number", "sample__plan__unit_id")
    text = _("Payment %(place)s of draw %(number)s")
    return {
        str(pk): Named(
            text % {"place": place, "number": number},
            reverse("callback", args=(pk,)) if unit in seen else "",
        )
        for pk, place, number, unit in told
    }
