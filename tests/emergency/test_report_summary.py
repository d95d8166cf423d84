"""The consolidated report: made once due or whole, frozen, sent, and its receipt comes back."""

from datetime import date

import pytest

from emergency.house import EAST, UNITS, ZERO, ReportHouse, at, event, make_house, unchanged
from songnuan.documents.official import from_json
from songnuan.emergency import report_checks
from songnuan.emergency.actions import Acknowledged, Days
from songnuan.emergency.models import ReportSummary, SummaryStatus
from songnuan.journeys.excuse_reports import excuse_reports
from songnuan.journeys.living_plan import evidence_of, progress_of
from songnuan.journeys.measures.base import State
from songnuan.journeys.report_summary import enter_report_receipt, make_report_summary, send_report_summary
from songnuan.kernel.refusal import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> ReportHouse:
    made = make_house()
    made.open(at(3, 9))
    return made


def make(house: ReportHouse, hour: int, minute: int = 0, **how: object) -> ReportSummary:
    facts = {"actor": house.office, "at": at(3, hour, minute), **how}
    return make_report_summary(period_id=house.slot("一站", 3).period_id, **facts)  # type: ignore[arg-type]


def code_of(act: object) -> str:
    with pytest.raises(Refusal) as caught:
        act()  # type: ignore[operator]
    return caught.value.code


def test_it_says_who_reported_what_and_who_is_missing(house: ReportHouse) -> None:
    for name in UNITS[:-1]:
        if name not in {"三站", "五站"}:
            house.report(name, at(3, 10), event(at(3, 9)) if name == "四站" else ZERO)
    excuse_reports(
        measure_id=house.measure.pk,
        unit_id=house.units["五站"],
        days=Days(date(2020, 2, 3), date(2020, 2, 3)),
        reason="停业",
        actor=house.office,
        at=at(3, 11),
    )
    made = make(house, 16, 5)
    assert (made.number, made.version, made.superior) == ("临澄社防〔2020〕1号", 1, "临澄市卫生健康局")
    assert made.due_at == at(3, 17, 30)
    text = from_json(made.snapshot)
    said = "\n".join(line.text for line in text.body)
    assert text.title == "临澄中心关于2020年2月3日情况的报告"
    assert "应报7个单位，另有1个单位免报；已报5个，完整率71.4%" in said
    assert "报平安4个，报告有事1个" in said
    assert "1.四站：2月3日09:00，人员健康异常。发热人数2，密接人数0。两名职工发热，已送诊。" in said
    assert "未报：三站、机动队。" in said
    assert "免报：五站。" in said
    table = text.annexes[0].table
    assert table is not None
    assert [row[:3] for row in table.rows] == [("东区", "4", "3"), ("西区", "2", "2"), ("合计", "7", "5")]


def test_it_is_frozen_and_made_anew_when_something_changed(house: ReportHouse) -> None:
    first = make(house, 16, 5)
    assert code_of(lambda: make(house, 16, 10)) == "summary_stands"
    house.report("一站", at(3, 16, 20))
    again = make(house, 16, 30)
    assert (again.version, again.number) == (2, "临澄社防〔2020〕2号")
    assert ReportSummary.objects.get(pk=first.pk).snapshot == first.snapshot
    assert list(report_checks.verify()) == []


def test_it_waits_for_the_due_time_or_for_all(house: ReportHouse) -> None:
    unchanged(lambda: code_of(lambda: make(house, 15)))
    assert code_of(lambda: make(house, 15)) == "period_not_due"
    for name in UNITS:
        house.report(name, at(3, 10))
    assert make(house, 11).version == 1


@pytest.mark.parametrize("who", ["viewer", EAST])
def test_only_the_office_makes_sends_and_acknowledges(house: ReportHouse, who: str) -> None:
    actor = house.viewer if who == "viewer" else house.liaisons[who]
    unchanged(lambda: code_of(lambda: make(house, 17, actor=actor)))
    made = make(house, 17)
    receipt = Acknowledged("值班员", at(3, 18))
    for act in (
        lambda: send_report_summary(summary_id=made.pk, way="传真", actor=actor, at=at(3, 18)),
        lambda: enter_report_receipt(summary_id=made.pk, receipt=receipt, actor=actor, at=at(3, 18)),
    ):
        assert code_of(act) == "not_permitted"
    assert ReportSummary.objects.get().status == SummaryStatus.MADE


def test_it_is_sent_and_then_received(house: ReportHouse) -> None:
    made = make(house, 17)
    receipt = Acknowledged("市卫健局值班室 周安", at(3, 17, 25), "收文〔2020〕88号")
    early = {"summary_id": made.pk, "receipt": receipt, "actor": house.office, "at": at(3, 17, 40)}
    assert code_of(lambda: enter_report_receipt(**early)) == "wrong_state"  # type: ignore[arg-type]
    send_report_summary(summary_id=made.pk, way="政务内网", actor=house.office, at=at(3, 17, 20))
    again = {"summary_id": made.pk, "way": "传真", "actor": house.office, "at": at(3, 17, 30)}
    assert code_of(lambda: send_report_summary(**again)) == "wrong_state"  # type: ignore[arg-type]
    for when, code in ((at(3, 17, 10), "receipt_before"), (at(3, 18), "receipt_ahead")):
        told = {**early, "receipt": Acknowledged("值班室", when)}
        assert code_of(lambda told=told: enter_report_receipt(**told)) == code
    enter_report_receipt(**early)  # type: ignore[arg-type]
    row = ReportSummary.objects.get()
    assert (row.status, row.received_by, row.receipt_number) == (
        "received",
        "市卫健局值班室 周安",
        "收文〔2020〕88号",
    )
    assert (row.sent_at, row.sent_way) == (at(3, 17, 20), "政务内网")


def test_the_living_plan_shows_how_far_it_is_and_what_shows_it(house: ReportHouse) -> None:
    for name in UNITS:
        house.report(name, at(3, 10))
    house.open(at(4, 9))
    for name in UNITS[:-1]:
        house.report(name, at(4, 10), day=4)
    make(house, 17)
    told = progress_of([house.measure], at(4, 12))[house.measure.pk]
    assert (told.done, told.due, told.late, told.state) == (1, 149, 0, State.ON_TIME)
    after = progress_of([house.measure], at(4, 17))[house.measure.pk]
    assert (after.done, after.late, after.late_names, after.state) == (1, 1, ("机动队",), State.LATE)
    pieces = [piece.kind for piece in evidence_of(house.measure, at(4, 17))]
    assert pieces == ["report_period", "report_period", "report_summary"]


def test_a_half_day_and_a_week_are_called_by_their_names() -> None:
    house = make_house(period="half_day", due="11:00", second="16:00")
    house.open(at(3, 13))
    made = make_report_summary(period_id=house.slot("一站").period_id, actor=house.office, at=at(3, 17))
    assert made.title == "临澄中心关于2020年2月3日下午情况的报告"
