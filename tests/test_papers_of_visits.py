"""Papers of visits: what was recorded, masked, marked where it came late, and for whoever may see it."""

import re
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people import SLUG, Bureau, at, buy, open_plan_1
from put_back import put_back
from songnuan.audit.models import Entry
from songnuan.cli.drawing import signature
from songnuan.documents.sheet_paper import SheetPaper, Signed, shown
from songnuan.documents.sheet_pdf import render
from songnuan.journeys.correct_report import correct_report
from songnuan.journeys.make_sheets import SheetOrder, make_sheets
from songnuan.journeys.record_leader_visit import record_leader_visit
from songnuan.journeys.record_visit import Problem, record_visit
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.kernel.sealed import SealBroken
from songnuan.organisation.models import UnitRecord
from songnuan.organisation.queries import contact_of
from songnuan.tasks.models import Task
from songnuan.visits.leader_rules import LeaderReport
from songnuan.visits.models import InspectionResult, Visit, VisitTeam
from songnuan.visits.queries import detail

DAY = at(16)


def made(kind: str, actor: Any, **more: Any) -> list[SheetPaper]:
    def address(visit_id: int) -> str:
        return f"https://songnuan.example.cn/visits/{visit_id}/record/"

    return make_sheets(order=SheetOrder(kind, SLUG, **more), address=address, actor=actor, at=DAY)


def told(paper: SheetPaper) -> dict[str, str]:
    """Return what stands beside each label."""
    return {entry.label: shown(entry.value) for entry in (*paper.entries, *paper.after)}


def rows(paper: SheetPaper) -> list[tuple[str, ...]]:
    assert paper.table is not None
    return [
        tuple(shown(cell) for cell in row)
        for part in paper.table.parts
        for group in part.groups
        for row in group.rows
    ]


@pytest.fixture
def run(bureau: Bureau) -> tuple[Bureau, list[Visit]]:
    """The liaison's first visit made, with two problems; the second entered late; the third still to make."""
    return put_back(("two visits", bureau), lambda: _run(bureau))


def _run(bureau: Bureau) -> tuple[Bureau, list[Visit]]:
    plan = open_plan_1(bureau)
    buy(bureau, plan, {"方便面": (94, 68_00), "苹果": (47, 60_00), "梨": (47, 60_00)}, "0001")
    visits = list(Visit.objects.filter(lead_id=bureau.lead_id).order_by("planned_on", "pk"))
    problems = [Problem("岗亭缺取暖设备", answer="本周内送到"), Problem("宿舍网络信号差")]
    for visit, report, moment in (
        (visits[0], bureau.report(at(8), problems), at(8)),
        (visits[1], bureau.report(at(9), entry_reason="当日无网络"), at(12)),
    ):
        record_visit(visit_id=visit.pk, report=report, key=uuid4(), actor=bureau.liaison, at=moment)
    return bureau, visits


@pytest.mark.django_db
def test_the_record_of_a_visit_says_what_was_recorded(run: Any) -> None:
    bureau, visits = run
    (paper,) = made("visit_record", bureau.liaison, visit_id=visits[0].pk)
    found, said = detail(visits[0].pk), told(paper)
    assert found is not None
    assert said["时间"] == "2020年4月8日 10:00"
    assert said["带队及参加人员"] == f"{bureau.liaison.label}（带队）"
    assert said["慰问金/物"] == "方便面2箱、苹果1箱、梨1箱"
    assert said["工作生活情况"] == found.conditions
    assert said["反映困难诉求"] == "1.岗亭缺取暖设备；2.宿舍网络信号差"
    assert said["现场答复"] == "1.本周内送到；2.—"
    assert said["后续责任人及时限"].startswith("1.航道处，4月15日前")
    assert said["被慰问方签字"] == f"{found.receiver_name}（屏幕签名）" == "赵*江（屏幕签名）"
    signed = next(entry.value for entry in paper.entries if entry.label == "被慰问方签字")
    assert isinstance(signed, Signed)
    assert signed.picture.startswith(b"\x89PNG")
    assert "补录" not in paper.note


@pytest.mark.django_db
def test_a_late_entry_is_marked_on_every_paper_with_its_reason(run: Any) -> None:
    bureau, visits = run
    (paper,) = made("visit_record", bureau.liaison, visit_id=visits[1].pk)
    assert told(paper)["时间"] == "2020年4月9日 10:00（补录）"
    assert "补录原因：当日无网络。" in paper.note
    (register,) = made("visit_register", bureau.office)
    assert [row[1].endswith("（补录）") for row in rows(register)] == [False, True]
    (units,) = made("units", bureau.office)
    assert [row[-1] for row in rows(units) if row[-1]] == ["补录"]


@pytest.mark.django_db
def test_the_table_of_units_says_how_each_stands(run: Any) -> None:
    bureau, _visits = run
    (paper,) = made("units", bureau.office)
    lines = rows(paper)
    assert len(lines) == 47
    assert "共47个单位，已走访2个" in paper.lines[-1]
    assert sorted(row[12] for row in lines if "已走访" in row[12]) == ["4月8日已走访", "4月9日已走访"]
    overdue = Visit.objects.filter(status="planned", planned_on__lt=DAY.date()).count()
    assert sum(row[12] == "已逾期，未走访" for row in lines) == overdue > 0
    assert {row[9] for row in lines} == {"300.00"}
    assert {row[8] for row in lines} == {"", bureau.liaison.label}
    assert paper.table is not None
    (total,) = paper.table.parts[0].totals
    people = sum(int(row[4]) for row in lines if row[4])
    assert dict(total.figures) == {4: people, 9: 47 * 300_00}
    assert total.words == "合计（小写）：¥14,100.00　　（大写）：人民币壹万肆仟壹佰元整"


@pytest.mark.django_db
def test_a_record_says_where_what_was_checked_and_which_leader_went_along(run: Any) -> None:
    bureau, visits = run
    unit = UnitRecord.objects.get(unit=visits[0].unit_id)
    InspectionResult.objects.filter(visit=visits[0], item_key="duty").update(
        result="fail", note="值班表未上墙"
    )
    leader = LeaderReport("程守山", "局长", at(8), (), visit_id=visits[0].pk)
    record_leader_visit(
        plan_id=visits[0].measure.plan_id, report=leader, key=uuid4(), actor=bureau.office, at=at(8, 17)
    )
    (paper,) = made("visit_record", bureau.liaison, visit_id=visits[0].pk)
    said = told(paper)
    assert said["地点"].startswith(unit.address)
    assert unit.category not in said["地点"]
    assert said["检查情况"].startswith("检查5项，不符合1项：")
    assert said["检查情况"].endswith("（值班表未上墙）")
    assert said["带队及参加人员"].endswith("（带队）；随访领导：程守山（局长）")
    (register,) = made("visit_register", bureau.office)
    line = next(row for row in rows(register) if row[3] == unit.name)
    assert line[4] == said["带队及参加人员"]
    assert line[7].endswith(said["检查情况"])


@pytest.mark.django_db
def test_a_corrected_report_that_nobody_signed_says_so(run: Any) -> None:
    bureau, visits = run
    correct_report(
        visit_id=visits[0].pk,
        version=1,
        report=bureau.report(at(8, 9), signature=b"", receiver_name="", conditions="食宿有保障。"),
        reason="时间写错",
        key=uuid4(),
        actor=bureau.liaison,
        at=at(12),
    )
    (paper,) = made("visit_record", bureau.liaison, visit_id=visits[0].pk)
    assert told(paper)["被慰问方签字"] == "赵*江，更正后的报告，受访单位未签字"
    assert "报告已于2020年4月12日更正。" in paper.note
    (register,) = made("visit_register", bureau.office)
    assert [row[1].endswith("（4月12日更正）") for row in rows(register)] == [True, False]
    assert [row[12] for row in rows(register)] == ["赵*江，更正后的报告，受访单位未签字", "赵*江（屏幕签名）"]


@pytest.mark.django_db
def test_a_sheet_to_take_along_leads_to_the_form_and_asks_the_plans_checklist(run: Any) -> None:
    bureau, visits = run
    (paper,) = made("visit_sheet", bureau.liaison, visit_id=visits[2].pk)
    assert paper.qr is not None
    assert paper.qr.address == f"https://songnuan.example.cn/visits/{visits[2].pk}/record/"
    assert told(paper)["随带慰问品"] == "方便面2箱、苹果1箱、梨1箱"
    assert [row[1] for row in rows(paper)][1] == "测温每日两次，异常情况有记录、有报告"
    contact = contact_of(visits[2].unit_id, DAY.date())
    assert contact.name not in str(paper)
    assert contact.phone not in str(paper)
    (full,) = made("visit_sheet", bureau.liaison, visit_id=visits[2].pk, is_full=True)
    assert told(full)["联系人、电话"] == f"{contact.name}  {contact.phone}"


@pytest.mark.django_db
def test_the_sheets_of_a_lead_for_a_day_are_its_visits_of_that_day(run: Any) -> None:
    bureau, visits = run
    day = visits[2].planned_on
    sheets = made("visit_sheet", bureau.office, lead_id=bureau.lead_id, day=day)
    to_do = Visit.objects.filter(lead_id=bureau.lead_id, planned_on=day, status="planned").count()
    assert len(sheets) == to_do > 0
    every = made("visit_sheet", bureau.office)
    assert len(every) == Visit.objects.filter(status="planned").count() == 45
    # A lead sees its own visits, and nobody else's.
    assert len(made("visit_sheet", bureau.liaison)) == len(visits) - 2


@pytest.mark.django_db
def test_without_an_address_there_is_no_code(run: Any) -> None:
    bureau, _visits = run
    papers = make_sheets(order=SheetOrder("visit_sheet", SLUG), address=None, actor=bureau.liaison, at=DAY)
    assert all(paper.qr is None for paper in papers)


@pytest.mark.django_db
def test_what_the_unit_said_before_stands_on_the_next_sheet(run: Any) -> None:
    bureau, visits = run
    # The unit of the visit to make was visited before, for another measure of the plan's.
    Visit.objects.filter(pk=visits[0].pk).update(unit=visits[2].unit_id, measure=_other_measure(visits[0]))
    Task.objects.filter(unit=visits[0].unit_id).update(unit=visits[2].unit_id)
    (paper,) = made("visit_sheet", bureau.liaison, visit_id=visits[2].pk)
    before = told(paper)["此前反映情况"]
    assert before.startswith("2020年4月8日走访：值班三班倒，食宿有保障。")
    assert "尚未办结：岗亭缺取暖设备。尚未办结：宿舍网络信号差。" in before


@pytest.mark.django_db
def test_a_sheet_says_what_the_page_says_of_leaders_and_of_time_and_team(run: Any) -> None:
    bureau, visits = run
    to_do = visits[2]
    plan_id = to_do.measure.plan_id
    (bare,) = made("visit_sheet", bureau.liaison, visit_id=to_do.pk)
    assert told(bare)["此前反映情况"] == "本系统中无此前走访记录。"
    assert "走访组" not in told(bare)
    other = Visit.objects.exclude(lead_id=bureau.lead_id).order_by("pk")[0].unit_id
    for units, found in (((to_do.unit_id,), "岗亭偏冷"), ((to_do.unit_id, other), "食堂拥挤")):
        report = LeaderReport("程守山", "局长", at(9), units, found=found)
        record_leader_visit(plan_id=plan_id, report=report, key=uuid4(), actor=bureau.office, at=at(9, 17))
    team = VisitTeam.objects.create(
        plan_id=plan_id, lead_id=bureau.lead_id, name="第一组", starts=540, ends=1020, most=4
    )
    Visit.objects.filter(pk=to_do.pk).update(planned_start=570, planned_minutes=45, planned_team=team)
    (paper,) = made("visit_sheet", bureau.liaison, visit_id=to_do.pk)
    said = told(paper)
    assert "程守山（局长）走访：岗亭偏冷。" in said["此前反映情况"]
    assert "食堂拥挤" not in said["此前反映情况"]
    assert "情况仅向有权查看全部单位的人员提供" in said["此前反映情况"]
    assert said["走访组"] == "第一组"
    assert said["计划时间"].endswith("日 09:30–10:15")


def _other_measure(visit: Visit) -> int:
    """Return a measure under which a second visit of a unit may stand."""
    return (
        visit.measure.plan.measures.exclude(pk=visit.measure_id)
        .order_by("pk")
        .values_list("pk", flat=True)[0]
    )


def page_count(papers: list[SheetPaper]) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", render(papers).content))


@pytest.mark.django_db
def test_every_sheet_to_take_along_is_one_page_though_some_facts_need_more_lines(run: Any) -> None:
    """A team, a leader's long words, a later day that was allowed, a long name: as offices have them."""
    bureau, visits = run
    to_do = visits[2]
    (bare,) = made("visit_sheet", bureau.liaison, visit_id=to_do.pk)
    report = LeaderReport(
        "顾长河",
        "副局长",
        at(9),
        (to_do.unit_id,),
        found="职工连续值守，情绪稳定；值班用房面积偏小，建议添置行军床，并尽快解决夜班人员就餐不便、上下班接送困难。",
    )
    plan_id = to_do.measure.plan_id
    record_leader_visit(plan_id=plan_id, report=report, key=uuid4(), actor=bureau.office, at=at(9, 17))
    UnitRecord.objects.filter(unit=to_do.unit_id).update(
        name="澄江省水运管理局东江航道中心第三航标维护站防疫值守点"
    )
    team = VisitTeam.objects.create(
        plan_id=plan_id, lead_id=bureau.lead_id, name="第一组", starts=540, ends=1020, most=4
    )
    later = {"planned_on": date(2020, 4, 24), "late_reason": "汛期停航", "late_approved": True}
    Visit.objects.filter(pk=to_do.pk).update(
        planned_start=570, planned_minutes=45, planned_team=team, **later
    )
    (full,) = made("visit_sheet", bureau.liaison, visit_id=to_do.pk)
    assert "已批准" in told(full)["计划时间"]
    assert page_count([bare]) == page_count([full]) == 1
    papers = made("visit_sheet", bureau.office)
    assert page_count(papers) == len(papers) == 45
    room = [{entry.label: entry.lines for entry in paper.after} for paper in (bare, full)]
    assert min(room[1]["工作生活情况"], room[1]["反映困难诉求"]) >= 2, "room to write is left"
    assert room[0]["反映困难诉求"] > room[1]["反映困难诉求"]


@pytest.mark.django_db
def test_a_sheet_is_for_visits_to_make_and_a_record_for_those_made(run: Any) -> None:
    bureau, visits = run
    looks = Entry.objects.filter(action="records.make_paper").count()
    for kind, visit, code in (
        ("visit_sheet", visits[0], "sheet_after_visit"),
        ("visit_record", visits[2], "sheet_before_visit"),
    ):
        with pytest.raises(Refusal) as refused:
            made(kind, bureau.liaison, visit_id=visit.pk)
        assert refused.value.code == code
    assert Entry.objects.filter(action="records.make_paper").count() == looks


@pytest.mark.django_db
def test_nobody_makes_papers_of_units_that_the_posts_do_not_reach(run: Any) -> None:
    bureau, visits = run
    looks = Entry.objects.filter(action="records.make_paper").count()
    with pytest.raises(Refusal) as refused:
        made("visit_record", bureau.stranger, visit_id=visits[0].pk)
    assert refused.value.code == "visit_unknown"
    with pytest.raises(Refusal) as refused:
        made("visit_register", bureau.stranger)
    assert refused.value.code == "sheet_empty"
    for actor in (bureau.finance, bureau.inspector, bureau.approver):
        with pytest.raises(NotPermitted):
            made("visit_register", actor, is_full=True)
    with pytest.raises(NotPermitted):
        made("visit_record", bureau.stranger, visit_id=visits[0].pk, is_full=True)
    with pytest.raises(NotPermitted):
        made("units", bureau.liaison, is_full=True)  # its own units only, one by one
    assert Entry.objects.filter(action="records.make_paper").count() == looks


@pytest.mark.django_db
def test_a_table_of_a_part_of_the_units_says_so(run: Any) -> None:
    bureau, visits = run
    (paper,) = made("units", bureau.liaison)
    assert len(rows(paper)) == len(visits)
    assert "仅列制表人有权查看的单位" in paper.lines[-1]
    (whole,) = made("visit_register", bureau.office)
    assert "仅列" not in whole.lines[-1]


@pytest.mark.django_db
def test_each_making_is_a_look_and_the_trail_has_no_name_of_it(run: Any) -> None:
    bureau, visits = run
    made("visit_record", bureau.liaison, visit_id=visits[0].pk, is_full=True)
    look = Entry.objects.filter(action="records.make_paper").get()
    assert (look.subject, look.actor_label) == (f"visits.visit:{visits[0].pk}", bureau.liaison.label)
    assert look.facts == '{"count":1,"paper":"visit_record","unmasked":true}'


@pytest.mark.django_db
def test_many_visits_take_as_many_queries_as_one(run: Any) -> None:
    _bureau, visits = run
    counts = []
    for more in ({"visit_id": visits[2].pk}, {}):
        with CaptureQueriesContext(connection) as queries:
            made("visit_sheet", SYSTEM, **more)
        counts.append(len(queries))
    assert counts[1] <= counts[0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("found", "words"),
    [
        (FileNotFoundError(), "图片缺失"),
        (SealBroken(), "被改动或损坏"),
        (signature(1)[:-40], "图片损坏"),
    ],
)
def test_a_signature_that_nobody_can_show_leaves_the_paper_whole(
    run: Any, monkeypatch: pytest.MonkeyPatch, found: bytes | Exception, words: str
) -> None:
    bureau, _visits = run

    def read(_file: object) -> bytes:
        if isinstance(found, Exception):
            raise found
        return found

    monkeypatch.setattr("songnuan.journeys.visit_paper_rows.read_file", read)
    papers = made("receipts", bureau.officer)
    told_of = [cell for paper in papers for row in rows(paper) for cell in row if "屏幕签名" in cell]
    assert told_of
    assert all(words in cell for cell in told_of)
    assert render(papers).content.startswith(b"%PDF")
