"""Words for the trail about what was settled already: codes of refusals, and what was tried."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

SETTLING: Mapping[str, Promise] = {
    "record_settlements": pgettext_lazy("refused", "to record what was settled already"),
    "withdraw_settlement": pgettext_lazy("refused", "to withdraw what was recorded as settled"),
}
SETTLED: Mapping[str, Promise] = {
    "settled_by_list": pgettext_lazy("refusal", "a list of this house settled it"),
    "settled_doubled": pgettext_lazy("refusal", "two columns of the file told the same"),
    "settled_empty": pgettext_lazy("refusal", "no row stood below the headings"),
    "settled_faults": pgettext_lazy("refusal", "rows of the file had faults"),
    "settled_file_known": pgettext_lazy("refusal", "this very file was recorded already"),
    "settled_headings": pgettext_lazy("refusal", "the file lacked headings"),
    "settled_known": pgettext_lazy("refusal", "all of it was recorded already"),
    "settled_many": pgettext_lazy("refusal", "the file had too many rows"),
    "settled_payer": pgettext_lazy("refusal", "nobody said who had paid"),
    "settled_sheets": pgettext_lazy("refusal", "two sheets of the file had headings"),
    "settled_unknown": pgettext_lazy("refusal", "there was no such settled sum"),
    "settled_why": pgettext_lazy("refusal", "no reason was given, or too long a one"),
    "settled_withdrawn": pgettext_lazy("refusal", "it was withdrawn already"),
    "settled_wrong": pgettext_lazy("refusal", "a row could not be recorded as it was"),
}
