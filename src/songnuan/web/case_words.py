"""Words of families that are looked after: for the trail, for what is refused, and for how things stand."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from songnuan.casework.case_models import Category, Outcome, Satisfied, Source, Urgency, Way
from songnuan.casework.case_rules import Stage
from songnuan.casework.special_models import Looked

CARING: Mapping[str, Promise] = {
    "act_on_need": pgettext_lazy("refused", "to put down what came of a need"),
    "answer_help": pgettext_lazy("refused", "to answer whether to help a family"),
    "case_ledger": pgettext_lazy("refused", "to take the ledger of families"),
    "family_feedback": pgettext_lazy("refused", "to take in what a family thinks"),
    "issue_for_need": pgettext_lazy("refused", "to give goods for a need"),
    "offer_helpers": pgettext_lazy("refused", "to ask somebody to help a family"),
    "open_families": pgettext_lazy("refused", "to take families in"),
    "raise_need": pgettext_lazy("refused", "to put down a need of a family"),
    "remind_of_families": pgettext_lazy("refused", "to remind of families"),
    "record_contact": pgettext_lazy("refused", "to record a contact with a family"),
    "register_special_family": pgettext_lazy("refused", "to put a special family down, or to correct it"),
    "name_deputy": pgettext_lazy("refused", "to name the deputy of a special family"),
    "end_special_family": pgettext_lazy("refused", "to end the case of a special family, or to erase it"),
    "look_at_family": pgettext_lazy("refused", "to look at a special family"),
    "show_family_phone": pgettext_lazy("refused", "to look up the phone of a family"),
}
"""What was tried."""
UNCARED: Mapping[str, Promise] = {
    "case_ended": pgettext_lazy("refusal", "the case of the family had ended"),
    "case_unknown": pgettext_lazy("refusal", "there was no such family"),
    "choice_unknown": pgettext_lazy("refusal", "it was none of the words to choose from"),
    "contact_ahead": pgettext_lazy("refusal", "the day was still to come"),
    "day_before_case": pgettext_lazy("refusal", "the day was before the family was taken in"),
    "deputy_helper": pgettext_lazy("refusal", "this person was the family's contact person"),
    "family_known": pgettext_lazy("refusal", "the family was looked after already"),
    "family_unit": pgettext_lazy("refusal", "the unit was none of the plan's"),
    "feedback_missing": pgettext_lazy("refusal", "the family had said nothing yet"),
    "helper_deputy": pgettext_lazy("refusal", "this person was the family's deputy"),
    "helper_other": pgettext_lazy("refusal", "another person was asked to help the family"),
    "helper_same": pgettext_lazy("refusal", "this person helped the family already, or was asked"),
    "helper_unfit": pgettext_lazy("refusal", "this person cannot be asked to help"),
    "link_unknown": pgettext_lazy("refusal", "the family's link opened no more"),
    "link_used": pgettext_lazy("refusal", "the family had answered by this link"),
    "measure_closed": pgettext_lazy("refusal", "this part of the plan was closed"),
    "need_closed": pgettext_lazy("refusal", "the need was closed"),
    "need_open": pgettext_lazy("refusal", "the need was open"),
    "need_unknown": pgettext_lazy("refusal", "there was no such need"),
    "needs_open": pgettext_lazy("refusal", "needs of the family were open"),
    "need_unsatisfied": pgettext_lazy("refusal", "the family was not satisfied"),
    "own_call": pgettext_lazy("refusal", "this person had noted the family's words"),
    "own_link": pgettext_lazy("refusal", "this person had made the link, and it was about their own work"),
    "promise_far": pgettext_lazy("refusal", "more than a year ahead was promised"),
    "promise_past": pgettext_lazy("refusal", "a day that was over was promised"),
    "special_goods": pgettext_lazy("refusal", "it was for a special family"),
    "visit_way": pgettext_lazy("refusal", "the record of a visit stood with another way of contact"),
    "words_missing": pgettext_lazy("refusal", "it said too little"),
}
"""Codes of refusals."""
CASE_ACTS: Mapping[str, Promise] = {
    "casework.accept_family": gettext_lazy("accepted to help a family"),
    "casework.act_on_need": gettext_lazy("put down what was done for a need"),
    "casework.close_need": gettext_lazy("closed a need"),
    "casework.correct_special": gettext_lazy("corrected who a special family is"),
    "casework.decline_family": gettext_lazy("declined to help a family"),
    "casework.end_special": gettext_lazy("ended the case of a special family"),
    "casework.erase_special": gettext_lazy("erased who a special family was"),
    "casework.erase_texts": gettext_lazy("erased what was written about families"),
    "casework.link_goods": gettext_lazy("gave goods for a need"),
    "casework.look": gettext_lazy("looked at a special family"),
    "casework.make_link": gettext_lazy("made a link for the family's feedback"),
    "casework.name_deputy": gettext_lazy("named the deputy of a special family"),
    "casework.offer_helper": gettext_lazy("asked somebody to help a family"),
    "casework.open_cases": gettext_lazy("took families in"),
    "casework.raise_need": gettext_lazy("put down a need of a family"),
    "casework.record_contact": gettext_lazy("recorded a contact with a family"),
    "casework.register_special": gettext_lazy("put a special family down"),
    "casework.reopen_need": gettext_lazy("opened a need again"),
    "casework.take_feedback": gettext_lazy("took in what a family thinks"),
    "casework.take_ledger": gettext_lazy("took the ledger of families as a workbook"),
}
CASE_FACTS: Mapping[str, Promise] = {
    "case": pgettext_lazy("fact", "family"),
    "category": pgettext_lazy("fact", "about"),
    "families": pgettext_lazy("fact", "families"),
    "first_number": pgettext_lazy("fact", "from number"),
    "home_visit": pgettext_lazy("fact", "visit at home"),
    "keep_until": pgettext_lazy("fact", "kept until"),
    "last_number": pgettext_lazy("fact", "to number"),
    "look": pgettext_lazy("fact", "what was seen"),
    "need": pgettext_lazy("fact", "need"),
    "need_outcome": pgettext_lazy("fact", "what came of it"),
    "reached": pgettext_lazy("fact", "reached"),
    "satisfied": pgettext_lazy("fact", "the family is"),
    "since": pgettext_lazy("fact", "since"),
    "told_by": pgettext_lazy("fact", "said"),
    "urgency": pgettext_lazy("fact", "urgency"),
    "way": pgettext_lazy("fact", "way"),
}
CASE_VALUES: Mapping[str, Mapping[str, Promise | str]] = {
    "category": {one.value: one.label for one in Category},
    "look": {one.value: one.label for one in Looked},
    "need_outcome": {one.value: one.label for one in Outcome},
    "satisfied": {one.value: one.label for one in Satisfied},
    "told_by": {one.value: one.label for one in Source},
    "urgency": {one.value: one.label for one in Urgency},
    "way": {one.value: one.label for one in Way},
}
"""What the values of facts are called, by the fact."""

STAGE_MARKS: Mapping[Stage, str] = {Stage.OPEN: "waiting", Stage.HEARD: "on_time", Stage.CLOSED: "done"}
_STAGES: Mapping[Stage, Promise] = {
    Stage.OPEN: pgettext_lazy("need", "open"),
    Stage.HEARD: pgettext_lazy("need", "the family has answered"),
    Stage.CLOSED: pgettext_lazy("need", "closed"),
}


def stage_words(stage: Stage) -> str:
    """Return how far a need is."""
    return str(_STAGES[stage])
