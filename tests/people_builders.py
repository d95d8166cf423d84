"""Rows of invented people as preparing makes them, and an import driven through its steps."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Model

from songnuan.audit.record import trail
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.blocks import Block
from songnuan.kernel.bulk import chunks
from songnuan.kernel.clock import CHINA
from songnuan.kernel.sealed import seal_texts
from songnuan.organisation.actions import create_unit
from songnuan.people import actions, queries
from songnuan.people.columns import COLUMNS, PLACES, index
from songnuan.people.keyed import fresh_keys, told_digests
from songnuan.people.models import ImportProblem, RosterImport

Row = Mapping[str, Any]
TEXTS = {
    "people": (
        "name",
        "sex",
        "id_kind",
        "bank",
        "unit_name",
        "post",
        "rank",
        "category",
        "employee_number",
        "note",
    ),
    "families": (
        *("name", "unit_name", "relation", "relative_name", "relative_sex", "relative_id_kind"),
        *("relative_unit", "note"),
    ),
    "service": ("name", "sex", "id_kind", "unit_name", "place", "post", "note"),
}
NUMBERS = {
    "people": ("id_number", "phone", "account", "address"),
    "families": ("relative_id_number", "relative_phone"),
    "service": ("id_number", "phone"),
}


def at(day: int, hour: int = 9) -> datetime:
    """Return a moment on a day counted from 1 April 2020, in China."""
    return datetime(2020, 4, 1, hour, tzinfo=CHINA) + timedelta(days=day - 1)


def on(day: int) -> date:
    """Return the day of `at(day)`."""
    return at(day).date()


@contextmanager
def acting() -> Iterator[None]:
    """A transaction with a trail of its own, as a journey has."""
    with transaction.atomic(), trail():
        yield


def open_unit(name: str, kind: str = "subordinate", parent_id: int | None = None) -> int:
    """Open a unit, as the system; return its id."""
    with acting():
        return create_unit(name=name, kind=kind, parent_id=parent_id, actor=SYSTEM, at=at(1)).pk


def prepared(kind: str, number: int, row: Row, sheet: str = "人员") -> list[Any]:
    """Return a row as it is staged; numbers are given plain, and the state may be told."""
    values: dict[str, Any] = {"sheet": sheet, "row": number, "state": row.get("state", "new")}
    values |= {name: row.get(name, "") for name in TEXTS[kind]}
    told = [values[name] for name in TEXTS[kind]]
    for name in NUMBERS[kind]:
        field, plain = name.removeprefix("relative_"), row.get(name, "")
        values[name] = seal_texts(PLACES[field], [plain])[0] if plain else None
        key = name.replace("id_number", "id") + "_index"
        values[key] = index(field, plain)
        told.append(values[key])
    if kind == "families":
        values["id_index"] = index("id_number", row.get("id_number", ""))
        told.append(values["id_index"])
    for name in COLUMNS[kind]:
        if name not in values:
            values[name] = row.get(name)
            told.append(row.get(name))
    values["id_zeros"] = row.get("id_zeros", False)
    text = "\x1f".join("" if value is None else str(value) for value in told)
    [values["told_digest"]] = told_digests([text])
    [values["person_key"]] = fresh_keys(1)
    return [values[name] for name in COLUMNS[kind]]


def seen(import_key: str) -> dict[str, int]:
    """Return what the preview of an import counts, without what is nothing."""
    counts = RosterImport.objects.get(key=import_key).counts
    return {name: number for name, number in counts.items() if number}


def problems() -> list[tuple[int, str, str]]:
    """Return row, code and column of every problem, as they were found."""
    return list(ImportProblem.objects.order_by("pk").values_list("row", "code", "column"))


def everything(*tables: type[Model]) -> list[list[Any]]:
    """Return every row of the tables, sealed texts opened."""
    return [list(table._default_manager.order_by("pk").values_list()) for table in tables]


@dataclass(frozen=True)
class Steps:
    """Drives an import; `size` rows to a chunk."""

    key: str
    day: int
    actor: Actor = SYSTEM
    size: int = 10_000

    def call(self, action: Callable[..., Any], **more: Any) -> Any:
        """Call an action on the import in a transaction of its own."""
        with acting():
            return action(import_key=self.key, actor=self.actor, at=at(self.day), **more)

    def match(self) -> dict[str, int]:
        """Match all rows; return the counts."""
        self.call(actions.settle_units)
        self.loop(actions.ready_chunk)
        for some in chunks(queries.doubles(self.key), self.size):
            self.call(actions.set_aside_doubles, found=some)
        self.loop(actions.match_chunk)
        for some in chunks(queries.double_claims(self.key), self.size):
            self.call(actions.set_aside_doubles, found=some)
        counts, known_through = queries.outcome(self.key)
        self.call(actions.finish_matching, counts=counts, known_through=known_through)
        return counts

    def loop(self, action: Callable[..., int | None], after: int = 0) -> None:
        """Call a chunked action until nothing is left."""
        step: int | None = after
        while step is not None:
            step = self.call(action, after=step, size=self.size)

    def apply(self, *, end_missing: bool = False) -> dict[str, int]:
        """Apply the import; return its counts."""
        self.call(actions.begin_apply, end_missing=end_missing)
        return self.go_on()

    def go_on(self) -> dict[str, int]:
        """Apply what is not applied yet of an import that was begun."""
        self.loop(actions.apply_chunk, RosterImport.objects.get(key=self.key).applied_through)
        while self.call(actions.end_missing, size=self.size):
            pass
        counts: dict[str, int] = self.call(actions.finish_import)
        return counts


def bring(
    roster_key: str,
    kind: str,
    rows: Sequence[Row],
    day: int,
    *,
    unit_id: int | None = None,
    actor: Actor = SYSTEM,
    size: int = 10_000,
    **options: Any,
) -> Steps:
    """Bring a file with these rows, numbered from 2, up to its preview."""
    with acting():
        source = actions.receive_import(
            roster_key=roster_key,
            kind=kind,
            file_name=f"{kind}.xlsx",
            file_digest="0" * 64,
            file_size=1,
            options=options,
            unit_id=unit_id,
            actor=actor,
            at=at(day),
        )
    steps = Steps(source.key, day, actor, size)
    steps.call(actions.start_reading)
    table = [prepared(kind, number, row) for number, row in enumerate(rows, start=2)]
    steps.call(actions.stage, rows=[Block.of(table)])
    steps.match()
    return steps
