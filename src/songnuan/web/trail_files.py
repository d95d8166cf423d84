"""What a stored file is and what it belongs to: the trail tells of it from before the thing was there."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from songnuan.approvals.hold_models import Hold, HoldStatement
from songnuan.emergency.models import OrderTaskAct
from songnuan.goods.models import Issue, Pickup, Purchase, Quotation, ReplacedInvoice
from songnuan.outreach.material_models import MaterialPart
from songnuan.payments.models import CashReceipt, PaymentResult
from songnuan.records.models import IssuedDocument
from songnuan.tasks.models import Instruction
from songnuan.visits.models import LaterReceipt, ReportVersion, Visit, VisitPhoto
from songnuan.web.file_words import FILES


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file may hang: what it is there, the column that holds it, and how its subject is told.

    The subject is `begins` with the value of `key` behind it, such as "goods.purchase:" and "7".
    """

    words: Promise
    table: type[Model]
    column: str
    begins: str
    key: str = "pk"


PLACES = (
    Place(FILES["invoice"], Purchase, "invoice_file", "goods.purchase:"),
    Place(FILES["invoice_replaced"], ReplacedInvoice, "file", "goods.purchase:", "purchase_id"),
    Place(FILES["quotation"], Quotation, "file", "goods.request:", "request_id"),
    Place(FILES["issue_signature"], Issue, "signature", "goods.issue:"),
    Place(FILES["pickup_signature"], Pickup, "signature", "goods.pickup:"),
    Place(
        FILES["cash_signature"],
        CashReceipt,
        "signature",
        "payments.list:",
        "instruction__line__payment_list_id",
    ),
    Place(
        pgettext_lazy("file", "answer of the bank"),
        PaymentResult,
        "file",
        "payments.list:",
        "batch__payment_list_id",
    ),
    Place(FILES["hold"], Hold, "file", "approvals.hold:"),
    Place(FILES["statement"], HoldStatement, "file", "approvals.hold:", "hold_id"),
    Place(FILES["scan"], Instruction, "scan", "tasks.instruction:"),
    Place(FILES["task_answer"], OrderTaskAct, "file", "emergency.ordertask:", "task_id"),
    Place(FILES["material"], MaterialPart, "file", "outreach.lesson:", "material__lesson_id"),
    Place(FILES["visit_signature"], Visit, "signature", "visits.visit:"),
    Place(FILES["visit_signature"], ReportVersion, "signature", "visits.visit:", "visit_id"),
    Place(FILES["later_signature"], LaterReceipt, "signature", "visits.visit:", "visit_id"),
    Place(FILES["photo"], VisitPhoto, "picture", "visits.visit:", "visit_id"),
    Place(
        pgettext_lazy("file", "small picture of a photo"),
        VisitPhoto,
        "thumbnail",
        "visits.visit:",
        "visit_id",
    ),
    Place(pgettext_lazy("file", "notice as it was issued"), IssuedDocument, "snapshot", "", "subject"),
)


def belongings(files: Collection[int]) -> dict[int, tuple[Promise, str]]:
    """Return what each of these files is and what it belongs to, in one query a place.

    Equal content is kept once: where it hangs at two things, it is told of the first.
    """
    found: dict[int, tuple[Promise, str]] = {}
    for place in PLACES:
        rows = place.table._default_manager.filter(**{f"{place.column}__in": files}).order_by("pk")  # noqa: SLF001 - Django's documented API
        for file_id, key in rows.values_list(f"{place.column}_id", place.key):
            found.setdefault(file_id, (place.words, f"{place.begins}{key}"))
    return found
