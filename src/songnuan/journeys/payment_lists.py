"""What the journeys of payment lists share: the list, its approval, its page, and whether it still holds."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from songnuan.approvals.models import Request
from songnuan.approvals.queries import latest
from songnuan.kernel.names import mask_name
from songnuan.kernel.refusal import Refusal
from songnuan.payments.bank_lines import unfit_lines
from songnuan.payments.models import PaymentBatch, PaymentLine, PaymentList, PaymentResult
from songnuan.payments.queries import changes, moved
from songnuan.payments.rules import subject_of
from songnuan.people.queries.still import stand_still

_SPELLED = 5
"""How many payments a refusal spells out."""


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


def find_batch(batch_id: int) -> PaymentBatch:
    """Return a batch with its list and plan.

    Raises:
        Refusal: `batch_unknown`.

    """
    row = PaymentBatch.objects.select_related("payment_list__measure__plan").filter(pk=batch_id).first()
    if row is None:
        raise Refusal("batch_unknown", _("There is no such batch. Open it from the page of its list."))
    return row


def find_result(result_id: int) -> PaymentResult:
    """Return a result with its batch, list and plan.

    Raises:
        Refusal: `result_unknown`.

    """
    rows = PaymentResult.objects.select_related("batch__payment_list__measure__plan")
    row = rows.filter(pk=result_id).first()
    if row is None:
        raise Refusal("result_unknown", _("There is no such result. Open it from the page of its batch."))
    return row


def find_line(line_id: int) -> PaymentLine:
    """Return a line with its list and plan.

    Raises:
        Refusal: `line_unknown`.

    """
    row = PaymentLine.objects.select_related("payment_list__measure__plan").filter(pk=line_id).first()
    if row is None:
        raise Refusal("line_unknown", _("There is no such line. Open it from the page of its list."))
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
    stand_still()
    people, sums = len(moved(row)), len(changes(row))
    if people or sums:
        sentence = _(
            "This list is frozen, and the register tells %(people)s people and %(sums)s sums otherwise by"
            " now. Look at the differences; the list has to be returned or cancelled, and made anew."
        )
        words = {"people": people, "sums": sums}
        raise Refusal("list_differs", sentence % words, list=row.pk, people=people, sums=sums)


def require_fit(batches: Collection[PaymentBatch]) -> None:
    """Let pass batches of which every payment can stand in its bank's file; asked before they are committed.

    Raises:
        Refusal: `lines_unfit` with the first of them, each with what is wrong.

    """
    found = unfit_lines(batches, most=_SPELLED)
    if found:
        told = "；".join(f"{mask_name(name)}：{why}" for name, why in found)
        sentence = _(
            "The bank's file can't hold these payments: %(lines)s Correct the register and make the list"
            " anew, or choose another layout."
        )
        raise Refusal("lines_unfit", sentence % {"lines": told}, field="layout", count=len(found))
