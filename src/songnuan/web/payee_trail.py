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
    "file_erased": pgettext_lazy("refusal", "the file was erased when its time was over"),
    "payment_open": pgettext_lazy("refusal", "a payment of this person was not over yet"),
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
    "benefits.forget_reasons": gettext_lazy("emptied why something was decided about people who were erased"),
    "casework.forget_reasons": gettext_lazy("emptied why somebody declined to help families of the erased"),
    "payments.forget_answers": gettext_lazy("let go of the bank's files about a payment list"),
    "payments.forget_lines": gettext_lazy("emptied lines of a payment list whose payees were erased"),
    "payments.forget_words": gettext_lazy(
        "emptied words of people whom a payment list paid, who were erased"
    ),
    "payments.say_received": gettext_lazy("said on their own page whether the money came"),
}
SAID_FACTS: Mapping[str, Promise] = {
    "files": pgettext_lazy("fact", "files"),
    "line_number": pgettext_lazy("fact", "line of the list"),
    "said": pgettext_lazy("fact", "said"),
    "texts": pgettext_lazy("fact", "texts"),
}
SAID_VALUES: Mapping[str, Mapping[str, Promise | str]] = {"said": {one.value: one.label for one in Heard}}
"""What the values of facts are called, by the fact."""
