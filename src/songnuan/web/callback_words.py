"""Words of call-backs: for the trail, for what is refused, for what was said, and what is left to call."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, npgettext, pgettext, pgettext_lazy

from songnuan.journeys.supervision_record import KIND
from songnuan.kernel.money import yuan
from songnuan.kernel.sampling import Left, Result
from songnuan.payments.sample_models import Finding, Kept, Received
from songnuan.payments.sample_queries import SampleRow
from songnuan.payments.sample_rules import Answer
from songnuan.web.inspection_words import shares_told

CALLING: Mapping[str, Promise] = {
    "call_back": pgettext_lazy("refused", "to note a call to somebody who was paid"),
    "draw_payments": pgettext_lazy("refused", "to draw a sample of payments"),
    "show_payee": pgettext_lazy("refused", "to look up the phone of somebody who was paid"),
    "supervision_record": pgettext_lazy("refused", "to make a supervision record"),
}
CALLED: Mapping[str, Promise] = {
    "answer_missing": pgettext_lazy("refusal", "an answer of the call was missing"),
    "called_before_payment": pgettext_lazy("refusal", "the call came before the payment"),
    "list_not_released": pgettext_lazy("refusal", "the list was not released"),
    "period_wrong": pgettext_lazy("refusal", "the period had no beginning or end, or had not begun"),
    "sample_unknown": pgettext_lazy("refusal", "no such draw of payments"),
    "sampled_unknown": pgettext_lazy("refusal", "no such payment in a sample"),
    "sum_wrong": pgettext_lazy("refusal", "a sum of the call could not be"),
}
"""Codes of refusals."""
CALL_ACTS: Mapping[str, Promise] = {
    "payments.call_back": gettext_lazy("called somebody back who was paid"),
    "payments.draw_sample": gettext_lazy("drew a sample of payments"),
}
CALL_FACTS: Mapping[str, Promise] = {
    "amiss": pgettext_lazy("fact", "amiss"),
    "reached": pgettext_lazy("fact", "reached"),
}
CALL_PAPERS: Mapping[str, Promise] = {KIND: gettext_lazy("Supervision record")}
CALL_VALUES: Mapping[str, Mapping[str, Promise | str]] = {"amiss": {one.value: one.label for one in Finding}}

MARKS: Mapping[str, str] = {"": "none", "not_reached": "waiting", "fine": "done", "amiss": "late"}
_STATES: Mapping[str, Promise] = {
    "": pgettext_lazy("call-back", "not called"),
    "not_reached": pgettext_lazy("call-back", "not reached"),
    "fine": pgettext_lazy("call-back", "received and kept"),
    "amiss": pgettext_lazy("call-back", "amiss"),
}


def state_words(state: str) -> str:
    """Return how a payment that was drawn stands by the newest call."""
    return str(_STATES[state])


def found_words(findings: tuple[Finding, ...]) -> str:
    """Return what is amiss, in a line."""
    return pgettext("between parts of a sentence", ", ").join(str(one.label) for one in findings)


def answer_words(answer: Answer) -> str:
    """Return what somebody said, in a line: what reached them, what became of it, who signed."""
    if not answer.reached:
        return state_words("not_reached")
    parts = [str(Received(answer.received).label)]
    if answer.received_minor is not None:
        parts.append(_("%(sum)s yuan") % {"sum": yuan(answer.received_minor)})
    if answer.kept:
        parts.append(str(Kept(answer.kept).label))
    if answer.back_minor is not None:
        told = {"sum": yuan(answer.back_minor), "whom": answer.back_to}
        parts.append(_("%(sum)s yuan to: %(whom)s") % told)
    if answer.signed is not None:
        parts.append(_("signed for it") if answer.signed else _("did not sign for it"))
    return pgettext("between answers", "; ").join(parts)


def result_words(row: SampleRow) -> str:
    """Return in a sentence what the answers tell of all payments."""
    result, sample = row.result, row.sample
    figures = shares_told(result, population=sample.population, confidence=sample.confidence)
    if figures is None:
        return pgettext("call-back", "Nobody has answered yet.")
    if result.answered >= sample.population:
        return _("All %(all)s were asked: %(good)s received the whole sum and kept it (%(low)s%%).") % figures
    sentence = _(
        "Of %(answered)s that answered, %(good)s received the whole sum and kept it. With %(confidence)s%%"
        " confidence, between %(low)s%% and %(high)s%% of all %(all)s payments are in order."
    )
    return sentence % figures


def mark_of(result: Result) -> tuple[str, str]:
    """Return with which mark and words a draw stands in a list."""
    if result.bad:
        words = npgettext("call-back", "%(count)s amiss", "%(count)s amiss", result.bad)
        return "late", words % {"count": result.bad}
    if result.answered == result.size:
        return "done", _("all answered")
    told = {"answered": result.answered, "size": result.size}
    return "waiting", _("%(answered)s of %(size)s answered") % told


def payees_left(*left: Left) -> str:
    """Return how many people who were paid are to be called, and how many once more."""
    to_call, not_reached = sum(row.to_call for row in left), sum(row.not_reached for row in left)
    first = ngettext("%(count)s person to call back", "%(count)s people to call back", to_call)
    again = ngettext(
        "%(count)s person not reached, to call again",
        "%(count)s people not reached, to call again",
        not_reached,
    )
    both = ((first, to_call), (again, not_reached))
    return " · ".join(words % {"count": count} for words, count in both if count)
