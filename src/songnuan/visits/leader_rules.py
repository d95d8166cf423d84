"""What the record of a leader's visit must say. Pure: the facts come in, an answer comes out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.funds.rules import is_long_ago
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.kernel.names import tidy_name
from songnuan.tasks.rules import OF_LEADER
from songnuan.visits.rules import (
    FUTURE_TOLERANCE,
    NAME_LONGEST,
    TEXT_LONGEST,
    Begun,
    FieldProblem,
    entry_faults,
    longest,
    needs_entry_reason,
    plain,
)

UNITS_MOST = 20


@dataclass(frozen=True, slots=True)
class LeaderReport:
    """A leader's visit as it was handed in.

    `happened_at` is aware; `visit_id` the lead's recorded visit on whose occasion it was: then when, where,
    with whom and what was found are that visit's, and `company` and `found` are empty. `goods` in words, ""
    for nothing.
    """

    leader_name: str
    leader_post: str
    happened_at: datetime
    unit_ids: Sequence[int]
    visit_id: int | None = None
    company: str = ""
    found: str = ""
    goods: str = ""
    entry_reason: str = ""


def source_of(leader_visit_id: int) -> str:
    """Return what names a leader's visit as the source of a problem."""
    return f"{OF_LEADER}{leader_visit_id}"


def tidy_leader(report: LeaderReport) -> LeaderReport:
    """Return the report as it is kept."""
    alone = report.visit_id is None
    return replace(
        report,
        leader_name=tidy_name(plain(report.leader_name)),
        leader_post=plain(report.leader_post),
        unit_ids=tuple(dict.fromkeys(report.unit_ids)),
        company=plain(report.company) if alone else "",
        found=plain(report.found) if alone else "",
        goods=plain(report.goods),
        entry_reason=plain(report.entry_reason),
    )


def examine_leader(report: LeaderReport, *, received_at: datetime, begun: Begun) -> list[FieldProblem]:
    """Return everything that is wrong with a tidied report, in the order of the form."""
    return [*_who(report), *_when(report, received_at, begun), *_where(report), *_what(report)]


def _who(report: LeaderReport) -> Iterator[FieldProblem]:
    if not report.leader_name:
        yield FieldProblem("leader_name", "leader_missing", _("Write the name of the leader who visited."))
    if not report.leader_post:
        yield FieldProblem("leader_post", "leader_post_missing", _("Write the post of the leader."))
    yield from longest("leader_name", report.leader_name, NAME_LONGEST)
    yield from longest("leader_post", report.leader_post, NAME_LONGEST)


def _when(report: LeaderReport, received_at: datetime, begun: Begun) -> Iterator[FieldProblem]:
    if report.happened_at > received_at + FUTURE_TOLERANCE:
        sentence = _(
            "The visit cannot have taken place at a time still to come. Check the date and the time."
        )
        yield FieldProblem("happened_at", "happened_in_future", sentence)
    day = report.happened_at.astimezone(CHINA).date()
    if report.visit_id is None and is_long_ago(day, received_at.astimezone(CHINA).date()):
        sentence = _("%(day)s is more than a year ago. Check the year.") % {"day": written(day, "full")}
        yield FieldProblem("happened_at", "happened_long_ago", sentence)
    if needs_entry_reason(report.happened_at, received_at, begun):
        yield from entry_faults(report.happened_at, report.entry_reason, begun)


def _where(report: LeaderReport) -> Iterator[FieldProblem]:
    if not report.unit_ids:
        yield FieldProblem("units", "units_missing", _("Choose the units that were visited."))
    if len(report.unit_ids) > UNITS_MOST:
        sentence = _("Choose at most %(most)s units for one visit.") % {"most": UNITS_MOST}
        yield FieldProblem("units", "units_too_many", sentence)


def _what(report: LeaderReport) -> Iterator[FieldProblem]:
    if report.visit_id is None and not report.found:
        yield FieldProblem("found", "found_missing", _("Say in a few words what the leader found there."))
    for name in ("company", "found", "goods"):
        yield from longest(name, getattr(report, name), TEXT_LONGEST)
