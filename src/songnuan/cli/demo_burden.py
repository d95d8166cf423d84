"""What forms would have asked the people of the demo, whose reports come without a form."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from songnuan.goods.gifts import Gift
from songnuan.journeys.record_visit import VisitReport
from songnuan.kernel.actor import Actor
from songnuan.reporting.actions import count_inputs
from songnuan.reporting.rules import Asked, lines_of
from songnuan.visits.leader_rules import LeaderReport

# Inputs of the form beside its checklist, of which each line is two; and what it brings filled in.
_INPUTS, _FOR_A_PROBLEM = 15, 3
_BEFOREHAND = ("form", "members", "handed", "packs")


def asked_of(report: VisitReport) -> list[Asked]:
    """Return what a report told as its form counts it; a test holds it against the form itself."""
    told = {
        "happened_at": True,
        "form": True,
        "form_reason": bool(report.form_reason),
        "members": True,
        "prevention": True,
        "prevention_note": bool(report.prevention_note),
        "conditions": True,
        "handed": True,
        "packs": True,  # of the one item of a kit of which there is more than one pack
        "receiver_name": True,
        "entry_reason": bool(report.entry_reason),
    }
    filled = sum(told.values())
    beforehand = len(_BEFOREHAND) - (report.form != "on_site")
    asked = [Asked("visit", _INPUTS, filled, filled - beforehand)]
    if report.inspection:
        lines = len(report.inspection)
        said = sum(2 if answer.note else 1 for answer in report.inspection)
        asked += [Asked(lines_of("visit"), 2 * lines, said, said, lines)]
    return asked + [Asked("visit_problem", _FOR_A_PROBLEM, 2, 1) for _problem in report.problems]


# Of one text, or a day and a text; a decision shows the day that it is about.
CLOSING = Asked("problem_closing", 1, 1, 1)
REPORT, ITEM_CLOSING = Asked("item_report", 1, 1, 1), Asked("item_closing", 1, 1, 1)
EXTENSION, DECISION = Asked("item_extension", 2, 2, 2), Asked("item_decision", 1, 1, 1)


def asked_of_leader(report: LeaderReport, problems: int = 0) -> list[Asked]:
    """Return what a leader's visit told: on the occasion of a lead's, the leader alone and what was given."""
    told = [report.leader_name, report.leader_post, report.goods, report.entry_reason]
    if report.visit_id is None:
        told += [report.happened_at.isoformat(), *map(str, report.unit_ids[:1]), report.company, report.found]
    shown, filled = (4 if report.visit_id is not None else 8), sum(map(bool, told))
    raised = [Asked("visit_problem", _FOR_A_PROBLEM, 2, 1) for _problem in range(problems)]
    return [Asked("leader_visit", shown, filled, filled), *raised]


def asked_of_gift(gift: Gift) -> list[Asked]:
    """Return what a donation told; that an organisation gave it stands there beforehand."""
    told = (gift.reason_late, gift.handing.confirmed_by_name, gift.unit_id)
    filled = 5 + sum(map(bool, told))  # day, receiver, donor, kind of donor, where the value comes from
    of_lines = sum(
        4 + sum(map(bool, (line.specification, line.number, line.expires_on))) for line in gift.lines
    )
    lines = len(gift.lines)
    return [
        Asked("donation", 8, filled, filled - (gift.donor_kind == "organisation")),
        Asked(lines_of("donation"), 7 * lines, of_lines, of_lines, lines),
    ]


def asked_of_issue(packs: Mapping[int, int], *, by_name: bool = False) -> list[Asked]:
    """Return what goods that were given out told, in time: day, unit, who took them, packs of each item."""
    filled, lines = 3 + by_name, len(packs)
    return [
        Asked("issue_goods", 5, filled, filled),
        Asked(lines_of("issue_goods"), lines, lines, lines, lines),
    ]


def asked_of_correction(report: VisitReport, *, changed: int) -> list[Asked]:
    """Return what a correction told: it opens with the report, of which `changed` inputs were typed anew."""
    told = (report.form_reason, report.prevention_note, report.entry_reason, report.receiver_name)
    filled = 6 + sum(map(bool, told))  # time, form, members, prevention, conditions, why it is corrected
    asked = [Asked("report_correction", _INPUTS - 1, filled, changed + 1)]  # no packs change hands
    if report.inspection:
        lines, answers = len(report.inspection), sum(2 if one.note else 1 for one in report.inspection)
        asked.append(Asked(lines_of("report_correction"), 2 * lines, answers, 0, lines))
    return asked


def count_asked(asked: Iterable[Asked], *, actor: Actor, at: datetime) -> None:
    """Count what forms would have asked of somebody."""
    if actor.user_id is not None:
        count_inputs(user_id=actor.user_id, asked=asked, at=at)


def count(report: VisitReport, *, user_id: int, at: datetime) -> None:
    """Count a report as if its form had been handed in."""
    count_inputs(user_id=user_id, asked=asked_of(report), at=at)
