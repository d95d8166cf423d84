"""An approved plan is made known: it gets its number, what it says is kept, and who is addressed is told."""

from datetime import date, datetime
from functools import partial

from django.utils.translation import gettext as _

from songnuan.documents.official import to_json
from songnuan.journeys.base import journey
from songnuan.journeys.find import lock_plan
from songnuan.journeys.notice import addressed, compose, next_number
from songnuan.journeys.telling import tell
from songnuan.kernel.actor import Actor
from songnuan.kernel.days import written
from songnuan.kernel.refusal import Refusal
from songnuan.kernel.workdays import add_workdays
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, holders, require
from songnuan.plans.models import Blocks, Plan, PlanStatus
from songnuan.plans.queries import open_questions
from songnuan.plans.rules import check_answered
from songnuan.records import actions as records
from songnuan.records.models import IssuedDocument
from songnuan.records.queries import latest_issued
from songnuan.records.rules import Outgoing, printed_number

WORKDAYS = 2
"""In how many working days a unit has to acknowledge."""

_ISSUABLE = frozenset({PlanStatus.APPROVED, PlanStatus.OPEN})


def subject_of(plan: Plan) -> str:
    """Return what the document makes known: the version of the plan that is in force."""
    return f"plans.plan:{plan.slug}@{plan.version}"


def newest_notice(plan: Plan) -> IssuedDocument | None:
    """Return the newest notice about the plan, whichever version it made known."""
    return latest_issued(f"plans.plan:{plan.slug}@")


def due_after(day: date) -> date:
    """Return the day by which a document of `day` has to be acknowledged."""
    return add_workdays(day, WORKDAYS)


@journey
def issue_plan(
    *, slug: str, code: str, last_given: int | None = None, actor: Actor, at: datetime
) -> IssuedDocument:
    """Issue the version in force as a notice; once.

    Args:
        slug: The plan.
        code: The code (机关代字) in the number.
        last_given: The last number given under this code this year outside the house; heard at the first.
        actor: Who issues it; needs DOCUMENT_ISSUE over the plan's unit.
        at: When.

    Raises:
        Refusal: `plan_not_approved`, `question_open` while a question that blocks its issue has no answer,
            `already_issued`, `code_invalid`, `serial_invalid`, `not_permitted`.

    """
    # Whoever comes second, or takes the plan back at this moment, waits here and then finds it issued.
    plan = lock_plan(slug)
    require(actor, Permission.DOCUMENT_ISSUE, unit_id=plan.unit_id, at=at)
    if plan.status not in _ISSUABLE:
        sentence = _("“%(title)s” is not approved. It is issued once whoever signs has approved it.")
        raise Refusal("plan_not_approved", sentence % {"title": plan.title}, status=plan.status)
    check_answered(open_questions(plan.pk, [Blocks.ISSUE]))
    day, code = day_of(at), code.strip()
    serial = records.take_number(
        unit_id=plan.unit_id,
        code=code,
        year=day.year,
        last_given=last_given,
        known=next_number(plan, day, code).last_given,
    )
    due_on = due_after(day)
    notice = compose(plan, number=printed_number(code, day.year, serial), due_on=due_on, day=day)
    outgoing = Outgoing(
        subject=subject_of(plan),
        stream=f"plan:{plan.slug}",
        unit_id=plan.unit_id,
        issuer=notice.signer,
        code=code,
        year=day.year,
        serial=serial,
        title=notice.title,
        snapshot=to_json(notice),
        addressed=frozenset(unit.unit_id for unit in addressed(plan, day)),
        due_on=due_on,
    )
    document = records.issue_document(outgoing=outgoing, actor=actor, at=at)
    _tell(plan, document, due_on, actor, at)
    return document


def _tell(plan: Plan, document: IssuedDocument, due_on: date, actor: Actor, at: datetime) -> None:
    readers = {
        user.pk: user
        for receipt in document.receipts.all()
        for user in holders(Permission.DOCUMENT_RECEIVE, receipt.unit_id, at)
    }
    tell(
        readers.values(),
        partial(_words, document, due_on),
        topic="document.issued",
        key=f"document.issued:{document.pk}",
        url=f"/plans/{plan.slug}/issue/",
        plan=document.title,
        actor=actor,
        at=at,
    )


def _words(document: IssuedDocument, due_on: date) -> tuple[str, str]:
    facts = {"number": document.number, "title": document.title, "day": written(due_on)}
    title = _("%(number)s has arrived: acknowledge it by %(day)s") % facts
    return title, document.title
