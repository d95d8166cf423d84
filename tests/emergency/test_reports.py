"""Units report, exactly once; what is refused changes nothing; corrections, excuses, asking, passing on."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from emergency.house import (
    CENTRE,
    EAST,
    LEAVES,
    OFFICE,
    TEAM,
    UNITS,
    WEST,
    ZERO,
    ReportHouse,
    at,
    event,
    make_house,
    unchanged,
)
from songnuan.audit.models import Entry
from songnuan.emergency import report_checks
from songnuan.emergency.actions import Days
from songnuan.emergency.models import (
    ReportChase,
    ReportCount,
    ReportPart,
    ReportPeriod,
    ReportSlot,
    SituationReport,
)
from songnuan.emergency.report_queries import due_slots, history, lacking, levels, node_counts, top_of
from songnuan.emergency.report_rules import Told
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.chase_reports import chase_missing, chase_report
from songnuan.journeys.end_post import end_post
from songnuan.journeys.excuse_reports import excuse_reports, withdraw_excuse
from songnuan.journeys.pass_part_on import pass_part_on
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.models import Post
from songnuan.plans.models import Measure, MeasureStatus

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> ReportHouse:
    made = make_house()
    made.open(at(3, 9))
    return made


def days(first: int, last: int) -> Days:
    return Days(date(2020, 2, first), date(2020, 2, last))


def refused(act: object) -> Refusal:
    """Do what is refused, see that nothing was changed, and return the refusal."""
    with pytest.raises(Refusal) as caught:
        act()  # type: ignore[operator]
    return caught.value


# Periods -------------------------------------------------------------------------------------------


def test_a_period_opens_once_with_all_below_the_plan_but_its_own_office(house: ReportHouse) -> None:
    period = house.open(at(3, 12))
    assert ReportPeriod.objects.count() == 1
    names = {pk: name for name, pk in house.units.items()}
    assert {names[slot.unit_id] for slot in ReportSlot.objects.all()} == set(UNITS)
    assert house.slot("一站").path == f",{house.units[CENTRE]},{house.units[EAST]},"
    assert house.slot(EAST).path == f",{house.units[CENTRE]},{house.units[EAST]},"
    assert house.slot(TEAM).path == f",{house.units[CENTRE]},"
    assert (house.slot("一站").depth, house.slot(TEAM).depth) == (2, 1)
    top = top_of(period.pk)
    assert top is not None
    assert (top.node_id, top.tally.expected, top.tally.received) == (house.units[CENTRE], 8, 0)
    assert [one.tally.expected for one in node_counts(period.pk, above=house.units[CENTRE])] == [4, 3]
    assert [(depth, told.expected) for depth, told in levels(period.pk, house.units[CENTRE])] == [
        (1, 3),
        (2, 5),
    ]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"depth": 1}, {EAST, WEST, TEAM}),
        ({"kinds": [{"kind": "front_line"}]}, {"一站", "二站", "三站", "四站", "五站"}),
        ({"kinds": [{"kind": "department"}, {"kind": "subordinate"}]}, {EAST, WEST, TEAM}),
        ({"kinds": [{"kind": "front_line"}], "depth": 1}, set()),
    ],
)
def test_the_plan_says_who_reports(settings: dict[str, object], expected: set[str]) -> None:
    house = make_house(**settings)
    house.open(at(3, 9))
    names = {pk: name for name, pk in house.units.items()}
    assert {names[slot.unit_id] for slot in ReportSlot.objects.all()} == expected
    assert list(report_checks.verify()) == []


def test_days_on_which_nobody_worked_are_opened_after_and_none_twice(house: ReportHouse) -> None:
    house.open(at(7, 8))
    house.open(at(7, 9))
    assert [one.starts_at for one in ReportPeriod.objects.order_by("pk")] == [
        at(day, 0) for day in range(3, 8)
    ]


def test_nothing_opens_of_a_closed_measure_or_after_the_plan(house: ReportHouse) -> None:
    Measure.objects.update(status=MeasureStatus.CLOSED)
    house.open(at(9))
    assert ReportPeriod.objects.count() == 1


# Reporting -----------------------------------------------------------------------------------------


def test_all_safe_is_an_act_of_a_named_person_and_counts(house: ReportHouse) -> None:
    made = house.report("一站", at(3, 10), device_at=at(3, 9, 58), clock_skew_seconds=-3)
    slot = house.slot("一站")
    assert (slot.status, slot.version, slot.received_at, slot.is_late) == ("zero", 1, at(3, 10), False)
    assert (made.by_id, made.device_at, made.received_at) == (
        house.liaisons["一站"].user_id,
        at(3, 9, 58),
        at(3, 10),
    )
    assert made.clock_skew_seconds == -3
    assert made.figures == {"fever": 0, "contacts": 0}
    for node in (CENTRE, EAST):
        [counted] = node_counts(slot.period_id, node=house.units[node])
        assert (counted.tally.received, counted.tally.on_time, counted.tally.zero, counted.changes) == (
            1,
            1,
            1,
            1,
        )
    [other] = node_counts(slot.period_id, node=house.units[WEST])
    assert other.changes == 0
    entry = Entry.objects.get(action="emergency.report_situation")
    assert entry.stream.name == f"reports:{house.measure.pk}:{slot.unit_id % 16:02}"
    assert list(report_checks.verify()) == []


def test_an_event_is_told_to_the_office_and_the_unit_above_without_its_words(house: ReportHouse) -> None:
    house.report("一站", at(3, 10), event(at(3, 9)))
    sent = OutboxMessage.objects.filter(topic="situation.reported")
    assert {one.recipient_id for one in sent} == {house.office.user_id, house.liaisons[EAST].user_id}
    assert all("送诊" not in one.title + one.body for one in sent)
    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM emergency_situationreport")
        [(sealed,)] = cursor.fetchall()
    assert "送诊" not in sealed
    assert SituationReport.objects.get().words == "两名职工发热，已送诊。"


def test_a_late_report_is_taken_and_marked(house: ReportHouse) -> None:
    house.report("一站", at(3, 16, 1))
    house.report("二站", at(3, 16))
    assert (house.slot("一站").is_late, house.slot("二站").is_late) == (True, False)
    top = top_of(house.slot("一站").period_id)
    assert top is not None
    assert (top.tally.received, top.tally.on_time, top.tally.late) == (2, 1, 1)


def test_the_same_page_sent_again_comes_to_the_same_report(house: ReportHouse) -> None:
    key = uuid4()
    told = event(at(3, 9))
    first = house.report("一站", at(3, 10), told, key=key)
    unchanged(lambda: None)
    again = house.report("一站", at(9, 10), told, key=key, clock_skew_seconds=7)
    assert again.pk == first.pk
    assert SituationReport.objects.count() == 1
    assert OutboxMessage.objects.filter(topic="situation.reported").count() == 2
    assert list(report_checks.verify()) == []


@pytest.mark.parametrize("other", [ZERO, event(at(3, 8)), event(at(3, 9), words="改了")])
def test_the_same_key_with_other_content_is_refused(house: ReportHouse, other: Told) -> None:
    key = uuid4()
    house.report("一站", at(3, 10), event(at(3, 9)), key=key)

    def again() -> None:
        assert refused(lambda: house.report("一站", at(3, 11), other, key=key)).code == "key_reused"

    unchanged(again)


def test_a_key_of_another_unit_is_refused(house: ReportHouse) -> None:
    key = uuid4()
    house.report("一站", at(3, 10), key=key)
    unchanged(lambda: refused(lambda: house.report("二站", at(3, 11), key=key)))
    assert house.slot("二站").version == 0


def test_a_second_report_without_a_reason_is_refused(house: ReportHouse) -> None:
    house.report("一站", at(3, 10))

    def again() -> None:
        assert refused(lambda: house.report("一站", at(3, 11))).code == "report_there"

    unchanged(again)


@pytest.mark.parametrize("name", [EAST, "二站", "office", "viewer", "system"])
def test_nobody_but_the_liaison_of_this_very_unit_reports_for_it(house: ReportHouse, name: str) -> None:
    who = {"office": house.office, "viewer": house.viewer, "system": SYSTEM, **house.liaisons}[name]

    def other() -> None:
        with pytest.raises(NotPermitted) as caught:
            house.report("一站", at(3, 10), actor=who)
        assert caught.value.code == "not_permitted"

    unchanged(other)


def test_a_liaison_whose_post_has_ended_reports_no_more(house: ReportHouse) -> None:
    post = Post.objects.get(user=house.liaisons["一站"].user_id)
    end_post(post_id=post.pk, actor=SYSTEM, at=at(3, 10))
    house.open(at(4, 9))
    unchanged(lambda: refused(lambda: house.report("一站", at(4, 10))))


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (event(at(3, 10, 30)), "happened_ahead"),
        (event(at(3, 9), words="热" * 1_000_000), "text_too_long"),
        (event(at(3, 9), figures={"fever": -3}), "figure_unfit"),
        (event(at(3, 9), figures={"fever": 2**63}), "figure_unfit"),
        (Told("missing"), "kind_unfit"),
        (Told("zero", reason="改正"), "report_missing"),
    ],
)
def test_hostile_content_is_refused_and_nothing_is_written(house: ReportHouse, told: Told, code: str) -> None:
    def act() -> None:
        assert refused(lambda: house.report("一站", at(3, 10), told)).code == code

    unchanged(act)


def test_a_period_that_has_not_begun_or_does_not_exist_is_refused(house: ReportHouse) -> None:
    slot = house.slot("一站")
    for act, code in (
        (lambda: house.report("一站", at(2, 23)), "period_not_begun"),
        (lambda: house.report("一站", at(3, 10), slot_id=slot.pk + 10_000), "slot_unknown"),
        (lambda: house.report("二站", at(3, 10), slot_id=slot.pk), "not_permitted"),
    ):
        unchanged(lambda act=act, code=code: _is(refused(act).code, code))  # type: ignore[misc]


def _is(one: object, other: object) -> None:
    assert one == other


def test_nothing_is_reported_of_a_closed_measure_but_what_came_before_is_known(
    house: ReportHouse,
) -> None:
    key = uuid4()
    first = house.report("一站", at(3, 10), key=key)
    Measure.objects.update(status=MeasureStatus.CLOSED)
    assert house.report("一站", at(3, 11), key=key).pk == first.pk
    unchanged(lambda: _is(refused(lambda: house.report("二站", at(3, 11))).code, "measure_closed"))


# Corrections ---------------------------------------------------------------------------------------


def test_a_correction_is_a_new_version_and_stays_on_time(house: ReportHouse) -> None:
    house.report("一站", at(3, 10))
    house.report("一站", at(4, 10), event(at(3, 15), reason="漏报一人"), day=3)
    slot = house.slot("一站", 3)
    assert (slot.status, slot.version, slot.received_at, slot.is_late) == ("event", 2, at(3, 10), False)
    first, second = SituationReport.objects.order_by("version")
    assert (first.kind, second.kind, second.reason) == ("zero", "event", "漏报一人")
    top = top_of(slot.period_id)
    assert top is not None
    told = top.tally
    assert (told.received, told.on_time, told.zero, told.event, told.corrected) == (1, 1, 0, 1, 1)
    house.report("一站", at(4, 11), Told("zero", reason="核实无异常"), day=3)
    assert house.slot("一站", 3).version == 3
    assert list(report_checks.verify()) == []


def test_a_correction_never_makes_a_late_report_on_time(house: ReportHouse) -> None:
    house.report("一站", at(3, 17))
    house.report("一站", at(3, 18), event(at(3, 15), reason="补充"))
    assert house.slot("一站").is_late


def test_a_correction_that_says_the_same_is_refused(house: ReportHouse) -> None:
    house.report("一站", at(3, 10), event(at(3, 9)))
    same = event(at(3, 9), figures={"fever": 2, "contacts": 0}, reason="没有变化")
    unchanged(lambda: _is(refused(lambda: house.report("一站", at(3, 11), same)).code, "report_same"))


# Excuses -------------------------------------------------------------------------------------------


def test_an_excused_unit_is_not_expected_before_and_after(house: ReportHouse) -> None:
    excuse = excuse_reports(
        measure_id=house.measure.pk,
        unit_id=house.units["一站"],
        days=days(3, 4),
        reason="停业消杀",
        actor=house.liaisons[EAST],
        at=at(3, 20),
    )
    house.open(at(5, 9))
    assert [house.slot("一站", day).is_excused for day in (3, 4, 5)] == [True, True, False]
    counted = [one.tally for one in history(house.measure.pk, house.units[CENTRE])]
    assert [one.asked for one in counted] == [8, 7, 7]
    assert not due_slots([house.units["一站"]], at(4, 10)).filter(period__starts_at=at(4, 0)).exists()
    house.report("一站", at(4, 15), day=4)
    told = history(house.measure.pk, house.units[CENTRE])[1].tally
    assert (told.asked, told.received, told.zero) == (7, 0, 1)
    withdraw_excuse(excuse_id=excuse.pk, reason="照常开门", actor=house.office, at=at(5, 9))
    told = history(house.measure.pk, house.units[CENTRE])[1].tally
    assert (told.asked, told.received, told.zero) == (8, 1, 1)
    assert list(report_checks.verify()) == []


@pytest.mark.parametrize("name", [WEST, "一站", "viewer"])
def test_only_the_office_and_the_unit_right_above_excuse(house: ReportHouse, name: str) -> None:
    who = {"viewer": house.viewer, **house.liaisons}[name]
    unchanged(
        lambda: _is(
            refused(
                lambda: excuse_reports(
                    measure_id=house.measure.pk,
                    unit_id=house.units["一站"],
                    days=days(3, 4),
                    reason="停业",
                    actor=who,
                    at=at(3, 10),
                )
            ).code,
            "not_permitted",
        )
    )


@pytest.mark.parametrize(
    ("unit", "first", "last", "reason", "code"),
    [
        ("一站", 4, 3, "停业", "excuse_days"),
        ("一站", 3, 4, " ", "reason_missing"),
        ("一站", 4, 5, "停业", "excuse_stands"),
        (CENTRE, 3, 4, "停业", "unit_outside"),
    ],
)
def test_an_excuse_that_does_not_hold(  # noqa: PLR0917
    house: ReportHouse, unit: str, first: int, last: int, reason: str, code: str
) -> None:
    excuse_reports(
        measure_id=house.measure.pk,
        unit_id=house.units["一站"],
        days=days(5, 6),
        reason="停业",
        actor=house.office,
        at=at(3, 10),
    )
    act = {
        "measure_id": house.measure.pk,
        "unit_id": house.units[unit],
        "days": days(first, last),
        "reason": reason,
        "actor": house.office,
        "at": at(3, 10),
    }
    unchanged(lambda: _is(refused(lambda: excuse_reports(**act)).code, code))  # type: ignore[arg-type]


# Asking --------------------------------------------------------------------------------------------


def test_the_office_asks_who_is_missing_and_each_time_is_recorded(house: ReportHouse) -> None:
    house.report("一站", at(3, 10))
    period = house.slot("一站").period_id
    told = chase_missing(period_id=period, node_id=house.units[EAST], actor=house.office, at=at(3, 16, 5))
    assert (told.asked, told.before, told.unreached) == (3, 0, ())
    again = chase_missing(period_id=period, node_id=house.units[EAST], actor=house.office, at=at(3, 16, 10))
    assert (again.asked, again.before) == (0, 3)
    assert ReportChase.objects.count() == 3
    assert OutboxMessage.objects.filter(topic="situation.chased").count() == 3
    assert chase_report(
        slot_id=house.slot("二站").pk,
        way="phone",
        words="正在核实，十分钟内报",
        actor=house.liaisons[EAST],
        at=at(3, 16, 11),
    )


@pytest.mark.parametrize(
    ("name", "who", "hour", "way", "code"),
    [
        ("一站", "office", 17, "notice", "nothing_missing"),
        ("二站", "office", 15, "notice", "nothing_missing"),
        ("二站", WEST, 17, "notice", "not_permitted"),
        ("二站", "二站", 17, "notice", "not_permitted"),
        ("二站", "viewer", 17, "notice", "not_permitted"),
        ("二站", "office", 17, "phone", "words_missing"),
    ],
)
def test_asking_that_is_refused(  # noqa: PLR0917
    house: ReportHouse, name: str, who: str, hour: int, way: str, code: str
) -> None:
    house.report("一站", at(3, 10))
    actor = {"office": house.office, "viewer": house.viewer, **house.liaisons}[who]
    slot = house.slot(name).pk
    unchanged(
        lambda: _is(
            refused(lambda: chase_report(slot_id=slot, way=way, actor=actor, at=at(3, hour))).code, code
        )
    )


# Passing on ----------------------------------------------------------------------------------------


def pass_on(
    house: ReportHouse, name: str, hour: int, named: tuple[str, ...] = (), **how: object
) -> ReportPart:
    facts = {"words": "已核对。", "actor": house.liaisons.get(name, house.office), **how}
    return pass_part_on(
        period_id=house.slot("一站").period_id,
        unit_id=house.units[name],
        named=[house.units[one] for one in named],
        at=at(3, hour),
        **facts,  # type: ignore[arg-type]
    )


def test_a_parent_passes_on_after_its_children_and_a_correction_opens_it_again(
    house: ReportHouse,
) -> None:
    for name in (EAST, "一站", "二站"):
        house.report(name, at(3, 10))
    told: list[Refusal] = []
    unchanged(lambda: told.append(refused(lambda: pass_on(house, EAST, 15))))
    assert (told[0].code, told[0].field, told[0].facts["count"]) == ("children_missing", "missing", 1)
    assert "三站" in told[0].sentence
    made = pass_on(house, EAST, 15, ("三站",))
    assert (made.version, made.missing, made.is_by_office) == (1, [house.units["三站"]], False)
    period = house.slot("一站").period_id
    assert house.units[EAST] not in lacking(period, house.units[CENTRE])
    assert refused(lambda: pass_on(house, EAST, 15, ("三站",))).code == "part_stands"
    house.report("一站", at(3, 16), event(at(3, 15), reason="补报"))
    assert lacking(period, house.units[CENTRE])[house.units[EAST]] == "part"
    house.report("三站", at(3, 17))
    assert pass_on(house, EAST, 18).version == 2
    assert pass_on(house, WEST, 18, (WEST, "四站", "五站")).missing == sorted(
        house.units[one] for one in (WEST, "四站", "五站")
    )
    assert lacking(period, house.units[CENTRE]) == {house.units[WEST]: "report", house.units[TEAM]: "report"}


def test_who_is_excused_is_not_missing_from_a_part(house: ReportHouse) -> None:
    for name in (EAST, "一站", "二站"):
        house.report(name, at(3, 10))
    excuse_reports(
        measure_id=house.measure.pk,
        unit_id=house.units["三站"],
        days=days(3, 3),
        reason="停业",
        actor=house.office,
        at=at(3, 11),
    )
    assert pass_on(house, EAST, 12).missing == []


@pytest.mark.parametrize(
    ("name", "who", "words", "code"),
    [
        (EAST, WEST, "好", "not_permitted"),
        (EAST, "一站", "好", "not_permitted"),
        (EAST, "office", "好", "not_permitted"),
        (EAST, EAST, "  ", "words_missing"),
        ("一站", "一站", "好", "node_unknown"),
        (CENTRE, "office", "好", "node_unknown"),
    ],
)
def test_passing_on_that_is_refused(house: ReportHouse, name: str, who: str, words: str, code: str) -> None:
    for unit in LEAVES:
        house.report(unit, at(3, 10))
    house.report(EAST, at(3, 10))
    actor = {"office": house.office, **house.liaisons}[who]
    unchanged(lambda: _is(refused(lambda: pass_on(house, name, 12, words=words, actor=actor)).code, code))


# The database --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE emergency_reportslot SET received_at = '2020-02-03 01:00:00+00:00' WHERE version > 0",
        "UPDATE emergency_reportslot SET status = 'open', version = 0, received_at = NULL WHERE version > 0",
        "UPDATE emergency_reportslot SET version = version + 2, status = 'event' WHERE version > 0",
        "UPDATE emergency_reportslot SET path = ',1,'",
        "DELETE FROM emergency_situationreport",
        "UPDATE emergency_situationreport SET by_id = by_id + 1",
        "UPDATE emergency_situationreport SET received_at = '2020-02-03 01:00:00+00:00'",
        "UPDATE emergency_reportcount SET received = expected + 1",
        "UPDATE emergency_reportcount SET expected = expected + 1",
        "UPDATE emergency_reportperiod SET due_at = ends_at",
        (
            "INSERT INTO emergency_situationreport (slot_id, version, kind, category, figures, reason, by_id,"
            " clock_skew_seconds, received_at, key, digest) SELECT slot_id, 2, kind, '', '{}', 'x', by_id, 0,"
            " received_at, '00000000-0000-0000-0000-000000000001', '' FROM emergency_situationreport"
        ),
    ],
)
def test_the_database_keeps_what_was_reported(house: ReportHouse, statement: str) -> None:
    house.report("一站", at(3, 10))
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_check_finds_counts_that_were_tampered_with(house: ReportHouse) -> None:
    house.report("一站", at(3, 10))
    ReportCount.objects.filter(received=1).update(received=0, on_time=0)
    assert {one.code for one in report_checks.verify()} == {"report_counts"}


def test_the_check_finds_a_slot_that_is_excused_by_nobody(house: ReportHouse) -> None:
    ReportSlot.objects.filter(pk=house.slot("一站").pk).update(is_excused=True)
    assert {one.code for one in report_checks.verify()} == {"report_counts", "report_excuse"}


def test_the_check_finds_words_that_were_changed(house: ReportHouse) -> None:
    house.report("一站", at(3, 10), event(at(3, 9)))
    SituationReport.objects.update(words="没事。")
    assert {one.code for one in report_checks.verify()} == {"report_changed"}


def test_what_is_due_from_a_unit_is_seen_for_some_days(house: ReportHouse) -> None:
    house.open(at(8, 9))
    unit = [house.units["一站"]]
    assert [slot.period.starts_at for slot in due_slots(unit, at(8, 17))] == [at(6, 0), at(7, 0), at(8, 0)]
    house.report("一站", at(8, 17), day=8)
    assert len(due_slots(unit, at(8, 17))) == 2
    week = {"starts_at": at(3, 12), "due_at": at(9, 16), "ends_at": at(10, 0), "opened_at": at(3, 12)}
    period = ReportPeriod.objects.create(measure=house.measure, **week)
    slot = house.slot("一站")
    ReportSlot.objects.create(
        period=period, unit_id=unit[0], parent_id=slot.parent_id, path=slot.path, depth=slot.depth
    )
    assert due_slots(unit, at(8, 17))[2].period == period, "a week's report is due to the end of the week"
    assert due_slots([house.units[OFFICE]], at(8, 10)).count() == 0
