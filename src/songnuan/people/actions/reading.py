"""Takes a file in: what was brought, its columns, its rows, their problems and mends."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.kernel.actor import Actor
from songnuan.kernel.blocks import Block, Plain
from songnuan.kernel.bulk import upsert
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, require
from songnuan.people import importing, rules, staging
from songnuan.people.asides import Aside, number_field, set_aside
from songnuan.people.columns import LIMITS
from songnuan.people.importing import move, must_be, standing, tell, touch
from songnuan.people.lifecycle import ENDED, WAITING
from songnuan.people.models import ColumnMemory, ImportProblem, ImportStatus, Mend, RosterImport
from songnuan.people.staging import CHUNK, TAKEN

_READING = ImportStatus.READING.value


@transaction.atomic(savepoint=False)
def receive_import(
    *,
    roster_key: str,
    kind: str,
    file_name: str,
    file_digest: str,
    file_size: int,
    options: Mapping[str, Any],
    roster_title: str = "",
    unit_id: int | None = None,
    day: date | None = None,
    actor: Actor,
    at: datetime,
) -> RosterImport:
    """Note that a file was brought for a roster, which may still be to be made.

    Args:
        roster_key: The roster's.
        kind: One of `RosterKind`.
        file_name: As it was brought, cut to fit.
        file_digest: SHA-256 (hex).
        file_size: Bytes.
        options: Kept as they are; `create_units` is asked here.
        roster_title: The title if the roster is to be made.
        unit_id: Its unit in that case; None when the house has none yet.
        day: The day from which its rows hold; that of `at` when left out.
        actor: Needs PEOPLE_IMPORT over the unit.
        at: When.

    Raises:
        Refusal: `roster_kind`, `roster_closed`, `roster_erased`, `day_later`, or from `rules`.

    """
    on = day_of(at)
    roster = importing.roster_of(rules.roster_key(roster_key), rules.kind(kind))
    source = RosterImport(
        key=secrets.token_hex(16),
        roster=roster,
        roster_key=roster_key,
        roster_title=roster.title if roster else (roster_title or roster_key)[: rules.TITLE_MAX],
        unit_id=roster.unit_id if roster else unit_id,
        kind=kind,
        file_name=file_name[-255:],
        file_digest=file_digest,
        file_size=file_size,
        options=dict(options),
        created_by_id=actor.user_id,
        created_at=at,
        touched_at=at,
        day=day or on,
    )
    require(actor, Permission.PEOPLE_IMPORT, unit_id=source.unit_id, at=at)
    if source.day > on:
        raise Refusal("day_later", _("The rows cannot hold from a day that is still to come."), field="day")
    RosterImport.objects.bulk_create([source])
    tell(source, "receive_import", actor, at, {"kind": kind, "digest": file_digest, "size": file_size})
    return source


@transaction.atomic(savepoint=False)
def start_reading(*, import_key: str, actor: Actor, at: datetime) -> None:
    """Begin to read the file, or begin again; what was staged before is to be cleared.

    Raises:
        Refusal: `roster_erased`, `wrong_state` when it is applied or cancelled.

    """
    source = standing(import_key, actor, at)
    importing.refuse_erased(source.roster)
    move(source, "read", at, columns=[], counts={})


@transaction.atomic(savepoint=False)
def clear_staged(
    *,
    import_key: str,
    size: int = CHUNK,
    keep_mends: bool = False,
    keep_problems: bool = False,
    actor: Actor,
    at: datetime,
) -> bool:
    """Delete up to `size` rows of what is staged; return whether more is left.

    Raises:
        Refusal: `wrong_state` when the import is neither being read nor ended.

    """
    source = standing(import_key, actor, at)
    must_be(source, _READING, *ENDED)
    kept = [*([Mend] if keep_mends else []), *([ImportProblem] if keep_problems else [])]
    return staging.clear(source, size, keep=kept)


@transaction.atomic(savepoint=False)
def note_columns(
    *, import_key: str, columns: Sequence[Mapping[str, Any]], actor: Actor, at: datetime
) -> None:
    """Note how the sheets of the file are read: for each `sheet`, `headings`, `places` and more.

    Raises:
        Refusal: `wrong_state` when it is not being read.

    """
    source = standing(import_key, actor, at)
    must_be(source, _READING)
    touch(source, at, columns=[dict(table) for table in columns])


@transaction.atomic(savepoint=False)
def ask(*, import_key: str, actor: Actor, at: datetime) -> None:
    """Wait until somebody says what the unknown columns are.

    Raises:
        Refusal: `wrong_state` when it is not being read.

    """
    move(standing(import_key, actor, at), "ask", at)


@transaction.atomic(savepoint=False)
def remember_columns(*, import_key: str, chosen: Mapping[str, str], actor: Actor, at: datetime) -> None:
    """Remember for the roster's unit what headings, in their normal form, mean; "" is to be left out.

    Raises:
        Refusal: `wrong_state` when the import is applied or cancelled.

    """
    source = standing(import_key, actor, at)
    must_be(source, *WAITING)
    if source.unit_id is not None:
        rows = [
            ColumnMemory(
                unit_id=source.unit_id, kind=source.kind, heading=heading[: LIMITS["column"]], field=field
            )
            for heading, field in sorted(chosen.items())
        ]
        upsert(ColumnMemory, rows, unique=["unit", "kind", "heading"], update=["field"])
    touch(source, at)


@transaction.atomic(savepoint=False)
def stage(
    *,
    import_key: str,
    rows: Iterable[Block],
    problems: Iterable[Sequence[Plain]] = (),
    kept: Sequence[Sequence[Plain]] = (),
    actor: Actor,
    at: datetime,
) -> None:
    """Load prepared rows, their problems and cells, in the orders of `columns`.

    Raises:
        Refusal: `wrong_state` when the import is not being read.

    """
    source = standing(import_key, actor, at)
    must_be(source, _READING)
    staging.put(source, rows, problems, kept)
    touch(source, at)


@transaction.atomic(savepoint=False)
def doubt_zeros(*, import_key: str, actor: Actor, at: datetime) -> int:
    """Reject the rows whose number ends in zeros that Excel may have put there; return how many.

    Raises:
        Refusal: `wrong_state` when the import is not being read.

    """
    source = standing(import_key, actor, at)
    must_be(source, _READING)
    rows = staging.staged(source).filter(id_zeros=True, state__in=TAKEN).values_list("pk", flat=True)
    why = Aside.because("id_lost_digits", number_field(source))
    found = dict.fromkeys(rows, why)
    set_aside(source, found, by_reading=True)
    return len(found)


@transaction.atomic(savepoint=False)
def keep_rows(*, import_key: str, kept: Sequence[Sequence[Plain]], actor: Actor, at: datetime) -> None:
    """Keep the cells of rows whose problem was found only by matching.

    Raises:
        Refusal: `wrong_state` when the import is applied or cancelled.

    """
    source = standing(import_key, actor, at)
    must_be(source, *WAITING)
    staging.keep(source, kept)


@transaction.atomic(savepoint=False)
def mend(
    *, import_key: str, sheet: str, row: int, place: int, value: str, actor: Actor, at: datetime
) -> None:
    """Put a text in the place of one cell; the row is to be staged again, and all matched anew.

    Raises:
        Refusal: `wrong_state` when the import is applied, cancelled, or waits for its columns.

    """
    source = standing(import_key, actor, at)
    move(source, "mend", at)
    mended = Mend(source=source, sheet=sheet, row=row, place=place, value=value)
    upsert(Mend, [mended], unique=["source", "sheet", "row", "place"], update=["value"])


@transaction.atomic(savepoint=False)
def restage(
    *,
    import_key: str,
    sheet: str,
    row: int,
    prepared: Sequence[Plain] | None,
    problems: Iterable[Sequence[Plain]] = (),
    kept: Sequence[Sequence[Plain]] = (),
    actor: Actor,
    at: datetime,
) -> None:
    """Put a prepared row in the place of what is staged for a row of the file; None takes it away.

    Raises:
        Refusal: `wrong_state` when the import is not being read.

    """
    source = standing(import_key, actor, at)
    must_be(source, _READING)
    staging.replace(source, (sheet, row), prepared, problems, kept)
    touch(source, at)


@transaction.atomic(savepoint=False)
def cancel_import(*, import_key: str, actor: Actor, at: datetime) -> None:
    """Give an import up: nothing of it comes into the register.

    Raises:
        Refusal: `wrong_state` when it is applied or cancelled.

    """
    source = standing(import_key, actor, at)
    move(source, "cancel", at)
    tell(source, "cancel_import", actor, at)


@transaction.atomic(savepoint=False)
def fail_import(*, import_key: str, note: str, actor: Actor, at: datetime) -> None:
    """Give an import up whose file cannot be read; `note` says why.

    Raises:
        Refusal: `wrong_state` when it is applied or cancelled.

    """
    source = standing(import_key, actor, at)
    move(source, "fail", at, note=note[: rules.TEXT_MAX])
    tell(source, "fail_import", actor, at)


@transaction.atomic(savepoint=False)
def note_report(*, import_key: str, actor: Actor, at: datetime) -> None:
    """Record that the marked copy of the file, with all it tells of people, left the house."""
    tell(standing(import_key, actor, at), "report", actor, at)
