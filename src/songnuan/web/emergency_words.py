"""Words for the trail about a response to an emergency: codes of refusals."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from songnuan.web.situation_words import UNREPORTED

NOT_WARNED: Mapping[str, Promise] = {
    **UNREPORTED,
    "counts_empty": pgettext_lazy("refusal", "the file of counts was empty"),
    "counts_headings": pgettext_lazy("refusal", "the file of counts named no columns"),
    "counts_many": pgettext_lazy("refusal", "the file of counts had too many rows"),
    "counts_order": pgettext_lazy("refusal", "the days of the file of counts were not in their order"),
    "counts_row": pgettext_lazy("refusal", "a row of the file of counts could not be read"),
}
