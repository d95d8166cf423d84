"""The pages of tasks out of orders: given, answered with a file, sent back, acknowledged."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from PIL import Image

from emergency.group import NOW, Group, make_group
from emergency.test_order_tasks import TABLES, give
from goods.builders import snapshot
from songnuan.emergency.models import OrderTask, OrderTaskAct
from songnuan.web.due import desk_of, due_of
from songnuan.web.trail_subjects import look_up
from songnuan.web.views.shared import Reader
from web.browsing import as_, on, user_of
from web.test_web_emergency import get, post, reader

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def found() -> Group:
    return make_group()


def picture() -> BytesIO:
    made = BytesIO()
    Image.new("RGB", (8, 8), "white").save(made, "PNG")
    made.name = "床位.png"
    made.seek(0)
    return made


def dues(found: Group, who: str, minutes: int = 0) -> list[tuple[str, str]]:
    actor, at = found.people[who], NOW + timedelta(minutes=minutes)
    with on(at):
        desk = desk_of(Reader(user=user_of(actor), actor=actor, at=at, day=at.date()))
        return [(one.title, one.detail) for one in due_of(desk)]


def test_the_office_gives_a_task_the_person_answers_and_the_office_acknowledges(found: Group) -> None:
    people, order = found.people, found.order("other", due_at=NOW + timedelta(hours=2))
    page, new = reverse("emergency_order", args=(order,)), reverse("order_task_new", args=(order,))
    assert "还没有交办任务" in get(people["office"], page).text
    told: dict[str, Any] = {
        "what": "上报隔离床位数。",
        "to": f"user:{people['officer'].user_id}",
        "due_at": "2020-02-05T10:00",
    }
    before = snapshot(TABLES)
    wrong = post(people["office"], new, **{**told, "due_at": "2020-02-05T12:00"})
    assert wrong.status_code == 422
    assert "晚于命令本身的时限" in wrong.text
    assert post(people["liaison"], new, **told).status_code == 403
    assert "id_what" not in get(people["liaison"], new).text
    for who in ("stranger", "administrator"):
        assert post(people[who], new, **told).status_code == 404
    assert snapshot(TABLES) == before

    assert post(people["office"], new, **told).url == page
    task = OrderTask.objects.get()
    address = reverse("order_task", args=(task.pk,))
    assert ("临澄市疫情防控指挥部交办：上报隔离床位数。", "2月5日 10:00前") in dues(found, "officer")
    assert not any("上报隔离床位数" in title for title, _detail in dues(found, "liaison"))
    assert ("逾期未反馈：上报隔离床位数。", "已于2月5日 10:00到期") in dues(found, "office", 61)
    assert "上报隔离床位数" in get(people["office"], page).text
    wrong = post(people["officer"], address, act="answer", words=" ")
    assert wrong.status_code == 422
    answer = post(people["officer"], address, act="answer", words="床位32张。", file=picture())
    assert answer.url == address
    act = OrderTaskAct.objects.get()
    file = reverse("order_task_file", args=(task.pk, act.pk))
    with on(NOW):
        opened: Any = as_(people["office"]).get(file)
    assert b"".join(opened.streaming_content).startswith(b"\x89PNG")
    assert any("待确认反馈" in title for title, _detail in dues(found, "office"))
    assert any("待确认反馈" in title for title, _detail in dues(found, "leader"))
    assert "确认反馈</button>" not in get(people["officer"], address).text
    wrong = post(people["office"], address, act="send_back", words="")
    assert wrong.status_code == 422
    assert OrderTask.objects.get().status == "answered"
    post(people["office"], address, act="send_back", words="缺少负压床位。")
    shown = get(people["officer"], address).text
    assert "缺少负压床位。" in shown
    post(people["officer"], address, act="answer", words="负压4张。")
    post(people["office"], address, act="acknowledge")
    assert OrderTask.objects.get().status == "acknowledged"
    assert not any("上报隔离床位数" in title for title, _detail in dues(found, "office", 61))
    assert post(people["office"], page, answer="已上报32张。").url == page
    assert "id_what" not in get(people["office"], new).text
    named = look_up([f"emergency.ordertask:{task.pk}"], reader(people["inspector"]))
    assert all(one.text and one.url for one in named.values())


def test_nobody_else_sees_or_changes_a_task(found: Group) -> None:
    order = found.order("end", found.activate(is_drill=True))
    task = give(found, order)
    address = reverse("order_task", args=(task.pk,))
    before = snapshot(TABLES)
    for who in ("stranger", "administrator"):
        assert get(found.people[who], address).status_code == 404
        for act in ("answer", "acknowledge", "send_back", "withdraw"):
            assert post(found.people[who], address, act=act, words="好").status_code == 404
    for who in ("inspector", "liaison"):
        shown = get(found.people[who], address).text
        assert not any(word in shown for word in ("确认反馈</button>", "撤销任务", "提交反馈"))
        assert post(found.people[who], address, act="answer", words="好").status_code == 422
        for act in ("send_back", "withdraw"):
            assert post(found.people[who], address, act=act, words="好").status_code == 403
    assert post(found.people["office"], address, act="fly").status_code == 404
    assert get(found.people["office"], reverse("order_task_file", args=(task.pk, 9))).status_code == 404
    assert snapshot(TABLES) == before
    assert "演练" in get(found.people["officer"], address).text
    assert any(title.startswith("【演练】") for title, _detail in dues(found, "officer"))
    post(found.people["office"], address, act="withdraw", words="重复。")
    assert OrderTask.objects.get().status == "withdrawn"
