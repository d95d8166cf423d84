"""Words for the trail about what payees say of their money, and about what came of it."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from songnuan.payments.models import Heard

TO_SAY: Mapping[str, Promise] = {
    "answer_payee": pgettext_lazy("refused", "to answer who is paid"),
    "say_received": pgettext_lazy("refused", "to say whether money came"),
}
NOT_SAID: Mapping[str, Promise] = {
    "not_sent": pgettext_lazy("refusal", "the money had not been sent yet"),
    "payment_unknown": pgettext_lazy("refusal", "no such payment to this person"),
    "too_often": pgettext_lazy("refusal", "said too often within an hour"),
    "word_answered": pgettext_lazy("refusal", "it was answered already"),
    "word_empty": pgettext_lazy("refusal", "nothing to speak of was said"),
    "word_gone": pgettext_lazy("refusal", "there was nothing to answer"),
    "word_unknown": pgettext_lazy("refusal", "it was not said whether the money came"),
}
"""Codes of refusals."""
SAID_ACTS: Mapping[str, Promise] = {
    "payments.answer_payee": gettext_lazy("answered who is paid by a list"),
    "payments.say_received": gettext_lazy("said on their own page whether the money came"),
}
SAID_FACTS: Mapping[str, Promise] = {
    "line_number": pgettext_lazy("fact", "line of the list"),
    "said": pgettext_lazy("fact", "said"),
}
SAID_VALUES: Mapping[str, Mapping[str, Promise | str]] = {"said": {one.value: one.label for one in Heard}}
"""What the values of facts are called, by the fact."""
