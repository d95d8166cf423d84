"""The inspector notes that a sign was looked at, and what came of it."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.find import find_plan
from songnuan.journeys.inspection import inspected
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.visits.actions import samples


@journey
def note_flag(*, slug: str, flag: str, remark: str, key: UUID, actor: Actor, at: datetime) -> None:
    """Note on the sign `flag` of a plan what was seen; the same `key` again notes nothing twice.

    Raises:
        Refusal: `plan_unknown`, `not_permitted`, `flag_unknown` when the plan shows no such sign,
            `words_missing`, `text_too_long`.

    """
    plan = find_plan(slug)
    require(actor, Permission.RECEIPT_CHECK, unit_id=plan.unit_id, at=at)
    digest = digest_rows([(slug, flag, remark)])
    if jobs.receive(key=key, purpose="note_flag", body_digest=digest, actor=actor, at=at) is not None:
        return
    if flag not in {sign.key for sign in inspected(plan, at).flags}:
        raise Refusal("flag_unknown", _("The plan shows no such sign any more. Reload the page."))
    note = samples.note_flag(plan=plan, key=flag, remark=remark, actor=actor, at=at)
    jobs.settle(key=key, result=str(note.pk))
