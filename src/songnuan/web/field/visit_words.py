"""Words of the screens of visits, by the names that `kinds/visits.js` asks for."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from songnuan.visits.models import Prevention, Result, VisitForm
from songnuan.web.field.asked import Word, choices_of, words_of
from songnuan.web.problem_form import ProblemForm
from songnuan.web.visit_form import ReportForm

WORDS: Mapping[str, Word] = {
    "visits.title": _("Record a visit"),
    "visits.count": _("{count} to make"),
    "visits.late": pgettext_lazy("field", "overdue"),
    "visits.day": _("Planned for {day}"),
    "visits.here": _("Recorded with this device, {time}"),
    "visits.now": _("Just now"),
    "visits.another_time": _("At another time"),
    "visits.when": _("When and how"),
    "visits.who": _("Who went"),
    "visits.others": _("Colleagues ({count})"),
    "visits.found": _("What was found"),
    "visits.inspection": _("Inspection on the same occasion"),
    "visits.note": _("Note"),
    "visits.problem": _("Problem {number}, if one was raised"),
    "visits.received": _("Received by the unit"),
    "visits.lacking": _("{packs} cannot go out: {why}"),
    "visits.by_call": _("By telephone no kit changes hands. It stays owed."),
    "visits.packs": _("{packing}, of {quantity}"),
    "visits.signs_for": _("The unit signs for:"),
    "visits.sign_again": _("What is handed over was changed: have the receiver sign again."),
    "visits.do": _("Record the visit"),
    **choices_of("visits.forms", VisitForm.choices),
    **choices_of("visits.preventions", Prevention.choices),
    **choices_of("visits.results", Result.choices),
    **words_of("visits", ReportForm, "happened_at form form_reason late_reason entry_reason other_members"),
    **words_of("visits", ReportForm, "prevention prevention_note conditions photos handed short_reason"),
    **words_of("visits", ReportForm, "receiver_name signature confirmed_by_name"),
    **words_of("visits.raised", ProblemForm, "title owner answer"),
}
