"""What sealed files are of the things they belong to, in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

FILES: Mapping[str, Promise] = {
    "cash_signature": pgettext_lazy("file", "signature for cash"),
    "hold": pgettext_lazy("file", "what a hold was placed with"),
    "invoice": pgettext_lazy("file", "picture of an invoice"),
    "invoice_replaced": pgettext_lazy("file", "picture of an invoice, replaced since"),
    "issue_signature": pgettext_lazy("file", "signature for goods received"),
    "later_signature": pgettext_lazy("file", "signature for a kit handed over later"),
    "material": pgettext_lazy("file", "file of a lesson"),
    "photo": pgettext_lazy("file", "photo of a visit"),
    "pickup_signature": pgettext_lazy("file", "signature for a kit that was picked up"),
    "quotation": pgettext_lazy("file", "quotation of a supplier"),
    "scan": pgettext_lazy("file", "scan of an instruction"),
    "task_answer": pgettext_lazy("file", "what goes with the answer to a task"),
    "statement": pgettext_lazy("file", "what goes with a statement on a hold"),
    "visit_signature": pgettext_lazy("file", "signature at a visit"),
}
