"""What a unit told by telephone is entered by the office alone, and marked; drills stand in no real rate."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from emergency.house import (
    CENTRE,
    EAST,
    UNITS,
    ZERO,
    ReportHouse,
    at,
    entries,
    event,
    make_house,
    rows_of,
    unchanged,
)
from songnuan.audit.models import Entry
from songnuan.documents.official import from_json
from songnuan.emergency import report_checks
from songnuan.emergency.actions import Sent
from songnuan.emergency.models import Activation, Member, ReportPeriod, SituationReport
from songnuan.emergency.report_queries import history, over_time
from songnuan.emergency.report_rules import Told
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.chase_reports import chase_report
from songnuan.journeys.living_plan import evidence_of, progress_of
from songnuan.journeys.report_situation import enter_by_phone
from songnuan.journeys.report_summary import make_report_summary
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Role
from songnuan.plans.models import Measure
from web.browsing import as_, on

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> ReportHouse:
    made = make_house()
    made.open(at(3, 9))
    return made


def enter(house: ReportHouse, moment: datetime, told: Told | None = None, **how: Any) -> SituationReport:
    told = told or Told("zero", told_by="王站长", told_at=at(3, 9, 50))
    slot, actor = how.pop("slot_id", None) or house.slot("一站", 3).pk, how.pop("actor", house.office)
    sent = Sent(how.pop("key", None) or uuid4(), **how)
    return enter_by_phone(slot_id=slot, told=told, sent=sent, actor=actor, at=moment)


def refused(act: Any) -> str:
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value.code


# By telephone --------------------------------------------------------------------------------------


def test_what_was_told_by_telephone_is_marked_everywhere_and_arrives_once(house: ReportHouse) -> None:
    key, slot = uuid4(), house.slot("一站")
    told = event(at(3, 9), told_by=" 王站长 ", told_at=at(3, 9, 50))
    made = enter(house, at(3, 10), told, key=key)
    again = enter(house, at(3, 12), told, key=key)
    assert (again.pk, made.by_id, made.told_by, made.told_at) == (
        made.pk,
        house.office.user_id,
        "王站长",
        at(3, 9, 50),
    )
    assert refused(
        lambda: enter(house, at(3, 12), event(at(3, 9), told_by="李", told_at=at(3, 9)), key=key)
    ) == ("key_reused")
    slot.refresh_from_db()
    assert (slot.status, slot.is_late, slot.received_at) == ("event", False, at(3, 10))
    assert Entry.objects.get(action="emergency.report_situation").facts.count('"by_phone":true') == 1
    [notice] = OutboxMessage.objects.filter(topic="situation.entered")
    assert notice.recipient_id == house.liaisons["一站"].user_id
    with connection.cursor() as cursor:
        cursor.execute("SELECT told_by FROM emergency_situationreport")
        assert "王" not in cursor.fetchone()[0]
    with on(at(3, 17)):
        for path in (
            reverse("situation_slot", args=(slot.pk,)),
            reverse("situation_period", args=(slot.period_id,)),
        ):
            assert (
                "电话报告"
                in as_(house.office).get(path, headers={"Accept-Language": "zh-hans"}).content.decode()
            )
    paper = make_report_summary(period_id=slot.period_id, actor=house.office, at=at(3, 17))
    said = "\n".join(line.text for line in from_json(paper.snapshot).body)
    assert "其中由值守人员记录电话报告1个。" in said
    assert "（电话报告）" in said
    # What the unit says itself afterwards is its own.
    house.report("一站", at(3, 18), Told("zero", reason="核实无异常"))
    assert SituationReport.objects.latest("version").told_at is None
    assert list(report_checks.verify()) == []


def test_the_time_of_the_call_dates_nothing_back(house: ReportHouse) -> None:
    enter(house, at(3, 16, 5), Told("zero", told_by="王站长", told_at=at(3, 15, 30)))
    assert house.slot("一站").is_late


def test_who_may_not_enter_and_what_is_not_taken(house: ReportHouse) -> None:
    found: list[str] = []
    for who in (house.liaisons["一站"], house.liaisons[EAST], house.viewer, SYSTEM):
        unchanged(lambda who=who: found.append(refused(lambda: enter(house, at(3, 10), actor=who))))  # type: ignore[misc]
    assert found == ["not_permitted"] * 4
    for told_by, told_at, code in (
        (" ", at(3, 9), "told_by_missing"),
        ("名" * 61, at(3, 9), "text_too_long"),
        ("王站长", None, "told_at_unfit"),
        ("王站长", at(3, 10, 30), "told_at_unfit"),
        ("王站长", at(2, 23), "told_at_unfit"),
    ):
        told = Told("zero", told_by=told_by, told_at=told_at)
        unchanged(lambda told=told, code=code: _is(refused(lambda: enter(house, at(3, 10), told)), code))  # type: ignore[misc]
    house.report("一站", at(3, 10))
    assert refused(lambda: enter(house, at(3, 11))) == "report_there"
    # A liaison's own report says nothing of a call, whatever is handed in.
    house.report("二站", at(3, 10), Told("zero", told_by="王站长", told_at=at(3, 9)))
    assert not SituationReport.objects.exclude(told_at=None).exists()


def test_the_office_corrects_what_it_entered_by_telephone_as_a_new_version(house: ReportHouse) -> None:
    enter(house, at(3, 10), event(at(3, 9), told_by="王站长", told_at=at(3, 9, 50)))
    again, key = event(at(3, 9), figures={"fever": 3}, told_by="王站长", told_at=at(3, 9, 50)), uuid4()
    colleague = house.hire("office2", Role.EPIDEMIC_OFFICE, CENTRE)
    made = enter(house, at(3, 17), replace(again, reason="误听"), key=key, actor=colleague, corrects=1)
    assert enter(house, at(3, 18), replace(again, reason="误听"), key=key, actor=colleague).pk == made.pk
    assert (made.version, made.reason, made.figures["fever"]) == (2, "误听", 3)
    assert (made.told_by, made.told_at, made.by_id) == ("王站长", at(3, 9, 50), colleague.user_id)
    slot = house.slot("一站")
    assert (slot.version, slot.is_late, slot.received_at) == (2, False, at(3, 10))
    assert SituationReport.objects.get(version=1).figures["fever"] == 2
    assert Entry.objects.get(action="emergency.correct_situation").facts.count('"by_phone":true') == 1
    notices = OutboxMessage.objects.filter(recipient_id=house.liaisons["一站"].user_id).order_by("pk")
    assert [one.topic for one in notices] == ["situation.entered"] * 2
    assert notices[1].title == "值守人员更正一站电话报告：有事"
    told = OutboxMessage.objects.filter(topic="situation.reported", key__contains=f":{slot.pk}:2:")
    assert {one.recipient_id for one in told} == {house.office.user_id, house.liaisons[EAST].user_id}
    assert {one.title for one in told} == {"值守人员更正了一站的电话报告：人员健康异常"}
    paper = make_report_summary(period_id=slot.period_id, actor=house.office, at=at(3, 17))
    assert "（电话报告，已更正）" in "\n".join(line.text for line in from_json(paper.snapshot).body)
    assert list(report_checks.verify()) == []


def test_what_the_office_does_not_correct(house: ReportHouse) -> None:
    first = Told("zero", told_by="王站长", told_at=at(3, 9, 50))
    enough = event(at(3, 9), told_by="王站长", told_at=at(3, 10, 50), reason="又来电")
    unchanged(lambda: _is(refused(lambda: enter(house, at(3, 11), enough)), "report_missing"))
    enter(house, at(3, 10), first)
    for told, how, code in (
        (replace(first, reason="照旧"), {}, "report_same"),
        (replace(enough, reason=""), {}, "report_there"),
        (replace(enough, told_by=""), {}, "told_by_missing"),
        (replace(enough, told_at=at(3, 12)), {}, "told_at_unfit"),
        (enough, {"corrects": 2}, "report_moved_on"),
        (enough, {"actor": house.liaisons["一站"]}, "not_permitted"),
        (enough, {"actor": house.liaisons[EAST]}, "not_permitted"),
        (enough, {"actor": house.viewer}, "not_permitted"),
        (enough, {"actor": SYSTEM}, "not_permitted"),
    ):
        unchanged(
            lambda told=told, how=how, code=code: _is(  # type: ignore[misc]
                refused(lambda: enter(house, at(3, 11), told, **how)), code
            )
        )
    # Who told it may have been taken down wrongly, and nothing else.
    enter(house, at(3, 11), replace(first, told_by="汪站长", reason="姓名误记"))
    house.report("一站", at(3, 12), event(at(3, 9), reason="核实"))
    unchanged(lambda: _is(refused(lambda: enter(house, at(3, 13), enough)), "report_of_unit"))
    house.report("二站", at(3, 12))
    slot = house.slot("二站").pk
    unchanged(lambda: _is(refused(lambda: enter(house, at(3, 13), enough, slot_id=slot)), "report_of_unit"))


def _is(one: object, other: object) -> None:
    assert one == other


def test_the_form_of_the_office_ticks_nothing_beforehand(house: ReportHouse) -> None:
    path = reverse("situation_call", args=(house.slot("一站").pk,))
    told = {"key": uuid4(), "told_by": "王站长", "told_at": "2020-02-03T09:50"}
    with on(at(3, 10)):
        page = as_(house.office).get(reverse("situation_slot", args=(house.slot("一站").pk,)))
        assert page.context["call"]["kind"].value() is None
        assert "call" not in as_(house.liaisons[EAST]).get(page.request["PATH_INFO"]).context
        before = rows_of(), entries()
        wrong = as_(house.office).post(path, told)
        assert [*wrong.context["call"].errors] == ["kind"]
        assert as_(house.liaisons[EAST]).post(path, {**told, "kind": "zero"}).status_code == 403
        assert (rows_of(), entries()) == before
        assert as_(house.office).post(path, {**told, "kind": "zero"}).status_code == 302
    assert SituationReport.objects.get().told_by == "王站长"


def test_the_form_by_which_the_office_corrects_shows_what_stands_and_only_to_the_office(
    house: ReportHouse,
) -> None:
    slot = house.slot("一站")
    page, path = (reverse(name, args=(slot.pk,)) for name in ("situation_slot", "situation_call_correct"))
    told = {
        "key": uuid4(),
        "corrects": "1",
        "kind": "event",
        "category": "health",
        "happened_at": "2020-02-03T09:30",
        "figure-fever": "1",
        "words": "一人发热。",
        "told_by": "王站长",
        "told_at": "2020-02-03T09:50",
    }
    with on(at(3, 10)):
        office = as_(house.office)
        enter(house, at(3, 10))
        shown = office.get(page).context
        assert ("call" in shown, shown["call_correction"]["told_by"].value()) == (False, "王站长")
        for who in ("一站", EAST):
            assert "call_correction" not in as_(house.liaisons[who]).get(page).context
            before = rows_of(), entries()
            assert as_(house.liaisons[who]).post(path, {**told, "reason": "误听"}).status_code == 403
            assert (rows_of(), entries()) == before
        assert [*office.post(path, told).context["call_correction"].errors] == ["reason"]
        assert office.post(path, {**told, "reason": "误听"}).status_code == 302
        house.report("一站", at(3, 10), Told("zero", reason="核实"))
        assert "call_correction" not in office.get(page).context
    assert [one.told_by for one in SituationReport.objects.order_by("version")] == ["王站长", "王站长", None]


def test_the_database_keeps_who_told_it(house: ReportHouse) -> None:
    enter(house, at(3, 10))
    for statement in (
        "UPDATE emergency_situationreport SET told_at = NULL",
        "UPDATE emergency_situationreport SET told_at = NULL, told_by = NULL",
        "UPDATE emergency_reportperiod SET is_drill = NOT is_drill",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    SituationReport.objects.update(told_by="别人")
    assert {one.code for one in report_checks.verify()} == {"report_changed"}


# During a response, and in a drill -----------------------------------------------------------------


def respond(house: ReportHouse, since: datetime, until: datetime | None = None, *, is_drill: bool) -> None:
    """Set a response in motion by its table."""
    measure, _new = Measure.objects.get_or_create(
        plan=house.measure.plan,
        position=9,
        key="response",
        clause_key="response",
        kind="response",
        settings={},
    )
    assert house.office.user_id is not None
    member, _new = Member.objects.get_or_create(
        measure=measure,
        user_id=house.office.user_id,
        defaults={"position": "leader", "turn": 1, "starts_on": at(1).date(), "appointed_at": at(1)},
    )
    made = Activation.objects.create(
        measure=measure,
        is_drill=is_drill,
        year=2020,
        serial=Activation.objects.count() + 1,
        code="临澄应急",
        level="four",
        level_label="四级",
        scope="全区",
        reason="通知",
        issued_by_id=house.office.user_id,
        issued_as=member,
        issued_at=since,
        holder=member,
    )
    if until is not None:
        Activation.objects.filter(pk=made.pk).update(
            status="ended",
            ended_at=until,
            ended_by=house.office.user_id,
            end_reason="结束",
            end_year=2020,
            end_serial=made.serial,
        )


def opened() -> list[tuple[int, bool]]:
    rows = ReportPeriod.objects.order_by("starts_at", "is_drill").values_list("starts_at", "is_drill")
    return [((when - at(1, 0)).days + 1, is_drill) for when, is_drill in rows]


def test_periods_open_while_a_response_is_in_force_and_a_drill_counts_for_itself() -> None:
    house = make_house(during="response")
    assert house.measure.settings["during"] == "response"
    respond(house, at(4, 17), at(6, 10), is_drill=True)  # after the due time of the 4th
    house.open(at(7, 9))
    assert opened() == [(5, True), (6, True)]
    respond(house, at(7, 15, 59), is_drill=True)
    respond(house, at(8, 12), at(8, 20), is_drill=False)
    house.open(at(7, 16))
    assert opened() == [(5, True), (6, True), (7, True)]
    house.open(at(8, 11))
    house.open(at(8, 21))
    house.open(at(9, 1))
    assert opened() == [(5, True), (6, True), (7, True), (8, False), (9, True)]


def test_a_real_response_in_the_period_of_a_drill_opens_a_real_one_beside_it() -> None:
    house = make_house(during="response")
    respond(house, at(3, 8), is_drill=True)
    drill = house.open(at(3, 9))
    house.report("一站", at(3, 10))
    respond(house, at(3, 11), is_drill=False)
    house.open(at(3, 12))
    real = ReportPeriod.objects.get(is_drill=False)
    assert opened() == [(3, False), (3, True)]
    told = history(house.measure.pk, house.units[CENTRE])
    assert {one.period.pk: one.tally.received for one in told} == {drill.pk: 1, real.pk: 0}
    counted = over_time(house.measure.pk, [house.units[CENTRE]], at(3, 0), at(4, 0))
    assert (counted[house.units[CENTRE]].expected, counted[house.units[CENTRE]].received) == (8, 0)
    progress = progress_of([house.measure], at(3, 17))[house.measure.pk]
    assert (progress.done, progress.late) == (0, 8)
    for name in set(UNITS) - {"一站"}:
        slot = drill.slots.get(unit=house.units[name])
        house.report(name, at(3, 12), ZERO, slot_id=slot.pk)
    assert progress_of([house.measure], at(3, 17))[house.measure.pk].done == 0
    assert list(report_checks.verify()) == []


def test_a_drill_says_so_on_page_notice_and_paper() -> None:
    house = make_house(during="response")
    respond(house, at(3, 8), is_drill=True)
    drill = house.open(at(3, 9))
    house.report("一站", at(3, 10), event(at(3, 9)))
    slot = house.slot("二站")
    chase_report(slot_id=slot.pk, way="notice", actor=house.office, at=at(3, 16, 5))
    titles = [one.title for one in OutboxMessage.objects.filter(topic__startswith="situation.")]
    assert len(titles) == 3
    assert all("演练" in one for one in titles), titles
    paper = make_report_summary(period_id=drill.pk, actor=house.office, at=at(3, 17))
    text = from_json(paper.snapshot)
    assert paper.number == "临澄社防演〔2020〕1号"
    assert text.title.endswith("（演练）")
    assert text.body[0].text == "本次为应急演练，没有真实情况发生。"
    pages = [("situation", ()), ("situation_slot", (slot.pk,)), ("situation_period", (drill.pk,))]
    pages += [("situation_measure", (house.measure.pk,)), ("situation_summary", (drill.pk,)), ("home", ())]
    with on(at(3, 17)):
        for name, args in pages:
            who = house.liaisons["二站"] if name in {"situation", "home"} else house.office
            page = as_(who).get(reverse(name, args=args), headers={"Accept-Language": "zh-hans"})
            assert "演练" in page.content.decode(), name
    entry = Entry.objects.filter(action="emergency.report_situation").get()
    assert '"drill":true' in entry.facts
    assert any("演练" in one.label for one in evidence_of(house.measure, at(3, 17)))
