"""A need is closed only with its outcome and the family's own feedback; the database keeps it as well."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from casework.house import NOW, CareHouse, day, make_care
from casework.test_cases import refused
from goods.builders import make_person
from songnuan.casework.actions import close_need
from songnuan.casework.actions import feedback as answers
from songnuan.casework.case_models import (
    Case,
    CaseText,
    Feedback,
    FeedbackLink,
    Need,
    NeedAction,
    NeedClosing,
    NeedReopening,
)
from songnuan.casework.case_queries import need_counts, need_rows, needs_of
from songnuan.casework.case_rules import LINK_DAYS, Stage
from songnuan.casework.noting import held_need
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.act_on_need import act_on_need, reopen_need
from songnuan.organisation.permissions import Role

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house() -> CareHouse:
    return make_care()


@pytest.fixture
def need(house: CareHouse) -> Need:
    house.open()
    return house.need(house.helped())


def stage(need: Need) -> Stage:
    """Return how far a need is."""
    [row] = need_rows(needs_of([need.case_id]))
    return row.stage


def test_by_the_familys_link_the_helper_closes_it(house: CareHouse, need: Need) -> None:
    refused("feedback_missing", house.close, need)
    secret = house.link(need)
    assert secret not in str(list(FeedbackLink.objects.values()))
    assert stage(need) is Stage.OPEN
    house.answer(secret, text="很好，谢谢工会。")
    assert stage(need) is Stage.HEARD
    refused("link_used", house.answer, secret)
    for told in ({"outcome": ""}, {"outcome": "gone"}):
        refused("choice_unknown", house.close, need, **told)
    refused("words_missing", house.close, need, text="")
    house.close(need)
    assert stage(need) is Stage.CLOSED
    refused("need_closed", house.close, need)
    refused("need_closed", house.link, need)
    refused("need_closed", house.call, need, house.officer)
    refused("link_unknown", house.answer, secret)
    assert need_counts([house.measure.pk])[house.measure.pk] == (1, 1)
    assert Feedback.objects.get().words.text == "很好，谢谢工会。"  # type: ignore[union-attr]
    topics = set(OutboxMessage.objects.values_list("topic", flat=True))
    assert "families.feedback" in topics


def test_who_noted_the_call_does_not_close(house: CareHouse, need: Need) -> None:
    house.call(need, house.first)
    refused("own_call", house.close, need)
    house.close(need, house.officer)
    closing = NeedClosing.objects.select_related("feedback").get()
    assert (closing.by_id, closing.feedback.heard_by_id) == (house.officer.user_id, house.first.user_id)
    assert closing.feedback.said_by is not None
    assert closing.feedback.said_by.text == "甲"


def test_who_made_the_link_does_not_close_on_its_answer_alone_what_is_their_own_work(
    house: CareHouse, need: Need
) -> None:
    house.answer(house.link(need, actor=house.first))
    refused("own_link", house.close, need)
    words = text_of(need)
    denied(closing(need, feedback=Feedback.objects.get(), words=words).save)
    house.call(need, house.officer)
    house.answer(house.link(need, actor=house.first))
    house.close(need)
    assert NeedClosing.objects.get().by_id == house.first.user_id, "somebody else heard the family too"
    done = house.need(need.case)
    told: dict[str, Any] = {"done_on": NOW.date(), "text": "已送达", "key": uuid4(), "at": NOW}
    act_on_need(need_id=done.pk, actor=house.officer, **told)
    house.answer(house.link(done))
    refused("own_link", house.close, done, house.officer)
    denied(closing(done, feedback=Feedback.objects.latest("pk"), by_id=house.officer.user_id).save)
    house.close(done)
    passed_on = house.need(need.case)
    house.answer(house.link(passed_on))
    house.close(passed_on, house.officer)
    assert NeedClosing.objects.count() == 3


def test_of_a_family_that_is_not_satisfied_the_officer_alone_closes(house: CareHouse, need: Need) -> None:
    house.answer(house.link(need), satisfied="no", text="还没送到")
    refused("need_unsatisfied", house.close, need)
    house.answer(house.link(need), satisfied="partly")
    house.close(need)
    assert NeedClosing.objects.get().feedback.satisfied == "partly"
    other = house.need(need.case)
    house.answer(house.link(other), satisfied="no")
    house.close(other, house.officer, outcome="impossible", text="无货源，已当面说明。")
    assert NeedClosing.objects.count() == 2


def test_a_need_that_is_open_again_asks_the_family_again(house: CareHouse, need: Need) -> None:
    refused("need_open", reopen_need, need_id=need.pk, why="没送到", actor=house.officer, at=NOW)
    house.answer(house.link(need))
    house.close(need)
    refused("words_missing", reopen_need, need_id=need.pk, why="", actor=house.officer, at=NOW)
    refused("not_permitted", reopen_need, need_id=need.pk, why="没送到", actor=house.inspector, at=NOW)
    reopen_need(need_id=need.pk, why="又断货了", actor=house.officer, at=NOW)
    assert stage(need) is Stage.OPEN, "what was said before is of the first time"
    refused("feedback_missing", house.close, need)
    house.answer(house.link(need))
    house.close(need)
    assert list(NeedClosing.objects.order_by("round").values_list("round", flat=True)) == [1, 2]


def test_an_old_link_and_one_that_was_replaced_open_no_more(house: CareHouse, need: Need) -> None:
    first, second = house.link(need), house.link(need)
    assert first != second
    refused("link_unknown", house.answer, first)
    refused("link_unknown", house.answer, second, day(LINK_DAYS + 1))
    refused("link_unknown", house.answer, "nothing")
    house.answer(second, day(LINK_DAYS) - timedelta(minutes=1))


def test_a_link_is_looked_at_once_nobody_else_can_close_the_need(
    house: CareHouse, need: Need, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = house.link(need)
    house.call(need, house.officer)

    def closed_meanwhile(need_id: int) -> Need:
        monkeypatch.undo()
        close_need(need_id=need_id, outcome="solved", text="已送到", actor=house.first, at=NOW)
        return held_need(need_id)

    monkeypatch.setattr(answers, "held_need", closed_meanwhile)
    refused("link_unknown", house.answer, secret)


def test_an_officer_who_helps_the_family_hears_once(house: CareHouse) -> None:
    house.open()
    need = house.need(house.helped(helper=house.officer), actor=house.officer)
    house.answer(house.link(need))
    refused("own_link", house.close, need, house.officer)
    house.close(need, make_person("工会干事", Role.UNION_OFFICER, house.register.union.unit))
    reopen_need(need_id=need.pk, why="又断货了", actor=house.officer, at=NOW)
    told = OutboxMessage.objects.filter(recipient_id=house.officer.user_id)
    for topic in ("families.feedback", "families.reopened"):
        assert told.filter(topic=topic).count() == 1, topic


def test_nothing_is_done_for_a_closed_need(house: CareHouse, need: Need) -> None:
    house.answer(house.link(need))
    house.close(need)
    told = {"need_id": need.pk, "done_on": NOW.date(), "text": "补记", "actor": house.first, "at": NOW}
    refused("need_closed", act_on_need, **told, key=uuid4())


# The database -------------------------------------------------------------------------------------


def text_of(need: Need) -> CaseText:
    """Keep some words."""
    return CaseText.objects.create(case_id=need.case_id, text="已办结")


def closing(need: Need, **changes: Any) -> NeedClosing:
    """Return a closing as nobody but the action should make it."""
    told = {
        "need": need,
        "round": 1,
        "outcome": "solved",
        "words": text_of(need),
        "by_id": Case.objects.get(pk=need.case_id).helper_id,
        "at": NOW,
        **changes,
    }
    return NeedClosing(**told)


def said(need: Need, house: CareHouse, **changes: Any) -> Feedback:
    """Let somebody note a call."""
    house.call(need, house.officer, **changes)
    return Feedback.objects.latest("pk")


def denied(write: Any) -> None:
    """Let the database refuse it."""
    with pytest.raises(IntegrityError), transaction.atomic():
        write()


def test_the_database_closes_nothing_without_feedback(house: CareHouse, need: Need) -> None:
    other = house.need(need.case)
    of_other = said(other, house)
    for changes in ({"feedback": None}, {"feedback": of_other}):
        one = closing(need, **changes)
        denied(one.save)
        denied(lambda one=one: NeedClosing.objects.bulk_create([one]))
    words = text_of(need)
    for feedback in ("NULL", str(of_other.pk)):
        statement = (
            "INSERT INTO casework_needclosing (need_id, round, outcome, words_id, feedback_id, by_id, at)"  # noqa: S608
            f" VALUES ({need.pk}, 1, 'solved', {words.pk}, {feedback}, {house.first.user_id},"
            " '2020-03-02 10:00:00+08:00')"
        )

        def write(statement: str = statement) -> None:
            with connection.cursor() as cursor:
                cursor.execute(statement)

        denied(write)
    assert NeedClosing.objects.count() == 0


def test_the_database_closes_nothing_without_an_outcome_or_twice(house: CareHouse, need: Need) -> None:
    feedback = said(need, house)
    for changes in ({"outcome": ""}, {"outcome": "gone"}, {"round": 2}, {"by_id": house.officer.user_id}):
        denied(closing(need, feedback=feedback, **changes).save)
    closing(need, feedback=feedback).save()
    more = Feedback(need=need, round=1, source="call", satisfied="yes", said_on=NOW.date(), at=NOW)
    more.heard_by_id, more.said_by = house.second.user_id, text_of(need)
    denied(more.save)
    denied(closing(need, feedback=feedback, round=2).save)


def test_the_database_takes_no_feedback_of_another_round_or_without_its_source(
    house: CareHouse, need: Need
) -> None:
    link = FeedbackLink(need=need, round=2, digest="0" * 64, expires_at=day(9))
    link.at, link.by_id = NOW, house.first.user_id or 0
    denied(link.save)
    told = {"need": need, "round": 1, "satisfied": "yes", "said_on": NOW.date(), "at": NOW}
    heard = house.officer.user_id
    denied(Feedback(**told, source="call").save)
    denied(Feedback(**told, source="call", heard_by_id=heard).save)
    denied(Feedback(**told, source="link").save)
    denied(
        Feedback(**{**told, "satisfied": "?"}, source="call", heard_by_id=heard, said_by=text_of(need)).save
    )
    denied(Feedback(**{**told, "round": 2}, source="call", heard_by_id=heard, said_by=text_of(need)).save)


@pytest.mark.parametrize("model", [Need, NeedAction, Feedback, FeedbackLink, NeedClosing, NeedReopening])
def test_what_was_done_is_neither_changed_nor_taken_away(
    house: CareHouse, need: Need, model: type[Any]
) -> None:
    act_on_need(need_id=need.pk, done_on=NOW.date(), text="已联系", key=uuid4(), actor=house.first, at=NOW)
    house.answer(house.link(need))
    house.close(need)
    reopen_need(need_id=need.pk, why="又断货了", actor=house.officer, at=NOW)
    table = model._meta.db_table
    for statement in (f"UPDATE {table} SET at = at", f"DELETE FROM {table}"):  # noqa: S608 - our tables

        def write(statement: str = statement) -> None:
            with connection.cursor() as cursor:
                cursor.execute(statement)

        denied(write)
    assert model.objects.exists()
