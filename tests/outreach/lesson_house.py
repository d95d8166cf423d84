"""A centre with sections whose staff is taught, and the people who write, sign, read and look on."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from uuid import uuid4

from goods.builders import make_person, make_unit
from songnuan.journeys.answer_quiz import answer_by_code, answer_quiz
from songnuan.journeys.hold_quiz import close_quiz, make_quiz_code, open_quiz
from songnuan.journeys.sign_lesson import sign_lesson
from songnuan.journeys.write_lesson import add_question, hand_in_lesson, set_aware_at, write_lesson
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.clock import CHINA
from songnuan.organisation.models import Unit
from songnuan.organisation.permissions import Role
from songnuan.outreach.lesson_models import (
    Lesson,
    LessonUnit,
    QuizAsked,
    QuizCode,
    QuizKey,
    QuizRound,
    QuizTally,
)
from songnuan.outreach.lesson_rules import Draft
from songnuan.outreach.quiz_rules import Outcome
from songnuan.plans.models import Measure, MeasureStatus, Plan, PlanStatus

NOW = datetime(2020, 2, 10, 9, tzinfo=CHINA)
UNTIL = date(2020, 2, 21)
TABLES = (Lesson, LessonUnit, QuizRound, QuizAsked, QuizTally, QuizCode, QuizKey)
DRAFT = Draft("勤洗手、戴口罩", "外出戴口罩。\n回家先洗手。")
QUESTIONS = (
    ("回家后先做什么？", "*洗手\n做饭\n看电视"),
    ("出门要带什么？", "*口罩\n*身份证\n雨伞"),
    ("发热了怎么办？", "自己吃药\n*报告社区"),
)
RIGHT: tuple[Collection[int], ...] = ({0}, {0, 1}, {1})
WRONG: tuple[Collection[int], ...] = ({1}, {0}, {0})
_numbers = count(1)


@dataclass
class LessonHouse:
    """`sections` by name; `people` by what they are, `staff` by section."""

    centre: Unit
    sections: dict[str, Unit]
    measure: Measure
    people: dict[str, Actor] = field(default_factory=dict)
    staff: dict[str, list[Actor]] = field(default_factory=dict)

    def draft(self, draft: Draft = DRAFT, *, quiz: bool = True) -> Lesson:
        """Write a lesson, with a quiz of three questions of which two have to be right."""
        pk = write_lesson(
            measure_id=self.measure.pk, draft=draft, key=uuid4(), actor=self.people["office"], at=NOW
        )
        for text, options in QUESTIONS if quiz else ():
            add_question(lesson_id=pk, text=text, options=options, actor=self.people["office"], at=NOW)
        if quiz:
            set_aware_at(lesson_id=pk, aware_at=2, actor=self.people["office"], at=NOW)
        return Lesson.objects.get(pk=pk)

    def signed(self, draft: Draft = DRAFT, *, quiz: bool = True) -> Lesson:
        """Write a lesson and have it signed off."""
        lesson = self.draft(draft, quiz=quiz)
        hand_in_lesson(lesson_id=lesson.pk, actor=self.people["office"], at=NOW)
        return sign_lesson(lesson_id=lesson.pk, actor=self.people["publicity"], at=NOW)

    def open(self, lesson: Lesson, kind: str = "before", at: datetime = NOW) -> QuizRound:
        """Open a round."""
        return open_quiz(lesson_id=lesson.pk, kind=kind, until_on=UNTIL, actor=self.people["office"], at=at)

    def close(self, lesson: Lesson, at: datetime = NOW) -> QuizRound:
        """Close the round."""
        return close_quiz(lesson_id=lesson.pk, actor=self.people["office"], at=at)

    def code(self, lesson: Lesson, section: str = "一科", audience: str = "floating") -> QuizCode:
        """Make a code."""
        return make_quiz_code(
            lesson_id=lesson.pk,
            unit_id=self.sections[section].pk,
            audience=audience,
            place="东门工地",
            actor=self.people["office"],
            at=NOW,
        )

    def answer(self, lesson: Lesson, who: Actor, picks: Sequence[Collection[int]] = RIGHT) -> Outcome:
        """Answer with an account."""
        return answer_quiz(lesson_id=lesson.pk, picks=picks, actor=who, at=NOW)

    def sheets(self, code: QuizCode, right: int, wrong: int = 0) -> None:
        """Answer by a code, so many times right and wrong."""
        for picks in (*[RIGHT] * right, *[WRONG] * wrong):
            answer_by_code(code=code.code, key=uuid4(), picks=picks)


def make_lesson_house(**sections: int) -> LessonHouse:
    """Make a centre whose sections have so many liaisons each; 一科 six and 二科 five if nothing is said.

    Beside them: its office, two publicity officers, an inspector, the office of another centre, the system.
    """
    top = make_unit(f"临澄市卫生健康局{next(_numbers)}")
    centre, other = make_unit(f"社区与家庭服务中心{next(_numbers)}", top), make_unit("另一中心", top)
    plan = Plan.objects.create(
        slug=f"lessons-{centre.pk}",
        title="疫情防控应急预案",
        unit=centre,
        office=centre,
        kind="emergency",
        status=PlanStatus.OPEN,
        version=1,
        starts_on=date(2020, 2, 1),
        due_on=date(2020, 6, 30),
    )
    measure = Measure.objects.create(
        plan=plan,
        position=1,
        key="lessons",
        clause_key="knowledge",
        kind="lessons",
        status=MeasureStatus.OPEN,
        settings={"aim": 90},
        opened_at=NOW,
    )
    house = LessonHouse(centre, {}, measure)
    for name, size in (sections or {"一科": 6, "二科": 5}).items():
        house.sections[name] = make_unit(name, centre)
        house.staff[name] = [
            make_person(f"{name}{one}", Role.UNIT_LIAISON, house.sections[name]) for one in range(size)
        ]
    house.people = {
        "office": make_person("应急办庚", Role.EPIDEMIC_OFFICE, centre),
        "publicity": make_person("宣传辛", Role.PUBLICITY_OFFICER, centre),
        "colleague": make_person("宣传壬", Role.PUBLICITY_OFFICER, centre),
        "inspector": make_person("纪检子", Role.INSPECTOR, centre),
        "stranger": make_person("外人丑", Role.EPIDEMIC_OFFICE, other),
        "system": SYSTEM,
    }
    return house
