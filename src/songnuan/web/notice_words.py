"""Words of public notices: for the trail, for what is refused, and for how a list stands."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from songnuan.journeys.notice_paper import KIND
from songnuan.payments.models import How
from songnuan.payments.notice_rules import Standing
from songnuan.web.payee_trail import NOT_SAID, SAID_ACTS, SAID_FACTS, SAID_VALUES, TO_SAY

NOTICING: Mapping[str, Promise] = {
    **TO_SAY,
    "answer_objection": pgettext_lazy("refused", "to answer an objection to a public notice"),
    "cancel_notice": pgettext_lazy("refused", "to take a public notice back"),
    "notice_paper": pgettext_lazy("refused", "to make the paper of a public notice"),
    "object_to_notice": pgettext_lazy("refused", "to object to a public notice"),
    "publish_notice": pgettext_lazy("refused", "to put a list up for public notice"),
    "show_objector": pgettext_lazy("refused", "to look at who objects to a public notice"),
}
NOTICED: Mapping[str, Promise] = {
    **NOT_SAID,
    "how_unknown": pgettext_lazy("refusal", "no such way for an objection to come"),
    "line_unknown": pgettext_lazy("refusal", "the public notice had no such line"),
    "list_not_signed": pgettext_lazy("refusal", "the list was not signed by the inspector, or is settled"),
    "notice_ahead": pgettext_lazy("refusal", "the public notice had not begun"),
    "notice_day": pgettext_lazy("refusal", "a public notice could not begin on this day"),
    "notice_ended": pgettext_lazy("refusal", "the public notice was over"),
    "notice_missing": pgettext_lazy("refusal", "the list had no public notice"),
    "notice_running": pgettext_lazy("refusal", "the public notice was not over"),
    "notice_there": pgettext_lazy("refusal", "the list had a public notice already"),
    "notice_unknown": pgettext_lazy("refusal", "there was no such public notice"),
    "objection_answered": pgettext_lazy("refusal", "the objection was answered already"),
    "objection_day": pgettext_lazy("refusal", "the objection could not come on this day"),
    "objection_empty": pgettext_lazy("refusal", "nothing to speak of was said about the objection"),
    "objection_open": pgettext_lazy("refusal", "objections waited for an answer"),
    "objection_unknown": pgettext_lazy("refusal", "there was no such objection"),
    "objection_upheld": pgettext_lazy("refusal", "an objection was upheld"),
    "own_list": pgettext_lazy("refusal", "this person had made the list"),
    "place_missing": pgettext_lazy("refusal", "it was not said where the notice hangs"),
}
"""Codes of refusals."""
NOTICE_ACTS: Mapping[str, Promise] = {
    **SAID_ACTS,
    "payments.answer_objection": gettext_lazy("answered an objection to a public notice"),
    "payments.cancel_notice": gettext_lazy("a public notice ended before its time"),
    "payments.object": gettext_lazy("objected to a public notice, or noted that somebody did"),
    "payments.publish_notice": gettext_lazy("put a list up for public notice"),
    "payments.show_objector": gettext_lazy("looked at who objects to a public notice"),
}
NOTICE_FACTS: Mapping[str, Promise] = {
    **SAID_FACTS,
    "anonymous": pgettext_lazy("fact", "did not say who"),
    "begins_on": pgettext_lazy("fact", "first day"),
    "days": pgettext_lazy("fact", "working days"),
    "ends_on": pgettext_lazy("fact", "last day"),
    "how": pgettext_lazy("fact", "came"),
    "objections": pgettext_lazy("fact", "objections"),
    "upheld": pgettext_lazy("fact", "upheld"),
}
NOTICE_PAPERS: Mapping[str, Promise] = {KIND: gettext_lazy("Public notice of a payment list")}
NOTICE_VALUES: Mapping[str, Mapping[str, Promise | str]] = {
    **SAID_VALUES,
    "how": {one.value: one.label for one in How},
}
"""What the values of facts are called, by the fact."""

STANDING_MARKS: Mapping[Standing, str] = {
    Standing.MISSING: "none",
    Standing.AHEAD: "waiting",
    Standing.RUNNING: "on_time",
    Standing.OPEN: "waiting",
    Standing.UPHELD: "late",
    Standing.OVER: "done",
}
_STANDING: Mapping[Standing, Promise] = {
    Standing.MISSING: pgettext_lazy("public notice", "not put up"),
    Standing.AHEAD: pgettext_lazy("public notice", "begins later"),
    Standing.RUNNING: pgettext_lazy("public notice", "runs"),
    Standing.OPEN: pgettext_lazy("public notice", "over, objections wait"),
    Standing.UPHELD: pgettext_lazy("public notice", "an objection was upheld"),
    Standing.OVER: pgettext_lazy("public notice", "over"),
}


def standing_words(standing: Standing) -> str:
    """Return how a list stands with its notice."""
    return str(_STANDING[standing])
