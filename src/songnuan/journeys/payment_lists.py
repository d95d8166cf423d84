"""What the journeys of payment lists share: the list, its approval, its page, and whether it still holds."""

from django.utils.translation import gettext as _

from songnuan.approvals.models import Request
from songnuan.approvals.queries import latest
from songnuan.kernel.refusal import Refusal
from songnuan.payments.models import PaymentList
from songnuan.payments.queries import changes, moved
from songnuan.payments.rules import subject_of


def find_list(list_id: int) -> PaymentList:
    """Return a list with its plan and what was reckoned.

    Raises:
        Refusal: `list_unknown`.

    """
    rows = PaymentList.objects.select_related("measure__plan", "reckoning__version__standard")
    row = rows.filter(pk=list_id).first()
    if row is None:
        raise Refusal("list_unknown", _("There is no such list. Open it from the page of its clause."))
    return row


def approval_of(row: PaymentList) -> Request:
    """Return the request for the approval of a list."""
    found = latest(subject_of(row.pk))
    if found is None:
        raise Refusal("nothing_requested", _("Nothing waits for approval here. Reload the page."))
    return found


def page_of(row: PaymentList) -> str:
    """Return the path of the list's page."""
    return f"/lists/{row.pk}/"


def require_unchanged(row: PaymentList) -> None:
    """Let pass a list of which nothing is otherwise now than when it was frozen; inside of a transaction.

    Raises:
        Refusal: `list_differs` with how many lines differ.

    """
    people, sums = len(moved(row)), len(changes(row))
    if people or sums:
        sentence = _(
            "This list is frozen, and the register tells %(people)s people and %(sums)s sums otherwise by"
            " now. Look at the differences; the list has to be returned or cancelled, and made anew."
        )
        words = {"people": people, "sums": sums}
        raise Refusal("list_differs", sentence % words, list=row.pk, people=people, sums=sums)
