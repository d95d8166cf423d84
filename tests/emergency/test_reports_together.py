"""Units that say at one moment that all is safe: taken in as a set, and nothing differs from one by one."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from emergency.house import EAST, LEAVES, UNITS, ZERO, ReportHouse, at, event, make_house, rows_of
from hands import killed_at
from songnuan.audit.checks import verify
from songnuan.audit.models import Entry, Stream
from songnuan.emergency import report_checks
from songnuan.emergency.actions import Days, MovedMeanwhile, Safe, Sent, read_safe
from songnuan.emergency.models import ReportCount, ReportSlot, SituationReport
from songnuan.journeys import report_situation as journeys
from songnuan.journeys.excuse_reports import excuse_reports
from songnuan.journeys.report_situation import report_situation
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.combining import Combiner
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import Post, User
from songnuan.plans.models import Measure, MeasureStatus

pytestmark = pytest.mark.django_db(transaction=True)
settle = journeys._take_in_all


@pytest.fixture
def house(transactional_db: None) -> ReportHouse:  # noqa: ARG001 - real commits
    made = make_house()
    made.open(at(3, 9))
    return made


def safe(house: ReportHouse, name: str, moment: datetime | None = None, **how: Any) -> Safe:
    """Return that a unit's liaison says that all is safe."""
    actor = how.pop("actor", house.liaisons[name])
    slot_id = how.pop("slot_id", None) or house.slot(name).pk
    return Safe(slot_id, Sent(how.pop("key", None) or uuid4(), **how), actor, moment or at(3, 10))


def nothing_wrong() -> None:
    assert [*report_checks.verify(), *verify()] == []


def written() -> dict[str, Any]:
    """Return all that reports leave, without what tells two runs apart: ids, the machine's clock, digests."""
    rows = SituationReport.objects.order_by("slot_id").values()
    entries = Entry.objects.filter(action__startswith="emergency.").order_by("stream__name", "subject")
    return {
        "reports": [{key: value for key, value in row.items() if key not in {"id", "key"}} for row in rows],
        "slots": list(ReportSlot.objects.order_by("pk").values()),
        "counts": list(ReportCount.objects.order_by("pk").values()),
        "trail": list(
            entries.values_list(
                "stream__name", "at", "actor_key", "actor_label", "action", "subject", "facts"
            )
        ),
        "lengths": sorted(Stream.objects.values_list("name", "length")),
    }


def left_by(act: Callable[[], object]) -> dict[str, Any]:
    """Return what an act leaves, and take it back."""
    outer = transaction.atomic()
    outer._from_testcase = True  # type: ignore[attr-defined] # a journey is the outermost but for a test's own
    with outer:
        act()
        nothing_wrong()
        left = written()
        transaction.set_rollback(True)
    return left


def test_a_set_writes_what_each_alone_would_write(house: ReportHouse) -> None:
    day = date(2020, 2, 3)
    facts: dict[str, Any] = {"measure_id": house.measure.pk, "days": Days(day, day), "reason": "停业"}
    excuse_reports(unit_id=house.units["二站"], actor=house.office, at=at(3, 9, 30), **facts)
    how: dict[str, Any] = {"device_at": at(3, 9, 59), "clock_skew_seconds": 10**12}
    asked = [safe(house, name, at(3, 17 if name == "三站" else 10)) for name in UNITS]
    asked[0] = replace(asked[0], sent=replace(asked[0].sent, **how))

    def one_by_one() -> None:
        for one in asked:
            report_situation(slot_id=one.slot_id, told=ZERO, sent=one.sent, actor=one.actor, at=one.at)

    single = left_by(one_by_one)
    together = left_by(lambda: settle(asked))
    assert len(single["reports"]) == len(UNITS)
    assert {row["is_late"] for row in single["slots"]} == {True, False}
    for part, rows in single.items():
        assert together[part] == rows, part


def test_a_set_is_answered_in_its_order_and_found_under_its_keys(house: ReportHouse) -> None:
    asked = [safe(house, name) for name in reversed(LEAVES)]
    found = settle(asked)
    assert [one and one.slot_id for one in found] == [one.slot_id for one in asked]
    for one, made in zip(asked, found, strict=True):
        assert made is not None
        assert SituationReport.objects.get(key=one.sent.key).pk == made.pk
        again = report_situation(slot_id=one.slot_id, told=ZERO, sent=one.sent, actor=one.actor, at=at(3, 11))
        assert again.pk == made.pk
    assert SituationReport.objects.count() == len(LEAVES)
    nothing_wrong()


def test_what_is_not_plain_is_left_out_and_nothing_of_it_written(house: ReportHouse) -> None:
    house.report("二站", at(3, 10))
    house.report("三站", at(3, 10), event(at(3, 9)))
    Post.objects.filter(user=house.liaisons["五站"].user_id).update(ends_on=date(2020, 2, 3))
    User.objects.filter(pk=house.liaisons["机动队"].user_id or 0).update(is_active=False)
    left = [
        safe(house, "二站"),
        safe(house, "三站"),
        safe(house, "四站", actor=house.liaisons["一站"]),
        safe(house, "四站", actor=house.office),
        safe(house, "四站", actor=SYSTEM),
        safe(house, "五站"),
        safe(house, "机动队"),
        safe(house, "四站", at(2, 10)),
        safe(house, "四站", slot_id=10**30),
        safe(house, "四站", slot_id=-1),
    ]
    before = rows_of()
    for one in left:
        assert settle([one, safe(house, "二站")]) == [None, None]
    assert rows_of() == before
    found = settle([safe(house, "一站"), *left])
    assert [made is not None for made in found] == [True, *[False] * len(left)]
    assert SituationReport.objects.count() == 3
    nothing_wrong()


def test_of_a_closed_measure_nothing_is_taken_in(house: ReportHouse) -> None:
    Measure.objects.update(status=MeasureStatus.CLOSED)
    before = rows_of()
    assert settle([safe(house, name) for name in LEAVES]) == [None] * len(LEAVES)
    assert rows_of() == before


def test_of_two_for_one_slot_the_first_is_in_the_set(house: ReportHouse) -> None:
    first, second = safe(house, "一站"), safe(house, "一站")
    found = settle([first, second, safe(house, "二站")])
    assert [made is not None for made in found] == [True, False, True]
    assert SituationReport.objects.get(slot_id=first.slot_id).key == first.sent.key
    nothing_wrong()


def test_of_two_units_under_one_key_the_first_is_in_the_set(house: ReportHouse) -> None:
    key = uuid4()
    found = settle([safe(house, "一站", key=key), safe(house, "二站", key=key), safe(house, "三站")])
    assert [made is not None for made in found] == [True, False, True]
    assert SituationReport.objects.get(key=key).slot_id == house.slot("一站").pk
    nothing_wrong()


def test_a_key_that_came_before_with_another_units_report_is_left_out(house: ReportHouse) -> None:
    key = uuid4()
    house.report("四站", at(3, 10), key=key)
    found = settle([safe(house, "一站"), safe(house, "二站", key=key), safe(house, "三站")])
    assert [made is not None for made in found] == [True, False, True]
    assert not SituationReport.objects.filter(slot=house.slot("二站").pk).exists()
    nothing_wrong()


def test_a_key_that_comes_meanwhile_with_another_units_report_undoes_the_set(
    house: ReportHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = uuid4()

    def overtaken(some: Sequence[Safe]) -> Any:
        ready = read_safe(some)
        house.report("四站", at(3, 10), key=key)
        return ready

    monkeypatch.setattr("songnuan.journeys.report_situation.emergency.read_safe", overtaken)
    with pytest.raises(IntegrityError):
        settle([safe(house, "一站"), safe(house, "二站", key=key), safe(house, "三站")])
    assert SituationReport.objects.get().key == key
    nothing_wrong()


def test_a_set_waits_for_no_lock_as_long_as_others_have_patience(
    house: ReportHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite locks no rows")
    told: list[str] = []

    def ask(_come: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            told.extend(cursor.fetchone())
        raise MovedMeanwhile

    monkeypatch.setattr("songnuan.journeys.report_situation.emergency.report_all", ask)
    assert settle([safe(house, "一站")]) == [None]
    assert told == ["5s"]
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",), "what comes after it waits as ever"


@pytest.mark.parametrize("change", [{"version": 1, "status": "zero"}, {"is_excused": True}])
def test_what_changes_since_it_was_read_undoes_the_set(
    house: ReportHouse, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    asked = [safe(house, name) for name in LEAVES]

    def overtaken(some: Sequence[Safe]) -> Any:
        ready = read_safe(some)
        slot = ready[1].slot
        return {**ready, 1: replace(ready[1], slot=replace(slot, **change))}

    monkeypatch.setattr("songnuan.journeys.report_situation.emergency.read_safe", overtaken)
    before = rows_of(), written()
    assert settle(asked) == [None] * len(asked), "each is read anew, alone"
    assert (rows_of(), written()) == before


# Threads at once -----------------------------------------------------------------------------------


class Behind:
    """Lets reports of several threads wait until all stand behind one that leads."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
        self.sets: list[int] = []
        self.outcomes: dict[int, str] = {}
        combiner: Combiner[Safe, SituationReport] = Combiner(self._settle)
        monkeypatch.setattr(journeys, "_together", combiner)
        self._combiner, self._most = combiner, most

    def _settle(self, some: Sequence[Safe]) -> Sequence[SituationReport | None]:
        self.sets.append(len(some))
        return settle(some)

    def run(self, *acts: Callable[[], object]) -> list[str]:
        """Run each act in a thread; return how each ended, in their order."""

        def lead() -> SituationReport:
            while len(self._combiner._queue) < self._most:
                threading.Event().wait(0.002)
            return SituationReport()

        def run(place: int, act: Callable[[], object]) -> None:
            try:
                act()
                self.outcomes[place] = "done"
            except Refusal as refusal:
                self.outcomes[place] = refusal.code
            finally:
                connection.close()

        first = threading.Thread(
            target=lambda: self._combiner.act(Safe(0, Sent(uuid4()), SYSTEM, at(3, 10)), lead)
        )
        first.start()
        threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
        for thread in threads:
            thread.start()
        for thread in [first, *threads]:
            thread.join(60)
        return [self.outcomes[place] for place in range(len(acts))]


def test_threads_at_once_are_one_set_and_each_has_its_own_answer(
    house: ReportHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.report("五站", at(3, 9, 50))
    key: UUID = uuid4()
    slot = house.slot("四站").pk
    behind = Behind(monkeypatch, most=6)
    told = behind.run(
        *[lambda name=name: house.report(name, at(3, 10)) for name in ("一站", "二站", "三站")],
        lambda: house.report("五站", at(3, 10)),
        lambda: house.report("四站", at(3, 10), slot_id=slot, key=key),
        lambda: house.report("四站", at(3, 10), slot_id=slot, actor=house.liaisons["一站"]),
    )
    assert told == ["done", "done", "done", "report_there", "done", "not_permitted"]
    assert behind.sets == [6]
    assert SituationReport.objects.count() == 5
    refused = Entry.objects.filter(action="journey.refused").values_list("actor_key", "facts")
    assert {who for who, _facts in refused} == {house.liaisons["五站"].key, house.liaisons["一站"].key}
    nothing_wrong()


def test_one_page_sent_twice_in_one_set_is_one_report(
    house: ReportHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = uuid4()
    behind = Behind(monkeypatch, most=3)
    told = behind.run(
        *[lambda: house.report("一站", at(3, 10), key=key)] * 2, lambda: house.report(EAST, at(3, 10))
    )
    assert told == ["done"] * 3
    assert SituationReport.objects.count() == 2
    nothing_wrong()


def test_when_the_set_fails_each_is_settled_alone(
    house: ReportHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = uuid4()
    behind = Behind(monkeypatch, most=4)
    told = behind.run(
        *[lambda name=name: house.report(name, at(3, 10), key=key) for name in ("一站", "二站")],
        *[lambda name=name: house.report(name, at(3, 10)) for name in ("三站", "四站")],
    )
    assert sorted(told[:2]) == ["done", "key_reused"]
    assert told[2:] == ["done", "done"]
    assert SituationReport.objects.count() == 3
    nothing_wrong()


# Killed, and what it costs -------------------------------------------------------------------------


@pytest.mark.once
def test_a_set_killed_at_any_statement_is_whole_or_absent(house: ReportHouse) -> None:
    asked = [safe(house, name) for name in LEAVES[:3]]
    statement, before = 0, (rows_of(), written())
    while killed_at(statement := statement + 1, lambda: settle(asked)):
        assert (rows_of(), written()) == before, f"half a set was left by a kill at statement {statement}"
    assert statement > 8
    assert SituationReport.objects.count() == 3
    assert settle(asked) == [None] * 3
    nothing_wrong()


def test_a_set_costs_the_same_few_statements_however_many_it_is(house: ReportHouse) -> None:
    for name in LEAVES:  # the chains of the trail are there from then on
        house.report(name, at(3, 10))
    told = []
    for day, names in ((4, LEAVES[:2]), (5, LEAVES)):
        house.open(at(day, 8))
        asked = [safe(house, name, at(day, 10)) for name in names]
        with CaptureQueriesContext(connection) as found:
            assert None not in settle(asked)
        told.append(len(found))
    assert told[0] == told[1] <= 11
