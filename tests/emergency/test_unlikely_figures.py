"""A figure that is unlikely is taken once somebody says that it is checked, in whatever way it comes."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from emergency.house import ReportHouse, at, event, make_house, unchanged
from songnuan.audit.models import Entry
from songnuan.emergency import report_checks
from songnuan.emergency.actions import Sent
from songnuan.emergency.models import ReportPeriod, SituationReport
from songnuan.emergency.report_figure_rules import (
    LAST_REPORTS,
    Doubt,
    FiguresUnlikely,
    doubts,
    may_be_unlikely,
    unsure,
)
from songnuan.emergency.report_rules import Told
from songnuan.journeys.report_situation import enter_by_phone
from songnuan.kernel.refusal import Refusal
from web.browsing import as_, on

FIGURES = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.integers(0, 1_000_000))


@pytest.mark.parametrize(
    ("figure", "before", "is_unlikely"),
    [
        (10_000, [], False),
        (10_001, [], True),
        (10_001, [{"b": 3}], True),  # the plan asked for another figure then: this is the first
        (10_000, [{"b": 3}], False),
        (100, [{"a": 0}], False),
        (101, [{"a": 0}], True),
        (101, [{"a": 10}], True),
        (101, [{"a": 11}], False),
        (110, [{"a": 11}], False),
        (111, [{"a": 11}, {"a": 2}], True),
        (111, [{"a": 2}, {"a": 12}, {}], False),
        (20_000, [{"a": 2_000}], False),
        (20_001, [{"a": 2_000}], True),
    ],
)
def test_what_asks_a_second_look(figure: int, before: list[dict[str, int]], is_unlikely: bool) -> None:  # noqa: FBT001
    highest = max((one["a"] for one in before if "a" in one), default=None)
    assert doubts({"a": figure}, before) == ([Doubt("a", figure, highest)] if is_unlikely else [])


@given(figures=FIGURES, before=st.lists(FIGURES, max_size=4), checked=FIGURES)
def test_of_whatever_is_told(
    figures: dict[str, int], before: list[dict[str, int]], checked: dict[str, int]
) -> None:
    found = doubts(figures, before)
    for key, figure in figures.items():
        told = sorted(one[key] for one in before if key in one)
        unlikely = figure > 100 and figure > 10 * told[-1] if told else figure > 10_000
        assert unlikely == any(one.key == key for one in found)
    assert not found or may_be_unlikely(figures)
    assert unsure(found, figures) == []
    assert unsure(found, {key: figure + 1 for key, figure in figures.items()}) == found
    assert {one.key for one in unsure(found, checked)} == {
        one.key for one in found if checked.get(one.key) != one.figure
    }
    # What a unit told once more of itself asks no second look.
    assert doubts(figures, [*before, figures]) == []


# In the house --------------------------------------------------------------------------------------


@pytest.fixture
def house() -> ReportHouse:
    made = make_house()
    made.open(at(3, 9))
    return made


def many(day: int, fever: int, **told: Any) -> Told:
    return event(at(day, 8), figures={"fever": fever, "contacts": 3}, **told)


def refused(act: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value


def is_refused(act: Any) -> None:
    unchanged(lambda: _unlikely(refused(act)))


def _unlikely(refusal: Refusal) -> None:
    assert isinstance(refusal, FiguresUnlikely)
    assert (refusal.code, refusal.field) == ("figure_unlikely", "figure-fever")
    assert "发热人数" in refusal.sentence


@pytest.mark.django_db
def test_a_figure_is_held_against_what_the_unit_told_in_other_periods(house: ReportHouse) -> None:
    is_refused(lambda: house.report("一站", at(3, 10), many(3, 10_001)))
    house.report("一站", at(3, 10), many(3, 10_000))
    # Nothing of another unit, another measure or the other versions of this report.
    is_refused(lambda: house.report("二站", at(3, 10), many(3, 10_001)))
    house.report("一站", at(3, 11), many(3, 5, reason="误填"))
    is_refused(lambda: house.report("一站", at(3, 11), many(3, 10_001, reason="误填")))
    house.open(at(4, 9))
    is_refused(lambda: house.report("一站", at(4, 10), many(4, 101)))
    house.report("一站", at(4, 10), many(4, 100))
    made = house.report("一站", at(4, 11), many(4, 101, reason="漏计", checked={"fever": 101}))
    assert (made.version, made.figures["fever"], made.checked) == (2, 101, ["fever"])
    assert '"figures_checked":true' in Entry.objects.filter(subject__contains="slot").latest("pk").facts
    # Yesterday's is held against today's: it is the unit's other report.
    assert house.report("一站", at(4, 12), many(3, 1010, reason="核实"), day=3).checked == []
    assert list(report_checks.verify()) == []


@pytest.mark.django_db
def test_only_the_last_reports_are_looked_at_and_a_drills_by_themselves(house: ReportHouse) -> None:
    house.report("一站", at(3, 10), many(3, 500))
    for day in range(4, 4 + LAST_REPORTS):
        house.open(at(day, 9))
        house.report("一站", at(day, 10), many(day, 9))
    last = 4 + LAST_REPORTS
    house.open(at(last, 9))
    is_refused(lambda: house.report("一站", at(last, 10), many(last, 101)))
    house.report("一站", at(last - 1, 12), many(last - 1, 11, reason="核实"), day=last - 1)
    house.report("一站", at(last, 10), many(last, 110))
    real = house.slot("二站").period
    drill = ReportPeriod.objects.create(
        measure=house.measure,
        is_drill=True,
        **{name: getattr(real, name) for name in ("starts_at", "due_at", "ends_at", "opened_at")},
    )
    assert drill.pk != real.pk
    slot = house.slot("一站")
    slot.pk, slot.period = None, drill
    slot.status, slot.version, slot.received_at = "open", 0, None
    slot.save()
    for one in list(real.counts.all()):
        one.pk, one.period, one.received, one.on_time, one.event = None, drill, 0, 0, 0
        one.save()
    is_refused(lambda: house.report("一站", at(last, 10), many(last, 10_001), slot_id=slot.pk))
    house.report("一站", at(last, 10), many(last, 10_000), slot_id=slot.pk)


@pytest.mark.django_db
def test_what_is_ticked_is_this_very_figure_and_only_where_it_was_asked(house: ReportHouse) -> None:
    for checked in ({"fever": 10_001}, {"contacts": 20_000}, {}):
        is_refused(lambda checked=checked: house.report("一站", at(3, 10), many(3, 20_000, checked=checked)))
    key, told = uuid4(), many(3, 20_000, checked={"fever": 20_000, "contacts": 3})
    made = house.report("一站", at(3, 10), told, key=key)
    assert made.checked == ["fever"]
    # Sent twice under its key it is one, whatever came in meanwhile.
    assert house.report("一站", at(3, 12), told, key=key).pk == made.pk
    assert house.report("一站", at(3, 12), replace(told, checked=None), key=key).pk == made.pk
    assert SituationReport.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE emergency_situationreport SET checked = '[]'")


@pytest.mark.django_db
def test_by_telephone_too(house: ReportHouse) -> None:
    slot = house.slot("一站").pk
    called = {"told_by": "王站长", "told_at": at(3, 9, 50)}

    def enter(told: Told) -> SituationReport:
        return enter_by_phone(slot_id=slot, told=told, sent=Sent(uuid4()), actor=house.office, at=at(3, 10))

    is_refused(lambda: enter(many(3, 20_000, **called)))
    assert enter(many(3, 20_000, **called, checked={"fever": 20_000})).checked == ["fever"]
    is_refused(lambda: enter(many(3, 30_000, **called, reason="误听")))
    assert enter(many(3, 2, **called, reason="误听")).checked == []


@pytest.mark.django_db
def test_only_a_high_figure_asks_for_the_last_reports(house: ReportHouse) -> None:
    asked = []
    for name, fever in (("三站", 3), ("一站", 100), ("二站", 101)):
        slot = house.slot(name).pk
        with CaptureQueriesContext(connection) as told:
            house.report(name, at(3, 10), many(3, fever), slot_id=slot)
        asked.append(len(told))
    assert asked == [asked[0], asked[0], asked[0] + 1]


FORM = {
    "kind": "event",
    "category": "health",
    "happened_at": "2020-02-03T09:30",
    "figure-fever": "20000",
    "figure-contacts": "11000",
    "words": "多人发热。",
}


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["event", "correction", "call", "call_correction"])
def test_the_box_stands_on_the_page_once_it_is_asked(house: ReportHouse, form: str) -> None:
    slot = house.slot("一站").pk
    name, who, more = {
        "event": ("situation_report", "一站", {}),
        "correction": ("situation_correct", "一站", {"reason": "漏计"}),
        "call": ("situation_call", "", {"told_by": "王", "told_at": "2020-02-03T09:50"}),
        "call_correction": (
            "situation_call_correct",
            "",
            {"told_by": "王", "told_at": "2020-02-03T09:50", "reason": "漏计"},
        ),
    }[form]
    client = as_(house.liaisons[who] if who else house.office)
    if form == "correction":
        house.report("一站", at(3, 9, 55))
    if form == "call_correction":
        enter_by_phone(
            slot_id=slot,
            told=Told("zero", told_by="王", told_at=at(3, 9, 50)),
            sent=Sent(uuid4()),
            actor=house.office,
            at=at(3, 9, 55),
        )
    before = SituationReport.objects.count()

    def post(**changed: Any) -> Any:
        told = {"key": uuid4(), **FORM, **more, **changed}
        return client.post(reverse(name, args=(slot,)), told)

    with on(at(3, 10)):
        assert 'name="checked"' not in client.get(reverse("situation_slot", args=(slot,))).content.decode()
        page = post()
        assert page.status_code == 422
        assert [*page.context[form].errors] == ["figure-fever"]
        boxes = [(one.key, one.figure, one.is_checked) for one in page.context[form].unsure]
        assert boxes == [("fever", 20_000, False), ("contacts", 11_000, False)]
        assert page.content.decode().count('name="checked"') == 2
        half = post(checked=["fever=20000"])
        assert [*half.context[form].errors] == ["figure-contacts"]
        assert [one.is_checked for one in half.context[form].unsure] == [True, False]
        # Another figure is another look; what is no box of the page confirms nothing.
        assert post(checked=["fever=20000", "contacts=11000"], **{"figure-fever": "30000"}).status_code == 422
        assert (
            post(checked=["fever=", "=20000", "fever", "fever=２００００", "contacts=11000"]).status_code
            == 422
        )
        assert SituationReport.objects.count() == before
        assert post(checked=["fever=20000", "contacts=11000"]).status_code == 302
        shown = client.get(reverse("situation_slot", args=(slot,))).content.decode()
    assert SituationReport.objects.latest("version").checked == ["contacts", "fever"]
    assert shown.count("（经核对）") == 2
