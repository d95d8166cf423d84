"""Words about courses and events: for the trail, for refusals, for what forms ask and what is kept sealed."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from songnuan.outreach.course_models import AttendedWay
from songnuan.outreach.event_models import AnswerGiven, As

COURSE_ACTS: Mapping[str, Promise] = {
    "outreach.align_course": gettext_lazy("brought those who learn a lesson in line with the roster"),
    "outreach.answer_invitation": gettext_lazy("answered an invitation"),
    "outreach.cancel_event": gettext_lazy("cancelled an event"),
    "outreach.change_event": gettext_lazy("changed an event"),
    "outreach.chase_course": gettext_lazy("chased who has not learnt a lesson"),
    "outreach.check_in_learner": gettext_lazy("checked in at the door of a lesson"),
    "outreach.close_course": gettext_lazy("closed the learning of a lesson"),
    "outreach.confirm_reading": gettext_lazy("confirmed having read a lesson"),
    "outreach.end_door": gettext_lazy("ended the code of a door"),
    "outreach.end_event": gettext_lazy("said that an event was held"),
    "outreach.enter_attendance": gettext_lazy("entered that somebody learnt a lesson"),
    "outreach.forget_words": gettext_lazy("erased the words about the learning of people who were erased"),
    "outreach.invite": gettext_lazy("invited people to an event"),
    "outreach.note_who_came": gettext_lazy("noted who came to an event"),
    "outreach.open_course": gettext_lazy("let a roster learn a lesson"),
    "outreach.open_door": gettext_lazy("made the code of a door"),
    "outreach.plan_event": gettext_lazy("planned an event"),
    "outreach.take_attendance_back": gettext_lazy("took back that somebody learnt a lesson"),
    "outreach.take_course_list": gettext_lazy("took a list of people who learn a lesson"),
    "outreach.take_test": gettext_lazy("took the test of a lesson"),
}
TO_LEARN: Mapping[str, Promise] = {
    "attend_course": pgettext_lazy("refused", "to learn a lesson, or to enter that somebody did"),
    "hold_event": pgettext_lazy("refused", "to plan an event, invite to it, answer or note who came"),
    "take_course_list": pgettext_lazy("refused", "to take a list of people who learn a lesson"),
    "teach_course": pgettext_lazy("refused", "to let a roster learn a lesson"),
}
NOT_LEARNT: Mapping[str, Promise] = {
    "answer_late": pgettext_lazy("refusal", "the event had begun"),
    "answer_unknown": pgettext_lazy("refusal", "it was not said whether somebody comes"),
    "attended_ahead": pgettext_lazy("refusal", "the time was not between the opening and now"),
    "attended_already": pgettext_lazy("refusal", "the person was checked in already"),
    "attended_not": pgettext_lazy("refusal", "the person was not checked in"),
    "came_open": pgettext_lazy("refusal", "of some it was not noted whether they came"),
    "came_own": pgettext_lazy("refusal", "somebody else notes whether one came oneself"),
    "came_unknown": pgettext_lazy("refusal", "it was not said who came"),
    "capacity_unknown": pgettext_lazy("refusal", "it was not said as what they are invited"),
    "chased_today": pgettext_lazy("refusal", "they had been chased that day"),
    "course_closed": pgettext_lazy("refusal", "the learning was closed"),
    "course_nobody": pgettext_lazy("refusal", "nobody stood on the roster"),
    "course_past": pgettext_lazy("refusal", "the last day lay in the past"),
    "course_tries": pgettext_lazy("refusal", "so many tries were not possible"),
    "course_twice": pgettext_lazy("refusal", "a roster learnt this lesson already"),
    "course_unknown": pgettext_lazy("refusal", "no roster learnt this lesson"),
    "door_early": pgettext_lazy("refusal", "check-in had not begun"),
    "door_minutes": pgettext_lazy("refusal", "the minutes were none"),
    "door_over": pgettext_lazy("refusal", "check-in was over"),
    "door_past": pgettext_lazy("refusal", "the time had passed"),
    "door_times": pgettext_lazy("refusal", "it did not end after it began"),
    "door_unknown": pgettext_lazy("refusal", "the code of the door was not valid"),
    "event_ahead": pgettext_lazy("refusal", "the event was still to come"),
    "event_begun": pgettext_lazy("refusal", "the event had begun"),
    "event_ended": pgettext_lazy("refusal", "the event was held or cancelled"),
    "event_past": pgettext_lazy("refusal", "the time had passed"),
    "event_times": pgettext_lazy("refusal", "it did not end after it began"),
    "event_unknown": pgettext_lazy("refusal", "there was no such event"),
    "invitation_other": pgettext_lazy("refusal", "only who is invited answers"),
    "invitation_unknown": pgettext_lazy("refusal", "there was no such invitation"),
    "invited_many": pgettext_lazy("refusal", "too many were invited"),
    "invited_nobody": pgettext_lazy("refusal", "nobody was chosen"),
    "invited_several": pgettext_lazy("refusal", "several people bore the name"),
    "invited_stranger": pgettext_lazy("refusal", "somebody was out of the reader's reach"),
    "invited_twice": pgettext_lazy("refusal", "somebody was invited already"),
    "invited_unknown": pgettext_lazy("refusal", "nobody bore the name"),
    "learner_other": pgettext_lazy("refusal", "everybody learns for themselves"),
    "learner_own": pgettext_lazy("refusal", "nobody enters their own attendance"),
    "learner_several": pgettext_lazy("refusal", "several people bore the name"),
    "learner_stranger": pgettext_lazy("refusal", "nobody like that was expected"),
    "nobody_lacks": pgettext_lazy("refusal", "everybody had learnt it"),
    "pass_at": pgettext_lazy("refusal", "so many right answers were not possible"),
    "reading_end": pgettext_lazy("refusal", "it was not said that it was read to the end"),
    "reading_fast": pgettext_lazy("refusal", "it was too quick to have been read"),
    "reading_not_asked": pgettext_lazy("refusal", "reading alone did not count"),
    "reading_unopened": pgettext_lazy("refusal", "the lesson had not been opened"),
    "test_first": pgettext_lazy("refusal", "the lesson had not been learnt"),
    "test_none": pgettext_lazy("refusal", "there was no test"),
    "test_passed": pgettext_lazy("refusal", "the test was passed already"),
    "test_tries": pgettext_lazy("refusal", "all tries had been used"),
}
COURSE_FACTS: Mapping[str, Promise] = {
    "answer": pgettext_lazy("fact", "answer"),
    "attended_by": pgettext_lazy("fact", "how"),
    "attended": pgettext_lazy("fact", "learnt it"),
    "capacity": pgettext_lazy("fact", "invited as"),
    "course_list": pgettext_lazy("fact", "list"),
    "door": pgettext_lazy("fact", "door"),
    "invitation": pgettext_lazy("fact", "invitation"),
    "learner": pgettext_lazy("fact", "learner"),
    "passed": pgettext_lazy("fact", "passed the test"),
    "told": pgettext_lazy("fact", "told"),
}
COURSE_VALUES: Mapping[str, Mapping[str, Promise | str]] = {
    "answer": {one.value: one.label for one in AnswerGiven},
    "capacity": {one.value: one.label for one in As},
    "course_list": {
        "codes": pgettext_lazy("list of a course", "own codes"),
        "make-up": pgettext_lazy("list of a course", "who has to make up for it"),
    },
    "attended_by": {one.value: one.label for one in AttendedWay},
}
COURSE_FORMS: Mapping[str, Promise] = {
    "attendance": gettext_lazy("Attendance entered by the office"),
    "attendance_back": gettext_lazy("Attendance taken back"),
    "course": gettext_lazy("Lesson learnt by a roster"),
    "course_door": gettext_lazy("Time and place of a lesson"),
    "door_here": gettext_lazy("Check-in at the door of a lesson"),
    "event": gettext_lazy("Event"),
    "event_came": gettext_lazy("Who came to an event"),
    "event_cancelled": gettext_lazy("Event cancelled"),
    "event_invite": gettext_lazy("Invitations to an event"),
    "invitation": gettext_lazy("Answer to an invitation"),
    "reading": gettext_lazy("Lesson read to the end"),
}
COURSE_KNOWN: Mapping[str, str] = {
    "outreach.attendance": "learner door way is_late noted_at by voided_at voided_by",
    "outreach.course": "lesson seen_on chased_at version opened_by opened_at closed_by closed_at",
    "outreach.door": "course code made_by made_at ended_at",
    "outreach.event": "measure status sequence made_by made_at ended_by ended_at",
    "outreach.invitation": "event code invited_by invited_at answered_at came_by came_at",
}
OUTREACH_SEALED: Mapping[str, Promise] = {
    "outreach.attendance.reason": gettext_lazy("How it is known that somebody learnt a lesson"),
    "outreach.attendance.void_reason": gettext_lazy("Why somebody's learning of a lesson does not count"),
    "outreach.invitation.deputy": gettext_lazy("Whom somebody sends to an event: the name"),
    "outreach.robot.address": gettext_lazy("Where robots of chat groups are reached"),
}
