"""The pages of early warning: the list, an alert with its chart and acts, any series; and who may not."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from emergency.house import CENTRE, EAST, WEST, ReportHouse, at, event, rows_of, unchanged
from emergency.warning_house import TABLES, alert_house, fever, look
from songnuan.audit.models import Entry
from songnuan.emergency.models import Alert, AlertAct
from songnuan.kernel.actor import Actor
from songnuan.organisation.queries import now
from songnuan.plans.models import Plan, PlanKind, PlanStatus
from songnuan.web.due import desk_of, due_of
from songnuan.web.due import warnings as due_of_warnings
from songnuan.web.trail_named import Named
from songnuan.web.trail_situation import alerts as trail_alerts
from songnuan.web.views.shared import Reader
from web.browsing import as_, on, user_of

pytestmark = pytest.mark.django_db
NOW = at(10, 17)


def get(who: Actor, name: str, *args: Any, query: str = "", moment: Any = NOW) -> Any:
    with on(moment):
        return as_(who).get(reverse(name, args=args) + query)


def post(who: Actor, name: str, pk: int, **told: Any) -> Any:
    with on(told.pop("moment", NOW)):
        return as_(who).post(reverse(name, args=(pk,)), {"key": uuid4(), **told})


def due(who: Actor) -> list[str]:
    with on(NOW):
        reader = Reader(user_of(who), who, now(), now().date())
        return [one.url for one in due_of(desk_of(reader)) if "/warnings/" in one.url]


def own_of(house: ReportHouse) -> Alert:
    return Alert.objects.get(unit=house.units["一站"], is_node=False)


def test_an_alert_is_seen_to_from_the_list_to_its_outcome() -> None:
    house, _measure = alert_house()
    alert = own_of(house)
    page = get(house.office, "warnings").content.decode()
    assert f'href="/warnings/alerts/{alert.pk}/"' in page
    assert page.count("C1法，z=3，标准差下限0.5") == 3, "the method and the floor stand beside each alarm"
    assert len(due(house.office)) == 3
    assert due(house.liaisons[EAST]) == [f"/warnings/alerts/{alert.pk}/"]
    assert due(house.liaisons["一站"]) == due(house.liaisons[WEST]) == []
    east = house.liaisons[EAST]
    key = uuid4()
    for _again in range(2):
        answer = post(east, "warning_acknowledge", alert.pk, words="", key=key)
        assert answer.headers["Location"] == f"/warnings/alerts/{alert.pk}/"
    wrong = post(east, "warning_verify", alert.pk, words="电话核实属实。")
    assert wrong.status_code == 422
    assert [*wrong.context["forms"]["verify"].errors] == ["signal"]
    assert "电话核实属实。" in wrong.content.decode(), "what was typed stays"
    post(east, "warning_verify", alert.pk, signal="true", words="电话核实属实。")
    assert due(east) == [], "to close it is the office's"
    assert "close" not in get(east, "warning_alert", alert.pk).context["forms"]
    unfit = post(house.office, "warning_close", alert.pk, outcome="chance", words="波动。")
    assert [*unfit.context["forms"]["close"].errors] == ["outcome"]
    post(house.office, "warning_close", alert.pk, outcome="handled", words="已全部送诊。")
    alert.refresh_from_db()
    assert (alert.status, alert.is_true, alert.outcome) == ("closed", True, "handled")
    assert AlertAct.objects.filter(alert=alert).count() == 4
    page = get(house.office, "warning_alert", alert.pk).content.decode()
    assert "已全部送诊。" in page
    with on(NOW):
        reader = Reader(user_of(east), east, now(), now().date())
        [named] = trail_alerts([str(alert.pk)], reader).values()
    assert named == Named("一站 · 发热人数 · 2020年2月10日", f"/warnings/alerts/{alert.pk}/")
    assert f"/warnings/alerts/{alert.pk}/" not in get(house.office, "warnings").content.decode()
    assert "已就地处置" in get(house.office, "warnings", query="?show=closed").content.decode()


def many(who: Actor, chosen: list[Alert], query: str = "", **told: Any) -> Any:
    sent = {"key": str(uuid4()), "words": "", "alerts": [one.pk for one in chosen], **told}
    with on(NOW):
        return as_(who).post(reverse("warnings_acknowledge") + query, sent)


def test_several_alerts_are_acknowledged_in_one_act_each_on_the_trail() -> None:
    house, _measure = alert_house()
    alerts = list(Alert.objects.order_by("pk"))
    assert len(alerts) == 3
    page = get(house.office, "warnings").content.decode()
    assert page.count('name="alerts"') == 3
    assert "比前7次报告数的平均值高出日常波动的3倍以上" in page
    before = rows_of(*TABLES)
    for wrong in (many(house.office, []), many(house.office, alerts, alerts="x")):
        assert wrong.status_code == 422
    assert "请勾选" in many(house.office, []).content.decode()
    assert rows_of(*TABLES) == before
    key = str(uuid4())
    for _again in range(2):
        answer = many(house.office, alerts[:2], "?show=raised", key=key, words="先打电话。")
        assert answer.headers["Location"] == "/warnings/?show=raised"
    assert [one.status for one in Alert.objects.order_by("pk")] == ["acknowledged"] * 2 + ["raised"]
    acts = AlertAct.objects.filter(verb="acknowledged").order_by("alert")
    assert [(one.alert_id, one.words) for one in acts] == [(one.pk, "先打电话。") for one in alerts[:2]]
    noted = Entry.objects.filter(action="emergency.acknowledge_alert").order_by("pk")
    assert [one.subject for one in noted] == [f"emergency.alert:{one.pk}" for one in alerts[:2]]
    page = get(house.office, "warnings").content.decode()
    assert page.count('name="alerts"') == 1, "what is taken on is ticked no more"
    assert many(house.office, alerts, key=str(uuid4())).status_code == 302
    assert AlertAct.objects.filter(verb="acknowledged").count() == 3, "what others took on is passed over"
    done = rows_of(*TABLES)
    assert many(house.office, alerts).status_code == 422
    assert rows_of(*TABLES) == done


def test_of_several_alerts_none_is_acknowledged_where_one_may_not_be() -> None:
    house, _measure = alert_house()
    own, east = own_of(house), house.liaisons[EAST]
    whole = Alert.objects.get(unit=house.units[CENTRE])
    district = Alert.objects.get(unit=house.units[EAST])
    lines = {line.alert.pk: line.may_take for line in get(east, "warnings").context["rows"]}
    assert lines == {own.pk: True, district.pk: False}, "of one's own total the unit above decides"
    assert 'name="alerts"' not in get(house.liaisons["一站"], "warnings").content.decode()
    before = rows_of(*TABLES)
    assert many(east, [own, district]).status_code == 403
    assert many(east, [own, whole]).status_code == 404, "what one does not see is not there"
    assert many(house.liaisons["一站"], [own]).status_code == 403
    assert rows_of(*TABLES) == before
    assert many(east, [own]).status_code == 302
    own.refresh_from_db()
    assert own.status == "acknowledged"


def test_the_list_is_narrowed_by_unit_and_by_plan() -> None:
    house, _measure = alert_house()

    def listed(who: Actor, query: str) -> list[str]:
        return [line.who for line in get(who, "warnings", query=query).context["rows"]]

    every = listed(house.office, "")
    assert set(every) == {"一站", "东区合计", f"{CENTRE}合计"}
    assert listed(house.office, f"?unit={house.units['一站']}") == ["一站"]
    assert set(listed(house.office, f"?unit={house.units[EAST]}")) == {"一站", "东区合计"}
    page = get(house.office, "warnings", query=f"?unit={house.units[EAST]}&show=raised").content.decode()
    assert f'<option value="{house.units[EAST]}" selected>' in page
    assert f"unit={house.units[EAST]}" in re.findall(r'<nav class="tabs".*?</nav>', page, re.DOTALL)[0]
    assert "<b>2</b>" in page, "what the tabs count is narrowed too"
    other = Plan.objects.create(
        slug="other",
        title="另一预案",
        unit_id=house.units[CENTRE],
        kind=PlanKind.EMERGENCY,
        status=PlanStatus.OPEN,
        version=1,
        starts_on=at(3).date(),
        due_on=at(28).date(),
    )
    top = Alert.objects.get(unit=house.units[CENTRE])
    measure = top.measure
    measure.pk, measure.plan = None, other
    measure.save(force_insert=True)
    top.pk, top.measure = None, measure
    top.save(force_insert=True)
    every = [f"{CENTRE}合计", *every]
    assert listed(house.office, f"?plan={other.pk}") == [f"{CENTRE}合计"]
    assert listed(house.office, f"?plan={other.pk}&unit={house.units['一站']}") == []
    assert "另一预案" in get(house.office, "warnings").content.decode()
    for wild in ("?plan=x&unit=y", "?unit=999999&plan=9" + "9" * 30, "?unit=" + "1" * 40):
        assert listed(house.office, wild) == every
    own = get(house.liaisons["一站"], "warnings").context["chosen"]
    assert [name for _pk, name, _is in own.units][-1] == "一站"
    assert listed(house.liaisons[WEST], f"?unit={house.units['一站']}") == [], "narrowed, never widened"
    assert get(house.liaisons[WEST], "warnings").context["chosen"].units == []


def test_who_does_not_see_the_unit_finds_nothing_and_who_may_not_act_changes_nothing() -> None:
    house, measure = alert_house()
    alert, top = own_of(house), Alert.objects.get(unit=house.units[CENTRE])
    told = {"words": "核实。", "signal": "true", "outcome": "handled"}
    west, itself = house.liaisons[WEST], house.liaisons["一站"]
    before = rows_of(*TABLES)
    for name in ("acknowledge", "verify", "close", "note"):
        assert post(west, f"warning_{name}", alert.pk, **told).status_code == 404
        assert post(itself, f"warning_{name}", top.pk, **told).status_code == 404
        led = get(house.office, f"warning_{name}", alert.pk)
        assert led.headers["Location"] == reverse("warning_alert", args=(alert.pk,))
        unchanged(lambda name=name: post(itself, f"warning_{name}", alert.pk, **told))  # type: ignore[misc]
    assert get(west, "warning_alert", alert.pk).status_code == 404
    assert get(itself, "warning_alert", alert.pk).context["forms"] == {}
    assert rows_of(*TABLES) == before
    listed = [line.alert.pk for line in get(itself, "warnings").context["rows"]]
    assert listed == [alert.pk]
    assert list(get(west, "warnings").context["rows"]) == []
    unit = f"?unit={house.units['一站']}&figure=fever"
    assert get(west, "warning_series", measure.pk, query=unit).status_code == 404
    assert (
        get(west, "warning_series", measure.pk, query=f"?unit={house.units[CENTRE]}&total=1").status_code
        == 404
    )
    for query in ("?unit=x", "?unit=9" + "9" * 30, "?unit=999999", "?unit=999999&total=1"):
        assert get(house.office, "warning_series", measure.pk, query=query).status_code == 404


def test_the_chart_has_a_title_a_description_the_figures_and_gaps_for_what_was_not_told() -> None:
    house, measure = alert_house()
    house.open(at(12, 8))
    house.report("一站", at(12, 9), fever(at(12, 8), 1), day=12)
    query, moment = f"?unit={house.units['一站']}&figure=fever", at(12, 17)
    answer = get(house.liaisons["一站"], "warning_series", measure.pk, query=query, moment=moment)
    page, chart = answer.content.decode(), answer.context["chart"]
    assert [(one.judged.count, one.judged.alarm) for one in chart.rows] == [
        *((1, False), (None, False), (9, True)),
        *((count, False) for count in (1, 1, 0, 1, 1, 0, 1)),
    ]
    assert page.count('role="img"') == 2
    for size in ("small", "large"):
        assert f'aria-labelledby="chart-title-{size} chart-desc-{size}"' in page
    [title] = {*re.findall("<title id=[^>]*>([^<]*)<", page)}
    [words] = {*re.findall("<desc id=[^>]*>([^<]*)<", page)}
    assert title == "一站发热人数：报告数、预期值与上限"
    assert words == (
        "共10期，2020年2月3日至2020年2月12日。其中1期无报告数。超上限：2020年2月10日报告数9、上限2.21。"
        "计算方法：C1法，z=3，标准差下限0.5。"
    )
    drawing = chart.drawings[-1]
    assert len(drawing.counts) == 2, "the line is broken where nothing was told"
    assert len(drawing.dots) == 9
    assert len(drawing.gaps) == len(drawing.alarms) == 1
    assert "<script" not in page.partition("<figure")[2].partition("</figure>")[0]
    assert page.partition("<tbody>")[2].count("<tr") == 10


def test_charts_lead_down_the_tree_and_who_reports_sees_its_own() -> None:
    house, measure = alert_house()
    top = get(house.office, "warning_series", measure.pk)
    assert top.context["seen"].series.unit_id == house.units[CENTRE]
    assert {name for name, _url in top.context["nodes"]} == {EAST, WEST}
    east = get(house.office, "warning_series", measure.pk, query=dict(top.context["nodes"])[EAST])
    assert [name for name, _url in east.context["units"]] == [EAST, "一站", "二站", "三站"]
    assert [name for name, _url in east.context["trail"]] == [CENTRE]
    own = get(house.liaisons["一站"], "warning_series", measure.pk)
    assert (own.context["seen"].series.unit_id, own.context["trail"][0][1]) == (house.units["一站"], "")
    assert get(house.office, "situation_measure", house.measure.pk).context["warning"] == measure
    assert 'href="/warnings/"' in get(house.liaisons["一站"], "situation").content.decode()


def test_what_was_corrected_under_the_bound_stays_and_the_page_says_so() -> None:
    house, _measure = alert_house()
    alert = own_of(house)
    house.report("一站", at(10, 18), event(at(10, 9), figures={"fever": 2}, reason="更正"), day=10)
    look(at(10, 18, 5))
    page = get(house.office, "warning_alert", alert.pk, moment=at(10, 19)).content.decode()
    assert "报告数为2，已不超上限" in page
    assert "产生时的数据" in page
    assert "上限2.21，已不超上限；预警保留。" in page
    assert "按现有报告已不超上限" in get(house.office, "warnings", moment=at(10, 19)).content.decode()


def test_many_alerts_are_one_thing_on_the_list_of_what_is_due() -> None:
    house, measure = alert_house()
    house.report("四站", at(10, 17), fever(at(10, 9), 9), day=10)
    for day in range(3, 10):
        house.report("四站", at(10, 17), fever(at(day, 9), 0), day=day)
    look(at(10, 17, 5))
    assert Alert.objects.count() > 3
    assert due(house.office) == [f"/warnings/?show=raised&waits={measure.pk}"]


def test_what_is_one_thing_counts_the_alerts_that_its_list_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due_of_warnings, "_SINGLY", 0)
    house, measure = alert_house()
    house.report("四站", at(10, 17), fever(at(10, 9), 9), day=10)
    for day in range(3, 10):
        house.report("四站", at(10, 17), fever(at(day, 9), 0), day=day)
    look(at(10, 17, 5))
    west = house.liaisons[WEST]
    query = f"?show=raised&waits={measure.pk}"
    counted = {}
    for who in (house.office, west):
        with on(NOW):
            reader = Reader(user_of(who), who, now(), now().date())
            [found] = [one for one in due_of(desk_of(reader)) if "/warnings/" in one.url]
        assert found.url == f"/warnings/{query}"
        shown = get(who, "warnings", query=query).context["rows"]
        assert found.title == f"{len(shown)}条预警待知悉"
        counted[who.key] = len(shown)
    assert counted[house.office.key] == Alert.objects.filter(status="raised").count()
    # That of the own node is the office's to judge: it is seen there, and does not wait.
    everything = get(west, "warnings", query="?show=raised").context["rows"]
    assert 0 < counted[west.key] < len(everything)
    for strange in ("0", "x", "9" * 30, str(house.measure.pk)):
        assert get(west, "warnings", query=f"?show=raised&waits={strange}").context["rows"] == []
