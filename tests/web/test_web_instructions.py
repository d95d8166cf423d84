"""Pages of instructions: who sees what, recording one, and what the owner and the office post."""

from dataclasses import replace
from io import BytesIO
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from songnuan.cli.drawing import signature
from songnuan.kernel.actor import Actor
from songnuan.organisation.permissions import Role
from songnuan.plans.models import Basis, PlanVersion
from songnuan.tasks.instruction_rules import NewItem
from songnuan.tasks.models import Feedback, Instruction, Task
from songnuan.tasks.queries import counts
from songnuan.web.views import instructions as views
from tasks.instructions import DONE, DUE, LEADERS, House, asked, house_with_items, record_one
from visits.builders import give, moment, person
from web.browsing import as_, on, queries_of, trail_length

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return house_with_items()


def page_of(house: House) -> str:
    return reverse("instruction", args=(house.items[0].instruction_id,))


def act(house: House, kind: str) -> str:
    return reverse("item_act", args=(house.task_id, kind))


def filled(house: House, **changes: Any) -> dict[str, Any]:
    """Return the form as the office posts it: a leader's instruction with one item in the second row."""
    lead = house.bureau.lead.pk
    return {
        "key": str(uuid4()),
        "rows": "5",
        "kind": "leader",
        "title": LEADERS.title,
        "issuer": LEADERS.issuer,
        "number": "",
        "dated_on": "2020-04-02",
        "received_at": "2020-04-02T14:20",
        "text": "请逐项落实。",
        "unit": str(house.bureau.bureau.pk),
        "basis": "",
        "items-1-matter": "添置取暖设备",
        "items-1-owner": str(lead),
        "items-1-due_on": "2020-04-15",
        "items-1-co_owners": [str(house.bureau.other_lead.pk)],
        **changes,
    }


def test_each_sees_what_is_theirs_and_another_unit_nothing(house: House) -> None:
    made, url, before = house.bureau, page_of(house), trail_length()
    with on(moment(17)):
        for actor, items in ((made.office, 2), (made.approver, 2), (made.liaison, 2), (made.stranger, 1)):
            page = as_(actor).get(url)
            assert page.status_code == 200
            assert len(page.context["items"]) == items
        assert page.context["items"][0].forms.keys() == {"accept"}
        assert as_(made.office).get(url).context["late"] == 1
        page = as_(made.office).get(reverse("instructions"), {"owner": made.lead.pk})
        assert [len(row["items"]) for row in page.context["rows"]] == [1]
    assert trail_length() == before


def test_a_unit_without_an_item_sees_no_instruction(house: House) -> None:
    made = house.bureau
    outsider = person("外单位", Role.UNIT_LIAISON, made.lock)
    with on(moment(5)):
        assert as_(outsider).get(reverse("instructions")).context["rows"] == []
        for name in ("instruction", "instruction_sheet", "instruction_workbook", "instruction_scan"):
            assert as_(outsider).get(reverse(name, args=(house.items[0].instruction_id,))).status_code == 404
        assert as_(outsider).post(act(house, "accept")).status_code == 404
        assert as_(outsider).get(reverse("instruction_new")).status_code == 403
    house.items[0].refresh_from_db()
    assert house.items[0].status == "assigned"


def test_the_office_records_several_items_at_once_and_a_second_click_adds_nothing(house: House) -> None:
    client, url = as_(house.bureau.office), reverse("instruction_new")
    scan = SimpleUploadedFile("批示.png", signature(3), "image/png")
    told = filled(house)
    with on(moment(3)):
        assert client.get(url).status_code == 200
        more = client.post(url, {**told, "more": "1"})
        assert more.context["form"].rows == 6
        assert "添置取暖设备" in more.content.decode()
        assert Instruction.objects.count() == 1
        first = client.post(url, {**told, "scan": scan})
        scan.seek(0)
        assert client.post(url, {**told, "scan": scan}).headers["Location"] == first.headers["Location"]
        row = Instruction.objects.get(kind="leader")
        answer = client.get(reverse("instruction_scan", args=(row.pk,)))
        assert b"".join(answer.streaming_content) == signature(3)  # type: ignore[attr-defined]
    assert Instruction.objects.count() == 2
    item = row.items.get()
    assert (item.owner_id, item.due_on.isoformat()) == (house.bureau.lead.pk, "2020-04-15")
    assert [one.unit_id for one in item.co_owners.all()] == [house.bureau.other_lead.pk]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"items-1-owner": ""}, "items-1-owner"),
        ({"items-1-due_on": "2020-04-01"}, "items-1-due_on"),
        (
            {"items-1-matter": "", "items-1-owner": "", "items-1-due_on": "", "items-1-co_owners": []},
            "items-0-matter",
        ),
        ({"number": "3号"}, "number"),
        ({"kind": "superior"}, "number"),
        ({"dated_on": "2020-04-03"}, "dated_on"),
        ({"received_at": "2020-04-04T14:20"}, "received_at"),
    ],
)
def test_what_is_wrong_stands_beside_its_input(house: House, changes: dict[str, Any], field: str) -> None:
    with on(moment(3)):
        page = as_(house.bureau.office).post(reverse("instruction_new"), filled(house, **changes))
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert Instruction.objects.count() == 1


def test_an_instruction_is_bound_to_a_plan_by_its_basis(house: House) -> None:
    made = house.bureau
    made.measure.delete()
    made.plan.version, made.plan.status = 1, "open"
    made.plan.save(update_fields=["version", "status"])
    version = PlanVersion.objects.create(
        plan=made.plan, number=1, source="", digest="0" * 64, created_at=moment(1)
    )
    Basis.objects.create(version=version, position=0, title=LEADERS.title)
    with on(moment(3)):
        told = filled(house, basis=f"{made.plan.slug}|{LEADERS.title}")
        assert as_(made.office).post(reverse("instruction_new"), told).status_code == 302
        row = Instruction.objects.get(kind="leader")
        assert (row.plan_slug, row.basis) == (made.plan.slug, LEADERS.title)
        page = as_(made.officer).get(reverse("plan", args=(made.plan.slug,)))
        assert reverse("instruction", args=(row.pk,)) in page.content.decode()
        assert as_(made.office).get(reverse("instruction", args=(row.pk,))).context["plan"] == made.plan
    assert Task.objects.get(instruction=row).plan_slug == made.plan.slug
    # The plan's problems are counted without it.
    assert counts(made.plan.slug, moment(20).date()).total == 0


def test_a_file_that_is_no_picture_is_refused_beside_its_input(house: House) -> None:
    scan = SimpleUploadedFile("批示.png", b"MZ", "image/png")
    with on(moment(3)):
        page = as_(house.bureau.office).post(reverse("instruction_new"), filled(house, scan=scan))
    assert list(page.context["form"].errors) == ["scan"]


def test_the_owner_accepts_reports_and_asks_and_the_office_decides_on_the_page(house: House) -> None:
    made, url, pk = house.bureau, page_of(house), house.task_id
    liaison, office = as_(made.liaison), as_(made.office)

    def post(client: Client, kind: str, form: str = "", **told: str) -> int:
        named = {name if name == "key" else f"{form}-{pk}-{name}": value for name, value in told.items()}
        return client.post(act(house, kind), named).status_code

    with on(moment(6)):
        assert liaison.get(act(house, "report")).headers["Location"] == url
        assert post(liaison, "accept") == 302
        assert post(liaison, "report", "report", text="已询价", key=str(uuid4())) == 302
        assert post(liaison, "report", "report", text="…", key=str(uuid4())) == 422
        assert post(liaison, "report", "report", text="没有钥匙") == 400
        assert post(liaison, "ask-extension", "ask_extension", due_on="2020-04-20", reason="供货推迟") == 422
        assert (
            post(liaison, "ask-extension", "ask_extension", due_on="2020-04-20", reason="供货商推迟发货")
            == 302
        )
        page = office.get(url)
        assert page.context["items"][0].forms.keys() == {"extension", "reassign"}
        assert post(office, "refuse", "extension", due_on="2020-04-20") == 422
        assert post(office, "allow", "extension", due_on="2020-04-20") == 302
        assert post(office, "close", "decide") == 409
        assert post(liaison, "ask-closing", "ask_closing", text=DONE) == 302
        assert post(liaison, "close", "decide") == 403
        assert post(office, "send-back", "decide") == 422
        assert post(office, "send-back", "decide", remark="请附照片") == 302
        assert post(liaison, "ask-closing", "ask_closing", text=DONE) == 302
        assert post(office, "close", "decide") == 302
        assert post(office, "close", "decide") == 409
        assert post(office, "no-such-act") == 404
    task = Task.objects.get(pk=pk)
    assert (task.status, task.due_on.isoformat(), task.original_due_on.isoformat()) == (
        "done",
        "2020-04-20",
        "2020-04-15",
    )
    assert Feedback.objects.filter(task=pk).count() == 8


def test_the_office_does_not_close_what_it_owns(house: House) -> None:
    asked(house)
    give(house.colleague, Role.UNIT_LIAISON, house.bureau.lead)
    with on(moment(11)):
        assert as_(house.colleague).post(act(house, "close")).status_code == 409
    assert Task.objects.get(pk=house.task_id).status == "asked"


def test_the_first_page_says_what_is_due_from_the_owner_and_the_office(house: House) -> None:
    made = house.bureau
    with on(moment(17)):
        (due,) = as_(made.liaison).get("/").context["due"]
        assert (due.title, due.days_left) == (house.items[0].title, -2)
        assert due.url == f"{page_of(house)}#item-{house.task_id}"
        (late,) = as_(made.office).get("/").context["due"]
        assert (late.title, late.url, late.days_left) == (due.title, due.url, -2)
        assert as_(made.stranger).get("/").context["due"][0].title == house.items[1].title
        asked(house)
        assert as_(made.liaison).get("/").context["due"] == []
        (due,) = as_(made.office).get("/").context["due"]
    assert due.url == f"{page_of(house)}#item-{house.task_id}"


def test_the_sheet_is_the_same_on_the_page_and_in_the_workbook(house: House) -> None:
    asked(house)
    pk = house.items[0].instruction_id
    client = as_(house.bureau.office)
    with on(moment(17)):
        paper = client.get(reverse("instruction_sheet", args=(pk,))).context["paper"]
        answer = client.get(reverse("instruction_workbook", args=(pk,)))
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    assert rows[0][0] == "督办事项表"
    assert "澄交防〔2020〕9号" in str(rows[1][0])
    assert rows[3] == [column.heading for column in paper.columns]
    assert rows[4:6] == [list(row) for row in paper.rows]
    assert rows[4][:3] == ["1", "为一线岗亭添置取暖设备", "航道处"]
    assert DONE in str(rows[4][5])
    assert rows[4][7] == "逾期2天"


def test_closed_instructions_stand_apart_the_newest_first_by_pages(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who takes part in some of the items finds those that are closed as a whole, and no other."""
    monkeypatch.setattr(views, "PAGE", 2)
    made = house.bureau
    closed = [record_one(made, head=replace(LEADERS, title=f"批示{place}")) for place in range(3)]
    done: dict[str, Any] = {
        "status": "done",
        "done_at": moment(4),
        "feedback": DONE,
        "done_by": made.office.user_id,
        "asked_by": made.liaison.user_id,
    }
    Task.objects.filter(instruction__in=closed).update(**done)
    Task.objects.filter(pk=house.task_id).update(**done)

    def shown(actor: Actor, **query: str) -> list[int]:
        page = as_(actor).get(reverse("instructions"), query)
        return [one["row"].instruction_id for one in page.context["rows"]]

    with on(moment(6)):
        for actor in (made.office, made.stranger):
            assert shown(actor) == [house.items[0].instruction_id]
            assert shown(actor, state="closed") == closed[:0:-1]
            assert shown(actor, state="closed", before=str(closed[1])) == closed[:1]
        assert shown(made.office, state="closed", owner=str(made.lead.pk)) == closed[:0:-1]
        assert shown(made.office, state="closed", owner=str(made.lock.pk)) == closed[:0:-1], "owns no item"
        nobody = person("外单位", Role.UNIT_LIAISON, made.lock)
        assert shown(nobody, state="closed") == []


def test_pages_of_instructions_ask_as_often_for_many_items_as_for_few(house: House) -> None:
    made = house.bureau
    units = [made.lead.pk, made.other_lead.pk]
    many = [NewItem(f"第{place}件事", units[place % 2], DUE, (units[1 - place % 2],)) for place in range(20)]
    record_one(made, head=LEADERS, items=many)
    pages = [reverse("instruction", args=(row.pk,)) for row in Instruction.objects.order_by("pk")]
    item = Task.objects.filter(instruction__kind="leader").earliest("pk")
    assert item.instruction is not None
    with on(moment(6)):
        for actor in (made.office, made.liaison):
            few, many_items = (queries_of(as_(actor), page) for page in pages)
            assert many_items == few
            before = queries_of(as_(actor), reverse("instructions"))
        for place in range(5):
            record_one(made, head=replace(LEADERS, title=f"批示{place}"))
        assert queries_of(as_(made.liaison), reverse("instructions")) == before
        # What is posted reads one instruction, and not the list.
        with patch.object(views, "open_seen", side_effect=AssertionError):
            assert as_(made.liaison).post(reverse("item_act", args=(item.pk, "report"))).status_code == 422
