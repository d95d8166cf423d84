"""Words for the trail about money to people and care for families: codes of refusals."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from songnuan.web.callback_words import CALLED
from songnuan.web.case_words import UNCARED
from songnuan.web.flexible_trail import NOT_FLEXIBLE
from songnuan.web.notice_words import NOTICED
from songnuan.web.payment_paper_words import NO_PAPER
from songnuan.web.payment_words import NOT_PAID
from songnuan.web.settlement_words import SETTLED

BENEFITS: Mapping[str, Promise] = {
    **SETTLED,
    **NOT_PAID,
    **NO_PAPER,
    **NOTICED,
    **CALLED,
    **NOT_FLEXIBLE,
    **UNCARED,
    "day_ahead": pgettext_lazy("refusal", "the day of the list was still to come"),
    "decision_day": pgettext_lazy("refusal", "the day of the decision was missing, or still to come"),
    "decision_long": pgettext_lazy("refusal", "the decision was too long"),
    "decision_missing": pgettext_lazy("refusal", "no decision was named for the amounts that it sets"),
    "deaths_headings": pgettext_lazy("refusal", "the table of the dead named no columns"),
    "finding_gone": pgettext_lazy("refusal", "it was not found any more"),
    "other_stands": pgettext_lazy("refusal", "the other line could not be taken out from here"),
    "people_empty": pgettext_lazy("refusal", "the file of people was empty"),
    "people_headings": pgettext_lazy("refusal", "the file of people had no heading for the first day"),
    "measure_not_open": pgettext_lazy("refusal", "the clause was not under way"),
    "people_many": pgettext_lazy("refusal", "the file of people had too many rows"),
    "reckoning_changed": pgettext_lazy("refusal", "somebody else reckoned the list at the same moment"),
    "reckoning_none": pgettext_lazy("refusal", "there was no list to change"),
    "roster_unfit": pgettext_lazy("refusal", "the roster listed no people, or was not there"),
    "standard_invalid": pgettext_lazy("refusal", "the standard had faults"),
    "standard_same": pgettext_lazy("refusal", "the standard stood like this already"),
    "standard_stale": pgettext_lazy("refusal", "somebody else had written a version of the standard since"),
    "standard_taken": pgettext_lazy("refusal", "the short name was another standard's"),
    "standard_unknown": pgettext_lazy("refusal", "there was no standard of this short name"),
    "standard_unreadable": pgettext_lazy("refusal", "the file of the standard could not be read"),
}
