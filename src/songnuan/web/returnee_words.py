"""Words of returnees and screening: of the trail, of refusals, of what forms ask and the house knows."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from songnuan.emergency.models import EarlyEnd, ReturneeSource, StatusOutcome

TO_OBSERVE: Mapping[str, Promise] = {
    "chase_returnees": pgettext_lazy("refused", "to have it asked after returnees"),
    "chase_screening": pgettext_lazy("refused", "to ask units for their screening"),
    "enter_returnees": pgettext_lazy("refused", "to enter a returnee"),
    "erase_returnees": pgettext_lazy("refused", "to erase returnees"),
    "keep_returnees": pgettext_lazy("refused", "to keep the register of returnees"),
    "observe_returnees": pgettext_lazy("refused", "to change or end the observation of a returnee"),
    "record_daily_status": pgettext_lazy("refused", "to record how a returnee was found"),
    "register_returnee": pgettext_lazy("refused", "to register as a returnee"),
    "screening": pgettext_lazy("refused", "to open or close a round of screening, or report to it"),
    "remind_of_returnees": pgettext_lazy("refused", "to remind of returnees"),
}
"""What was tried, by the journey."""
NOT_OBSERVED: Mapping[str, Promise] = {
    "arrival_unfit": pgettext_lazy("refusal", "the day of arrival lay too far away"),
    "code_unknown": pgettext_lazy("refusal", "the code did not count"),
    "early_end_unknown": pgettext_lazy("refusal", "it was not said why it ends"),
    "found_unfit": pgettext_lazy("refusal", "the time was not of that day, or lay ahead"),
    "origin_missing": pgettext_lazy("refusal", "it was not said where from"),
    "period_days": pgettext_lazy("refusal", "the days of observation were out of bounds"),
    "period_same": pgettext_lazy("refusal", "nobody's observation would have changed"),
    "registration_full": pgettext_lazy("refusal", "too many registrations waited"),
    "release_early": pgettext_lazy("refusal", "the last day of observation had not come"),
    "release_not_seen": pgettext_lazy("refusal", "nobody had seen them well on the last day or later"),
    "returnee_not_yours": pgettext_lazy("refusal", "the person does not work with this returnee"),
    "returnee_there": pgettext_lazy("refusal", "the returnee stood in the register"),
    "returnee_unknown": pgettext_lazy("refusal", "there was no such entry"),
    "returnees_empty": pgettext_lazy("refusal", "nobody stood in the table"),
    "returnees_headings": pgettext_lazy("refusal", "the table lacked columns"),
    "returnees_many": pgettext_lazy("refusal", "the table had too many people"),
    "returnees_rows": pgettext_lazy("refusal", "rows of the table were wrong"),
    "round_closed": pgettext_lazy("refusal", "the round was closed"),
    "round_days": pgettext_lazy("refusal", "the days of the round did not fit"),
    "round_empty": pgettext_lazy("refusal", "nobody would be screened"),
    "round_title": pgettext_lazy("refusal", "the round had no title, or too long a one"),
    "round_unknown": pgettext_lazy("refusal", "there was no such round"),
    "screened_beyond": pgettext_lazy("refusal", "more were screened than expected"),
    "screening_headings": pgettext_lazy("refusal", "the table lacked columns"),
    "screening_not_late": pgettext_lazy("refusal", "no unit was late with screening"),
    "screening_row": pgettext_lazy("refusal", "a row of the table was wrong"),
    "screening_same": pgettext_lazy("refusal", "the report said the same as before"),
    "share_unknown": pgettext_lazy("refusal", "nothing was expected of this unit"),
    "unwell_beyond": pgettext_lazy("refusal", "more were unwell than were screened"),
    "status_answered": pgettext_lazy("refusal", "it was answered already"),
    "status_day": pgettext_lazy("refusal", "the day lay ahead, or before the observation"),
    "status_missing": pgettext_lazy("refusal", "nothing was there to correct"),
    "status_not_missed": pgettext_lazy("refusal", "no daily status was missing"),
    "status_not_unwell": pgettext_lazy("refusal", "nobody was unwell"),
    "status_outcome": pgettext_lazy("refusal", "it was not said how they were found"),
    "status_same": pgettext_lazy("refusal", "the correction said the same"),
    "status_there": pgettext_lazy("refusal", "something was said about the day already"),
    "unwell_open": pgettext_lazy("refusal", "the office had not answered that they were unwell"),
}
"""Codes of refusals."""
RETURNEE_ACTS: Mapping[str, Promise] = {
    "emergency.answer_daily_status": _("said what was done about an unwell returnee"),
    "emergency.chase_returnee": _("had it asked after a returnee whose status was missing"),
    "emergency.chase_screening": _("asked a unit that was late with screening"),
    "emergency.close_screening": _("closed a round of screening"),
    "emergency.open_screening": _("opened a round of screening"),
    "emergency.report_screening": _("reported how far a unit is with screening"),
    "emergency.confirm_returnee": _("took a registered returnee under observation"),
    "emergency.correct_daily_status": _("corrected how a returnee was found"),
    "emergency.end_observation": _("ended the observation of a returnee before its time"),
    "emergency.enter_returnees": _("entered returnees"),
    "emergency.erase_returnee": _("erased the personal data of a returnee"),
    "emergency.make_returnee_code": _("made a code for registering returnees"),
    "emergency.name_contact_person": _("named the contact person of a returnee"),
    "emergency.record_daily_status": _("recorded how a returnee was found"),
    "emergency.register_returnee": _("registered as a returnee"),
    "emergency.release_returnee": _("released a returnee"),
    "emergency.set_observation": _("set other days of observation for a returnee"),
    "emergency.set_returnee_aside": _("set the registration of a returnee aside"),
    "emergency.show_returnee": _("looked at phone and address of a returnee"),
    "emergency.withdraw_returnee_code": _("withdrew a code for registering returnees"),
}
RETURNEE_FACTS: Mapping[str, Promise] = {
    "daily_status": pgettext_lazy("fact", "found"),
    "ended_as": pgettext_lazy("fact", "ended as"),
    "poster": pgettext_lazy("fact", "code"),
    "screened": pgettext_lazy("fact", "screened"),
    "to_screen": pgettext_lazy("fact", "to be screened"),
    "returnee": pgettext_lazy("fact", "entry in the register"),
    "returnee_source": pgettext_lazy("fact", "entered"),
}
RETURNEE_VALUES: Mapping[str, Mapping[str, Promise | str]] = {
    "daily_status": {one.value: one.label for one in StatusOutcome},
    "ended_as": {one.value: one.label for one in EarlyEnd},
    "returnee_source": {one.value: one.label for one in ReturneeSource},
}
RETURNEE_FORMS: Mapping[str, Promise] = {
    "daily_status": _("Daily status of a returnee"),
    "daily_status_answer": _("What was done about an unwell returnee"),
    "daily_status_correction": _("Correction of a daily status"),
    "observation": _("Days of observation of a returnee"),
    "observation_end": _("Early end of an observation"),
    "observation_policy": _("Days of observation set for many"),
    "returnee": _("Entry of a returnee"),
    "returnee_aside": _("Registration set aside"),
    "returnee_code": _("Code for registering returnees"),
    "returnee_helper": _("Contact person of a returnee"),
    "returnee_register": _("Registration of a returnee by themselves"),
    "returnees_file": _("Table of returnees"),
    "screening": _("Report of screening"),
    "screening_round": _("Round of screening"),
}
RETURNEE_KNOWN: Mapping[str, str] = {
    "emergency.dailystatus": "returnee version reported_at by key",
    "emergency.periodchange": "returnee days_before by at",
    "emergency.returnee": (
        "measure number person_index days until_on first_due_on source code entered_by entered_at"
        " confirmed_by confirmed_at status ended_on ended_by ended_at retain_until erased_at"
    ),
    "emergency.returneecode": "measure code made_by made_at withdrawn_by withdrawn_at",
    "emergency.screeningreport": "share version by at key",
    "emergency.screeninground": "measure number opened_by opened_at closed_by closed_at",
    "emergency.statusanswer": "status by at",
}
RETURNEES_BESIDE: Mapping[str, Promise] = {
    "emergency.dailystatus.reason": _("Returnees: why a daily status was corrected"),
    "emergency.dailystatus.words": _("Returnees: what was found each day"),
    "emergency.periodchange.reason": _("Returnees: why the observation was set anew"),
    "emergency.returnee.address": _("Returnees: where they live"),
    "emergency.returnee.name": _("Returnees: the name"),
    "emergency.returnee.origin": _("Returnees: where they came from"),
    "emergency.returnee.phone": _("Returnees: the phone"),
    "emergency.returnee.words": _("Returnees: why the observation ended"),
    "emergency.statusanswer.words": _("Returnees: what was done about who was unwell"),
}
