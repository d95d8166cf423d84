"""A roster of people, families or service comes in from a file: brought, read, looked at, applied.

The file waits sealed until it is applied or given up. Reading and applying are long, so they commit in
short steps, and whatever step they stop at, run again they come to the same end: reading starts anew,
applying goes on behind the last chunk.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import SEEK_END
from typing import BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from songnuan.documents.header import normal
from songnuan.documents.marking import mark
from songnuan.documents.reading import FILE_MAX, read_frames
from songnuan.journeys import uploads
from songnuan.journeys.base import journey, long_journey, long_step, step
from songnuan.journeys.place_units import HOUSE
from songnuan.journeys.roster_reading import (
    UNREAD,
    By,
    MendedCell,
    Reading,
    Told,
    keep_cells,
    match_rows,
    mend_rows,
    silent,
    stage_file,
    unkept,
)
from songnuan.journeys.roster_result import marks_of
from songnuan.journeys.roster_upload import busy, file_of, source_of, upload_of
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import chunks
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation import actions as organisation
from songnuan.organisation.models import UnitKind
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.organisation.roster import UnitRow
from songnuan.people import actions as people
from songnuan.people import queries
from songnuan.people.forms import LAYOUTS
from songnuan.people.models import ImportProblem, ImportStatus, RosterImport

UPLOAD = "roster"
WAITING = (ImportStatus.RECEIVED, ImportStatus.READING, ImportStatus.ASKING, ImportStatus.STAGED)
CHUNK = 25_000  # staged rows applied in one transaction
_UNITS = 1_000  # units made in one transaction


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is taken.

    `create_units` makes units that nobody knows, below the roster's unit. `columns` says which field a
    heading tells, "" for none. With `whole`, who is not in the file has left. With `ask`, headings that
    could be a field are asked about before anything is staged.
    """

    create_units: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)
    whole: bool = False
    ask: bool = True


def bring(
    *,
    roster_key: str,
    file: BinaryIO,
    name: str,
    options: Options,
    kind: str = "",
    unit_id: int | None = None,
    again: bool = True,
    actor: Actor,
    at: datetime,
) -> str:
    """Take a file in, and return the key of its import; nothing of it is read yet.

    Args:
        roster_key: The roster it is for; it may be one that is made when the import is applied.
        file: From its first byte.
        name: As the sender calls it.
        options: How it is to be taken.
        kind: What the roster lists, when it is not there yet.
        unit_id: Whose roster it becomes then; None for the unit of a house that has none.
        again: Whether an import of the same file that is still open is gone on with.
        actor: Needs PEOPLE_IMPORT over the roster's unit.
        at: When.

    Raises:
        Refusal: `too_large`, `not_permitted`, `column_unknown`, and from `people.actions.receive_import`.

    """
    if file.seek(0, SEEK_END) > FILE_MAX:
        next(read_frames(file, name))  # refuses it, before it is sealed and kept
    file.seek(0)
    roster = queries.roster(roster_key)
    kind = roster.kind if roster else kind
    columns = _columns(kind, options.columns)
    upload = uploads.fresh_name(UPLOAD)
    digest, size = uploads.keep(upload, upload, file)
    kept = {"create_units": options.create_units, "whole": options.whole, "ask": options.ask}
    try:
        key, is_new = _receive(
            roster_key=roster_key,
            kind=kind,
            name=name,
            digest=digest,
            size=size,
            options={**kept, "columns": columns, "upload": upload},
            unit_id=unit_id,
            again=again,
            actor=actor,
            at=at,
        )
    except BaseException:
        uploads.remove(upload)
        raise
    if not is_new:
        uploads.remove(upload)
    return key


@journey
def _receive(
    *,
    roster_key: str,
    kind: str,
    name: str,
    digest: str,
    size: int,
    options: dict[str, object],
    unit_id: int | None,
    again: bool,
    actor: Actor,
    at: datetime,
) -> tuple[str, bool]:
    """Return the key of the import of a file, and whether it is a new one."""
    if again:
        waiting = RosterImport.objects.filter(roster_key=roster_key, file_digest=digest, status__in=WAITING)
        known = waiting.order_by("-pk").first()
        if known is not None:
            require(actor, Permission.PEOPLE_IMPORT, unit_id=known.unit_id, at=at)
            return known.key, False
    fresh = people.receive_import(
        roster_key=roster_key,
        kind=kind,
        file_name=name,
        file_digest=digest,
        file_size=size,
        options=options,
        unit_id=unit_id,
        actor=actor,
        at=at,
    )
    return fresh.key, True


@long_journey
def read(*, import_key: str, actor: Actor, at: datetime, told: Told = silent) -> None:
    """Read the file: find its columns, then ask about them, or stage its rows and match them.

    Args:
        import_key: The import; what an earlier reading left is dropped.
        actor: Who reads.
        at: When.
        told: Called with how many rows are done, how many there are if known, and what goes on.

    Raises:
        Refusal: `import_busy`, `upload_gone`, `unreadable`, `too_large`, `header_missing`; after the last
            three the import has failed.

    """
    by = By(actor=actor, at=at)
    source = source_of(import_key)
    with upload_of(source) as file:
        with step():
            people.start_reading(import_key=import_key, **by)
        clear(import_key, by, keep_mends=True)
        reading = _reading(source)
        try:
            stage_file(source, file, reading, by, told)
        except NotPermitted:
            raise
        except Refusal as refusal:
            with step():
                people.fail_import(import_key=import_key, note=refusal.sentence, **by)
            clear(import_key, by)
            raise
        if not reading.asked:
            match_rows(source_of(import_key), by, told, reading)
            keep_cells(source, file, by)


@journey
def settle_columns(*, import_key: str, chosen: Mapping[str, str], actor: Actor, at: datetime) -> None:
    """Say which field a heading tells, "" for none; it is remembered for the roster's unit.

    The file is to be read again afterwards.

    Raises:
        Refusal: `column_unknown`, `wrong_state`.

    """
    columns = _columns(source_of(import_key).kind, chosen)
    people.remember_columns(import_key=import_key, chosen=columns, actor=actor, at=at)


@long_journey
def mend(*, import_key: str, cells: Sequence[MendedCell], actor: Actor, at: datetime) -> None:
    """Put values in the place of cells of a staged import, all or none; their rows are prepared anew.

    All rows are matched again once, however many cells there are: a row may now mean whom another means.

    Raises:
        Refusal: `import_busy`, `column_missing`, `row_not_kept`, `wrong_state`.

    """
    by = By(actor=actor, at=at)
    source = source_of(import_key)
    with busy(source):
        mend_rows(source, _reading(source), cells, by)
        match_rows(source_of(import_key), by, silent)
        if unkept(source):
            with file_of(source) as file:
                keep_cells(source, file, by)


@long_journey
def apply(*, import_key: str, end_missing: bool, actor: Actor, at: datetime, told: Told = silent) -> None:
    """Take over what was staged, in chunks; begun once, it goes on behind the last chunk.

    Given again when all is taken over, it tidies up what may be left and changes nothing.

    Args:
        import_key: The import, staged, being applied or applied.
        end_missing: Whether who is not in the file leaves the roster; counts when it begins.
        actor: Who applies.
        at: When.
        told: As for `read`.

    Raises:
        Refusal: `wrong_state`, and from `people.actions.begin_apply`.

    """
    by = By(actor=actor, at=at)
    source = source_of(import_key)
    if source.status != ImportStatus.APPLIED:
        _take_over(source, by, told, end_missing=end_missing)
    # The problems stay a while, for the copy that goes back to the office.
    clear(import_key, by, keep_problems=True)


@long_journey
def cancel(*, import_key: str, actor: Actor, at: datetime) -> None:
    """Give an import up that was not applied yet: its rows and its file are removed.

    Given again, it removes what may be left.

    Raises:
        Refusal: `wrong_state`.

    """
    by = By(actor=actor, at=at)
    if source_of(import_key).status != ImportStatus.CANCELLED:
        with step():
            people.cancel_import(import_key=import_key, **by)
    clear(import_key, by)
    uploads.remove(source_of(import_key).options["upload"])


def report(*, import_key: str, to: BinaryIO, actor: Actor, at: datetime) -> None:
    """Write the copy of the file in which what is wrong is marked, for the office that sent it.

    Raises:
        Refusal: `not_permitted`, `upload_gone`.

    """
    source = source_of(import_key)
    _note_report(import_key=import_key, actor=actor, at=at)
    headers = {sheet["sheet"]: sheet["header_row"] for sheet in source.columns if sheet["header_row"]}
    with file_of(source) as file:
        mark(read_frames(file, source.file_name), marks_of(source), to, headers=headers)


@journey
def _note_report(*, import_key: str, actor: Actor, at: datetime) -> None:
    people.note_report(import_key=import_key, actor=actor, at=at)


# What they share ----------------------------------------------------------------------------------


def _columns(kind: str, chosen: Mapping[str, str]) -> dict[str, str]:
    """Return which field each heading tells, by the heading's normal form.

    Raises:
        Refusal: `column_unknown` when there is no such field.

    """
    fields = LAYOUTS[kind].by_name
    for heading, name in chosen.items():
        if name and name not in fields:
            sentence = _("“%(heading)s” cannot tell “%(field)s”. The fields are: %(fields)s.")
            facts = {"heading": heading, "field": name, "fields": ", ".join(fields)}
            raise Refusal("column_unknown", sentence % facts, field="columns")
    return {normal(heading): name for heading, name in chosen.items()}


def _reading(source: RosterImport) -> Reading:
    """Return a reading of the import's file with what its office said before."""
    known = queries.known_columns(source.unit_id, source.kind) if source.unit_id else {}
    return Reading(
        kind=source.kind,
        day=source.day,
        known={**known, **source.options["columns"]},
        mends=queries.mends(source.pk),
        ask=source.options["ask"],
    )


def _take_over(source: RosterImport, by: By, told: Told, *, end_missing: bool) -> None:
    """Write all rows of an import that is not applied yet, from where it stands."""
    if source.status != ImportStatus.APPLYING:
        _begin(source, by, end_missing=end_missing)
    total = sum(sheet.get("rows", 0) for sheet in source.columns)
    after: int | None = source_of(source.key).applied_through
    done = 0
    while after is not None:
        with long_step():
            after = people.apply_chunk(import_key=source.key, after=after, size=CHUNK, **by)
        done = min(done + CHUNK, total)
        told(done, total, gettext_noop("Taking over"))
    more = True
    while more:
        with long_step():
            more = people.end_missing(import_key=source.key, **by)
    with step():
        people.finish_import(import_key=source.key, **by)
    told(total, total, gettext_noop("Tidying up"))


def _begin(source: RosterImport, by: By, *, end_missing: bool) -> None:
    """Make the units that are to be made, and begin to apply.

    Raises:
        Refusal: `sheet_unread` when those who are not in the file are to leave, and not all of it was read.

    """
    if end_missing and ImportProblem.objects.filter(source=source, code=UNREAD).exists():
        sentence = _("A sheet without headings was not read, so nobody can be said to have left.")
        raise Refusal("sheet_unread", sentence, field="end_missing")
    unit_id, own_changes = source.unit_id, 0
    if unit_id is None:
        with step():
            top = organisation.create_unit(name=HOUSE, kind=UnitKind.BUREAU, parent_id=None, **by)
            unit_id, own_changes = top.pk, 1
    wanted = queries.unknown_units(source.pk) if source.options["create_units"] else []
    for some in chunks(wanted, _UNITS):
        with step():
            rows = [UnitRow(number, name) for number, name in enumerate(some, 1)]
            organisation.place_units(top_id=unit_id, rows=rows, kind=UnitKind.SUBORDINATE, **by)
            own_changes += 1
    with step():
        people.begin_apply(
            import_key=source.key,
            end_missing=end_missing,
            unit_id=unit_id,
            own_changes=own_changes,
            **by,
        )


def clear(import_key: str, by: By, *, keep_mends: bool = False, keep_problems: bool = False) -> None:
    """Remove what is staged, in chunks."""
    more = True
    while more:
        with long_step():
            more = people.clear_staged(
                import_key=import_key, keep_mends=keep_mends, keep_problems=keep_problems, **by
            )
