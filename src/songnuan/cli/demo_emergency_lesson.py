"""The lesson of plan 2 in the demo: written, signed, sent; a quiz before and after, by a poster too."""

from datetime import date, timedelta

from songnuan.cli.demo_emergency import CENTRE, Scale, actor, at, draw, key_of, unit
from songnuan.cli.demo_emergency_plan import measure
from songnuan.journeys.answer_quiz import answer_by_code, answer_quiz
from songnuan.journeys.hold_quiz import close_quiz, make_quiz_code, open_quiz
from songnuan.journeys.send_lesson import note_handed_on, read_lesson, send_lesson
from songnuan.journeys.sign_lesson import sign_lesson
from songnuan.journeys.write_lesson import add_question, hand_in_lesson, set_aware_at, write_lesson
from songnuan.organisation.models import User
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of
from songnuan.outreach.lesson_models import Lesson, QuizAsked
from songnuan.outreach.lesson_rules import Draft
from songnuan.outreach.sending_models import HandedOn, Sending

_TITLE = "社区防护和信息报告要点"
_TEXT = """一、每日16时前报告，有事报事、无事报平安，任何人不得代报。
二、发现发热人员，当日报告，协助到发热门诊就诊，不自行处置。
三、返程人员自到达次日起健康观察14天，每日询问一次。
四、入户、值守时戴口罩，保持一米距离，勤洗手。"""
_QUESTIONS = (
    ("无异常情况时怎样报告？", "不用报告\n*报平安\n每周报一次"),
    ("发现发热人员应当怎样处理？", "自行购药观察\n*当日报告并协助就诊\n劝其离开本社区"),
    ("返程人员健康观察多少天？", "7天\n10天\n*14天"),
)
_RIGHT = (1, 1, 2)
_BEFORE, _AFTER = date(2020, 4, 7), date(2020, 4, 11)


def teach(_scale: Scale) -> None:
    """Write the lesson and let the publicity officer sign it; ask before, send it, ask after."""
    office = actor("duty-office")
    pk = write_lesson(
        measure_id=measure("lessons").pk,
        draft=Draft(_TITLE, _TEXT, roles=(Role.UNIT_LIAISON.value,)),
        key=key_of("lesson"),
        actor=office,
        at=at(_BEFORE, 9),
    )
    lesson = Lesson.objects.get(pk=pk)
    if lesson.status == "draft":
        for place, (text, options) in enumerate(_QUESTIONS[len(lesson.questions) :]):
            add_question(
                lesson_id=pk, text=text, options=options, actor=office, at=at(_BEFORE, 9, 10 + place)
            )
        set_aware_at(lesson_id=pk, aware_at=len(_QUESTIONS), actor=office, at=at(_BEFORE, 9, 20))
        hand_in_lesson(lesson_id=pk, actor=office, at=at(_BEFORE, 9, 30))
        lesson.refresh_from_db()
    if lesson.status == "ready":
        sign_lesson(lesson_id=pk, actor=actor("duty-publicity"), at=at(_BEFORE, 10))
    _ask(pk, "before", _BEFORE, 45)
    if not lesson.rounds.filter(kind="after").exists():
        publicity, sent_on = actor("duty-publicity"), _BEFORE + timedelta(days=2)
        if not Sending.objects.filter(lesson=pk).exists():
            send_lesson(lesson_id=pk, actor=publicity, at=at(sent_on, 9))
        for user in _audience(pk):
            if draw(10, "read", user.username) < 8:
                read_lesson(
                    lesson_id=pk, actor=actor_of(user), at=at(sent_on, 10 + draw(8, "read", user.username, 1))
                )
        if not HandedOn.objects.filter(lesson=pk).exists():
            note_handed_on(
                lesson_id=pk,
                unit_id=unit(CENTRE).pk,
                way="wechat",
                place="各街道联络员微信群",
                people=312,
                actor=publicity,
                at=at(sent_on, 9, 20),
            )
    _ask(pk, "after", _AFTER, 93)


def _audience(lesson_id: int) -> list[User]:
    asked = QuizAsked.objects.filter(round__lesson=lesson_id, round__kind="before").values("user")
    return list(User.objects.filter(pk__in=asked).order_by("pk"))


def _ask(lesson_id: int, kind: str, first: date, aware: int) -> None:
    """Open a round, let most of the staff answer, and people at the station by the poster; close it."""
    publicity, last = actor("duty-publicity"), first + timedelta(days=2)
    lesson = Lesson.objects.get(pk=lesson_id)
    if not lesson.rounds.filter(kind=kind).exists():
        open_quiz(lesson_id=lesson_id, kind=kind, until_on=last, actor=publicity, at=at(first, 10, 30))
    row = lesson.rounds.get(kind=kind)
    if row.closed_at is not None:
        return
    for asked in QuizAsked.objects.filter(round=row, answered_at=None).select_related("user").order_by("pk"):
        name = asked.user.username
        if draw(10, "answers", kind, name) < 8:
            moment = at(first + timedelta(days=draw(2, "day", kind, name)), 11 + draw(8, "hour", kind, name))
            answer_quiz(
                lesson_id=lesson_id, picks=_picks(aware, kind, name), actor=actor_of(asked.user), at=moment
            )
    code = make_quiz_code(
        lesson_id=lesson_id,
        unit_id=unit(CENTRE).pk,
        audience="floating",
        place="火车站返程人员登记点",
        actor=publicity,
        at=at(first, 10, 40),
    )
    for number in range(40):
        answer_by_code(
            code=code.code, key=key_of("sheet", kind, number), picks=_picks(aware - 15, kind, number)
        )
    close_quiz(lesson_id=lesson_id, actor=publicity, at=at(last, 8, 30))


def _picks(aware: int, kind: str, who: object) -> list[set[int]]:
    """Return answers that are all right for so many of a hundred, else one of them wrong."""
    wrong = draw(len(_RIGHT), "wrong", kind, who) if draw(100, "aware", kind, who) >= aware else None
    return [{(one + 1) % 3 if place == wrong else one} for place, one in enumerate(_RIGHT)]
