"""Lessons are written once, signed off by another, and their quizzes counted without telling of anybody."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from goods.builders import snapshot
from hands import together
from outreach.lesson_house import (
    DRAFT,
    NOW,
    RIGHT,
    TABLES,
    UNTIL,
    WRONG,
    LessonHouse,
    make_lesson_house,
)
from songnuan.audit.models import Entry
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys import write_lesson as writing
from songnuan.journeys.answer_quiz import answer_by_code
from songnuan.journeys.hold_quiz import end_quiz_code, make_quiz_code, open_quiz
from songnuan.journeys.measures.lessons import evidence, progress
from songnuan.journeys.sign_lesson import give_lesson_back, sign_lesson, withdraw_lesson
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Role
from songnuan.outreach import checks
from songnuan.outreach.lesson_models import (
    Lesson,
    LessonUnit,
    QuizAsked,
    QuizKey,
    QuizRound,
    QuizTally,
)
from songnuan.outreach.lesson_queries import Standing, audience_of, rounds_of, standings_of
from songnuan.outreach.quiz_rules import SMALL, Question, Rate, held_back, outcome, read_question
from tampering import codes_after

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house() -> LessonHouse:
    return make_lesson_house()


def refused(act: Callable[[], object], code: str) -> str:
    before = snapshot(TABLES)
    with pytest.raises(Refusal) as told:
        act()
    assert told.value.code == code
    assert snapshot(TABLES) == before
    return told.value.sentence


def test_a_question_is_read_as_it_is_written() -> None:
    told = read_question("  出门  要带什么？ ", "*口罩\n\n＊ 身份证\r\n雨伞")
    assert told == Question("出门 要带什么？", ("口罩", "身份证", "雨伞"), frozenset({0, 1}))
    assert told.has_several
    for text, options, code in (
        (" ", "*一\n二", "question_text"),
        ("问", "*一", "question_options"),
        ("问", "*一\n一", "question_options"),
        ("问", "*\n二", "question_options"),
        ("问", "\n".join(f"*{one}" for one in range(9)), "question_options"),
        ("问", "一\n二", "question_right"),
        ("问" * 201, "*一\n二", "question_long"),
        ("问", f"*{'一' * 121}\n二", "question_long"),
    ):
        with pytest.raises(Refusal) as refusal:
            read_question(text, options)
        assert refusal.value.code == code


QUIZ = [Question("单", ("甲", "乙"), frozenset({0})), Question("多", ("甲", "乙", "丙"), frozenset({0, 2}))]


@pytest.mark.parametrize(
    ("picks", "right", "is_aware"),
    [
        (({0}, {0, 2}), (True, True), True),
        (({0}, {0}), (True, False), False),
        (({1}, {2, 0}), (False, True), False),
        (({0}, {0, 1, 2}), (True, False), False),
    ],
)
def test_a_question_with_several_is_right_with_all_of_them_and_no_other(
    picks: tuple[set[int], ...], right: tuple[bool, ...], *, is_aware: bool
) -> None:
    assert outcome(QUIZ, picks, 2).right == right
    assert outcome(QUIZ, picks, 2).is_aware == is_aware
    assert outcome(QUIZ, picks, 1).is_aware


def test_an_answer_that_is_none_is_refused() -> None:
    for picks, code in (
        ((set(), {0}), "answer_open"),
        (({0, 1}, {0}), "answer_picks"),
        (({2}, {0}), "answer_picks"),
        (({-1}, {0}), "answer_picks"),
    ):
        with pytest.raises(Refusal) as refusal:
            outcome(QUIZ, picks, 1)
        assert refusal.value.code == code


@given(st.dictionaries(st.integers(1, 6), st.integers(0, 12), max_size=6))
def test_no_small_number_is_shown_and_none_follows_from_the_sum(answered: dict[int, int]) -> None:
    hidden = held_back(answered)
    assert all(count >= SMALL or not count for unit, count in answered.items() if unit not in hidden)
    assert all(answered[unit] for unit in hidden)
    shown = [unit for unit, count in answered.items() if count and unit not in hidden]
    if hidden and shown:
        assert len(hidden) > 1
        assert sum(answered[unit] for unit in hidden) >= SMALL


def test_rates_are_rounded_half_up() -> None:
    assert [Rate(1, 3).permille, Rate(2, 3).permille, Rate(1, 16).permille] == [333, 667, 63]
    assert Rate().permille is None


def test_only_who_may_writes_and_another_signs(house: LessonHouse) -> None:
    office, publicity = house.people["office"], house.people["publicity"]
    told = {"measure_id": house.measure.pk, "key": uuid4(), "at": NOW}
    for who, code in (
        ("inspector", "not_permitted"),
        ("stranger", "not_permitted"),
        ("system", "person_needed"),
    ):
        refused(
            lambda w=who: writing.write_lesson(draft=DRAFT, actor=house.people[w], **told),  # type: ignore[arg-type,misc]
            code,
        )
    for draft, code in (
        (replace(DRAFT, title=" "), "words_missing"),
        (replace(DRAFT, text="长" * 4001), "text_too_long"),
        (replace(DRAFT, text="请致电13900000001"), "number_of_person"),
        (replace(DRAFT, roles=("king",)), "lesson_role"),
        (replace(DRAFT, unit_ids=(house.centre.pk - 1,)), "lesson_unit"),
    ):
        refused(lambda d=draft: writing.write_lesson(draft=d, actor=office, **told), code)  # type: ignore[arg-type,misc]
    own = writing.write_lesson(draft=DRAFT, actor=publicity, **told)  # type: ignore[arg-type]
    assert writing.write_lesson(draft=DRAFT, actor=publicity, **told) == own  # type: ignore[arg-type]
    one = {"lesson_id": own, "at": NOW}
    refused(lambda: sign_lesson(actor=publicity, **one), "own_text")  # type: ignore[arg-type]
    writing.hand_in_lesson(actor=publicity, **one)  # type: ignore[arg-type]
    notices = OutboxMessage.objects.filter(topic="lesson.ready").values_list("recipient", flat=True)
    assert list(notices) == [house.people["colleague"].user_id]
    refused(lambda: sign_lesson(actor=publicity, **one), "own_text")  # type: ignore[arg-type]
    for who in ("office", "inspector", "stranger"):
        refused(lambda w=who: sign_lesson(actor=house.people[w], **one), "not_permitted")  # type: ignore[arg-type,misc]
    refused(lambda: writing.change_lesson(draft=DRAFT, actor=office, **one), "wrong_state")  # type: ignore[arg-type]
    colleague = house.people["colleague"]
    refused(lambda: give_lesson_back(remark=" ", actor=colleague, **one), "words_missing")  # type: ignore[arg-type]
    give_lesson_back(remark="写明电话", actor=colleague, **one)  # type: ignore[arg-type]
    writing.change_lesson(draft=DRAFT, actor=office, **one)  # type: ignore[arg-type]
    writing.hand_in_lesson(actor=office, **one)  # type: ignore[arg-type]
    sign_lesson(actor=publicity, **one)  # type: ignore[arg-type]
    withdraw_lesson(remark="有新规定", actor=publicity, **one)  # type: ignore[arg-type]
    refused(lambda: house.open(Lesson.objects.get(pk=own)), "lesson_not_signed")
    acts = Entry.objects.filter(subject=f"outreach.lesson:{own}").values_list("action", flat=True)
    assert [one.removeprefix("outreach.") for one in acts.order_by("pk")] == [
        *("write_lesson", "hand_in_lesson", "give_lesson_back", "change_lesson", "hand_in_lesson"),
        *("sign_lesson", "withdraw_lesson"),
    ]


def test_what_is_signed_is_frozen_in_the_database_too(house: LessonHouse) -> None:
    lesson = house.signed()
    changes: tuple[dict[str, object], ...] = (
        {"title": "别的"},
        {"questions": []},
        {"aware_at": 1},
        {"status": "draft"},
    )
    for changed in changes:
        with pytest.raises(IntegrityError), transaction.atomic():
            Lesson.objects.filter(pk=lesson.pk).update(**changed)
    with pytest.raises(IntegrityError), transaction.atomic():
        LessonUnit.objects.create(lesson=lesson, unit=house.centre)
    told = {"lesson_id": lesson.pk, "actor": house.people["office"], "at": NOW}
    refused(lambda: writing.add_question(text="问", options="*一\n二", **told), "wrong_state")  # type: ignore[arg-type]
    refused(lambda: writing.drop_question(number=1, **told), "wrong_state")  # type: ignore[arg-type]
    refused(lambda: writing.set_aware_at(aware_at=1, **told), "wrong_state")  # type: ignore[arg-type]


def test_the_bar_follows_the_questions(house: LessonHouse) -> None:
    lesson = house.draft(quiz=False)
    told = {"lesson_id": lesson.pk, "actor": house.people["office"], "at": NOW}
    writing.add_question(text="一", options="*甲\n乙", **told)  # type: ignore[arg-type]
    refused(lambda: writing.add_question(text="一", options="*甲\n乙", **told), "question_twice")  # type: ignore[arg-type]
    assert writing.add_question(text="二", options="*甲\n乙", **told).aware_at == 2  # type: ignore[arg-type]
    for bar in (0, 3):
        refused(lambda b=bar: writing.set_aware_at(aware_at=b, **told), "aware_at")  # type: ignore[arg-type,misc]
    writing.set_aware_at(aware_at=1, **told)  # type: ignore[arg-type]
    assert writing.add_question(text="三", options="*甲\n乙", **told).aware_at == 1  # type: ignore[arg-type]
    refused(lambda: writing.drop_question(number=4, **told), "question_unknown")  # type: ignore[arg-type]
    for left in (2, 1, 0):
        assert len(writing.drop_question(number=1, **told).questions) == left  # type: ignore[arg-type]
    assert Lesson.objects.get(pk=lesson.pk).aware_at == 0


def test_the_audience_is_by_unit_post_and_place(house: LessonHouse) -> None:
    sections = house.sections
    everybody = audience_of(house.signed(), NOW)
    assert len(everybody) == 15
    assert house.people["stranger"].user_id not in everybody
    liaison = replace(DRAFT, roles=(Role.UNIT_LIAISON.value,), unit_ids=(sections["一科"].pk,))
    assert audience_of(house.signed(liaison), NOW) == {
        one.user_id: sections["一科"].pk for one in house.staff["一科"]
    }
    sections["二科"].records.update(district="东区")
    there = audience_of(house.signed(replace(DRAFT, district="东区")), NOW)
    assert set(there) == {one.user_id for one in house.staff["二科"]}


def test_rounds_are_held_once_each_in_their_order(house: LessonHouse) -> None:
    lesson, office = house.signed(), house.people["office"]
    told = {"lesson_id": lesson.pk, "until_on": UNTIL, "at": NOW}
    for who in ("inspector", "stranger"):
        refused(lambda w=who: open_quiz(kind="before", actor=house.people[w], **told), "not_permitted")  # type: ignore[arg-type,misc]
    refused(lambda: open_quiz(kind="between", actor=office, **told), "round_kind")  # type: ignore[arg-type]
    refused(lambda: house.close(lesson), "round_none")
    refused(lambda: house.open(lesson, at=NOW + timedelta(days=20)), "round_past")
    row = house.open(lesson)
    assert row.asked.count() == 15
    assert OutboxMessage.objects.filter(topic="lesson.quiz").count() == 15
    refused(lambda: house.open(lesson, "after"), "round_runs")
    publicity = house.people["publicity"]
    refused(lambda: withdraw_lesson(lesson_id=lesson.pk, remark="x", actor=publicity, at=NOW), "round_runs")
    house.close(lesson)
    refused(lambda: house.open(lesson), "round_twice")
    house.open(lesson, "after")
    house.close(lesson)
    refused(lambda: house.open(lesson, "after"), "round_twice")
    later = house.signed(quiz=False)
    refused(lambda: house.open(later), "quiz_missing")
    other = house.signed(replace(DRAFT, title="另一课"))
    house.open(other, "after")
    house.close(other)
    refused(lambda: house.open(other), "round_order")


def test_staff_answer_once_and_only_that_they_did_is_kept(house: LessonHouse) -> None:
    lesson, first = house.signed(), house.staff["一科"][0]
    refused(lambda: house.answer(lesson, first), "round_none")
    row = house.open(lesson)
    refused(lambda: house.answer(lesson, house.people["stranger"]), "quiz_not_asked")
    refused(lambda: house.answer(lesson, first, ({0}, set(), {0})), "answer_open")
    assert house.answer(lesson, first).is_aware
    refused(lambda: house.answer(lesson, first, WRONG), "quiz_answered")
    assert not house.answer(lesson, house.staff["一科"][1], WRONG).is_aware
    tally = QuizTally.objects.get(round=row)
    assert (tally.answered, tally.aware, tally.right) == (2, 1, [1, 1, 1])
    assert QuizAsked.objects.filter(answered_at__isnull=False).count() == 2
    kept = list(Entry.objects.filter(action="outreach.answer_quiz").values_list("facts", flat=True))
    assert len(kept) == 2
    assert len(set(kept)) == 1, "the trail tells the right sheet from the wrong one"


def test_who_answers_by_a_code_is_nobody(house: LessonHouse) -> None:
    lesson = house.signed()
    code = house.code(lesson)
    refused(lambda: house.sheets(code, 1), "round_none")
    row, entries = house.open(lesson), Entry.objects.count()
    key = uuid4()
    for picks in (RIGHT, RIGHT, WRONG):
        answer_by_code(code=code.code, key=key, picks=picks)
    house.sheets(code, 3, wrong=2)
    refused(lambda: answer_by_code(code=code.code, key=uuid4(), picks=({9}, {0}, {0})), "answer_picks")
    refused(lambda: answer_by_code(code="nothing", key=uuid4(), picks=RIGHT), "code_unknown")
    tally = QuizTally.objects.get(round=row)
    assert (tally.answered, tally.aware, tally.right, tally.audience) == (6, 4, [4, 4, 4], "floating")
    assert Entry.objects.count() == entries, "nothing of an answer or of its refusal is in the trail"
    columns = {field.name for field in QuizKey._meta.fields} | {
        field.name for field in QuizTally._meta.fields
    }
    assert columns == {
        *("id", "round", "key", "unit", "audience", "answered", "aware", "right"),
    }
    house.close(lesson)
    assert not QuizKey.objects.exists()
    refused(lambda: house.sheets(code, 1), "round_none")
    for table, facts in (
        (QuizTally.objects.filter(pk=tally.pk), {"answered": 9}),
        (QuizRound.objects.filter(pk=row.pk), {"digest": "0"}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            table.update(**facts)


def test_codes_are_of_a_place_and_end(house: LessonHouse) -> None:
    lesson, office = house.signed(), house.people["office"]
    told = {"lesson_id": lesson.pk, "place": "东门", "actor": office, "at": NOW}
    unit = house.sections["一科"].pk
    refused(lambda: make_quiz_code(unit_id=unit, audience="staff", **told), "code_audience")  # type: ignore[arg-type]
    elsewhere = house.centre.pk - 1
    refused(lambda: make_quiz_code(unit_id=elsewhere, audience="floating", **told), "lesson_unit")  # type: ignore[arg-type]
    made = make_quiz_code(unit_id=unit, audience="floating", **told)  # type: ignore[arg-type]
    assert make_quiz_code(unit_id=unit, audience="floating", **told) == made  # type: ignore[arg-type]
    refused(lambda: end_quiz_code(code_id=made.pk, actor=house.people["inspector"], at=NOW), "not_permitted")
    end_quiz_code(code_id=made.pk, actor=office, at=NOW)
    house.open(lesson)
    refused(lambda: house.sheets(made, 1), "code_unknown")


def test_sheets_at_once_are_all_counted_and_one_key_once(house: LessonHouse) -> None:
    lesson = house.signed()
    code, row, key = house.code(lesson), house.open(lesson), uuid4()

    def same() -> None:
        answer_by_code(code=code.code, key=key, picks=RIGHT)

    def another() -> None:
        answer_by_code(code=code.code, key=uuid4(), picks=WRONG)

    together(same, same, another, another)
    tally = QuizTally.objects.get(round=row)
    assert (tally.answered, tally.aware) == (3, 1)


def test_rates_stand_beside_each_other_before_and_after(house: LessonHouse) -> None:
    lesson = house.signed(replace(DRAFT, roles=(Role.UNIT_LIAISON.value,)))
    code, first, second = house.code(lesson), house.sections["一科"].pk, house.sections["二科"].pk
    house.open(lesson)
    for one in house.staff["一科"][:5]:
        house.answer(lesson, one, WRONG)
    house.answer(lesson, house.staff["二科"][0])
    house.sheets(code, 4)
    running = standings_of(lesson, rounds_of([lesson.pk]))
    assert running[0].whole["before"] == Standing(6, 11, None), "nothing is told while the round runs"
    house.close(lesson)
    house.open(lesson, "after")
    for one in (*house.staff["一科"], *house.staff["二科"]):
        house.answer(lesson, one)
    house.sheets(code, 5, wrong=1)
    house.close(lesson)
    staff, floating = standings_of(lesson, rounds_of([lesson.pk]))
    assert staff.whole == {"before": Standing(6, 11, Rate(1, 6)), "after": Standing(11, 11, Rate(11, 11))}
    # One of 二科 answered: with 一科 and the sum known, so would be the one; both are held back.
    assert staff.units[first]["before"] == Standing(5, 6, None)
    assert staff.units[second]["before"] == Standing(1, 5, None)
    assert staff.units[second]["after"] == Standing(5, 5, Rate(5, 5))
    assert staff.right == {"before": [1, 1, 1], "after": [11, 11, 11]}
    assert floating.whole == {"before": Standing(4, 0, None), "after": Standing(6, 0, Rate(5, 6))}
    told = progress([house.measure], NOW)[house.measure.pk]
    assert (told.done, told.due, told.at_risk) == (0, 1, True), "the floating population stays below 90 %"
    assert "16.7%" in told.headline
    assert [one.kind for one in evidence(house.measure, NOW)] == ["lesson", "quiz", "quiz"]


def test_the_check_sees_what_was_changed_past_the_house(house: LessonHouse) -> None:
    lesson = house.signed(replace(DRAFT, roles=(Role.UNIT_LIAISON.value,)))
    code = house.code(lesson)
    house.open(lesson)
    house.answer(lesson, house.staff["一科"][0])
    house.sheets(code, 4)
    assert codes_after(
        checks.verify, "DELETE FROM outreach_quizkey WHERE id = (SELECT MIN(id) FROM outreach_quizkey)"
    ) == {"quiz_keys"}
    house.close(lesson)
    changed = "UPDATE outreach_quiztally SET answered = answered + 1 WHERE audience = "
    assert codes_after(checks.verify, f"{changed}'floating'") == {"quiz_digest"}
    assert codes_after(checks.verify, f"{changed}'staff'") == {"quiz_digest", "quiz_counts"}
    assert codes_after(checks.verify, "UPDATE outreach_quizasked SET answered_at = NULL") == {"quiz_counts"}


def test_a_drill_counts_in_nothing(house: LessonHouse) -> None:
    lesson = house.signed(replace(DRAFT, is_drill=True))
    house.open(lesson, "after")
    house.close(lesson)
    assert progress([house.measure], NOW)[house.measure.pk].due == 0
    titles = set(OutboxMessage.objects.filter(topic="lesson.quiz").values_list("title", flat=True))
    assert all("演练" in title for title in titles)
