"""What the form of a visit would have asked the demo's visitors, whose reports come without a form."""

from datetime import datetime

from songnuan.journeys.record_visit import VisitReport
from songnuan.reporting.actions import count_inputs
from songnuan.reporting.rules import Asked, lines_of

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
        lines, told = len(report.inspection), sum(2 if answer.note else 1 for answer in report.inspection)
        asked += [Asked(lines_of("visit"), 2 * lines, told, told, lines)]
    return asked + [Asked("visit_problem", _FOR_A_PROBLEM, 2, 1) for _problem in report.problems]


def count(report: VisitReport, *, user_id: int, at: datetime) -> None:
    """Count a report as if its form had been handed in."""
    count_inputs(user_id=user_id, asked=asked_of(report), at=at)
