"""Words about messages and lessons: for the trail, for refusals, and for what forms ask."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from songnuan.outreach.lesson_models import Audience, RoundKind
from songnuan.outreach.material_models import MaterialKind
from songnuan.outreach.robot_models import Service
from songnuan.outreach.sending_models import HandWay
from songnuan.web.course_words import (
    COURSE_ACTS,
    COURSE_FACTS,
    COURSE_FORMS,
    COURSE_KNOWN,
    COURSE_VALUES,
    NOT_LEARNT,
    TO_LEARN,
)

LESSON_ACTS: Mapping[str, Promise] = {
    **COURSE_ACTS,
    "outreach.add_robot": gettext_lazy("set up a robot of a group"),
    "outreach.answer_quiz": gettext_lazy("answered a quiz"),
    "outreach.add_material": gettext_lazy("added a file to a lesson"),
    "outreach.change_lesson": gettext_lazy("changed a lesson"),
    "outreach.drop_material": gettext_lazy("took a file out of a lesson"),
    "outreach.close_quiz": gettext_lazy("closed a round of a quiz"),
    "outreach.end_robot": gettext_lazy("ended a robot of a group"),
    "outreach.fail_robot": gettext_lazy("could not send a lesson to a group"),
    "outreach.reach_robot": gettext_lazy("sent a lesson to a group"),
    "outreach.send_to_robots": gettext_lazy("put a lesson on its way to groups"),
    "outreach.end_quiz_code": gettext_lazy("ended the code of a poster"),
    "outreach.give_lesson_back": gettext_lazy("gave a lesson back"),
    "outreach.hand_in_lesson": gettext_lazy("handed in a lesson"),
    "outreach.make_quiz_code": gettext_lazy("made the code of a poster"),
    "outreach.open_quiz": gettext_lazy("opened a round of a quiz"),
    "outreach.set_quiz": gettext_lazy("wrote the quiz of a lesson"),
    "outreach.hand_on_lesson": gettext_lazy("passed a lesson on by hand"),
    "outreach.remind_of_lesson": gettext_lazy("reminded who had not read a lesson"),
    "outreach.send_lesson": gettext_lazy("sent a lesson"),
    "outreach.sign_lesson": gettext_lazy("signed off a lesson"),
    "outreach.withdraw_lesson": gettext_lazy("withdrew a lesson"),
    "outreach.write_lesson": gettext_lazy("began a lesson"),
}
TO_TEACH: Mapping[str, Promise] = {
    **TO_LEARN,
    "answer_quiz": pgettext_lazy("refused", "to answer a quiz"),
    "hold_quiz": pgettext_lazy("refused", "to open or close a quiz, or its codes"),
    "add_material": pgettext_lazy("refused", "to add a file to a lesson, or take one out"),
    "send_lesson": pgettext_lazy("refused", "to send a lesson, or pass it on"),
    "send_to_robots": pgettext_lazy("refused", "to send a lesson to groups"),
    "set_up_robot": pgettext_lazy("refused", "to set up or end a robot of a group"),
    "sign_lesson": pgettext_lazy("refused", "to sign off a lesson, give it back or withdraw it"),
    "write_lesson": pgettext_lazy("refused", "to write a lesson or its quiz"),
}
NOT_TAUGHT: Mapping[str, Promise] = {
    **NOT_LEARNT,
    "all_read": pgettext_lazy("refusal", "everybody had read it"),
    "answer_open": pgettext_lazy("refusal", "a question was not answered"),
    "answer_picks": pgettext_lazy("refusal", "an answer was none of those offered"),
    "audience_empty": pgettext_lazy("refusal", "nobody was left to whom it could go"),
    "aware_at": pgettext_lazy("refusal", "so many right answers were not possible"),
    "code_audience": pgettext_lazy("refusal", "a code is not for these people"),
    "code_unknown": pgettext_lazy("refusal", "the code was not valid any more"),
    "hand_way": pgettext_lazy("refusal", "it was not said how it was passed on"),
    "lesson_not_signed": pgettext_lazy("refusal", "the lesson was not signed off, or withdrawn"),
    "lesson_role": pgettext_lazy("refusal", "there was no such post"),
    "lesson_unit": pgettext_lazy("refusal", "a unit was not below that of the plan"),
    "lesson_unknown": pgettext_lazy("refusal", "there was no such lesson"),
    "material_unknown": pgettext_lazy("refusal", "the file was taken out already"),
    "people_many": pgettext_lazy("refusal", "the number of people was none"),
    "question_long": pgettext_lazy("refusal", "a question or an option was too long"),
    "question_many": pgettext_lazy("refusal", "the quiz had too many questions"),
    "question_options": pgettext_lazy("refusal", "the options of a question were not fit"),
    "question_right": pgettext_lazy("refusal", "no option was right"),
    "question_text": pgettext_lazy("refusal", "the question was missing"),
    "question_twice": pgettext_lazy("refusal", "the question was there already"),
    "question_unknown": pgettext_lazy("refusal", "there was no such question"),
    "quiz_answered": pgettext_lazy("refusal", "the person had answered already"),
    "quiz_missing": pgettext_lazy("refusal", "the lesson had no quiz"),
    "quiz_not_asked": pgettext_lazy("refusal", "the person was not asked in this round"),
    "reminded_now": pgettext_lazy("refusal", "it had gone out just before"),
    "robot_address": pgettext_lazy("refusal", "the address of the robot was none"),
    "robot_label": pgettext_lazy("refusal", "a robot had this name already"),
    "robot_none": pgettext_lazy("refusal", "no group was left to which it could go"),
    "robot_secret": pgettext_lazy("refusal", "the secret of the robot was none"),
    "robot_service": pgettext_lazy("refusal", "there was no such kind of robot"),
    "robot_unknown": pgettext_lazy("refusal", "there was no such robot"),
    "round_kind": pgettext_lazy("refusal", "there was no such round"),
    "round_none": pgettext_lazy("refusal", "the quiz was not open"),
    "round_order": pgettext_lazy("refusal", "the round after the lesson was held already"),
    "round_past": pgettext_lazy("refusal", "the last day lay in the past"),
    "round_runs": pgettext_lazy("refusal", "a round was open"),
    "round_twice": pgettext_lazy("refusal", "the round was held already"),
}
LESSON_FACTS: Mapping[str, Promise] = {
    **COURSE_FACTS,
    "answers": pgettext_lazy("fact", "answers"),
    "audience": pgettext_lazy("fact", "audience"),
    "aware_at": pgettext_lazy("fact", "right answers from which somebody is aware"),
    "handed": pgettext_lazy("fact", "passed on"),
    "lesson": pgettext_lazy("fact", "lesson"),
    "material": pgettext_lazy("fact", "file"),
    "questions": pgettext_lazy("fact", "questions"),
    "round": pgettext_lazy("fact", "round"),
    "service": pgettext_lazy("fact", "kind of robot"),
}
LESSON_VALUES: Mapping[str, Mapping[str, Promise | str]] = {
    **COURSE_VALUES,
    "audience": {one.value: one.label for one in Audience},
    "handed": {one.value: one.label for one in HandWay},
    "material": {one.value: one.label for one in MaterialKind},
    "service": {one.value: one.label for one in Service},
    "round": {one.value: one.label for one in RoundKind},
}
LESSON_FORMS: Mapping[str, Promise] = {
    **COURSE_FORMS,
    "lesson": gettext_lazy("Message or lesson"),
    "lesson_bar": gettext_lazy("Who counts as aware"),
    "lesson_hand": gettext_lazy("Lesson passed on by hand"),
    "lesson_material": gettext_lazy("PDF or video of a lesson"),
    "lesson_question": gettext_lazy("Question of a quiz"),
    "lesson_remark": gettext_lazy("Why a lesson goes back, or is withdrawn"),
    "quiz_code": gettext_lazy("Code for a poster"),
    "quiz_round": gettext_lazy("Round of a quiz"),
    "robot": gettext_lazy("Robot of a group"),
    "robots": gettext_lazy("Groups to which a lesson goes"),
}
LESSON_KNOWN: Mapping[str, str] = {
    **COURSE_KNOWN,
    "outreach.handedon": "lesson by at",
    "outreach.lesson": "measure status written_by written_at signed_by signed_at",
    "outreach.lessonunit": "lesson",
    "outreach.material": "lesson kind size added_by added_at removed_at",
    "outreach.quizcode": "lesson code made_by made_at ended_at",
    "outreach.robot": "hint made_by made_at ended_by ended_at",
    "outreach.robotsending": "lesson status attempts reason by at sent_at",
    "outreach.quizround": "lesson opened_by opened_at closed_by closed_at digest",
}
