"""A roster file is taken in at one go, as the command line does it: brought, read, reported, applied."""

from dataclasses import replace
from datetime import datetime
from typing import BinaryIO

from songnuan.journeys import import_roster
from songnuan.journeys.import_roster import Options
from songnuan.journeys.place_units import unit_of
from songnuan.journeys.roster_reading import Told, silent
from songnuan.journeys.roster_result import Result, result_of
from songnuan.kernel.actor import Actor
from songnuan.people import queries


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
    import_roster.read(import_key=key, actor=actor, at=at, told=told)
    source = queries.import_of(key)
    assert source is not None  # noqa: S101 - it was brought just now
    result = result_of(source)
    if report_to is not None:
        import_roster.report(import_key=key, to=report_to, actor=actor, at=at)
    if dry_run:
        import_roster.cancel(import_key=key, actor=actor, at=at)
        return result
    if options.columns:
        import_roster.settle_columns(import_key=key, chosen=options.columns, actor=actor, at=at)
    import_roster.apply(import_key=key, end_missing=options.whole, actor=actor, at=at, told=told)
    return result
