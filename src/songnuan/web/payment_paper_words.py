"""Words for the trail about papers of payment lists that were refused."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

TO_MAKE_PAPERS: Mapping[str, Promise] = {
    "make_payment_papers": pgettext_lazy("refused", "to make a paper of a payment list"),
}
NO_PAPER: Mapping[str, Promise] = {
    "sheet_too_long": pgettext_lazy("refusal", "the paper had too many lines for this kind of file"),
}
