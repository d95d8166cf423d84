"""A wrong report of a visit is corrected by those who record it."""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.utils.translation import gettext as _

from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.receipts import check_signed, office_of, signed_by
from songnuan.journeys.record_visit import VisitReport
from songnuan.journeys.telling import NAME_SHOWN, tell
from songnuan.kernel.actor import Actor
from songnuan.organisation.queries import day_of, unit_names
from songnuan.visits import actions as visits
from songnuan.visits.access import find_visit, require_recorder
from songnuan.visits.checklist import checklist_of
from songnuan.visits.rules import Report
from songnuan.visits.signing import corrected_text


@journey
def correct_report(
    *, visit_id: int, version: int, report: VisitReport, reason: str, key: UUID, actor: Actor, at: datetime
) -> int:
    """Put a corrected report in the place of the `version` that stands; return the new version's number.

    The one before is kept beside it with its receipt; goods and problems of the visit stay as they are,
    they have ways of their own to be put right. The office that receives the reports is told.

    Raises:
        Refusal: `not_permitted`, `visit_unknown`, `not_recorded`, `correction_reason_missing`,
            `report_changed`, `nothing_corrected`, `signed_text_differs`, what `visits.rules` finds …

    """
    visit = find_visit(visit_id)
    require_recorder(actor, unit_id=visit.unit_id, lead_id=visit.lead_id, at=at)
    digest = report.digest(visit_id, version, reason)
    earlier = jobs.receive(key=key, purpose="correct_report", body_digest=digest, actor=actor, at=at)
    if earlier is not None:
        return int(earlier)
    check_signed(report.signature, report.signed_text, corrected_text())
    signed = signed_by(report.signature, report.confirmed_by_name, corrected_text(), actor, at)
    corrected = visits.correct(
        visit_id=visit_id,
        version=version,
        report=Report(
            form=report.form,
            form_reason=report.form_reason,
            happened_at=report.happened_at,
            device_at=None,
            received_at=at,
            clock_skew_seconds=0,
            prevention=report.prevention,
            prevention_note=report.prevention_note,
            conditions=report.conditions,
            receiver_name=report.receiver_name,
            signed=True,
            members=report.members,
            inspection=report.inspection,
            late_reason=report.late_reason,
            entry_reason=report.entry_reason,
        ),
        signed=signed,
        reason=reason,
        inspection_items=list(checklist_of(visit_id, visit.measure.plan_id)),
        actor=actor,
        at=at,
    )
    names = unit_names({visit.unit_id}, day_of(at))
    tell(
        office_of(visit.measure.plan, at),
        partial(_words, names.get(visit.unit_id, ""), corrected.correction_reason),
        topic="visit.corrected",
        key=f"visit:{visit_id}:corrected:{corrected.version}",
        url=f"/visits/{visit_id}/",
        actor=actor,
        at=at,
    )
    jobs.settle(key=key, result=str(corrected.version))
    return corrected.version


def _words(name: str, reason: str) -> tuple[str, str]:
    return _("Report corrected: %(unit)s") % {"unit": name[:NAME_SHOWN]}, reason
