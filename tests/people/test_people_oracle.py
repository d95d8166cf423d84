"""An import of any list comes to what a slow reading of the rules comes to, file after file."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from people_builders import Row, Steps, bring, on, open_unit
from songnuan.kernel.actor import SYSTEM
from songnuan.people import actions
from songnuan.people.checks import verify
from songnuan.people.models import Enrolment, Person, RosterImport
from songnuan.people.staging import TAKEN
from songnuan.people.turn import take_turn

NAMES = ("张三", "李四", "王五")
NUMBERS = ("", "110101199003071233", "11010519491231002X", "440524188001010014", "53010219200508011X")
PHONES = ("", "13800138000", "13900139000")
UNITS = ("", "急诊科", "检验科", "没有的科", "澄江医院")

ROWS = st.builds(
    lambda name, number, phone, unit, post, bank, state: {
        "name": name,
        "id_number": number,
        "phone": phone,
        "unit_name": unit,
        "post": post,
        "bank": bank,
        "state": state,
    },
    st.sampled_from(NAMES),
    st.sampled_from(NUMBERS),
    st.sampled_from(PHONES),
    st.sampled_from(UNITS),
    st.sampled_from(("", "医生", "护士")),
    st.sampled_from(("", "工商银行", "建设银行")),
    st.sampled_from(("new",) * 6 + ("rejected",)),
)
FILES = st.lists(st.tuples(st.lists(ROWS, max_size=7), st.booleans()), min_size=1, max_size=3)


@dataclass(eq=False)
class Somebody:
    """A person of the oracle: `told` is the row told last, periods are (unit, post, from, to)."""

    name: str
    number: str
    phone: str
    bank: str
    told: tuple[str, ...] | None = None
    unit: str = ""
    post: str = ""
    since: int = 0
    periods: list[tuple[str, str, int, int | None]] = field(default_factory=list)

    def end(self, day: int) -> None:
        """End what stands."""
        self.periods.append((self.unit, self.post, self.since, day))
        self.told = None


@dataclass(eq=False)
class Entry:
    """A row in the oracle's hands: who is meant, how found, and what becomes of it."""

    row: Row
    state: str
    who: Somebody | None = None
    found_by: str = ""

    @property
    def number(self) -> str:
        """The row's identity number."""
        return str(self.row["id_number"])

    @property
    def phone(self) -> str:
        """The row's phone."""
        return str(self.row["phone"])

    @property
    def unit(self) -> str:
        """The unit the row means."""
        return self.row["unit_name"] or "澄江医院"

    @property
    def bare(self) -> bool:
        """Whether it tells neither number nor phone."""
        return not self.number and not self.phone

    @property
    def told(self) -> tuple[str, ...]:
        """All the row tells."""
        return tuple(
            str(self.row[name]) for name in ("name", "id_number", "phone", "unit_name", "post", "bank")
        )


class Register:
    """People as dictionaries would keep them."""

    def __init__(self) -> None:
        self.people: list[Somebody] = []

    def take(self, rows: list[Row], day: int, *, end_missing: bool) -> Counter[str]:
        """Take a file; return its counts."""
        entries = [Entry(row, "rejected" if row["state"] == "rejected" else "new") for row in rows]
        for entry in entries:
            if entry.state == "new" and entry.row["unit_name"] == "没有的科":
                entry.state = "aside"
        sound = [entry for entry in entries if entry.state == "new"]
        for entry in [entry for entry in sound if self._superfluous(entry, sound)]:
            entry.state = "aside"
        for entry in sound:
            if entry.state == "new":
                self._find(entry)
        self._settle([entry for entry in sound if entry.state == "new" and entry.who])
        taken = [entry for entry in sound if entry.state != "aside"]
        for entry in taken:
            entry.state = self._state(entry)
        kept = {id(entry.who) for entry in taken if entry.who}
        refused = [entry for entry in entries if entry.state in {"rejected", "aside"}]
        left = [
            who
            for who in self.people
            if who.told
            and id(who) not in kept
            and not any(entry.row["name"] == who.name for entry in refused)
            and not any(entry.number and entry.number == who.number for entry in refused)
        ]
        for entry in taken:
            self._write(entry, day)
        if end_missing:
            for who in left:
                who.end(day)
        counts = Counter(entry.state for entry in entries)
        counts["rejected"] += counts.pop("aside", 0)
        counts["left"] = len(left)
        return +counts

    def _superfluous(self, entry: Entry, sound: list[Entry]) -> bool:
        place = sound.index(entry)
        earlier, others = sound[:place], [other for other in sound if other is not entry]
        if entry.number:
            return any(other.number == entry.number for other in earlier)
        if entry.phone:
            same = [
                other
                for other in others
                if (other.row["name"], other.phone) == (entry.row["name"], entry.phone)
            ]
            return any(other.number or any(other is one for one in earlier) for other in same)
        same = [
            other for other in others if (other.row["name"], other.unit) == (entry.row["name"], entry.unit)
        ]
        return any(not other.bare or any(other is one for one in earlier) for other in same)

    def _find(self, entry: Entry) -> None:
        name = entry.row["name"]
        if entry.number:
            bearers = [who for who in self.people if who.number == entry.number]
            if bearers:
                entry.who, entry.found_by = bearers[0], "number"
                if bearers[0].name != name:
                    entry.who, entry.state = None, "aside"
                return
            some = [
                who
                for who in self.people
                if not who.number and entry.phone and (who.name, who.phone) == (name, entry.phone)
            ]
            entry.found_by = "phone_with_number"
        elif entry.phone:
            some = [who for who in self.people if (who.name, who.phone) == (name, entry.phone)]
            entry.found_by = "less"
        else:
            some = [who for who in self.people if who.told and (who.name, who.unit) == (name, entry.unit)]
            entry.found_by = "less"
        if len(some) > 1:
            standing = [who for who in some if who.told]
            same = [who for who in standing if who.told == entry.told]
            some = next((few for few in (same, standing) if len(few) == 1), some)
        if len(some) == 1:
            entry.who = some[0]
        elif some and not entry.number:
            entry.state = "aside"

    def _settle(self, found: list[Entry]) -> None:
        for who in {id(entry.who): entry.who for entry in found}.values():
            claims = [entry for entry in found if entry.who is who]
            by_phone = [entry for entry in claims if entry.found_by == "phone_with_number"]
            if len(by_phone) > 1:
                for entry in by_phone:
                    entry.who = None
                claims = [entry for entry in claims if entry.who is who]
            claims.sort(key=lambda entry: not entry.number)
            for entry in claims[1:]:
                entry.state, entry.who = "aside", None

    def _state(self, entry: Entry) -> str:
        who = entry.who
        if who is None:
            return "new"
        if who.told is None:
            return "joined"
        at_unit = not entry.row["unit_name"] or who.unit == entry.unit
        return "unchanged" if who.told == entry.told and at_unit else "changed"

    def _write(self, entry: Entry, day: int) -> None:
        if entry.state == "unchanged":
            return
        row, who = entry.row, entry.who
        if who is None:
            who = Somebody(row["name"], entry.number, entry.phone, row["bank"])
            self.people.append(who)
        who.number = who.number or entry.number
        who.phone, who.bank = entry.phone or who.phone, row["bank"] or who.bank
        if who.told is None:
            who.unit, who.post, who.since = entry.unit, row["post"], day
        else:
            unit, post = entry.unit if row["unit_name"] else who.unit, row["post"] or who.post
            if (unit, post) != (who.unit, who.post):
                who.end(day)
                who.unit, who.post, who.since = unit, post, day
        who.told = entry.told

    def everybody(self) -> Counter[Any]:
        """Return all that is known."""
        return Counter(
            (who.name, who.number, who.phone, who.bank, tuple(sorted(self._periods(who), key=str)))
            for who in self.people
        )

    def _periods(self, who: Somebody) -> list[tuple[Any, ...]]:
        open_one = [(who.unit, who.post, who.since, None)] if who.told else []
        return [
            (unit, post, on(start), None if end is None else on(end))
            for unit, post, start, end in (*who.periods, *open_one)
        ]


def stored(units: dict[int, str]) -> Counter[Any]:
    """Return all that stands in the tables, as the oracle tells it."""
    periods: dict[int, list[tuple[Any, ...]]] = {}
    for one in Enrolment.objects.all():
        period = (units[one.unit_id], one.post, one.starts_on, one.ends_on)
        periods.setdefault(one.person_id, []).append(period)
    return Counter(
        (
            who.name,
            who.id_number or "",
            who.phone or "",
            who.bank,
            tuple(sorted(periods.get(who.pk, []), key=str)),
        )
        for who in Person.objects.all()
    )


def somebody(who: int, tells: set[str], unit: str, post: str, bank: str) -> Row:
    """Return a row of one of four people who share no name, number or phone."""
    return {
        "name": ("张三", "李四", "王五", "赵六")[who],
        "id_number": NUMBERS[who + 1] if "number" in tells else "",
        "phone": f"1380013800{who}" if "phone" in tells else "",
        "unit_name": unit,
        "post": post,
        "bank": bank,
        "state": "new",
    }


DISTINCT = st.builds(
    somebody,
    st.integers(0, 3),
    st.sets(st.sampled_from(("number", "phone"))),
    st.sampled_from(UNITS),
    st.sampled_from(("", "医生", "护士")),
    st.sampled_from(("", "工商银行", "建设银行")),
)
DISTINCT_FILES = st.lists(st.tuples(st.lists(DISTINCT, max_size=7), st.booleans()), min_size=1, max_size=3)


class Disturbed(Steps):
    """An import during which somebody else changes persons before every chunk."""

    def call(self, action: Callable[..., Any], **more: Any) -> Any:
        """Take a turn of somebody else's first."""
        if action is actions.apply_chunk:
            take_turn()
        return super().call(action, **more)


def prove(files: list[tuple[list[Row], bool]], size: int, drive: type[Steps] = Steps) -> None:
    """Bring the files, `size` rows to a chunk, and compare each with the oracle."""
    top = open_unit("澄江医院", "bureau")
    units = {top: "澄江医院", **{open_unit(name, "department", top): name for name in ("急诊科", "检验科")}}
    oracle = Register()
    for day, (rows, end_missing) in enumerate(files, start=2):
        steps = bring("people", "people", rows, day, unit_id=top, size=size)
        preview = shown(RosterImport.objects.get(key=steps.key).counts)
        counts = drive(steps.key, day, SYSTEM, size).apply(end_missing=end_missing)
        expected = oracle.take(rows, day, end_missing=end_missing)
        assert preview == expected
        assert shown(counts) == expected
        assert stored(units) == oracle.everybody()
    assert verify(on(9)) == []


def shown(counts: dict[str, int]) -> Counter[str]:
    """Return the counts that the oracle counts too."""
    return +Counter({name: counts[name] for name in (*TAKEN, "rejected", "left")})


@given(files=FILES, size=st.sampled_from((1, 2, 3, 100)))
@pytest.mark.django_db
def test_files_one_after_another_come_to_what_the_slow_reading_comes_to(
    files: list[tuple[list[Row], bool]], size: int
) -> None:
    with transaction.atomic():
        prove(files, size)
        transaction.set_rollback(True)


@settings(max_examples=settings().max_examples // 2)
@given(files=DISTINCT_FILES, size=st.sampled_from((1, 2, 3, 100)))
@pytest.mark.django_db
def test_rows_matched_anew_in_every_chunk_come_to_the_same(
    files: list[tuple[list[Row], bool]], size: int
) -> None:
    with transaction.atomic():
        prove(files, size, Disturbed)
        transaction.set_rollback(True)
