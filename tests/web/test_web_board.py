"""The board of a plan: the figures of the pages behind it, who sees which node, drills, and what it costs."""

from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from benefits.union import NOW as FLEXIBLE_NOW
from casework.flexible_house import TODAY, make_flexible_house
from emergency.board_house import DISTRICTS, NOW, BoardHouse, make_board_house
from emergency.house import SETTINGS, at
from emergency.warning_house import tell_days
from goods.builders import make_person
from songnuan.audit.models import Entry
from songnuan.emergency.models import (
    Activation,
    Alert,
    Muster,
    ReportCount,
    ReportPeriod,
    ReportSlot,
    ScreeningRound,
)
from songnuan.emergency.muster_queries import standings
from songnuan.emergency.report_queries import node_counts
from songnuan.journeys.act_on_alert import acknowledge_alert
from songnuan.kernel.actor import Actor
from songnuan.organisation.models import UnitRecord
from songnuan.organisation.permissions import Permission, Role
from songnuan.organisation.queries import day_of
from songnuan.plans.models import Clause, Measure, MeasureStatus, PlanVersion
from songnuan.web.board_page import Board, board_of
from songnuan.web.board_tree import ON_WALL, TILES, place_of
from songnuan.web.views.shared import Reader
from web.browsing import as_, on, queries_of, user_of

pytestmark = pytest.mark.django_db(transaction=True)
EAST, WEST = DISTRICTS[:2]


@pytest.fixture
def house() -> BoardHouse:
    return make_board_house()


def get(house: BoardHouse, who: str, query: str = "", moment: Any = None, **how: Any) -> Any:
    with on(moment or house.now):
        return as_(house.people[who]).get(reverse("board", args=(house.response.pk,)) + query, **how)


def seen(house: BoardHouse, who: str, query: str = "", **how: Any) -> Board:
    answer = get(house, who, query, **how)
    assert answer.status_code == 200
    found: Board = answer.context["board"]
    return found


def behind(who: Actor, address: str, moment: Any = NOW) -> Any:
    with on(moment):
        answer = as_(who).get(address)
    assert answer.status_code == 200
    return answer.context


def test_every_figure_is_that_of_the_page_behind_it(house: BoardHouse) -> None:
    leader, before = house.people["leader"], Entry.objects.count()
    board = seen(house, "leader")
    assert Entry.objects.count() == before, "a board that is looked at writes nothing"
    [tree], hands = board.trees, board.hands

    period = behind(leader, tree.url)
    assert (tree.own.tally, tree.own.completeness, tree.own.timeliness) == (
        period["node"].tally,
        period["node"].completeness,
        period["node"].timeliness,
    )
    assert tree.own.word == "2个未报"
    nodes = {one.node_id: one for one in period["nodes"]}
    shown = {one.unit_id: one for one in tree.tiles if one.is_node}
    assert {pk: one.tally for pk, one in shown.items()} == {pk: one.tally for pk, one in nodes.items()}
    assert {pk: one.completeness for pk, one in shown.items()} == {
        pk: one.completeness for pk, one in nodes.items()
    }
    assert [(one.name, one.word) for one in tree.tiles if not one.is_node] == [("机动队", "平安")]
    assert dict(tree.figures) == {"发热人数": 9, "密接人数": 0}

    warnings = behind(leader, reverse("warnings"))
    assert hands.open == len(warnings["rows"]) == Alert.objects.count() > 1
    assert hands.raised == hands.open
    assert shown[house.units[EAST]].alerts == shown[house.units[EAST]].raised == 2
    assert shown[house.units[WEST]].alerts == 0

    screened = behind(leader, reverse("screening_round", args=(ScreeningRound.objects.get().pk,)))
    assert hands.screening is not None
    assert (hands.screening.told.screened, hands.screening.told.expected, hands.coverage) == (
        screened["total"].screened,
        screened["total"].expected,
        screened["rate"],
    )
    register = behind(leader, reverse("returnees_board", args=(hands.returnees_id,)))
    assert hands.returnees is not None
    assert hands.returnees == register["total"]
    assert (hands.returnees.observed, hands.returnees.unwell) == (2, 1)

    muster = Muster.objects.get()
    counts = behind(leader, reverse("muster", args=(muster.pk,)))["board"]
    assert board.muster is not None
    assert (board.muster.counts, board.muster.expected) == (counts.counts, counts.expected)
    assert len(standings(muster)) == board.muster.expected

    tasks = behind(leader, reverse("emergency", args=(house.response.pk,)))["tasks"]
    assert board.tasks is not None
    assert board.tasks.waiting == len(tasks) == 2
    assert (board.tasks.overdue, board.tasks.next) == (1, tasks[0].task)
    assert hands.staff is not None
    assert (hands.staff.people, hands.staff.known, hands.staff.units) == (12 * 7, 7, 7)


def test_staff_is_that_of_the_first_day_of_the_period_and_of_now_where_no_period_counts_it(
    house: BoardHouse,
) -> None:
    """The units that report are counted once, as they were; a period from before counts nobody."""
    UnitRecord.objects.filter(unit=ReportSlot.objects.latest("pk").unit_id).update(staff_count=1000)
    staff = seen(house, "leader").hands.staff
    assert staff is not None
    assert (staff.people, staff.known) == (12 * 7, 7)
    ReportCount.objects.update(staff=None, staffed=None)
    staff = seen(house, "leader").hands.staff
    assert staff is not None
    assert (staff.people, staff.known, staff.units) == (12 * 6 + 1000, 7, 8)


def test_alerts_that_nobody_acknowledged_come_first_and_are_told_with_their_age(house: BoardHouse) -> None:
    first = Alert.objects.order_by("pk").first()
    assert first is not None
    acknowledge_alert(alert_id=first.pk, words="", key=uuid4(), actor=house.people["office"], at=house.now)
    board = seen(house, "leader", moment=house.now + timedelta(hours=3))
    assert [one.is_raised for one in board.hands.alerts] == [True] * board.hands.raised + [False]
    assert {one.age for one in board.hands.alerts} == {"3小时"}
    assert board.hands.alerts[-1].alert == first


def test_a_period_that_is_not_due_is_not_judged_and_shows_the_rates_of_the_last(house: BoardHouse) -> None:
    house.reports.open(at(11))
    board = seen(house, "leader", moment=at(11, 9))
    [tree] = board.trees
    assert not tree.is_due
    assert (tree.own.tally.received, tree.own.past) == (0, _of(house, at(10, 0)))
    assert (tree.own.completeness, tree.own.mark) == ("71.4%", "waiting")
    assert "late" not in {one.mark for one in tree.tiles}


def _of(house: BoardHouse, start: Any) -> Any:
    period = ReportPeriod.objects.get(starts_at=start)
    return node_counts(period.pk, node=house.response.plan.unit_id)[0].tally


def test_who_leads_a_district_sees_its_board_and_no_other(house: BoardHouse) -> None:
    east, west = house.units[EAST], house.units[WEST]
    for who in ("district", "liaison"):
        board = seen(house, who)
        assert (board.name, board.muster, board.tasks, board.line) == (EAST, None, None, [])
        [tree] = board.trees
        assert {one.name for one in tree.tiles} == {EAST, f"{EAST}1站", f"{EAST}2站"}
        assert board.hands.open == 2
        assert board.hands.returnees is not None
        assert board.hands.returnees.observed == 1
        assert board.hands.screening is not None
        assert board.hands.screening.told.expected == 36
        assert seen(house, who, f"?node={east}").name == EAST
        page = get(house, who).text
        assert "交办任务" not in page
        assert reverse("emergency", args=(house.response.pk,)) + '"' not in page
        for other in (west, house.response.plan.unit_id, 10**12, "x"):
            assert get(house, who, f"?node={other}").status_code == 404
    for who in ("station", "stranger", "administrator"):
        assert get(house, who).status_code == 404
        assert get(house, who, f"?node={east}").status_code == 404
    lower = seen(house, "leader", f"?node={east}")
    assert [name for _pk, name in lower.line] == ["社区与家庭服务中心"]
    assert lower.tasks is not None
    address = reverse("situation_period", args=(ReportPeriod.objects.latest("pk").pk,))
    with on(house.now):
        assert reverse("board", args=(house.response.pk,)) in as_(house.people["district"]).get(address).text
    reports = house.reports.measure.pk
    with on(house.now):
        assert as_(house.people["leader"]).get(reverse("board", args=(reports,))).status_code == 404
        assert Client().get(reverse("board", args=(house.response.pk,))).status_code == 302


def test_nobody_is_named_and_a_wall_has_nothing_but_the_board(house: BoardHouse) -> None:
    wall, page = get(house, "leader", "?wall=1").text, get(house, "leader").text
    for name in ("主任甲", "周归来", "吴归来", "39000", "体温38.1度"):
        assert name not in wall
    for name in ("周归来", "吴归来", "39000", "体温38.1度"):
        assert name not in page
    assert "上报隔离床位数" in page
    assert "上报隔离床位数" not in wall
    assert 'class="dock"' not in wall
    assert "<header>" not in wall
    assert "<noscript>" in wall
    part = get(house, "leader", "?wall=1", headers={"X-Songnuan-Part": "board"})
    assert part.text.lstrip().startswith('<div class="board" data-as-of="2020-02-10T16:30:00')
    assert "<html" not in part.text
    assert "no-store" in part.headers["Cache-Control"]


def test_a_drill_is_flagged_everywhere_and_nothing_in_force_says_so() -> None:
    house = make_board_house(districts=1, state="drill")
    page = unescape(get(house, "leader").text)
    assert "<title>演练 · " in page
    assert page.count("本页内容均非真实情况") == 2
    assert page.count("演练") >= 6
    house.group.end(seen(house, "leader").active[0])
    ended = unescape(get(house, "leader").text)
    assert "本页内容均非真实情况" not in ended
    assert "上一次为演练" in ended


def test_who_may_end_a_response_reads_what_is_still_open_before_it(house: BoardHouse) -> None:
    board, row = seen(house, "leader"), Activation.objects.get()
    holder = Actor(key="", label="", user_id=row.holder.user_id)
    found = behind(holder, reverse("activation", args=(row.pk,)))["open"]
    assert found == [
        f"{board.hands.open}条未办结预警",
        "2项未办结任务",
        "2份情况报告未报",
        "2名返程人员仍在观察",
    ]
    behind(house.people["office"], reverse("activation", args=(row.pk,)))


def test_what_was_told_in_a_drill_says_so_beside_every_figure_though_none_is_in_force(
    house: BoardHouse,
) -> None:
    tell_days(house.reports, {"机动队": [0]}, first=11, drills={11})
    page = unescape(get(house, "leader", moment=at(11, 17)).content.decode())
    hands = page[page.index('id="board-prevention"') : page.index('id="board-muster"')]
    for label in ("有事单位", "发热人数", "密接人数", "报平安单位"):
        assert "演练" in hands[hands.index(label) :].partition("</dt>")[0], label
    assert "<h1>演练" not in page


def second_reports(house: BoardHouse) -> Measure:
    """Let the plan ask for weekly reports of supplies too."""
    settings = {**SETTINGS, "period": "week", "weekday": 1, "figures": [{"key": "masks", "label": "缺口罩"}]}
    made = Measure.objects.create(
        plan=house.response.plan,
        position=9,
        key="weekly",
        clause_key="supplies",
        kind="situation_reports",
        settings=settings,
        status=MeasureStatus.OPEN,
        opened_at=at(3),
    )
    house.reports.open(house.now)
    return made


def test_each_of_several_reports_of_a_plan_stands_on_the_board_with_its_name(house: BoardHouse) -> None:
    [before] = seen(house, "leader").trees
    assert (before.clause, before.rhythm) == ("", "")
    weekly = second_reports(house)
    version = PlanVersion.objects.create(
        plan=house.response.plan, number=house.response.plan.version, created_at=at(3)
    )
    Clause.objects.create(
        version=version, position=9, key="supplies", number="（二）", level=2, title="物资周报"
    )
    daily, other = seen(house, "leader").trees
    assert replace(daily, clause="", rhythm="") == before
    assert (daily.rhythm, other.clause, other.rhythm) == ("每日16:00前报", "（二）物资周报", "每周16:00前报")
    assert other.period.measure_id == weekly.pk
    assert dict(other.figures) == {"缺口罩": 0}
    assert (other.own.alerts, daily.own.alerts) == (0, 3), "alerts stand with the reports that they are of"
    shown = behind(house.people["leader"], other.url)
    assert other.own.tally == shown["node"].tally
    for query in ("", "?wall=1"):
        page = unescape(get(house, "leader", query).text)
        for words in ("（二）物资周报", "每周16:00前报", "每日16:00前报", "缺口罩", "发热人数"):
            assert words in page
        assert page.count('id="board-tree"') == 1
    east = seen(house, "district").trees
    assert [one.own.unit_id for one in east] == [house.units[EAST]] * 2
    for who in ("station", "stranger"):
        assert get(house, who).status_code == 404


def test_reports_that_are_closed_leave_the_board_to_those_that_go_on(house: BoardHouse) -> None:
    [before] = seen(house, "leader").trees
    weekly = second_reports(house)
    Measure.objects.filter(pk=weekly.pk).update(status=MeasureStatus.CLOSED, closed_at=house.now)
    assert seen(house, "leader").trees == [before]
    Measure.objects.filter(pk=weekly.pk).update(status=MeasureStatus.OPEN, closed_at=None)
    Measure.objects.filter(pk=house.reports.measure.pk).update(
        status=MeasureStatus.CLOSED, closed_at=house.now
    )
    [left] = seen(house, "leader").trees
    assert (left.period.measure_id, left.rhythm) == (weekly.pk, "")


def test_flexible_work_is_counted_as_its_page_counts_it_and_for_who_sees_it_alone() -> None:
    work = make_flexible_house()
    work.arranged("甲")
    union = work.measure.plan.unit_id
    response = Measure.objects.create(
        plan=work.measure.plan,
        position=9,
        key="response",
        clause_key="orders",
        kind="response",
        status=MeasureStatus.OPEN,
        settings={},
        opened_at=FLEXIBLE_NOW,
    )
    unit = work.register.union.unit
    assert unit.pk == union
    told = {}
    for role in (Role.APPROVER, Role.EPIDEMIC_OFFICE):
        who = make_person(role.value, role, unit)
        reader = Reader(user_of(who), who, FLEXIBLE_NOW, day_of(FLEXIBLE_NOW))
        assert reader.may(Permission.EMERGENCY_VIEW, union)
        board = board_of(place_of(response.pk, "", reader), reader, TILES)
        assert not board.trees
        told[role] = board.hands.flexible
        if role == Role.APPROVER:
            address = reverse("flexible_days", args=(work.measure.pk,))
            rows = behind(who, f"{address}?day={TODAY.isoformat()}", FLEXIBLE_NOW)["rows"]
    assert told == {Role.APPROVER: len(rows), Role.EPIDEMIC_OFFICE: None}


def test_more_units_ask_no_more_questions_and_the_most_urgent_stand_first() -> None:
    costs = []
    for districts, stations in ((1, 3), (15, 3)):
        house = make_board_house(districts, stations)
        client = as_(house.people["leader"])
        with on(house.now):
            address = reverse("board", args=(house.response.pk,))
            queries_of(client, address)
            costs.append([queries_of(client, address + query) for query in ("", "?wall=1")])
    assert costs[0] == costs[1]
    assert costs[0][0] <= 45
    [whole], [wall] = seen(house, "leader").trees, seen(house, "leader", "?wall=1").trees
    assert (len(whole.tiles), whole.left, len(wall.tiles), wall.left) == (16, 0, ON_WALL, 16 - ON_WALL)
    assert wall.tiles[0].name == EAST
    assert "机动队" not in {one.name for one in wall.tiles}, "who has nothing wrong can wait"
