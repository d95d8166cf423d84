"""The picture of the signature with which somebody picked a kit up."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from songnuan.goods.models import Pickup
from songnuan.organisation.permissions import Permission
from songnuan.records.rules import Opened
from songnuan.web.opening import shown
from songnuan.web.views.shared import reader_of


@login_required
@require_safe
@cache_control(private=True, no_store=True)
def pickup_signature(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the picture to the office, and to whoever looks after the plan's money."""
    reader = reader_of(request)
    rows = Pickup.objects.select_related("desk__distribution__measure__plan")
    row = get_object_or_404(rows, pk=pk)
    plan = row.desk.distribution.measure.plan
    if not any(reader.may(one, plan.unit_id) for one in (Permission.PICKUP_MANAGE, Permission.FUND_VIEW)):
        raise Http404
    opened = Opened("pickup_signature", f"plan:{plan.slug}", f"goods.pickup:{row.pk}")
    return shown(request, reader, row.signature_id, opened)


urlpatterns: list[URLPattern] = [
    path("pickups/records/<int:pk>/signature/", pickup_signature, name="pickup_signature"),
]
