"""A roster file is taken in at one go, as the command line does it: brought, read, reported, applied."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import BinaryIO

from songnuan.journeys import import_roster
from songnuan.journeys.duplicate_tasks import find_after_import
from songnuan.journeys.import_roster import Options
from songnuan.journeys.place_units import unit_of
from songnuan.journeys.roster_reading import By, Told, silent
from songnuan.journeys.roster_result import Result, result_of
from songnuan.journeys.roster_upload import busy, source_of
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.people import queries
from songnuan.people.models import ImportStatus, RosterImport

_ALIKE = ("create_units", "whole", "ask", "columns")


def import_file(
    *,
    file: BinaryIO,
    name: str,
    kind: str,
    roster_key: str = "",
    unit: str = "",
    options: Options,
    dry_run: bool = False,
    report_to: BinaryIO | None = None,
    actor: Actor,
    at: datetime,
    told: Told = silent,
) -> Result:
    """Take a file into a roster, and return what it did; with `dry_run`, what it would do.

    One that was stopped while it was applied is gone on with. Who may have come in twice is looked for by
    the worker, as after any import: nobody at a terminal waits for that.

    Args:
        file: From its first byte.
        name: As the sender calls it.
        kind: "people", "families" or "service".
        roster_key: The roster; "" for the one named after the kind. One that is not there is made.
        unit: The name of the unit whose roster it becomes then; "" for the one at the top.
        options: How the file is taken; nothing is asked.
        dry_run: Whether to change nothing.
        report_to: Where the marked copy goes, if anywhere.
        actor: Who.
        at: When.
        told: Called with how many rows are done, how many there are if known, and what goes on.

    Raises:
        Refusal: `unreadable`, `too_large`, `header_missing`, `unit_unknown`, `unit_needed`, `kind_differs` …

    """
    roster_key = roster_key or kind
    key = import_roster.bring(
        roster_key=roster_key,
        file=file,
        name=name,
        options=replace(options, ask=False),
        kind=kind,
        unit_id=None if queries.roster(roster_key) else unit_of(unit, at),
        again=False,
        actor=actor,
        at=at,
    )
    by = By(actor=actor, at=at)
    key, goes_on = _read(key, by, told, dry_run=dry_run)
    result = result_of(source_of(key))
    if report_to is not None:
        import_roster.report(import_key=key, to=report_to, **by)
    if dry_run:
        import_roster.cancel(import_key=key, **by)
        return result
    if options.columns and not goes_on:
        import_roster.settle_columns(import_key=key, chosen=options.columns, **by)
    import_roster.apply(import_key=key, end_missing=options.whole, told=told, **by)
    find_after_import.enqueue(key)
    return result


def _read(key: str, by: By, told: Told, *, dry_run: bool) -> tuple[str, bool]:
    """Read an import, or drop it for one of the same file that was stopped; return which, and whether so."""
    stopped = None if dry_run else _stopped(source_of(key), by)
    if stopped is not None:
        import_roster.cancel(import_key=key, **by)
        return stopped.key, True
    import_roster.read(import_key=key, told=told, **by)
    return key, False


def _stopped(source: RosterImport, by: By) -> RosterImport | None:
    """Return the import of the same file, brought alike, that was stopped while it was applied, or None.

    Those that were stopped while they were read are given up.
    """
    others = RosterImport.objects.exclude(pk=source.pk).filter(
        roster_key=source.roster_key, file_digest=source.file_digest, created_by=source.created_by_id
    )
    alike = [other for other in others if all(other.options[name] == source.options[name] for name in _ALIKE)]
    for other in alike:
        if other.status == ImportStatus.READING:
            with suppress(Refusal), busy(other):
                import_roster.cancel(import_key=other.key, **by)
    return next((other for other in alike if other.status == ImportStatus.APPLYING), None)
