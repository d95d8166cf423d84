"""Problems as tasks: raised with an owner and a due date, closed with feedback."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Role
from songnuan.tasks import actions, queries
from songnuan.tasks.checks import verify
from songnuan.tasks.models import Task, TaskStatus
from songnuan.tasks.rules import FEEDBACK_SHORTEST, TEXT_LONGEST, TITLE_LONGEST, feedback_of, title_of
from visits.builders import SLUG, Bureau, acting, bureau, moment, person, unit

DUE = date(2020, 4, 15)
DONE = "已购置取暖器两台并送到岗亭。"


@pytest.fixture
def house() -> Bureau:
    return bureau()


def raise_one(house: Bureau, **changes: Any) -> Task:
    facts: dict[str, Any] = {
        "plan_slug": SLUG,
        "source": "visits.visit:12",
        "title": "夜班岗亭缺取暖设备",
        "owner_id": house.lead.pk,
        "unit_id": house.lock.pk,
        "due_on": DUE,
        "actor": house.liaison,
        "at": moment(10),
    }
    with acting():
        return actions.raise_task(**{**facts, **changes})


def close(house: Bureau, task: Task, feedback: str = DONE, **changes: Any) -> Task:
    facts: dict[str, Any] = {"actor": house.office, "at": moment(14)}
    with acting():
        return actions.close_task(task_id=task.pk, feedback=feedback, **{**facts, **changes})


@pytest.mark.django_db
def test_a_problem_has_an_owner_and_both_its_dates(house: Bureau) -> None:
    task = raise_one(house, due_on=date(2020, 4, 13), original_due_on=DUE, detail=" 两处岗亭 ")
    assert (task.status, task.owner_id, task.unit_id) == ("open", house.lead.pk, house.lock.pk)
    assert (task.due_on, task.original_due_on) == (date(2020, 4, 13), DUE)
    assert (task.raised_at, task.detail) == (moment(10), "两处岗亭")
    assert house.trail() == ["tasks.raise_task"]


@pytest.mark.django_db
def test_without_another_date_the_due_date_is_the_original_one(house: Bureau) -> None:
    assert raise_one(house).original_due_on == DUE


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": "  "}, "title_missing"),
        ({"title": "题" * (TITLE_LONGEST + 1)}, "title_too_long"),
        ({"detail": "长" * (TEXT_LONGEST + 1)}, "text_too_long"),
        ({"due_on": date(2020, 4, 9)}, "due_in_past"),
        ({"owner_id": 0}, "owner_unknown"),
    ],
)
def test_a_task_that_says_too_little_too_much_or_is_due_already_is_refused(
    house: Bureau, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refusal) as caught:
        raise_one(house, **changes)
    assert caught.value.code == code
    assert not Task.objects.exists()


@pytest.mark.django_db
def test_due_today_in_china_is_not_past(house: Bureau) -> None:
    # 00:30 in China on the 11th is still the 10th in UTC.
    with pytest.raises(Refusal):
        raise_one(house, due_on=date(2020, 4, 10), at=moment(11, 0, 30))
    assert raise_one(house, due_on=date(2020, 4, 11), at=moment(11, 0, 30)).due_on == date(2020, 4, 11)


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["stranger", "officer", "approver"])
def test_only_who_visits_a_unit_raises_its_problems(house: Bureau, who: str) -> None:
    with pytest.raises(NotPermitted):
        raise_one(house, actor=getattr(house, who))
    assert not Task.objects.exists()


@pytest.mark.django_db
def test_it_is_closed_with_feedback(house: Bureau) -> None:
    task = close(house, raise_one(house), f"  {DONE} ")
    assert (task.status, task.feedback, task.done_at) == ("done", DONE, moment(14))
    assert task.done_by_id == house.office.user_id
    assert house.trail() == ["tasks.raise_task", "tasks.close_task"]
    assert verify() == []


@pytest.mark.django_db
@pytest.mark.parametrize("feedback", ["", "好", "已办。", "。。。。。。。。", "     "])
def test_nothing_is_closed_without_words(house: Bureau, feedback: str) -> None:
    task = raise_one(house)
    with pytest.raises(Refusal) as caught:
        close(house, task, feedback)
    assert (caught.value.code, caught.value.field) == ("feedback_missing", "feedback")
    task.refresh_from_db()
    assert (task.status, task.feedback, task.done_at) == ("open", "", None)


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["liaison", "stranger", "officer"])
def test_who_may_not_close_problems_of_the_owner_does_not(house: Bureau, who: str) -> None:
    task = raise_one(house)
    with pytest.raises(NotPermitted):
        close(house, task, actor=getattr(house, who))
    task.refresh_from_db()
    assert task.status == TaskStatus.OPEN


@pytest.mark.django_db
def test_the_office_of_another_bureau_closes_nothing_here(house: Bureau) -> None:
    task = raise_one(house)
    other = person("旁观", Role.EPIDEMIC_OFFICE, unit("另一局", kind="bureau"))
    with pytest.raises(NotPermitted):
        close(house, task, actor=other)
    task.refresh_from_db()
    assert task.status == TaskStatus.OPEN


@pytest.mark.django_db
def test_it_is_closed_once(house: Bureau) -> None:
    task = close(house, raise_one(house))
    with pytest.raises(Refusal) as caught:
        close(house, task, "另一段不同的办结反馈。")
    assert caught.value.code == "wrong_state"
    task.refresh_from_db()
    assert task.feedback == DONE


@pytest.mark.django_db
def test_a_task_that_is_not_there_is_refused(house: Bureau) -> None:
    with pytest.raises(Refusal) as caught, acting():
        actions.close_task(task_id=999, feedback=DONE, actor=house.office, at=moment(14))
    assert caught.value.code == "task_unknown"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "facts",
    [
        {"status": "done", "done_at": moment(12)},
        {"status": "done", "feedback": DONE},
        {"feedback": DONE},
        {"done_at": moment(12)},
        {"status": "lost"},
    ],
)
def test_the_database_itself_keeps_closing_whole(house: Bureau, facts: dict[str, Any]) -> None:
    task = raise_one(house)
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(**facts)


@pytest.mark.django_db
def test_counts_and_lists(house: Bureau) -> None:
    later = raise_one(house, due_on=date(2020, 4, 20))
    sooner = raise_one(house, due_on=date(2020, 4, 12))
    done = close(house, raise_one(house, due_on=date(2020, 4, 11)))
    raise_one(house, plan_slug="another")
    assert queries.counts(SLUG, date(2020, 4, 12)) == queries.TaskCounts(total=3, open=2, done=1, overdue=0)
    assert queries.counts(SLUG, date(2020, 4, 13)) == queries.TaskCounts(total=3, open=2, done=1, overdue=1)
    rows = queries.of_plan(SLUG)
    assert [row.task_id for row in rows] == [sooner.pk, later.pk, done.pk]
    assert [row.is_overdue(date(2020, 4, 13)) for row in rows] == [True, False, False]
    assert (rows[2].done_by, rows[2].feedback) == ("钟守正", DONE)
    assert [row.task_id for row in queries.overdue(SLUG, date(2020, 4, 13))] == [sooner.pk]
    assert queries.counts("nothing", DUE) == queries.TaskCounts(total=0, open=0, done=0, overdue=0)


@pytest.mark.django_db
def test_units_see_what_they_answer_for(house: Bureau) -> None:
    own = raise_one(house)
    raise_one(house, owner_id=house.other_lead.pk)
    close(house, raise_one(house))
    assert [row.task_id for row in queries.open_of_units([house.lead.pk])] == [own.pk]
    assert queries.open_of_units([house.lock.pk]) == []


@pytest.mark.django_db
def test_the_check_names_what_was_closed_from_outside(house: Bureau) -> None:
    early, wordless = raise_one(house), raise_one(house)
    Task.objects.filter(pk=early.pk).update(status="done", done_at=moment(9), feedback=DONE)
    Task.objects.filter(pk=wordless.pk).update(status="done", done_at=moment(11), feedback="好")
    assert [(row.code, row.where) for row in verify()] == [
        ("task_closed_early", f"tasks.task:{early.pk}"),
        ("task_feedback_missing", f"tasks.task:{wordless.pk}"),
    ]


@given(st.text(max_size=40))
def test_feedback_is_kept_exactly_when_it_has_enough_letters(text: str) -> None:
    enough = sum(letter.isalnum() for letter in text) >= FEEDBACK_SHORTEST
    if enough:
        assert feedback_of(text) == text.replace("\0", "").strip()
    else:
        with pytest.raises(Refusal):
            feedback_of(text)


@given(st.text(max_size=2 * TITLE_LONGEST))
def test_a_title_is_one_line_within_its_column(text: str) -> None:
    try:
        title = title_of(text)
    except Refusal as refusal:
        one_line = " ".join(text.replace("\0", "").split())
        assert (refusal.code == "title_missing") == (not one_line)  # noqa: PT017 - either outcome is right
        assert not one_line or len(one_line) > TITLE_LONGEST
    else:
        assert 0 < len(title) <= TITLE_LONGEST
        assert title == " ".join(text.replace("\0", "").split())
