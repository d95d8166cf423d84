"""What the journeys of requests for purchases share: the approval that waits, and the request's page."""

from django.utils.translation import gettext as _

from songnuan.approvals.models import Request
from songnuan.approvals.queries import latest
from songnuan.goods.models import PurchaseRequest
from songnuan.goods.request_queries import subject_of
from songnuan.kernel.refusal import Refusal


def approval_of(row: PurchaseRequest) -> Request:
    """Return the newest request for the approval of a purchase.

    Raises:
        Refusal: `nothing_requested`.

    """
    found = latest(subject_of(row.pk))
    if found is None:
        raise Refusal("nothing_requested", _("Nothing waits for approval here. Reload the page."))
    return found


def page_of(row: PurchaseRequest) -> str:
    """Return the path of the request's page."""
    return f"/purchase-requests/{row.pk}/"
