"""The pages of an emergency plan: pulled, handed over and ended through them; what others are shown."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from docx import Document

from emergency.group import NOW, Group, make_group
from goods.builders import snapshot
from songnuan.emergency.models import Activation, ActivationAct, Handover, Member, Order, StandIn
from songnuan.journeys.living_plan import evidence_of
from songnuan.journeys.measures.response import progress
from songnuan.kernel.actor import Actor
from songnuan.web.due import desk_of, due_of
from songnuan.web.trail_subjects import look_up
from songnuan.web.views.evidence import _LINKS
from songnuan.web.views.shared import Reader
from web.browsing import as_, on, user_of

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (Member, StandIn, Order, Activation, ActivationAct, Handover)


@pytest.fixture
def found() -> Group:
    return make_group()


def get(actor: Actor, address: str) -> Any:
    with on(NOW):
        return as_(actor).get(address)


def post(actor: Actor, address: str, **told: object) -> Any:
    with on(NOW):
        return as_(actor).post(address, {"key": str(uuid4()), **told})


def reader(actor: Actor) -> Reader:
    return Reader(user=user_of(actor), actor=actor, at=NOW, day=NOW.date())


def dues(actor: Actor) -> list[str]:
    with on(NOW):
        return [one.title for one in due_of(desk_of(reader(actor)))]


def page(found: Group) -> str:
    return reverse("emergency", args=(found.measure.pk,))


def start(found: Group, who: str = "leader", **told: object) -> Any:
    address = reverse("emergency_activate", args=(found.measure.pk,))
    words = {"level": "two", "scope": "全中心", "reason": "发现首例。", **told}
    return post(found.people[who], address, **words)


def test_the_leader_pulls_the_plan_hands_it_over_and_the_successor_ends_it(found: Group) -> None:
    people = found.people
    assert "启动响应" in get(people["leader"], page(found)).text
    assert "启动响应" not in get(people["member"], page(found)).text
    answer = start(found)
    row = Activation.objects.get()
    address = reverse("activation", args=(row.pk,))
    assert answer.url == address
    shown = get(people["member"], address).text
    assert "现在只有主任甲可以终止" in shown
    assert "签发终止命令" not in shown
    assert "主任甲可以终止" in get(people["liaison"], page(found)).text
    asked = people["asked"].user_id
    post(people["leader"], address, act="offer", successor=asked, reason="外出开会")
    assert "主任甲提请您接收响应终止权" in get(people["asked"], address).text
    assert any("终止权" in title for title in dues(people["asked"]))
    wrong = post(people["asked"], address, act="decline", remark="")
    assert wrong.status_code == 422
    assert Handover.objects.get().status == "offered"
    post(people["asked"], address, act="accept", remark="")
    refused = post(people["leader"], address, act="stand_down", reason="平稳")
    assert refused.status_code == 422
    assert "副主任丁" in refused.text
    post(people["asked"], address, act="stand_down", reason="连续14天无新增。")
    row.refresh_from_db()
    assert row.status == "ended"
    shown = get(people["leader"], address).text
    assert "终止响应，被拒绝" in shown
    assert any("总结" in title for title in dues(people["office"]))
    lessons = {
        "went_well": "及时启动。",
        "shortcomings": "通讯录不全。",
        "improvements": "每周核对。",
        "seen": 0,
    }
    post(people["office"], address, act="after_action", **lessons)
    for which, words in (
        ("order", "关于启动Ⅱ级的命令"),
        ("end", "关于终止Ⅱ级的命令"),
        ("report", "通讯录不全。"),
    ):
        paper = get(people["office"], reverse("activation_paper", args=(row.pk, which, "docx")))
        text = "".join(one.text for one in Document(BytesIO(paper.content)).paragraphs)
        assert words in text
    assert dues(people["office"]) == []


def test_while_an_offer_waits_the_way_to_end_it_stays_on_the_page_and_says_what_comes_first(
    found: Group,
) -> None:
    leader = found.people["leader"]
    start(found)
    row = Activation.objects.get()
    address = reverse("activation", args=(row.pk,))
    before = get(leader, address)
    assert before.context["forms"]["offer"]["successor"].label == "接任人"
    assert "接任人" in before.text
    assert 'value="stand_down"' in before.text
    post(leader, address, act="offer", successor=found.people["asked"].user_id, reason="外出开会")
    shown = get(leader, address)
    assert 'value="stand_down"' in shown.text
    assert "尚未答复。请先收回移交" in shown.text
    refused = post(leader, address, act="stand_down", reason="平稳")
    assert refused.status_code == 422
    assert refused.context["wrong"] == "stand_down"
    row.refresh_from_db()
    assert (row.status, Handover.objects.get().status) == ("active", "offered")
    post(leader, address, act="take_back")
    assert "尚未答复。请先收回移交" not in get(leader, address).text
    post(leader, address, act="stand_down", reason="平稳")
    row.refresh_from_db()
    assert row.status == "ended"


def test_what_is_due_of_an_order_is_shown_to_who_can_carry_it_out(found: Group) -> None:
    people = found.people
    address = reverse("emergency_order_new", args=(found.measure.pk,))
    told = {
        "asks_for": "activate",
        "way": "phone",
        "issuer": "市指挥部",
        "text": "立即启动。",
        "received_at": "2020-02-05T08:50",
        "due_at": "2020-02-05T10:00",
    }
    wrong = post(people["office"], address, **{**told, "received_at": "2020-02-05T09:30"})
    assert wrong.status_code == 422
    assert "将来" in wrong.text
    answer = post(people["office"], address, **told)
    order = Order.objects.get()
    assert answer.url == reverse("emergency_order", args=(order.pk,))
    assert "启动响应" in get(people["leader"], answer.url).text
    assert any("市指挥部" in title for title in dues(people["leader"]))
    assert dues(people["liaison"]) == []
    start(found, order=str(order.pk))
    row = Activation.objects.get(order=order)
    found.order("end", row)
    assert any("要求终止响应" in title for title in dues(people["leader"]))
    assert not any("要求终止响应" in title for title in dues(people["member"]))
    [state] = progress([found.measure], NOW + timedelta(days=1)).values()
    assert state.next


def test_who_may_not_sees_the_reason_and_changes_nothing(found: Group) -> None:
    before = snapshot(TABLES)
    for who in ("member", "office", "liaison", "superior", "inspector"):
        shown = get(found.people[who], reverse("emergency_activate", args=(found.measure.pk,)))
        assert "签发启动命令" not in shown.text
        assert start(found, who).status_code in {403, 422}
    for who in ("stranger", "administrator"):
        assert get(found.people[who], page(found)).status_code == 404
        assert start(found, who).status_code == 404
    assert snapshot(TABLES) == before


def test_the_office_keeps_the_group_on_its_page(found: Group) -> None:
    address = reverse("emergency_group", args=(found.measure.pk,))
    office = found.people["office"]
    told = {"what": "member", "position": "member", "turn": 6, "duty": "信息", "starts_on": "2020-02-05"}
    post(office, address, user=found.people["liaison"].user_id, **told)
    assert "联络寅" in get(office, page(found)).text
    wrong = post(office, address, user=found.people["officer"].user_id, **{**told, "position": "leader"})
    assert wrong.status_code == 422
    member = Member.objects.get(user=found.people["liaison"].user_id)
    post(office, reverse("emergency_member_end", args=(found.measure.pk, member.pk)))
    member.refresh_from_db()
    assert member.ends_on == NOW.date()
    post(office, reverse("emergency_stand_in_end", args=(found.measure.pk, StandIn.objects.get().pk)))
    assert StandIn.objects.get().ended_at == NOW
    stand_in = {
        "what": "stand_in",
        "absent": found.members["leader"].pk,
        "member": found.members["deputy"].pk,
        "starts_at": "2020-02-05T09:00",
        "ends_at": "2020-02-05T18:00",
        "reason": "组长外出",
    }
    post(office, address, **stand_in)
    assert "副主任丙代主任甲" in get(office, address).text
    post(found.people["member"], reverse("emergency_member_end", args=(found.measure.pk, member.pk)))
    assert Member.objects.filter(ends_on__isnull=True).count() == 5


def test_evidence_and_trail_lead_to_what_they_speak_of(found: Group) -> None:
    row = found.activate()
    order = found.order("end", row)
    evidence = evidence_of(found.measure, NOW)
    assert {(one.kind, one.ref) for one in evidence} == {
        ("activation", str(row.pk)),
        ("emergency_order", str(order)),
    }
    for one in evidence:
        assert _LINKS[one.kind](reader(found.people["office"]), found.measure, [int(one.ref)])
    subjects = [
        f"emergency.activation:{row.pk}",
        f"emergency.order:{order}",
        f"emergency.member:{found.members['leader'].pk}",
        f"emergency.standin:{StandIn.objects.get().pk}",
    ]
    named = look_up(subjects, reader(found.people["inspector"]))
    assert all(named[one].text and named[one].url for one in subjects)
