"""The consolidated report of a period (综合报告): made, sent up by its due time, and its receipt entered."""

from datetime import datetime

from songnuan.documents.official import to_json
from songnuan.emergency import actions as emergency
from songnuan.emergency.models import ReportSummary
from songnuan.emergency.report_access import require_office
from songnuan.journeys.base import journey
from songnuan.journeys.report_find import found_period
from songnuan.journeys.report_settings import clock, settings_of
from songnuan.journeys.report_summary_paper import compose
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.organisation.queries import day_of
from songnuan.records import actions as records
from songnuan.records.rules import document_code, printed_number


@journey
def make_report_summary(*, period_id: int, actor: Actor, at: datetime) -> ReportSummary:
    """Make the consolidated report as things stand now, under the next number of the office's code.

    Those of drills have numbers of their own.

    Raises:
        Refusal: `period_unknown`, `not_permitted`, or from `emergency.actions.require_due`; `code_invalid`.

    """
    period = found_period(period_id)
    plan = period.measure.plan
    require_office(actor, plan.unit_id, at)
    changes = emergency.require_due(period, at)
    settings = settings_of(period.measure)
    day = day_of(at)
    code = document_code(f"{settings.code}演" if period.is_drill else settings.code)
    serial = records.take_number(unit_id=plan.unit_id, code=code, year=day.year)
    number = printed_number(code, day.year, serial)
    document = compose(period, number=number, day=day)
    due_day = period.due_at.astimezone(CHINA).date()
    return emergency.make_summary(
        period=period,
        composed=emergency.Composed(
            number=number, title=document.title, superior=settings.superior, snapshot=to_json(document)
        ),
        due_at=datetime.combine(due_day, clock(settings.superior_due), CHINA),
        changes=changes,
        actor=actor,
        at=at,
    )


@journey
def send_report_summary(*, summary_id: int, way: str, actor: Actor, at: datetime) -> ReportSummary:
    """Note that a consolidated report was sent up, and how.

    Raises:
        Refusal: From `emergency.actions.send_summary`.

    """
    return emergency.send_summary(summary_id=summary_id, way=way, actor=actor, at=at)


@journey
def enter_report_receipt(
    *, summary_id: int, receipt: emergency.Acknowledged, actor: Actor, at: datetime
) -> ReportSummary:
    """Enter the superior's receipt of a consolidated report.

    Raises:
        Refusal: From `emergency.actions.enter_receipt`.

    """
    return emergency.enter_receipt(summary_id=summary_id, receipt=receipt, actor=actor, at=at)
