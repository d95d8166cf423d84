"""A list of payments is made of what was reckoned: frozen, numbered, and handed in for approval."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.approvals import actions as approvals
from songnuan.benefits import actions as benefits
from songnuan.benefits.double_queries import open_findings
from songnuan.benefits.models import Reckoning
from songnuan.benefits.queries import latest_by_slug
from songnuan.funds.queries import of_plan
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.measures.grants import GrantSettings
from songnuan.journeys.reckon_list import answers_of
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.kernel.money import yuan
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.payments import actions as payments
from songnuan.payments.rules import list_number, subject_of
from songnuan.plans.models import Blocks, Measure
from songnuan.plans.queries import open_questions
from songnuan.records import actions as records

_TITLE = 200


@journey
def put_up_list(*, measure_id: int, reckoning_id: int, key: UUID, actor: Actor, at: datetime) -> int:
    """Freeze the list that was reckoned and ask for its approval; return its id.

    The same `key` again makes no second list.

    Args:
        measure_id: The measure.
        reckoning_id: What the page showed; once it was reckoned again, it is no more.
        key: The form's.
        actor: Needs BENEFIT_WRITE over the unit of the plan, and is not paid by the list.
        at: When.

    Raises:
        Refusal: `reckoning_listed`, `reckoning_stale` when the standard or the plan's answers are others by
            now, `question_open`, `double_open` while a possible double payment is not decided,
            `fund_unknown`, `beyond_fund`, `step_nobody` where nobody can take a step of its approval, or
            from `payments.actions.make_list`.

    """
    measure = Measure.objects.select_related("plan").get(pk=measure_id, kind="grants")
    unit_id = measure.plan.unit_id
    require(actor, Permission.BENEFIT_WRITE, unit_id=unit_id, at=at)
    told = digest_rows([(measure_id, reckoning_id)])
    earlier = jobs.receive(key=key, purpose="put_up_list", body_digest=told, actor=actor, at=at)
    if earlier is not None:
        return int(earlier)
    settings = GrantSettings.model_validate(measure.settings)
    reckoning = benefits.list_reckoning(reckoning_id=reckoning_id, unit_id=unit_id, actor=actor, at=at)
    _check_current(reckoning, measure, settings)
    _check_questions(measure, settings)
    _check_doubles(reckoning, measure)
    fund_id = _fund(reckoning, measure, settings)
    made = payments.make_list(
        measure_id=measure_id,
        unit_id=unit_id,
        reckoning_id=reckoning_id,
        fund_id=fund_id,
        number=records.next_number(name=f"payments.list:{fund_id}"),
        actor=actor,
        at=at,
    )
    approvals.request(
        kind="payments.list",
        plan_kind=measure.plan.kind,
        subject=subject_of(made.pk),
        stream=f"fund:{fund_id}",
        title=f"{list_number(made.number)} {reckoning.version.title}"[:_TITLE],
        digest=made.digest,
        unit_id=unit_id,
        actor=actor,
        at=at,
    )
    jobs.settle(key=key, result=str(made.pk))
    return made.pk


def _check_current(reckoning: Reckoning, measure: Measure, settings: GrantSettings) -> None:
    answers, slug = answers_of(measure.plan_id, settings), reckoning.version.standard.slug
    is_older = latest_by_slug([slug])[slug].pk != reckoning.version_id
    if is_older or (answers.couple, answers.two_children) != (reckoning.couple, reckoning.two_children):
        sentence = _("The standard or the plan's answers are others by now. Reckon the list again.")
        raise Refusal("reckoning_stale", sentence, measure=measure.pk)


def _check_questions(measure: Measure, settings: GrantSettings) -> None:
    """Let pass a list that no question of the plan blocks; what hangs on families waits line by line."""
    own = {settings.couple, settings.two_children}
    waits = [one for one in open_questions(measure.plan_id, [Blocks.PAYMENT]) if one.key not in own]
    if waits:
        sentence = _("Nothing is paid before the plan's question is answered: %(text)s")
        raise Refusal("question_open", sentence % {"text": waits[0].text}, measure=measure.pk)


def _check_doubles(reckoning: Reckoning, measure: Measure) -> None:
    """Let pass a list of which every possible double payment is decided."""
    count = open_findings(reckoning).count()
    if count:
        sentence = ngettext(
            "%(count)s possible double payment is not decided yet. Decide about it first.",
            "%(count)s possible double payments are not decided yet. Decide about each first.",
            count,
        )
        raise Refusal("double_open", sentence % {"count": count}, measure=measure.pk, count=count)


def _fund(reckoning: Reckoning, measure: Measure, settings: GrantSettings) -> int:
    fund = next((row for row in of_plan(measure.plan_id) if row.document_number == settings.fund), None)
    if fund is None:
        sentence = _("The plan has no fund under the number “%(number)s”.")
        raise Refusal("fund_unknown", sentence % {"number": settings.fund}, measure=measure.pk)
    if fund.balance.available < reckoning.total_minor:
        available, asked = fund.balance.available, reckoning.total_minor
        sentence = _("The list comes to %(asked)s yuan, %(available)s are available in the fund “%(fund)s”.")
        words = {
            "asked": yuan(asked),
            "available": yuan(available),
            "fund": fund.title,
        }
        raise Refusal("beyond_fund", sentence % words, available_minor=available, asked_minor=asked)
    return fund.fund_id
