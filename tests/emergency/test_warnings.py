"""Counts of situation reports raise alerts, once each, and are reckoned anew when they change."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from emergency.house import CENTRE, EAST, ReportHouse, at, make_house, rows_of
from emergency.warning_house import TABLES, WATCHES, alert_house, fever, look, tell_days, watch
from songnuan.emergency import report_checks, warning_checks
from songnuan.emergency.actions import Days, warnings
from songnuan.emergency.models import Alert, AlertAct, Member, WarningLook
from songnuan.emergency.warning_reckoning import look as reckon
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.act_on_alert import acknowledge_alert, close_alert, verify_alert
from songnuan.journeys.base import step
from songnuan.journeys.excuse_reports import excuse_reports
from songnuan.journeys.measures.early_warning import KIND
from songnuan.journeys.remind_of_alerts import remind_of_alerts
from songnuan.journeys.warning_settings import watched
from songnuan.kernel.actor import SYSTEM
from songnuan.plans.models import Measure, MeasureStatus
from web.browsing import user_of

pytestmark = pytest.mark.django_db
QUIET: list[int | None] = [1, 0, 1, 1, 0, 1, 1]


def found(house: ReportHouse) -> set[tuple[str, bool, int]]:
    of = {pk: name for name, pk in house.units.items()}
    return {(of[row.unit_id], row.is_node, row.count) for row in Alert.objects.all()}


def told(topic: str) -> set[int]:
    rows = OutboxMessage.objects.filter(topic=f"warning.{topic}")
    return set(rows.values_list("recipient_id", flat=True))


def verbs(alert: Alert) -> list[str]:
    return list(AlertAct.objects.filter(alert=alert).order_by("pk").values_list("verb", flat=True))


# What is raised ------------------------------------------------------------------------------------


def test_an_alarm_is_one_alert_of_the_unit_and_of_each_node_above() -> None:
    house, measure = alert_house()
    assert found(house) == {("一站", False, 9), (EAST, True, 9), (CENTRE, True, 9)}
    row = Alert.objects.get(is_node=False)
    assert (row.method, row.z, row.least_sd, row.figure_label) == ("C1", "3.0", "0.5", "发热人数")
    assert float(row.expected) == pytest.approx(5 / 7)
    assert float(row.upper) == pytest.approx(5 / 7 + 3 * 0.5)
    assert (row.asked, row.received, row.now_count, row.is_over) == (1, 1, 9, True)
    assert row.path == f",{house.units[CENTRE]},{house.units[EAST]},"
    top = Alert.objects.get(unit=house.units[CENTRE])
    assert (top.asked, top.received, top.path) == (8, 1, f",{house.units[CENTRE]},")
    before = rows_of(*TABLES)
    for moment in (at(10, 16, 5), at(10, 20)):
        assert look(moment) == 0
    Measure.objects.filter(pk=measure.pk).update(settings={**measure.settings, "least_complete": 2})
    assert look(at(10, 21)) == 0
    assert rows_of(*TABLES) == before, "however often it is reckoned, it is raised once"
    assert list(warning_checks.verify()) == []


def test_the_office_and_those_above_hear_of_it_with_the_method_and_the_floor() -> None:
    house, _measure = alert_house()
    assert told("raised") == {house.office.user_id, house.liaisons[EAST].user_id}
    text = OutboxMessage.objects.get(topic="warning.raised", recipient_id=house.liaisons[EAST].user_id)
    assert "C1" in text.body
    assert "0.5" in text.body
    assert text.url.startswith("/warnings/alerts/"), "of the one station below it alone"


def test_a_day_without_a_report_is_passed_over_and_a_zero_report_is_zero() -> None:
    house = make_house()
    watch(house)
    line: list[int | None] = [4, None, 4, 5, None, 4, 5, 4, None, 4, 9]
    zeros: list[int | None] = [*[0] * 10, 2]
    look(tell_days(house, {"一站": line, "二站": zeros}))
    rows = {(row.unit_id, row.is_node): row for row in Alert.objects.all()}
    own = rows[house.units["一站"], False]
    assert float(own.expected) == pytest.approx((4 + 5 + 4 + 5 + 4 + 4 + 4) / 7)
    second = rows[house.units["二站"], False]
    assert (second.expected, second.upper, second.count) == ("0.0", "1.5", 2)


def test_a_period_is_not_judged_before_it_is_due() -> None:
    house = make_house()
    watch(house)
    tell_days(house, {"一站": [*QUIET, 9]})
    assert look(at(10, 15, 59)) == 0
    assert not Alert.objects.exists()
    assert look(at(10, 16)) == 3


def test_what_is_told_in_a_drill_raises_nothing_and_real_days_are_not_held_against_it() -> None:
    house = make_house()
    watch(house)
    counts: dict[str, list[int | None]] = {"一站": [*QUIET, 9, 9]}
    later = tell_days(house, counts, drills={10})
    assert look(at(10, 20)) == 0
    assert not Alert.objects.exists()
    look(later)
    row = Alert.objects.get(is_node=False)
    assert float(row.expected) == pytest.approx(5 / 7), "the nine of the drill stand in no baseline"


def test_periods_that_were_due_before_the_measure_was_opened_are_not_judged() -> None:
    house = make_house()
    measure = watch(house)
    Measure.objects.filter(pk=measure.pk).update(opened_at=at(11))
    moment = tell_days(house, {"一站": [*QUIET, 9, 9]})
    assert look(at(10, 23)) == 0
    look(moment)
    assert set(Alert.objects.values_list("period__starts_at", flat=True)) <= {at(11, 0)}
    Measure.objects.filter(pk=measure.pk).update(status=MeasureStatus.CLOSED)
    house.report("二站", at(11, 18), fever(at(11, 9), 30))
    assert look(at(11, 19)) == 0, "what is closed is not looked at any more"


def test_a_late_report_is_reckoned_and_so_is_the_node_above_it() -> None:
    house = make_house()
    watch(house)
    look(tell_days(house, {"一站": [*QUIET, None]}))
    assert not Alert.objects.exists()
    house.report("一站", at(10, 22), fever(at(10, 9), 6))
    assert look(at(10, 22, 5)) == 3


def test_the_total_of_a_node_counts_from_its_least_completeness_on() -> None:
    house = make_house()
    watch(house, least_complete=75)
    east = ("一站", "二站", "三站", EAST)
    look(tell_days(house, {"一站": [*QUIET, 9], **{name: [0] * 7 for name in east[1:]}}))
    assert found(house) == {("一站", False, 9)}, "one of four has reported, and of eight in all"
    house.report("二站", at(10, 17))
    house.report("三站", at(10, 18))
    look(at(10, 18, 5))
    assert found(house) == {("一站", False, 9), (EAST, True, 9)}, "three of four, and four of eight in all"
    day = at(10).date()
    excuse_reports(
        measure_id=house.measure.pk, unit_id=house.units["二站"], days=Days(day, day), reason="停业",
        actor=house.office, at=at(10, 19),
    )  # fmt: skip
    look(at(10, 19, 5))
    alert = Alert.objects.get(is_node=True)
    assert (alert.now_count, alert.is_over) == (None, False), "two of three are less than that"
    assert verbs(alert) == ["raised", "reckoned"]


# What is reckoned anew -----------------------------------------------------------------------------


def test_a_correction_leaves_the_alert_and_says_so_beside_it() -> None:
    house, _measure = alert_house()
    house.report("一站", at(10, 18), fever(at(10, 9), 1, reason="多报"), day=10)
    look(at(10, 18, 5))
    alert = Alert.objects.get(is_node=False)
    assert (alert.count, alert.now_count, alert.is_over, alert.status) == (9, 1, False, "raised")
    last = AlertAct.objects.filter(alert=alert).latest("pk")
    assert (last.verb, last.count, last.is_over, last.by_id) == ("reckoned", 1, False, None)
    assert told("anew") == {house.office.user_id}
    before = rows_of(*TABLES)
    look(at(10, 18, 10))
    assert rows_of(*TABLES) == before
    house.report("一站", at(10, 19), fever(at(10, 9), 12, reason="补报"), day=10)
    look(at(10, 19, 5))
    alert.refresh_from_db()
    assert (alert.count, alert.now_count, alert.is_over) == (9, 12, True)
    assert Alert.objects.count() == 3
    assert list(warning_checks.verify()) == list(report_checks.verify()) == []


def test_a_correction_of_an_earlier_day_changes_what_later_days_are_held_against() -> None:
    house, _measure = alert_house()
    house.report("一站", at(10, 17), fever(at(5, 9), 40, reason="漏报"), day=5)
    assert look(at(10, 17, 5)) == 0, "before it are too few days"
    alert = Alert.objects.get(is_node=False)
    assert (alert.count, alert.now_count, alert.is_over) == (9, 9, False)
    assert float(alert.upper) == pytest.approx(5 / 7 + 3 * 0.5), "as it was raised"


def test_an_alert_is_reckoned_anew_by_the_rule_that_raised_it() -> None:
    house, measure = alert_house()
    watches = [{**WATCHES[0], "least_sd": "9"}]
    Measure.objects.filter(pk=measure.pk).update(settings={**measure.settings, "watches": watches})
    house.report("二站", at(10, 17), fever(at(10, 9), 1), day=10)
    look(at(10, 17, 5))
    assert all(Alert.objects.values_list("is_over", flat=True))


def test_of_two_looks_at_once_one_is_kept() -> None:
    house = make_house()
    measure = watch(house)
    moment = tell_days(house, {"一站": [*QUIET, 9]})
    mine = reckon(measure, house.measure.pk, watched(measure, house.measure), since=at(3), at=moment)
    assert mine is not None
    assert look(moment) == 3
    before = rows_of(*TABLES)
    with step():
        assert warnings.take_look(measure=measure, found=mine, actor=SYSTEM, at=moment) is None
    assert rows_of(*TABLES) == before


def test_however_many_units_there_are_the_questions_are_the_same(
    django_assert_max_num_queries: object,
) -> None:
    house = make_house()
    measure = watch(house)
    moment = tell_days(house, {name: [*QUIET, 9] for name in ("一站", "二站", "三站", "四站", "五站")})
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        mine = reckon(measure, house.measure.pk, watched(measure, house.measure), since=at(3), at=moment)
    assert mine is not None
    assert len(mine.alarms) == 8


def test_the_database_keeps_what_an_alert_was_raised_by() -> None:
    alert_house()
    before = rows_of(Alert, AlertAct)
    changes = ({"count": 1}, {"least_sd": "9.0"}, {"status": "closed"}, {"path": ",1,"}, {"upper": "0.0"})
    for change in changes:
        with pytest.raises(IntegrityError), transaction.atomic():
            Alert.objects.filter(is_node=False).update(**change)
    for rows in (Alert.objects.all(), AlertAct.objects.all()):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows._raw_delete("default")
    with pytest.raises(IntegrityError), transaction.atomic():
        AlertAct.objects.update(count=1)
    assert rows_of(Alert, AlertAct) == before


def test_the_living_plan_counts_alerts_and_tells_what_became_of_each() -> None:
    house, measure = alert_house()
    own = Alert.objects.get(is_node=False)
    progress = KIND.progress([measure], at(10, 20))[measure.pk]
    assert (progress.done, progress.due, progress.late, progress.next) == (0, 3, 0, "处理未办结的预警")
    assert KIND.progress([measure], at(11, 1))[measure.pk].late == 3, "on the day after it is late"
    who: Any = {"actor": house.office, "at": at(10, 18)}
    acknowledge_alert(alert_id=own.pk, key=uuid4(), **who)
    verify_alert(alert_id=own.pk, is_true=False, words="填错行。", key=uuid4(), **who)
    close_alert(alert_id=own.pk, outcome="misreported", words="已更正。", key=uuid4(), **who)
    progress = KIND.progress([measure], at(11, 1))[measure.pk]
    assert (progress.done, progress.late) == (1, 2)
    assert progress.notes == ("属实0条，不属实1条",)
    assert set(progress.late_names) == {"东区合计", "临澄中心合计"}
    told = {one.ref: one for one in KIND.evidence(measure, at(11))}
    assert told[str(own.pk)].label == "一站 · 发热人数9，上限2.21 · 2020年2月10日"
    assert told[str(own.pk)].note == "C1法，z=3，标准差下限0.5 · 填报有误"


# Who is told that nobody acts ----------------------------------------------------------------------


def test_what_nobody_has_acknowledged_is_told_as_the_ladder_says_once_each() -> None:
    house, _measure = alert_house()
    own = Alert.objects.get(is_node=False)
    acknowledge_alert(alert_id=own.pk, key=uuid4(), actor=house.office, at=at(10, 16, 20))
    raised = at(10, 16, 1)

    def remind(minutes: int) -> int:
        return remind_of_alerts(actor=SYSTEM, at=raised + timedelta(minutes=minutes))

    assert remind(29) == 0
    assert remind(30) == 2, "the one that was acknowledged waits for nobody"
    assert told("waiting") == {house.office.user_id}
    Member.objects.create(
        measure=house.measure, user=user_of(house.viewer), position="leader", turn=1,
        starts_on=at(1).date(), appointed_at=at(1),
    )  # fmt: skip
    assert remind(35) == 0
    assert remind(60) == 2
    assert told("waiting") == {house.office.user_id, house.viewer.user_id}
    assert remind(65) == remind(60 + 2 * 24 * 60) == 0
    assert WarningLook.objects.count() == 8
