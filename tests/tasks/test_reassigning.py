"""The office gives an item to another unit: of a unit that is closed, or that was the wrong one."""

import json
from datetime import date, timedelta
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.urls import reverse

from hands import together
from songnuan.audit.models import Entry
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.accept_item import accept_item
from songnuan.journeys.answer_extension import answer_extension
from songnuan.journeys.ask_extension import ask_extension
from songnuan.journeys.ask_item_closing import ask_item_closing
from songnuan.journeys.close_item import close_item
from songnuan.journeys.instruction_sheet import instruction_sheet
from songnuan.journeys.reassign_item import reassign_item
from songnuan.journeys.report_item import report_item
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import Post, UnitLink, UnitRecord
from songnuan.organisation.permissions import Role
from songnuan.tasks.actions import items as writers
from songnuan.tasks.checks import verify
from songnuan.tasks.instruction_queries import one_seen, open_items, without_owner
from songnuan.tasks.models import CoOwner, Feedback, Task, Verb
from tasks.instructions import DONE, DUE, House, asked, house_with_items
from tasks.test_instructions import refused
from visits.builders import give, moment
from web.browsing import as_, on

pytestmark = pytest.mark.django_db

FAR = "已排查三十一处岗亭，四处缺取暖设备。"
WHY = "航道处已撤销，职责划入船闸处。"


@pytest.fixture
def house() -> House:
    return house_with_items()


def dissolve(house: House, day: date) -> None:
    """Close the unit of the liaison, with its posts."""
    lead = house.bureau.lead
    UnitRecord.objects.filter(unit=lead).update(ends_on=day)
    UnitLink.objects.filter(descendant=lead).update(ends_on=day)
    Post.objects.filter(unit=lead).update(ends_on=day)
    lead.closed_on = day
    lead.save()


def to_other(house: House, **changes: Any) -> dict[str, Any]:
    """Return what the office says when it gives the first item to the other lead."""
    facts = {
        "task_id": house.task_id,
        "owner_id": house.bureau.other_lead.pk,
        "reason": WHY,
        "actor": house.bureau.office,
        "at": moment(9),
    }
    return {**facts, **changes}


def test_the_item_of_a_closed_unit_goes_to_another_with_its_dates(house: House) -> None:
    made, pk = house.bureau, house.task_id
    accept_item(task_id=pk, actor=made.liaison, at=moment(3))
    later: dict[str, Any] = {"task_id": pk, "due_on": date(2020, 4, 20)}
    ask_extension(**later, reason="供货商推迟发货", actor=made.liaison, at=moment(6))
    answer_extension(**later, allowed=True, actor=made.office, at=moment(6, 15))
    dissolve(house, date(2020, 4, 8))
    assert [row.task_id for row in without_owner([made.bureau.pk], date(2020, 4, 9))] == [pk]
    reassign_item(**to_other(house))
    task = Task.objects.get(pk=pk)
    assert (task.owner_id, task.status, task.asked_by_id) == (made.other_lead.pk, "assigned", None)
    assert (task.due_on, task.original_due_on) == (date(2020, 4, 20), DUE)
    assert open_items([made.lead.pk]) == []
    assert pk in {row.task_id for row in open_items([made.other_lead.pk])}
    assert without_owner([made.bureau.pk], date(2020, 4, 9)) == []
    said = Feedback.objects.get(task=pk, verb=Verb.REASSIGN)
    assert (said.text, said.by_id) == (WHY, made.office.user_id)
    entry = Entry.objects.get(action="tasks.reassign")
    facts = json.loads(entry.facts)
    assert (facts["former_owner"], facts["owner"]) == (made.lead.pk, made.other_lead.pk)
    assert facts["reason"] == WHY
    told = OutboxMessage.objects.filter(topic="item.reassign").values_list("recipient_id", flat=True)
    assert list(told) == [made.stranger.user_id]
    # The new owner goes the whole way, and the checks can follow it.
    accept_item(task_id=pk, actor=made.stranger, at=moment(10))
    ask_item_closing(task_id=pk, text=DONE, actor=made.stranger, at=moment(11))
    close_item(task_id=pk, actor=made.office, at=moment(12))
    assert Task.objects.get(pk=pk).status == "done"
    assert verify() == []


def test_what_the_old_owner_asked_for_lapses_and_its_list_is_clean(house: House) -> None:
    made, pk = house.bureau, asked(house)
    reassign_item(**to_other(house, at=moment(11)))
    task = Task.objects.get(pk=pk)
    assert (task.status, task.asked_by_id, task.asked_due_on, task.due_on) == ("assigned", None, None, DUE)
    assert verify() == []
    refused("not_permitted", accept_item, task_id=pk, actor=made.liaison, at=moment(11))
    row = one_seen(task.instruction_id or 0, made.liaison, moment(11))
    assert row is not None
    assert pk not in row.item_ids, "it helps with the other item and sees that one alone"
    # It is told too, while there is anybody to tell.
    told = set(OutboxMessage.objects.filter(topic="item.reassign").values_list("recipient_id", flat=True))
    assert told == {made.liaison.user_id, made.stranger.user_id}


def test_each_unit_s_notice_leads_to_a_page_that_opens_to_it(house: House) -> None:
    """Also to the unit that has no part in the instruction any more."""
    made = house.bureau
    CoOwner.objects.all().delete()
    reassign_item(**to_other(house))
    told = dict(OutboxMessage.objects.filter(topic="item.reassign").values_list("recipient_id", "url"))
    for actor in (made.liaison, made.stranger):
        with on(moment(9)):
            assert as_(actor).get(told[actor.user_id or 0]).status_code == 200


def test_why_an_item_was_given_away_is_no_progress_of_it(house: House) -> None:
    made, pk = house.bureau, house.task_id
    accept_item(task_id=pk, actor=made.liaison, at=moment(3))
    report_item(task_id=pk, text=FAR, key=uuid4(), actor=made.liaison, at=moment(6))
    reassign_item(**to_other(house))

    def standing() -> tuple[list[str], str, str]:
        """Return what the page says of the item, and of the sheet the progress and the remark."""
        row = one_seen(house.items[0].instruction_id or 0, made.office, moment(12))
        assert row is not None
        line = instruction_sheet(row, date(2020, 4, 12)).rows[0]
        said = [one.text for one in (row.items[0].latest, row.items[0].moved) if one]
        return said, line[5], line[7]

    accept_item(task_id=pk, actor=made.stranger, at=moment(10))
    assert standing() == ([FAR, WHY], f"4月6日 {FAR}", "")
    ask_item_closing(task_id=pk, text=DONE, actor=made.stranger, at=moment(11))
    assert standing() == ([DONE], f"4月11日 {DONE}", "待销号")


def test_a_later_date_that_was_asked_for_lapses(house: House) -> None:
    made, pk = house.bureau, house.task_id
    accept_item(task_id=pk, actor=made.liaison, at=moment(3))
    ask_extension(task_id=pk, due_on=date(2020, 4, 20), reason="供货商推迟", actor=made.liaison, at=moment(6))
    reassign_item(**to_other(house))
    task = Task.objects.get(pk=pk)
    assert (task.asked_due_on, task.due_on) == (None, DUE)


def test_a_unit_that_helped_and_owns_it_now_helps_no_more(house: House) -> None:
    made, second = house.bureau, house.items[1].pk
    reassign_item(**to_other(house, task_id=second, owner_id=made.lead.pk))
    assert not CoOwner.objects.filter(task=second).exists()
    assert Task.objects.get(pk=second).owner_id == made.lead.pk


def test_only_the_office_that_has_no_part_in_it_and_only_to_a_unit_that_can_act(house: House) -> None:
    made = house.bureau
    for actor in (made.liaison, made.stranger, made.officer, made.approver):
        refused("not_permitted", reassign_item, **to_other(house, actor=actor))
    refused("person_needed", reassign_item, **to_other(house, actor=SYSTEM))
    refused("item_unknown", reassign_item, **to_other(house, task_id=0))
    refused("reason_missing", reassign_item, **to_other(house, reason="。。。"))
    for owner in (0, made.bureau.pk, made.gate.pk):
        refused("owner_unknown", reassign_item, **to_other(house, owner_id=owner))
    refused("owner_same", reassign_item, **to_other(house, owner_id=made.lead.pk))
    give(house.colleague, Role.UNIT_LIAISON, made.lead)
    refused("own_item", reassign_item, **to_other(house, actor=house.colleague))
    dissolve(house, date(2020, 4, 8))
    refused(
        "owner_unknown", reassign_item, **to_other(house, task_id=house.items[1].pk, owner_id=made.lead.pk)
    )


def test_a_closed_item_stays_with_who_did_it(house: House) -> None:
    pk = asked(house)
    close_item(task_id=pk, actor=house.bureau.office, at=moment(11))
    refused("wrong_state", reassign_item, **to_other(house, at=moment(12)))


def test_the_old_owner_does_not_accept_for_the_new_one(house: House) -> None:
    """Who asked for the old owner's right, and is slower than the office, moves nothing."""
    made, pk = house.bureau, house.task_id

    def overtaken(*_args: Any, **_named: Any) -> None:
        Task.objects.filter(pk=pk).update(owner=made.other_lead)

    with patch.object(writers, "require", overtaken), pytest.raises(Refusal) as caught:
        accept_item(task_id=pk, actor=made.liaison, at=moment(3))
    assert caught.value.code == "wrong_state"
    assert Task.objects.get(pk=pk).status == "assigned"


@pytest.mark.django_db(transaction=True)
def test_of_two_that_give_it_away_at_once_one_is_refused(house: House) -> None:
    outcomes = together(
        *[
            lambda actor=actor: reassign_item(**to_other(house, actor=actor))
            for actor in (house.bureau.office, house.colleague)
        ]
    )
    assert outcomes["done"] == 1
    assert Feedback.objects.filter(verb=Verb.REASSIGN).count() == 1
    assert verify() == []


def test_the_page_offers_it_to_the_office_and_tells_what_was_wrong(house: House) -> None:
    made = house.bureau
    page = reverse("instruction", args=(house.items[0].instruction_id,))
    url = reverse("item_act", args=(house.task_id, "reassign"))
    dissolve(house, date(2020, 4, 8))
    with on(moment(9)):
        home = as_(made.office).get(reverse("home")).context["due"]
        assert [item.url for item in home if item.title == house.items[0].title] == [
            f"{page}#item-{house.task_id}"
        ]
        client = as_(made.office)
        form = client.get(page).context["items"][0].forms["reassign"]
        choices = {value for value, _label in form.fields["owner"].choices}
        assert made.other_lead.pk in choices
        assert not choices & {made.lead.pk, made.bureau.pk, made.gate.pk}
        assert "reassign" not in as_(made.stranger).get(page).context["items"][0].forms
        name = f"reassign-{house.task_id}"
        posted = {f"{name}-owner": made.other_lead.pk, f"{name}-reason": ""}
        assert as_(made.stranger).post(url, posted).status_code == 404
        answer = client.post(url, posted)
        assert answer.status_code == 422
        assert Task.objects.get(pk=house.task_id).owner_id == made.lead.pk
        answer = client.post(url, {**posted, f"{name}-reason": WHY})
        assert answer.status_code == 302
        words = client.get(page).content.decode()
    assert Task.objects.get(pk=house.task_id).owner_id == made.other_lead.pk
    assert WHY in words


def test_how_far_an_extension_reaches_is_measured_from_the_first_due_date(house: House) -> None:
    """An instruction that is years old can be put off like a new one; a mistyped year is still told."""
    made, pk = house.bureau, house.task_id
    accept_item(task_id=pk, actor=made.liaison, at=moment(3))
    asking: dict[str, Any] = {"task_id": pk, "reason": "项目跨年实施", "actor": made.liaison}
    reach = timedelta(days=2 * 366)
    refused("due_too_far", ask_extension, due_on=DUE + reach + timedelta(days=1), at=moment(6), **asking)
    ask_extension(due_on=DUE + reach, at=moment(6), **asking)  # received thirteen days before it was due
    assert Task.objects.get(pk=pk).asked_due_on == DUE + reach
    answer_extension(
        task_id=pk, due_on=DUE + reach, allowed=False, remark="分阶段完成", actor=made.office, at=moment(7)
    )
    years_later = moment(1).replace(year=2023)
    ask_extension(due_on=date(2023, 6, 1), at=years_later, **asking)
    assert Task.objects.get(pk=pk).asked_due_on == date(2023, 6, 1)
