"""Words for the codes of refusals about lots, counts and disposals."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from songnuan.web.pickup_words import PICKED

STORED: Mapping[str, Promise] = {
    **PICKED,
    "invoice_file_none": pgettext_lazy("refusal", "there was no invoice to replace"),
    "invoice_file_same": pgettext_lazy("refusal", "the same picture was there already"),
    "count_incomplete": pgettext_lazy("refusal", "a lot that was not counted"),
    "count_running": pgettext_lazy("refusal", "the store was being counted already"),
    "disposal_waits": pgettext_lazy("refusal", "a disposal of the lot waited already"),
    "goods_moved": pgettext_lazy("refusal", "goods of the purchase had moved meanwhile"),
    "expired_on_arrival": pgettext_lazy("refusal", "the goods had expired when they came"),
    "expiry_missing": pgettext_lazy("refusal", "no last good day of goods that expire"),
    "lot_differs": pgettext_lazy("refusal", "the lot came with another date before"),
    "lot_unknown": pgettext_lazy("refusal", "no lot of this purchase"),
    "nothing_to_count": pgettext_lazy("refusal", "there was nothing to count"),
    "own_count": pgettext_lazy("refusal", "who counts does not decide"),
    "own_disposal": pgettext_lazy("refusal", "who asks for a disposal does not decide"),
    "stock_expired": pgettext_lazy("refusal", "what was in the store had expired"),
}
