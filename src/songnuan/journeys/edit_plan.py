"""The text of a draft, or of an amendment, is changed in one place and kept as its next version."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.find import find_plan
from songnuan.journeys.measures import settings_by_kind
from songnuan.journeys.plan_head import units_of_head
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.queries import day_of
from songnuan.plans import actions as plans
from songnuan.plans.models import Plan, PlanStatus
from songnuan.plans.planfile import PlanFile, read
from songnuan.plans.queries import amendment_of, version_of
from songnuan.plans.rewriting import Change, rewritten
from songnuan.plans.rules import check_base, digest


def edit_plan(*, slug: str, base: int, change: Change, key: UUID, actor: Actor, at: datetime) -> None:
    """Carry the change out on version `base` and keep the text, if that version still stands.

    Args:
        slug: The plan.
        base: The version that the writer saw.
        change: What is to be different (`plans.rewriting`).
        key: The form's; posted twice, it is carried out once.
        actor: Who writes.
        at: When.

    Raises:
        PlanRefused: `plan_invalid` with every fault of the text as it would be.
        Refusal: `text_stale` when somebody else has saved since, `plan_waiting`, `plan_running` without an
            amendment, `plan_closed`, `wrong_state`, `not_permitted`.

    """
    version = version_of(find_plan(slug), base)
    if version is None:
        check_base(base, find_plan(slug).version)
        return
    replace_text(slug=slug, base=base, source=rewritten(version.source, change), key=key, actor=actor, at=at)


def replace_text(*, slug: str, base: int, source: str, key: UUID, actor: Actor, at: datetime) -> None:
    """Keep `source` as the next version, as `edit_plan`.

    Raises:
        PlanRefused: When it is no plan file.
        Refusal: `slug_differs` when it is another plan's; as `edit_plan`.

    """
    plan_file = read(source, settings_by_kind())
    _keep(slug=slug, base=base, plan_file=plan_file, source=source, key=key, actor=actor, at=at)


@journey
def _keep(
    *, slug: str, base: int, plan_file: PlanFile, source: str, key: UUID, actor: Actor, at: datetime
) -> None:
    plan = find_plan(slug)
    body = digest(f"{slug}@{base}\n{source}")
    if jobs.receive(key=key, purpose="edit_plan", body_digest=body, actor=actor, at=at) is not None:
        return
    _check_same_plan(plan, plan_file)
    unit_id, office_id = units_of_head(plan_file, day_of(at))
    if plan.status == PlanStatus.OPEN and plan.unit_id == unit_id and amendment_of(plan) is not None:
        version = plans.rewrite_amendment(
            plan_id=plan.pk, plan_file=plan_file, source=source, base=base, actor=actor, at=at
        )
        jobs.settle(key=key, result=str(version.number))
        return
    plan = plans.load_version(
        plan_file=plan_file,
        source=source,
        unit_id=unit_id,
        office_id=office_id,
        base=base,
        actor=actor,
        at=at,
    )
    jobs.settle(key=key, result=str(plan.version))


def _check_same_plan(plan: Plan, plan_file: PlanFile) -> None:
    if plan_file.slug != plan.slug:
        sentence = _(
            "The file is that of the plan “%(found)s”, this one is “%(wanted)s”. Choose the right file."
        )
        facts = {"found": plan_file.slug, "wanted": plan.slug}
        raise Refusal("slug_differs", sentence % facts, field="file", **facts)
