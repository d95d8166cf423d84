"""The pages of musters: the call tree, calling people together, the board, the poster, the door."""

from io import BytesIO
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from emergency.group import NOW, Group, make_group
from emergency.test_muster import ROWS, TABLES, bring, call, line, stands, table
from goods.builders import snapshot
from songnuan.audit.models import Entry
from songnuan.emergency.models import CallTree, Muster, MusterEntry
from songnuan.journeys.check_in import check_in_another
from songnuan.web.due import desk_of, due_of
from songnuan.web.views import musters
from web.browsing import as_, on, queries_of
from web.test_web_emergency import dues, get, post, reader

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def found() -> Group:
    return make_group()


def upload(found: Group, who: str, content: bytes) -> Any:
    file = BytesIO(content)
    file.name = "通讯录.csv"
    with on(NOW):
        return as_(found.people[who]).post(reverse("call_tree", args=(found.measure.pk,)), {"file": file})


def door(muster: Muster, phone: str | None = None, client: Client | None = None, **told: str) -> Any:
    """Open the code at the place without an account, or send a number there."""
    address = reverse("here", args=(muster.code,))
    with on(NOW):
        browser = client or Client()
        return browser.get(address) if phone is None else browser.post(address, {"phone": phone, **told})


def test_the_office_brings_the_call_tree_and_the_leader_calls_a_muster(found: Group) -> None:
    people, address = found.people, reverse("call_tree", args=(found.measure.pk,))
    assert "还没有可通知的人" in get(people["office"], address).text
    wrong = upload(found, "office", table(found, (*ROWS, ("甲", "139", "", "", ""))))
    assert wrong.status_code == 422
    assert "第7行" in wrong.text
    upload(found, "office", table(found))
    shown = get(people["member"], address).text
    assert "139****0005" in shown
    assert "13900000005" not in shown
    for who, status in (("liaison", 403), ("stranger", 404), ("administrator", 404)):
        assert get(people[who], address).status_code == status
        assert upload(found, who, table(found, ROWS[:2])).status_code == status
    assert CallTree.objects.count() == 1

    row = found.activate(is_drill=True)
    new = reverse("muster_new", args=(row.pk,))
    told = {"place": "一楼大厅", "due_at": "2020-02-05T10:00", "escalate_minutes": 10}
    for who in ("member", "inspector"):
        assert "发出集结通知" not in get(people[who], new).text
        assert post(people[who], new, **told).status_code == 403
    for who in ("stranger", "administrator"):
        assert get(people[who], new).status_code == 404
    wrong = post(people["leader"], new, **{**told, "due_at": "2020-02-05T08:00"})
    assert wrong.status_code == 422
    assert Muster.objects.count() == 0
    answer = post(people["leader"], new, **told)
    muster = Muster.objects.get()
    assert answer.url == reverse("muster", args=(muster.pk,))
    assert "已有集结正在进行" in get(people["office"], new).text
    for who in ("leader", "member", "liaison"):
        assert any("演练" in title and "2月5日 10:00前" in title for title in dues(people[who]))
    for shown in (get(people["leader"], answer.url).text, door(muster).text, get(people["leader"], new).text):
        assert "演练" in shown
    assert "again.js" in get(people["leader"], answer.url).text, "the board renews itself"


def test_who_opens_the_code_is_in_with_a_number_and_the_phone_remembers_it(
    found: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    bring(found)
    muster = call(found, found.activate())
    phone, other = Client(), Client()
    before = snapshot(TABLES)
    wrong = door(muster, "13900000009", phone)
    assert wrong.status_code == 422
    assert "通讯联络表中没有这个号码" in wrong.text
    assert door(muster, "", phone).status_code == 422
    assert snapshot(TABLES) == before
    answer = door(muster, "139 0000 0005", phone, place="23.123456,113.2,12")
    assert "已签到" in answer.text
    assert "司*" in answer.text
    assert "司机" not in answer.text
    assert "13900000005" not in answer.text
    assert 'value="139 0000 0005"' in door(muster, None, phone).text
    assert "139 0000 0005" not in door(muster, None, other).text
    assert "139" not in str(get(found.people["leader"], "/").cookies)
    entry = MusterEntry.objects.get(line=line("司机"))
    door(muster, "13900000005", other)
    again = MusterEntry.objects.get(line=line("司机"))
    assert (again.arrived_at, again.position) == (entry.arrived_at, "23.123456,113.2,12")
    shown = get(found.people["leader"], reverse("muster", args=(muster.pk,))).text
    assert "23.12" in shown
    assert "23.123456" not in shown

    monkeypatch.setitem(musters._COUNTED, "config", {musters._ACTION: "2/10m/ip"})
    for status in (422, 422, 429):
        last = door(muster, "13900000009", other)
        assert last.status_code == status
    assert "签到台" in last.text
    assert door(muster, "13900000005", Client(REMOTE_ADDR="10.0.0.8")).status_code == 200
    post(found.people["leader"], reverse("muster_close", args=(muster.pk,)))
    assert "已经结束" in door(muster).text
    assert door(muster, "13900000001", Client(REMOTE_ADDR="10.0.0.9")).status_code == 422
    assert stands(muster)["主任甲"] == "unknown"


def test_the_board_shows_each_whom_they_see_to(found: Group) -> None:
    bring(found)
    people = found.people
    muster = call(found, found.activate())
    address = reverse("muster", args=(muster.pk,))

    def person(who: str, name: str, **told: str) -> Any:
        return post(people[who], reverse("muster_person", args=(muster.pk, line(name))), **told)

    for who, sees, not_ in (
        ("leader", ("科长戊", "门卫", "司机"), ()),
        ("office", ("主任甲", "科长戊", "门卫", "司机"), ()),
        ("member", ("联络寅", "门卫"), ("司机",)),
        ("liaison", ("社区科", "我已到"), ("门卫", "司机")),
        ("inspector", ("社区科", "后勤科"), ("门卫", "司机", "我已到")),
    ):
        shown = get(people[who], address).text
        assert all(name in shown for name in sees), who
        assert not any(name in shown for name in not_), who
        assert "13900000005" not in shown
    for who in ("stranger", "administrator"):
        assert get(people[who], address).status_code == 404
        assert person(who, "门卫", act="there").status_code == 404

    assert 'href="tel:13900000003"' in person("member", "联络寅", act="number").text
    assert "13900000003" not in get(people["member"], address).text
    assert not any("13900000003" in str(one.get_decoded()) for one in Session.objects.all())
    assert '"unmasked":true' in Entry.objects.get(action="emergency.show_number").facts
    before = snapshot(TABLES)
    wrong = person("member", "门卫", act="note", outcome="absent", words="")
    assert wrong.status_code == 422
    assert '<details class="fold" open' in wrong.text
    assert snapshot(TABLES) == before
    person("member", "司机", act="there")
    assert snapshot(TABLES) == before
    assert person("member", "门卫", act="fly").status_code == 404
    person("member", "门卫", act="note", outcome="absent", words="值夜班")
    person("member", "联络寅", act="there")
    post(people["leader"], reverse("muster_here", args=(muster.pk,)), place="")
    assert stands(muster) == {
        "主任甲": "on_time",
        "科长戊": "unknown",
        "联络寅": "on_time",
        "门卫": "absent",
        "司机": "unknown",
    }
    shown = get(people["office"], address).text
    assert "值夜班（科长戊）" in shown
    assert "由科长戊代签" in shown
    assert "待联系2人" in details(found, "leader")
    assert not any("集结" in title for title in dues(people["liaison"])), "in, and nobody to call"

    poster = reverse("muster_poster", args=(muster.pk,))
    assert muster.code in get(people["office"], poster).text
    for who in ("member", "liaison", "inspector"):
        assert get(people[who], poster).status_code == 404
        post(people[who], reverse("muster_close", args=(muster.pk,)))
    muster.refresh_from_db()
    assert muster.closed_at is None
    post(people["office"], reverse("muster_close", args=(muster.pk,)))
    assert get(people["office"], poster).url == address
    assert "again.js" not in get(people["office"], address).text


def details(found: Group, who: str) -> list[str]:
    with on(NOW):
        return [one.detail for one in due_of(desk_of(reader(found.people[who])))]


def test_a_board_of_many_asks_as_few_questions_as_one_of_few(found: Group) -> None:
    bring(found)
    muster = call(found, found.activate())
    many = tuple(
        (f"人{at}", f"139001{at:05}", f"科{at % 9}", f"人{at // 3}" if at else "", "") for at in range(60)
    )
    address = reverse("muster", args=(muster.pk,))
    office = as_(found.people["office"])
    with on(NOW):
        few = queries_of(office, address)
    post(found.people["office"], reverse("muster_close", args=(muster.pk,)))
    bring(found, many)
    other = call(found, muster.activation)
    check_in_another(muster_id=other.pk, line_id=line("人7"), actor=found.people["office"], at=NOW)
    with on(NOW):
        assert queries_of(office, reverse("muster", args=(other.pk,))) <= few
