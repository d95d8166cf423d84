"""The pages of pickups: lists, people, desks, what waits for a decision, the roster, what was missed."""

import json
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.urls import reverse
from django.utils.translation import pgettext

from goods.builders import NOW, make_person, make_unit, snapshot
from goods.pickups import FIRST, PICKUPS, SECOND, Gate, make_gate, on_desk, whole
from songnuan.audit.models import Entry
from songnuan.goods import models as tables
from songnuan.goods.pickup_states import Mode
from songnuan.kernel.actor import Actor
from songnuan.organisation.permissions import Role
from songnuan.people.models import Enrolment, Person, PersonStatus, Roster, RosterStatus
from songnuan.plans.models import Measure
from songnuan.web.trail_facts import words_of
from web.browsing import as_, on, queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def gate() -> Gate:
    return house_of(make_gate("甲一", "乙二", "丙三", "丁四"))


def house_of(gate: Gate) -> Gate:
    """Let the house stand, and the measure be one of pickups."""
    Measure.objects.filter(pk=gate.measure.pk).update(kind="pickups")
    return gate


def get(who: Actor, page: str, *args: Any, moment: datetime = NOW, query: str = "") -> Any:
    with on(moment):
        return as_(who).get(reverse(page, args=args) + query)


def post(who: Actor, page: str, /, *args: Any, moment: datetime = NOW, key: str = "", **told: Any) -> Any:
    with on(moment):
        return as_(who).post(reverse(page, args=args), {"key": key or str(uuid4()), **told})


def text(answer: Any) -> str:
    return str(answer.content.decode())


def unchanged(act: Any) -> Any:
    """Return the answer to a request, having seen that it changed nothing of what is handed out."""
    before = snapshot(PICKUPS), Entry.objects.filter(action__startswith="goods.").count()
    answer = act()
    assert (snapshot(PICKUPS), Entry.objects.filter(action__startswith="goods.").count()) == before
    return answer


def doubted(gate: Gate) -> tables.Pickup:
    """Return the second of two records of one portion: it waits."""
    east, west = gate.desk("东门", 2), gate.desk("西门", 2)
    gate.pick_up(east, "甲一")
    return gate.pick_up(west, "甲一", at=NOW + timedelta(minutes=5), proxy="钱代领")


def second_measure(gate: Gate) -> tuple[Measure, int]:
    """Make another part of the plan under which nothing is handed out yet, with a kit of its own."""
    plan, first = gate.store.house.plan, tables.Kit.objects.get()
    buying = Measure.objects.create(
        plan=plan,
        position=91,
        key="kits-2",
        clause_key="standard",
        kind="kit_purchase",
        settings={"per": "person"},
    )
    kit = tables.Kit.objects.create(
        measure=buying, fund_id=first.fund_id, name="防暑包", standard_minor=100_00
    )
    line = tables.KitLine.objects.filter(kit=first).first()
    assert line is not None
    tables.KitLine.objects.create(kit=kit, item_id=line.item_id, quantity=1)
    measure = Measure.objects.create(
        plan=plan,
        position=92,
        key="pickups-2",
        clause_key="standard",
        kind="pickups",
        status="open",
        opened_at=NOW,
        settings={
            "kit": "kits-2",
            "mode": "rounds",
            "batches": [{"day": FIRST.isoformat(), "place": "东门"}, {"day": SECOND.isoformat()}],
        },
    )
    return measure, kit.pk


# Opening --------------------------------------------------------------------------------------------


def test_the_office_opens_one_and_is_led_to_the_roster(gate: Gate) -> None:
    measure, kit_id = second_measure(gate)
    assert get(gate.officer, "pickups_of", measure.pk).url == reverse("pickups_new", args=(measure.pk,))
    form = get(gate.officer, "pickups_new", measure.pk).context["form"]
    assert (form["kit"].value(), form["batches-0-on"].value(), form["batches-0-place"].value()) == (
        kit_id,
        FIRST,
        "东门",
    ), "what the plan says stands there"
    told: dict[str, Any] = {
        "kit": kit_id,
        "roster": gate.roster.pk,
        "batches-0-on": FIRST.isoformat(),
        "batches-0-place": " 东门  8至11时 ",
        "batches-2-on": SECOND.isoformat(),
    }
    answer = post(gate.officer, "pickups_new", measure.pk, **told)
    made = tables.Distribution.objects.get(measure=measure)
    assert answer.url == reverse("pickups_roster", args=(made.pk,))
    assert made.mode == Mode.ROUNDS.value
    assert list(made.batches.order_by("position").values_list("on", "place")) == [
        (FIRST, "东门 8至11时"),
        (SECOND, ""),
    ]
    assert get(gate.officer, "pickups_of", measure.pk).url == reverse("pickups_one", args=(made.pk,))
    again = unchanged(lambda: post(gate.officer, "pickups_new", measure.pk, **told))
    assert again.status_code == 404


def test_every_day_that_the_plan_names_stands_there_and_is_opened(gate: Gate) -> None:
    measure, kit_id = second_measure(gate)
    days = [FIRST + timedelta(number) for number in range(30)]
    batches = [{"day": day.isoformat(), "place": f"{number}号门"} for number, day in enumerate(days)]
    Measure.objects.filter(pk=measure.pk).update(settings={**measure.settings, "batches": batches})
    form = get(gate.officer, "pickups_new", measure.pk).context["form"]
    told = {field.html_name: field.value() for pair in form.days for field in pair}
    assert (len(form.days), told["batches-29-on"], told["batches-29-place"]) == (30, days[29], "29号门")
    answer = post(gate.officer, "pickups_new", measure.pk, kit=kit_id, roster=gate.roster.pk, **told)
    assert answer.status_code == 302
    made = tables.Distribution.objects.get(measure=measure)
    assert list(made.batches.order_by("position").values_list("on", flat=True)) == days


def test_while_the_question_of_the_plan_is_open_nobody_is_assigned() -> None:
    gate = house_of(make_gate("甲一", mode=None))
    for page in ("pickups_one", "pickups_roster"):
        assert "方案尚未确定" in text(get(gate.officer, page, gate.distribution.pk))
    unchanged(lambda: post(gate.officer, "pickups_align", gate.distribution.pk, digest="0"))


def test_what_is_wrong_stands_beside_its_input_and_what_was_typed_stays(gate: Gate) -> None:
    measure, kit_id = second_measure(gate)
    right: dict[str, Any] = {
        "kit": kit_id,
        "roster": gate.roster.pk,
        "batches-0-on": FIRST.isoformat(),
        "batches-0-place": "东门口一号帐篷",
    }
    past = (NOW.date() - timedelta(1)).isoformat()
    for change, field in (
        ({"kit": ""}, "kit"),
        ({"kit": gate.store.kit_id}, "kit"),
        ({"roster": "999999"}, "roster"),
        ({"batches-0-on": ""}, "batches-0-on"),
        ({"batches-0-on": "2020-02-31"}, "batches-0-on"),
        ({"batches-0-on": past}, "batches-0-on"),
        ({"batches-1-on": FIRST.isoformat()}, "batches-1-on"),
        ({"batches-3-place": "西门"}, "batches-3-on"),
        ({"batches-1-on": SECOND.isoformat(), "batches-1-place": "远" * 81}, "batches-1-place"),
    ):
        answer = unchanged(
            lambda told=change: post(gate.officer, "pickups_new", measure.pk, **{**right, **told})
        )
        assert answer.status_code == 422, change
        assert list(answer.context["form"].errors) == [field], change
        assert "东门口一号帐篷" in text(answer)


# How it stands --------------------------------------------------------------------------------------


def test_the_overview_says_how_far_it_is_by_batch_by_desk_and_by_unit(gate: Gate) -> None:
    pk = gate.distribution.pk
    gate.pick_up(gate.desk("东门", 3), "甲一")
    page = get(gate.officer, "pickups_one", pk)
    told = page.context["head"].counted
    assert (told.told.due, told.told.taken, told.told.open, told.left) == (4, 1, 3, 0)
    assert [(went.due, went.taken) for _batch, went in page.context["batches"]] == [(2, 1), (2, 0)]
    [desk] = page.context["desks"]
    assert (desk.booked, desk.waiting, desk.kits.whole) == (1, 0, 2)
    [unit] = get(gate.officer, "pickups_units", pk).context["rows"]
    assert (unit.counted.told.due, unit.batches) == (4, [(1, 1), (2, 2)])
    assert "已领取1份，应领4份" in text(get(gate.officer, "pickups"))


def test_people_are_listed_narrowed_and_found_by_name_which_stands_in_no_address(gate: Gate) -> None:
    pk = gate.distribution.pk
    gate.pick_up(gate.desk("东门", 3), "甲一")

    def names(query: str) -> list[str]:
        return [line.name for line in get(gate.officer, "pickups_people", pk, query=query).context["rows"]]

    assert names("") == ["甲一", "乙二", "丙三", "丁四"]
    assert names("?batch=1") == ["甲一", "乙二"]
    assert names("?batch=1&state=open") == ["乙二"]
    assert names("?state=taken") == ["甲一"]
    assert names(f"?unit={gate.store.house.bureau.pk}&batch=2") == ["丙三", "丁四"]
    assert names(f"?unit={gate.store.house.bureau.pk + 999}") == []
    assert names("?batch=nine&state=lost&unit=-3") == ["甲一", "乙二", "丙三", "丁四"]
    found = unchanged(lambda: post(gate.officer, "pickups_people", pk, text=" 丙 "))
    assert [line.name for line in found.context["rows"]] == ["丙三"]
    assert "没有" in text(post(gate.officer, "pickups_people", pk, text="戊"))


def found(who: Actor, gate: Gate, name: str) -> list[str]:
    """Return the names on the page of people where a name is looked for."""
    page = post(who, "pickups_people", gate.distribution.pk, text=name)
    return [line.name for line in page.context["rows"]]


def test_somebody_who_was_merged_is_found_by_the_name_on_the_page_alone(gate: Gate) -> None:
    first, stays = gate.people["甲一"], gate.people["丁四"]
    Person.objects.filter(pk=stays.pk).update(name="甲一一")
    Person.objects.filter(pk=first.pk).update(status=PersonStatus.MERGED, merged_into=stays, name="旧名字")
    assert found(gate.officer, gate, "甲一一") == ["甲一一", "甲一一"]
    assert found(gate.officer, gate, "旧名字") == []


def test_minors_stand_masked_and_are_found_by_whom_may_see_them_alone(gate: Gate) -> None:
    pk, after = gate.distribution.pk, NOW + timedelta(20)
    Person.objects.filter(pk=gate.people["丙三"].pk).update(restricted=True)
    assert (found(gate.officer, gate, "丙"), found(gate.officer, gate, "甲")) == (["丙*"], ["甲一"])
    programme = gate.store.house.officer
    assert (found(programme, gate, "丙"), found(programme, gate, "甲")) == ([], ["甲一"])
    post(gate.officer, "pickups_pass_on", pk, moment=after)
    post(gate.officer, "pickups_pass_on", pk, moment=after)
    gate.enrol("戊五")
    gate.leave("丙三")
    for page, about in (
        ("pickups_people", pk),
        ("pickups_missed", pk),
        ("pickups_roster", pk),
        ("pickups_person", gate.portion("丙三").recipient_id),
    ):
        shown = text(get(gate.officer, page, about, moment=after))
        assert ("丙三" in shown, "丙*" in shown) == (False, True), page
    book = get(gate.officer, "pickups_missed_list", pk, moment=after)
    words = ZipFile(BytesIO(b"".join(book.streaming_content))).read("xl/sharedStrings.xml").decode()
    assert ["丙三" in words, "丙*" in words, "甲一" in words] == [False, True, True]


def test_pages_of_people_go_on_by_key(gate: Gate) -> None:
    gate.enrol(*(f"某{number:02}" for number in range(60)))
    gate.align()
    first = get(gate.officer, "pickups_people", gate.distribution.pk)
    rest = get(
        gate.officer, "pickups_people", gate.distribution.pk, query=f"?before={first.context['older']}"
    )
    names = [line.name for page in (first, rest) for line in page.context["rows"]]
    assert len(first.context["rows"]) == 50
    assert (len(names), len(set(names)), rest.context["older"]) == (64, 64, None)


# Its days --------------------------------------------------------------------------------------------


def test_a_batch_is_moved_and_one_is_added_by_the_office(gate: Gate) -> None:
    pk, later = gate.distribution.pk, (FIRST + timedelta(1)).isoformat()
    page = text(get(gate.officer, "pickups_one", pk))
    for position in (1, 2):
        assert reverse("pickups_batch", args=(pk, position)) in page
    assert 'value="东门"' in text(get(gate.officer, "pickups_batch", pk, 1)), "what stands there is told"
    wrong = unchanged(lambda: post(gate.officer, "pickups_batch", pk, 1, on=SECOND.isoformat(), place="东门"))
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["on"])
    answer = post(gate.officer, "pickups_batch", pk, 1, on=later, place="礼堂")
    assert answer.url == reverse("pickups_one", args=(pk,))
    assert tables.Batch.objects.filter(on=later, place="礼堂", position=1).exists()
    wrong = unchanged(lambda: post(gate.officer, "pickups_batch_new", pk, on=later, place=""))
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["on"])
    more = (SECOND + timedelta(2)).isoformat()
    assert post(gate.officer, "pickups_batch_new", pk, on=more, place="").status_code == 302
    assert tables.Batch.objects.filter(on=more, position=3).exists()
    after = NOW + timedelta(5)
    assert get(gate.officer, "pickups_batch", pk, 1, moment=after).status_code == 404, "it is over"
    over = text(get(gate.officer, "pickups_one", pk, moment=after))
    assert reverse("pickups_batch", args=(pk, 1)) not in over


def test_a_plan_that_names_other_days_by_now_is_told_of(gate: Gate) -> None:
    sentence = "与这里的批次不一致"
    days = [{"day": FIRST.isoformat(), "place": "东门"}, {"day": SECOND.isoformat()}]
    told = {"mode": "divide", "batches": days}
    Measure.objects.filter(pk=gate.measure.pk).update(settings=told)
    assert sentence not in text(get(gate.officer, "pickups_one", gate.distribution.pk))
    days[0]["day"] = (FIRST + timedelta(3)).isoformat()
    Measure.objects.filter(pk=gate.measure.pk).update(settings=told)
    assert sentence in text(get(gate.officer, "pickups_one", gate.distribution.pk))
    assert sentence not in text(get(gate.clerk, "pickups_one", gate.distribution.pk))


def test_a_round_that_the_plan_names_by_now_is_added_for_everybody() -> None:
    gate = house_of(make_gate("甲一", mode=Mode.ROUNDS))
    pk, third = gate.distribution.pk, (SECOND + timedelta(7)).isoformat()
    adding = reverse("pickups_batch_new", args=(pk,))
    days = [{"day": FIRST.isoformat()}, {"day": SECOND.isoformat()}]
    for told, is_offered, status in ((days, False, 422), ([*days, {"day": third}], True, 302)):
        Measure.objects.filter(pk=gate.measure.pk).update(settings={"mode": "rounds", "batches": told})
        assert (adding in text(get(gate.officer, "pickups_one", pk))) is is_offered
        assert post(gate.officer, "pickups_batch_new", pk, on=third, place="").status_code == status
    assert gate.portion("甲一", 3).batch.on.isoformat() == third


def test_a_handing_out_is_withdrawn_on_its_overview_until_something_came_of_it(gate: Gate) -> None:
    pk = gate.distribution.pk
    page = reverse("pickups_withdraw", args=(pk,))
    assert page in text(get(gate.officer, "pickups_one", pk))
    assert page not in text(get(gate.clerk, "pickups_one", pk))
    assert unchanged(lambda: post(gate.clerk, "pickups_withdraw", pk, reason="不对")).status_code == 403
    blank = unchanged(lambda: post(gate.officer, "pickups_withdraw", pk, reason=" "))
    assert (blank.status_code, list(blank.context["withdraw"].errors)) == (422, ["reason"])
    desk = gate.desk("东门", 1)
    assert page not in text(get(gate.officer, "pickups_one", pk))
    late = unchanged(lambda: post(gate.officer, "pickups_withdraw", pk, reason="太晚"))
    assert (late.status_code, "太晚" in text(late)) == (422, True)
    assert tables.Desk.objects.get().pk == desk


def test_a_handing_out_that_was_withdrawn_leads_to_where_it_is_opened_anew(gate: Gate) -> None:
    done = post(gate.officer, "pickups_withdraw", gate.distribution.pk, reason="名册选错了")
    assert done.url == reverse("pickups_new", args=(gate.measure.pk,))
    assert tables.Distribution.objects.count() == 0
    assert get(gate.officer, "pickups_one", gate.distribution.pk).status_code == 404


# One person -----------------------------------------------------------------------------------------


def test_a_settled_portion_is_opened_again_on_the_persons_page(gate: Gate) -> None:
    portion = gate.portion("甲一")
    page = reverse("pickups_reopen", args=(portion.pk,))
    assert page not in text(get(gate.officer, "pickups_person", portion.recipient_id))
    post(gate.officer, "pickups_settle", portion.pk, reason="说不要")
    assert page in text(get(gate.officer, "pickups_person", portion.recipient_id))
    assert unchanged(lambda: post(gate.officer, "pickups_reopen", portion.pk, reason="")).status_code == 422
    assert unchanged(lambda: post(gate.clerk, "pickups_reopen", portion.pk, reason="要")).status_code == 403
    assert post(gate.officer, "pickups_reopen", portion.pk, reason="又说要").status_code == 302
    assert gate.portion("甲一").status == "open"
    assert "又说要" in text(get(gate.officer, "pickups_person", portion.recipient_id))


def test_a_person_is_moved_settled_and_a_proxy_is_named(gate: Gate) -> None:
    portion = gate.portion("甲一")
    person = reverse("pickups_person", args=(portion.recipient_id,))
    assert post(gate.officer, "pickups_place", portion.pk, batch="2").url == person
    assert gate.portion("甲一").batch.on == SECOND
    assert unchanged(lambda: post(gate.officer, "pickups_place", portion.pk, batch="7")).status_code == 422
    assert post(gate.officer, "pickups_proxy", portion.recipient_id, proxy=" 钱  代领 ").url == person
    assert "钱 代领" in text(get(gate.officer, "pickups_person", portion.recipient_id))
    blank = unchanged(lambda: post(gate.officer, "pickups_settle", portion.pk, reason="  "))
    assert blank.status_code == 422
    long = unchanged(lambda: post(gate.officer, "pickups_settle", portion.pk, reason="邮" * 2000))
    assert (long.status_code, "邮" * 2000 in text(long)) == (422, True)
    assert post(gate.officer, "pickups_settle", portion.pk, reason="已邮寄到家").url == person
    page = text(get(gate.officer, "pickups_person", portion.recipient_id))
    assert ("已邮寄到家" in page, "校工会" in page) == (True, True)
    again = unchanged(lambda: post(gate.officer, "pickups_settle", portion.pk, reason="再来一次"))
    assert (again.status_code, "再来一次" in text(again) or "已" in text(again)) == (422, True)
    assert whole()


def test_a_unit_goes_into_a_batch(gate: Gate) -> None:
    pk, bureau = gate.distribution.pk, gate.store.house.bureau.pk
    assert post(gate.officer, "pickups_place_unit", pk, unit=bureau, batch="2").status_code == 302
    assert {portion.batch.on for portion in tables.Portion.objects.select_related("batch")} == {SECOND}
    other = unchanged(lambda: post(gate.officer, "pickups_place_unit", pk, unit=bureau + 999, batch="2"))
    assert (other.status_code, list(other.context["form"].errors)) == (422, ["unit"])
    late = SECOND - timedelta(1)
    over = datetime.combine(late, NOW.timetz())
    answer = unchanged(
        lambda: post(gate.officer, "pickups_place_unit", pk, moment=over, unit=bureau, batch="1")
    )
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["batch"])


def test_what_was_picked_up_by_mistake_is_given_back_by_another(gate: Gate) -> None:
    east = gate.desk("东门", 2)
    taken = gate.pick_up(east, "甲一")
    recipient = taken.portion.recipient_id
    assert unchanged(lambda: post(gate.officer, "pickups_back", taken.pk, reason="")).status_code == 422
    assert post(gate.officer, "pickups_back", taken.pk, reason="点错了人").status_code == 302
    assert gate.portion("甲一").status == "open"
    gate.clerk, clerk = gate.officer, gate.clerk
    own = gate.pick_up(east, "甲一")
    page = get(gate.officer, "pickups_person", recipient)
    assert "由他人退回" in text(page)
    refused = unchanged(lambda: post(gate.officer, "pickups_back", own.pk, reason="我自己退"))
    assert refused.status_code == 403
    assert clerk != gate.officer
    assert whole()


# The roster -----------------------------------------------------------------------------------------


def test_the_roster_is_looked_at_before_it_is_taken_over(gate: Gate) -> None:
    pk = gate.distribution.pk
    assert get(gate.officer, "pickups_roster", pk).context["groups"] == []
    gate.enrol("新来")
    gate.leave("乙二")
    branch = make_unit("分校", gate.store.house.bureau)
    Enrolment.objects.filter(person=gate.people["丙三"]).update(unit=branch)
    page = unchanged(lambda: get(gate.officer, "pickups_roster", pk))
    assert [(group.key, group.count, group.first[0].name) for group in page.context["groups"]] == [
        ("made", 1, "新来"),
        ("left", 1, "乙二"),
        ("moved", 1, "丙三"),
    ]
    assert [count for _batch, count in page.context["divided"]] == [1, 0]
    assert "分校" in text(page)
    digest = page.context["digest"]
    gate.leave("丁四")
    stale = unchanged(lambda: post(gate.officer, "pickups_align", pk, digest=digest))
    assert stale.url == reverse("pickups_roster", args=(pk,))
    page = get(gate.officer, "pickups_roster", pk)
    applied = post(gate.officer, "pickups_align", pk, digest=page.context["digest"])
    assert applied.url == reverse("pickups_one", args=(pk,))
    assert (gate.portion("新来").status, gate.portion("丁四").status) == ("open", "left")
    noted = json.loads(Entry.objects.filter(action="goods.align_distribution").latest("pk").facts)
    told = {one.label: one.text for one in words_of(noted, {}, "goods.align_distribution")}
    assert told[pgettext("fact of pickups", "people counted at another unit")] == "1"
    assert pgettext("fact", "visits moved") not in told
    assert get(gate.officer, "pickups_roster", pk).context["groups"] == []
    Enrolment.objects.filter(person=gate.people["丁四"]).update(ends_on=None)
    [back] = get(gate.officer, "pickups_roster", pk).context["groups"]
    assert (back.key, back.first[0].name) == ("back", "丁四")
    Roster.objects.filter(pk=gate.roster.pk).update(status=RosterStatus.CLOSED)
    assert "已不再维护" in text(get(gate.officer, "pickups_roster", pk))
    closed = unchanged(lambda: post(gate.officer, "pickups_align", pk, digest="0"))
    assert closed.url == reverse("pickups_roster", args=(pk,))


# What was missed ------------------------------------------------------------------------------------


def test_what_was_missed_goes_on_and_is_settled_by_the_office_with_a_list_to_take(gate: Gate) -> None:
    pk = gate.distribution.pk
    between = NOW + timedelta(2)
    assert get(gate.officer, "pickups_missed", pk, moment=between).context["missed"] == 2
    post(gate.officer, "pickups_pass_on", pk, moment=between)
    assert {portion.batch.on for portion in tables.Portion.objects.select_related("batch")} == {SECOND}
    after = NOW + timedelta(20)
    post(gate.officer, "pickups_pass_on", pk, moment=after)
    page = get(gate.officer, "pickups_missed", pk, moment=after)
    assert [line.name for line, _form in page.context["rows"]] == ["甲一", "乙二", "丙三", "丁四"]
    assert "丙三（澄江省水运管理局）" not in text(page)
    told = Entry.objects.filter(action="goods.take_pickup_list")
    assert told.count() == 0
    names = post(gate.officer, "pickups_missed_names", pk, moment=after)
    assert "丙三（澄江省水运管理局）" in text(names)
    assert '"people":4' in told.get().facts.replace(" ", "")
    book = get(gate.officer, "pickups_missed_list", pk, moment=after)
    assert b"".join(book.streaming_content).startswith(b"PK")
    assert told.count() == 2
    assert not any("甲一" in noted.facts for noted in told)
    portion = gate.portion("甲一")
    answer = post(gate.officer, "pickups_settle", portion.pk, moment=after, reason="不需要", back="list")
    assert answer.url == reverse("pickups_missed", args=(pk,))
    assert gate.portion("甲一").status == "settled"
    assert whole()


# Desks ----------------------------------------------------------------------------------------------


def test_a_desk_is_opened_gets_whole_kits_once_and_is_closed(gate: Gate) -> None:
    pk, key = gate.distribution.pk, str(uuid4())
    twice: dict[str, Any] = {"name": " 东门 "}
    answer = post(gate.officer, "pickups_desks", pk, **twice)
    desk = tables.Desk.objects.get()
    assert (answer.url, desk.name) == (reverse("pickups_desk", args=(desk.pk,)), "东门")
    same = unchanged(lambda: post(gate.officer, "pickups_desks", pk, **twice))
    assert (same.status_code, list(same.context["form"].errors)) == (422, ["name"])
    for _click in range(2):
        assert post(gate.officer, "pickups_allot", desk.pk, key=key, kits="3").status_code == 302
    assert on_desk(desk.pk) == {"方便面": 6, "苹果": 3, "梨": 3}
    page = get(gate.officer, "pickups_desk", desk.pk)
    assert (page.context["mine"].kits.whole, page.context["store"].whole) == (3, 7)
    [move] = page.context["moves"]
    assert sorted((line.item, line.packs) for line in move.lots) == [("方便面", 6), ("梨", 3), ("苹果", 3)]
    for kits in ("0", "两个", "8", ""):
        wrong = unchanged(lambda told=kits: post(gate.officer, "pickups_allot", desk.pk, kits=told))
        assert (wrong.status_code, wrong.context["form"]["kits"].value()) == (422, kits)
    assert post(gate.officer, "pickups_close_desk", desk.pk).status_code == 302
    assert on_desk(desk.pk) == {}
    unchanged(lambda: post(gate.officer, "pickups_close_desk", desk.pk))
    assert whole()


# What waits for a decision --------------------------------------------------------------------------


def test_both_records_stand_side_by_side_and_one_who_did_not_record_decides(gate: Gate) -> None:
    pk, second = gate.distribution.pk, doubted(gate)
    page = get(gate.officer, "pickups_doubts", pk)
    [one] = page.context["rows"]
    assert [record.row.desk.name for record, _form in one.records] == ["东门", "西门"]
    assert [form is not None for _record, form in one.records] == [False, True]
    shown = text(page)
    assert [words in shown for words in ("甲一", "值守", "钱代领", "10:05")] == [True] * 4
    for told, field in (({"went_out": "yes", "reason": ""}, "reason"), ({"reason": "问过"}, "went_out")):
        wrong = unchanged(lambda said=told: post(gate.officer, "pickups_decide", second.pk, **said))
        [mine] = [form for _record, form in wrong.context["rows"][0].records if form]
        assert (wrong.status_code, list(mine.errors)) == (422, [field])
    answer = post(gate.officer, "pickups_decide", second.pk, went_out="no", reason="西门点错了人")
    assert answer.url == reverse("pickups_doubts", args=(pk,))
    second.refresh_from_db()
    assert (second.status, second.reason) == ("void", "西门点错了人")
    late = unchanged(lambda: post(gate.officer, "pickups_decide", second.pk, went_out="yes", reason="又说"))
    assert late.status_code == 422
    assert "西门点错了人" in text(get(gate.officer, "pickups_person", second.portion.recipient_id))
    assert whole()


def test_who_recorded_it_is_told_that_another_decides(gate: Gate) -> None:
    gate.clerk = gate.officer
    second = doubted(gate)
    page = get(gate.officer, "pickups_doubts", gate.distribution.pk)
    assert "这一笔由您记录，须由他人认定" in text(page)
    assert "<textarea" not in text(page)
    own = unchanged(lambda: post(gate.officer, "pickups_decide", second.pk, went_out="no", reason="我说"))
    assert (own.status_code, "这条领取记录由您登记，应由另一人认定" in text(own)) == (422, True)
    assert post(gate.other, "pickups_decide", second.pk, went_out="no", reason="没发").status_code == 302


def test_a_desk_that_gave_more_than_it_has_is_allotted_more_first(gate: Gate) -> None:
    east = gate.desk("东门", 0)
    short = gate.pick_up(east, "甲一")
    told: dict[str, Any] = {"went_out": "yes", "reason": "确已领走"}
    answer = unchanged(lambda: post(gate.officer, "pickups_decide", short.pk, **told))
    assert (answer.status_code, reverse("pickups_desk", args=(east,)) in text(answer)) == (422, True)
    gate.allot(east, 1)
    assert post(gate.officer, "pickups_decide", short.pk, **told).status_code == 302
    assert whole()


# Codes ----------------------------------------------------------------------------------------------


def test_codes_are_printed_masked_and_that_is_noted(gate: Gate) -> None:
    pk = gate.distribution.pk
    answer = post(gate.officer, "pickups_codes", pk, unit="", batch="1")
    assert answer.content.startswith(b"%PDF")
    noted = Entry.objects.get(action="goods.take_pickup_list")
    assert '"people":2' in noted.facts.replace(" ", "")
    nobody = post(gate.officer, "pickups_codes", pk, unit=str(make_unit("空").pk), batch="")
    assert nobody.status_code == 422


# Who may --------------------------------------------------------------------------------------------

OFFICE_PAGES = (
    "pickups_people",
    "pickups_doubts",
    "pickups_missed",
    "pickups_roster",
    "pickups_codes",
    "pickups_batch_new",
)
OFFICE_ACTS = (
    "pickups_align",
    "pickups_pass_on",
    "pickups_place_unit",
    "pickups_desks",
    "pickups_missed_names",
)


@pytest.mark.parametrize(
    ("role", "elsewhere", "status"),
    [
        (Role.UNIT_LIAISON, False, 403),
        (Role.FINANCE, False, 403),
        (Role.INSPECTOR, False, 403),
        (Role.PUBLICITY_OFFICER, False, 404),
        (Role.UNION_OFFICER, True, 404),
        (Role.PROGRAMME_OFFICER, True, 404),
    ],
)
def test_pages_and_acts_are_the_offices_alone(
    gate: Gate, role: Role, *, elsewhere: bool, status: int
) -> None:
    pk, second = gate.distribution.pk, doubted(gate)
    unit = make_unit("外校") if elsewhere else gate.store.house.bureau
    who, desk = make_person("旁人", role, unit), tables.Desk.objects.first()
    portion = gate.portion("乙二")
    assert desk is not None
    sees = 200 if status == 403 else 404
    for page in ("pickups_one", "pickups_units", "pickups_desks"):
        answer = get(who, page, pk)
        assert answer.status_code == sees, page
        assert "甲一" not in text(answer), page
    assert get(who, "pickups_desk", desk.pk).status_code == sees
    for page in OFFICE_PAGES:
        assert get(who, page, pk).status_code == status, page
    assert get(who, "pickups_missed_list", pk).status_code == status
    assert get(who, "pickups_person", portion.recipient_id).status_code == status
    acts: list[tuple[str, int, dict[str, object]]] = [
        *((page, pk, {"name": "南门", "unit": unit.pk, "batch": 2}) for page in OFFICE_ACTS),
        ("pickups_codes", pk, {"unit": "", "batch": ""}),
        ("pickups_batch_new", pk, {"on": (SECOND + timedelta(1)).isoformat()}),
        ("pickups_settle", portion.pk, {"reason": "越权"}),
        ("pickups_place", portion.pk, {"batch": 2}),
        ("pickups_proxy", portion.recipient_id, {"proxy": "越权"}),
        ("pickups_back", second.pk, {"reason": "越权"}),
        ("pickups_decide", second.pk, {"went_out": "no", "reason": "越权"}),
        ("pickups_allot", desk.pk, {"kits": 1}),
        ("pickups_close_desk", desk.pk, {}),
    ]
    moved = unchanged(lambda: post(who, "pickups_batch", pk, 1, on=(FIRST + timedelta(1)).isoformat()))
    assert (moved.status_code, get(who, "pickups_batch", pk, 1).status_code) == (status, status)
    for page, key, told in acts:
        answer = unchanged(lambda at=page, of=key, said=told: post(who, at, of, **said))
        assert answer.status_code == status, page


def test_the_list_shows_only_what_the_reader_may_see(gate: Gate) -> None:
    measure, _kit = second_measure(gate)
    for who, count in ((gate.officer, 1), (gate.clerk, 1), (gate.store.house.stranger, 0)):
        page = get(who, "pickups")
        assert len(page.context["rows"]) == count
        assert [one.pk for one in page.context["to_open"]] == ([measure.pk] if who == gate.officer else [])
    for who in (gate.clerk, gate.store.house.stranger):
        assert get(who, "pickups_new", measure.pk).status_code == 404
        assert unchanged(lambda by=who: post(by, "pickups_new", measure.pk, kit="1")).status_code == 404


def close(gate: Gate) -> None:
    """Close the measure before its plan."""
    Measure.objects.filter(pk=gate.measure.pk).update(status="closed", closed_at=NOW, close_reason="已毕")


def test_a_closed_measure_offers_nothing_new(gate: Gate) -> None:
    desk = gate.desk("东门", 1)
    gate.pick_up(desk, "乙二")
    close(gate)
    for name, waits in (("甲一", True), ("乙二", False)):
        page = get(gate.officer, "pickups_person", gate.portion(name).recipient_id)
        [one] = page.context["portions"]
        offered = (one.settle is not None, one.place is not None, page.context["proxy_form"] is not None)
        assert (page.status_code, *offered) == (200, waits, False, False)
    assert get(gate.officer, "pickups_desks", gate.distribution.pk).context["form"] is None
    assert get(gate.officer, "pickups_desk", desk).context["form"] is None


def test_what_a_closed_measure_leaves_open_is_decided_allotted_and_settled(gate: Gate) -> None:
    pk, desk, after = gate.distribution.pk, gate.desk("东门", 0), NOW + timedelta(20)
    short = gate.pick_up(desk, "甲一")
    Measure.objects.filter(pk=gate.measure.pk).update(settings={"mode": "divide"})
    with on(NOW):
        plan = gate.store.house.plan.slug
        page = as_(gate.store.house.officer).get(reverse("measure_close", args=(plan, gate.measure.pk)))
    assert [words in text(page) for words in ("认定存疑的领取记录", "1条记录待认定")] == [True, True]
    close(gate)
    told: dict[str, Any] = {"went_out": "yes", "reason": "确已领走"}
    refused = unchanged(lambda: post(gate.officer, "pickups_decide", short.pk, **told))
    assert (refused.status_code, get(gate.officer, "pickups_desk", desk).context["form"] is None) == (
        422,
        False,
    )
    assert post(gate.officer, "pickups_allot", desk, kits="1").status_code == 302
    assert post(gate.officer, "pickups_decide", short.pk, **told).status_code == 302
    post(gate.officer, "pickups_pass_on", pk, moment=after)
    shown = text(get(gate.officer, "pickups_missed", pk, moment=after))
    portion = gate.portion("乙二")
    assert reverse("pickups_settle", args=(portion.pk,)) in shown
    post(gate.officer, "pickups_settle", portion.pk, moment=after, reason="不需要", back="list")
    assert (gate.portion("甲一").status, gate.portion("乙二").status) == ("taken", "settled")
    assert whole()


def test_the_number_of_queries_does_not_grow_with_people_or_desks(gate: Gate) -> None:
    pk = gate.distribution.pk
    doubted(gate)
    client, pages = as_(gate.officer), (*OFFICE_PAGES, "pickups_one", "pickups_units", "pickups_desks")

    def counted() -> list[int]:
        with on(NOW):
            return [queries_of(client, reverse(page, args=(pk,))) for page in pages] + [
                queries_of(client, reverse("pickups"))
            ]

    gate.enrol("未接")
    counted()
    before = counted()
    gate.enrol(*(f"某{number}" for number in range(9)))
    gate.align()
    gate.enrol("又来一人", "又来二人")
    south, north = gate.desk("南门", 1), gate.desk("北门", 1)
    for name in ("某1", "某2"):
        gate.pick_up(south, name)
        gate.pick_up(north, name)
    assert counted() == before
