"""Words of situation reports: for the trail, and for what is refused."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from songnuan.emergency.models import ChaseWay, SlotStatus
from songnuan.web.returnee_words import (
    NOT_OBSERVED,
    RETURNEE_ACTS,
    RETURNEE_FACTS,
    RETURNEE_VALUES,
    TO_OBSERVE,
)

REPORTING: Mapping[str, Promise] = {
    **TO_OBSERVE,
    "chase_reports": pgettext_lazy("refused", "to ask for a situation report"),
    "excuse_reports": pgettext_lazy("refused", "to excuse a unit from reporting"),
    "open_report_periods": pgettext_lazy("refused", "to open a period of situation reports"),
    "pass_part_on": pgettext_lazy("refused", "to pass a part of the situation reports on"),
    "remind_of_reports": pgettext_lazy("refused", "to remind of situation reports"),
    "report_periods": pgettext_lazy("refused", "to open a period of situation reports"),
    "show_liaisons": pgettext_lazy("refused", "to look at whom to call for a situation report"),
    "report_situation": pgettext_lazy("refused", "to report the situation of a unit"),
    "report_summary": pgettext_lazy("refused", "to make, send or acknowledge a consolidated report"),
}
"""What was tried, by the journey."""
UNREPORTED: Mapping[str, Promise] = {
    **NOT_OBSERVED,
    "category_missing": pgettext_lazy("refusal", "the kind of event was missing"),
    "children_missing": pgettext_lazy(
        "refusal", "units below had not reported and were not named as missing"
    ),
    "excuse_days": pgettext_lazy("refusal", "the days of the excuse did not fit"),
    "excuse_gone": pgettext_lazy("refusal", "the excuse was taken back already"),
    "excuse_stands": pgettext_lazy("refusal", "the unit was excused on some of these days"),
    "excuse_unknown": pgettext_lazy("refusal", "there was no such excuse"),
    "figure_unfit": pgettext_lazy("refusal", "a figure was no whole number, or out of bounds"),
    "figure_unlikely": pgettext_lazy("refusal", "an unlikely figure was not said to be checked"),
    "happened_ahead": pgettext_lazy("refusal", "the event was still to come"),
    "happened_later": pgettext_lazy("refusal", "the event happened after the period"),
    "happened_long_ago": pgettext_lazy("refusal", "the event happened long before the period"),
    "happened_missing": pgettext_lazy("refusal", "the time of the event was missing"),
    "kind_unfit": pgettext_lazy("refusal", "it was neither all safe nor an event"),
    "node_unknown": pgettext_lazy("refusal", "no unit reported through this one"),
    "nothing_missing": pgettext_lazy("refusal", "no report was missing"),
    "part_stands": pgettext_lazy("refusal", "the part was passed on, and nothing had changed"),
    "period_not_begun": pgettext_lazy("refusal", "the period had not begun"),
    "period_not_due": pgettext_lazy("refusal", "the due time had not passed, and units were missing"),
    "period_unknown": pgettext_lazy("refusal", "there was no such period"),
    "receipt_ahead": pgettext_lazy("refusal", "the receipt lay ahead"),
    "receipt_before": pgettext_lazy("refusal", "the receipt lay before the sending"),
    "report_missing": pgettext_lazy("refusal", "there was no report to correct"),
    "report_moved_on": pgettext_lazy("refusal", "somebody else had corrected the report meanwhile"),
    "report_of_unit": pgettext_lazy("refusal", "the unit had reported or corrected it itself"),
    "report_same": pgettext_lazy("refusal", "the correction said the same"),
    "report_there": pgettext_lazy("refusal", "the unit had reported for this period"),
    "slot_unknown": pgettext_lazy("refusal", "no such report was expected"),
    "summary_stands": pgettext_lazy("refusal", "the consolidated report was made, and nothing had changed"),
    "summary_unknown": pgettext_lazy("refusal", "there was no such consolidated report"),
    "told_at_unfit": pgettext_lazy("refusal", "the time of the call lay outside the period, or ahead"),
    "told_by_missing": pgettext_lazy("refusal", "it was not said who told it"),
    "unit_outside": pgettext_lazy("refusal", "the unit stood outside the plan's"),
}
"""Codes of refusals."""
SITUATION_ACTS: Mapping[str, Promise] = {
    **RETURNEE_ACTS,
    "emergency.chase_report": gettext_lazy("asked for a situation report"),
    "emergency.correct_situation": gettext_lazy("corrected a situation report"),
    "emergency.enter_receipt": gettext_lazy("entered the receipt of a consolidated report"),
    "emergency.excuse_unit": gettext_lazy("excused a unit from reporting"),
    "emergency.make_summary": gettext_lazy("made a consolidated report"),
    "emergency.open_period": gettext_lazy("opened a period of situation reports"),
    "emergency.pass_part_on": gettext_lazy("passed a part of the situation reports on"),
    "emergency.report_situation": gettext_lazy("reported the situation of a unit"),
    "emergency.send_summary": gettext_lazy("sent a consolidated report up"),
    "emergency.show_liaison": gettext_lazy("looked at the number of a unit's liaison"),
    "emergency.withdraw_excuse": gettext_lazy("took an excuse from reporting back"),
}
SITUATION_FACTS: Mapping[str, Promise] = {
    **RETURNEE_FACTS,
    "by_phone": pgettext_lazy("fact", "told by telephone"),
    "by_office": pgettext_lazy("fact", "by the office in its stead"),
    "chase_way": pgettext_lazy("fact", "way of asking"),
    "due_at": pgettext_lazy("fact", "due at"),
    "figures_checked": pgettext_lazy("fact", "unlikely figures checked"),
    "first_on": pgettext_lazy("fact", "from"),
    "last_on": pgettext_lazy("fact", "to, that day included"),
    "missing": pgettext_lazy("fact", "named as missing"),
    "periods": pgettext_lazy("fact", "periods"),
    "report_kind": pgettext_lazy("fact", "reported"),
}
SITUATION_VALUES: Mapping[str, Mapping[str, Promise | str]] = {
    **RETURNEE_VALUES,
    "chase_way": {one.value: one.label for one in ChaseWay},
    "report_kind": {one.value: one.label for one in SlotStatus},
}
"""What the values of facts are called, by the fact."""
