"""Thirty days of situation reports of plan 2: units report, streets pass on, the office sends up, alerts."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from songnuan.cli.demo_emergency import (
    CENTRE,
    FULL,
    SECTIONS,
    SICK,
    Scale,
    actor,
    at,
    draw,
    key_of,
    liaison_of_street,
    station,
    stations,
    street,
    unit,
)
from songnuan.cli.demo_emergency_command import DRILL_ON
from songnuan.cli.demo_emergency_counts import (
    MISTAKEN,
    Say,
    is_done,
    mistaken_on,
    now_of_demo,
    outbreak_from,
    said,
)
from songnuan.cli.demo_emergency_plan import measure
from songnuan.emergency import actions as emergency
from songnuan.emergency.models import Alert, ReportExcuse, ReportPart, ReportPeriod, ReportSlot, ReportSummary
from songnuan.emergency.report_queries import lacking
from songnuan.emergency.report_rules import Told
from songnuan.journeys.act_on_alert import acknowledge_alert, close_alert, verify_alert
from songnuan.journeys.excuse_reports import excuse_reports
from songnuan.journeys.look_for_warnings import look_for_warnings
from songnuan.journeys.pass_part_on import pass_part_on
from songnuan.journeys.remind_of_reports import remind_of_reports
from songnuan.journeys.report_periods import open_report_periods
from songnuan.journeys.report_situation import enter_by_phone, report_situation
from songnuan.journeys.report_summary import enter_report_receipt, make_report_summary, send_report_summary
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.organisation.models import Post, UnitRecord
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of

_EXCUSED = (1, 2)
"""Street and station that are excused for some days."""
_CHASED_DAYS = 3

Act = Callable[[], object]


def report_the_drill(_scale: Scale) -> None:
    """Let most units say in the drill that all is safe: it stands in no rate of the real response."""
    open_report_periods(actor=SYSTEM, at=at(DRILL_ON, 8, 40))
    period = ReportPeriod.objects.get(measure=measure("situation_reports"), is_drill=True)
    people = _liaisons()
    for slot in ReportSlot.objects.filter(period=period, version=0):
        if draw(10, "drill", slot.unit_id) < 8:
            moment = at(DRILL_ON, 9) + timedelta(minutes=draw(360, "drill", slot.unit_id, "when"))
            key = key_of("report", "drill", slot.unit_id)
            report_situation(
                slot_id=slot.pk,
                told=Told("zero"),
                sent=emergency.Sent(key),
                actor=people[slot.unit_id],
                at=moment,
            )


def report_every_day(scale: Scale) -> None:
    """Go through the days of the response, the last of them up to now."""
    people, units = _liaisons(), _units(scale)
    for day in range(scale.days):
        sent = ReportSummary.objects.filter(period__in=_period_of(scale, day), sent_at__isnull=False)
        if not sent.exists():
            for _moment, act in sorted(_acts(scale, day, people, units), key=lambda one: one[0]):
                act()


def _period_of(scale: Scale, day: int) -> list[ReportPeriod]:
    starts = at(scale.first + timedelta(days=day), 0)
    return list(
        ReportPeriod.objects.filter(measure=measure("situation_reports"), is_drill=False, starts_at=starts)
    )


def _liaisons() -> Mapping[int, Actor]:
    """Return who reports for each unit, by its id."""
    posts = Post.objects.filter(role=Role.UNIT_LIAISON).select_related("user")
    return {post.unit_id: actor_of(post.user) for post in posts}


def _units(scale: Scale) -> dict[int, tuple[int, int]]:
    """Return street and station by their places, by the id of the unit; sections have the street −1."""
    names = {station(number): (place, number % FULL.stations) for place, number in stations(scale)}
    names |= {name: (-1, place) for place, name in enumerate(SECTIONS)}
    top = unit(CENTRE).pk
    rows = UnitRecord.objects.filter(name__in=names, unit__in=_below(top))
    return {row.unit_id: names[row.name] for row in rows}


def _below(top: int) -> list[int]:
    parents = [top, *UnitRecord.objects.filter(parent=top).values_list("unit_id", flat=True)]
    return list(UnitRecord.objects.filter(parent__in=parents).values_list("unit_id", flat=True))


def _acts(
    scale: Scale, day: int, people: Mapping[int, Actor], units: Mapping[int, tuple[int, int]]
) -> Iterator[tuple[datetime, Act]]:
    """Yield what is done on a day, with its moments."""
    on = scale.first + timedelta(days=day)
    open_report_periods(actor=SYSTEM, at=at(on, 8, 32))
    (period,) = _period_of(scale, day)
    _excuse(scale, day)
    now, is_last = now_of_demo(), day == scale.days - 1
    for slot in ReportSlot.objects.filter(period=period, version=0, is_excused=False).order_by("pk"):
        say = said(scale, day, *units[slot.unit_id])
        if say is not None and is_done(say, now):
            moment = max(say.moment, at(on, 8, 33))
            yield moment, _report(slot, say, moment, people[slot.unit_id])
    yield from _corrected(scale, day, people, units)
    if day >= scale.days - _CHASED_DAYS:
        for moment in (at(on, 15), at(on, 16, 12), at(on, 16, 32), at(on, 17, 1)):
            if moment <= now:
                yield moment, _reminding(moment)
    if is_last:
        return
    for place in range(scale.streets):
        if draw(25, "part", place, day):
            yield at(on, 16, 40), _passing(period, place, at(on, 16, 40))
    yield at(on, 17, 2), _looking(at(on, 17, 2))
    yield at(on, 19, 30), _sending(period, on, day, has_receipt=day < scale.days - 2)


def _report(slot: ReportSlot, say: Say, moment: datetime, who: Actor) -> Act:
    def act() -> None:
        key = key_of("report", slot.period.starts_at, slot.unit_id)
        if say.by_phone:
            told = Told("zero", told_by="站点值班员", told_at=moment - timedelta(minutes=1))
            enter_by_phone(
                slot_id=slot.pk, told=told, sent=emergency.Sent(key), actor=actor("duty-office"), at=moment
            )
            return
        told = Told("zero")
        if say.category:
            figures = {"fever": say.fever, "contacts": say.contacts}
            told = Told("event", say.category, moment - timedelta(minutes=20), figures, say.words)
        report_situation(slot_id=slot.pk, told=told, sent=emergency.Sent(key), actor=who, at=moment)

    return act


def _reminding(moment: datetime) -> Act:
    return lambda: remind_of_reports(actor=SYSTEM, at=moment)


def _looking(moment: datetime) -> Act:
    return lambda: look_for_warnings(actor=SYSTEM, at=moment)


def _passing(period: ReportPeriod, place: int, moment: datetime) -> Act:
    def act() -> None:
        node = unit(street(place))
        if ReportPart.objects.filter(period=period, node=node).exists():
            return
        named = list(lacking(period.pk, node.pk))
        words = "未报站点已逐一催报，其余平稳。" if named else "各站已全部上报，情况平稳。"
        who = actor(liaison_of_street(place))
        pass_part_on(period_id=period.pk, unit_id=node.pk, words=words, named=named, actor=who, at=moment)

    return act


def _sending(period: ReportPeriod, on: date, day: int, *, has_receipt: bool) -> Act:
    """Make the consolidated report, send it up, on some days late, and enter its receipt."""

    def act() -> None:
        office = actor("duty-office")
        is_late = day % 9 == 4
        hour, minute = (17, 42) if is_late else (17, 15)
        row = ReportSummary.objects.filter(period=period).first() or make_report_summary(
            period_id=period.pk, actor=office, at=at(on, hour, minute)
        )
        send_report_summary(summary_id=row.pk, way="政务内网", actor=office, at=at(on, hour, minute + 6))
        if has_receipt:
            receipt = emergency.Acknowledged("市卫生健康局值班室", at(on, 18, 5), f"收{on:%m%d}")
            enter_report_receipt(summary_id=row.pk, receipt=receipt, actor=office, at=at(on, 18, 10))

    return act


def _excuse(scale: Scale, day: int) -> None:
    """Excuse a station for six days, as its building is closed."""
    place, number = _EXCUSED
    one = unit(station(place * FULL.stations + number))
    if day != scale.days // 3 or ReportExcuse.objects.filter(unit=one).exists():
        return
    on = scale.first + timedelta(days=day)
    excuse_reports(
        measure_id=measure("situation_reports").pk,
        unit_id=one.pk,
        days=emergency.Days(on, on + timedelta(days=5)),
        reason="站点封闭消毒，人员并入相邻站点。",
        actor=actor("duty-office"),
        at=at(on, 8, 32),
    )


def _corrected(
    scale: Scale, day: int, people: Mapping[int, Actor], units: Mapping[int, tuple[int, int]]
) -> Iterator[tuple[datetime, Act]]:
    """Yield the correction of yesterday's mistake."""
    if day != mistaken_on(scale) + 1:
        return
    unit_id = next(pk for pk, where in units.items() if where == MISTAKEN)
    moment = at(scale.first + timedelta(days=day), 9, 10)

    def act() -> None:
        (before,) = _period_of(scale, day - 1)
        slot = ReportSlot.objects.get(period=before, unit_id=unit_id)
        happened = moment - timedelta(days=1)
        told = Told(
            "event", "health", happened, {"fever": 1}, "发热一人，已就诊。", "人数误填为21，实为1人。"
        )
        sent = emergency.Sent(key_of("corrected"), corrects=1)
        report_situation(slot_id=slot.pk, told=told, sent=sent, actor=people[unit_id], at=moment)
        look_for_warnings(actor=SYSTEM, at=moment + timedelta(minutes=5))

    yield moment, act


def act_on_alerts(scale: Scale) -> None:
    """Let the office deal with the alerts: the mistake is closed as one, the outbreak is handed on.

    What was raised yesterday is still to be looked at, but for the sum of the street in which it is.
    """
    days = (outbreak_from(scale), scale.days - 2)
    since, yesterday = (at(scale.first + timedelta(days=day), 0) for day in days)
    sick, top = unit(street(SICK)).pk, unit(CENTRE).pk
    for alert in Alert.objects.exclude(status="closed").select_related("period").order_by("pk"):
        is_there = alert.unit_id in {sick, top} or f",{sick}," in alert.path
        if alert.period.starts_at < yesterday:
            _settle(alert, is_true=is_there and alert.period.starts_at >= since)
        elif (alert.unit_id, alert.figure, alert.status) == (sick, "fever", "raised"):
            moment = alert.raised_at + timedelta(minutes=20)
            words = "已电话通知街道核实。"
            acknowledge_alert(
                alert_id=alert.pk, words=words, key=_key(alert, 1), actor=actor("duty-office"), at=moment
            )


def _settle(alert: Alert, *, is_true: bool) -> None:
    """Acknowledge, verify and close an alert: a false one the next morning, when the report was corrected."""
    office, moment = actor("duty-office"), alert.raised_at + timedelta(minutes=20 if is_true else 990)
    hour = timedelta(hours=1)
    if alert.status == "raised":
        acknowledge_alert(alert_id=alert.pk, key=_key(alert, 1), actor=office, at=moment)
    found, outcome, done = (
        ("街道逐户核实，发热人员集中在同一楼栋。", "handed_on", "已报市疾控中心，流调人员到场。")
        if is_true
        else ("与站点核对，未见聚集。", "chance" if alert.is_over else "misreported", "已复核，无需处置。")
    )
    if alert.status != "verified":
        verify_alert(
            alert_id=alert.pk,
            is_true=is_true,
            words=found,
            key=_key(alert, 2),
            actor=office,
            at=moment + hour,
        )
    close_alert(
        alert_id=alert.pk,
        outcome=outcome,
        words=done,
        key=_key(alert, 3),
        actor=office,
        at=moment + 2 * hour,
    )


def _key(alert: Alert, step: int) -> UUID:
    return key_of("alert", alert.period.starts_at, alert.unit_id, alert.is_node, alert.figure, step)
