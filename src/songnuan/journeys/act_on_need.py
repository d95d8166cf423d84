"""What was done for a need is put down, its outcome too, and why it is opened again."""

from datetime import date, datetime
from functools import partial
from uuid import UUID

from django.utils.translation import gettext as _

from songnuan.casework import actions as casework
from songnuan.casework.case_models import Need
from songnuan.casework.case_rules import printed_need
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.case_find import tell_both
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows


@journey
def act_on_need(
    *,
    need_id: int,
    done_on: date,
    text: str,
    promised_on: date | None = None,
    key: UUID,
    actor: Actor,
    at: datetime,
) -> None:
    """Put down what was done for a need; the same `key` again puts it down once.

    Raises:
        Refusal: From `casework.actions.act_on_need`; `key_reused`.

    """
    told = digest_rows([(need_id, done_on, text, promised_on)])
    if jobs.receive(key=key, purpose="act_on_need", body_digest=told, actor=actor, at=at) is None:
        made = casework.act_on_need(
            need_id=need_id, done_on=done_on, text=text, promised_on=promised_on, actor=actor, at=at
        )
        jobs.settle(key=key, result=str(made.pk))


@journey
def close_need(*, need_id: int, outcome: str, text: str, actor: Actor, at: datetime) -> None:
    """Close a need with what came of it.

    Raises:
        Refusal: From `casework.actions.close_need`.

    """
    casework.close_need(need_id=need_id, outcome=outcome, text=text, actor=actor, at=at)


@journey
def reopen_need(*, need_id: int, why: str, actor: Actor, at: datetime) -> None:
    """Open a closed need again; helper and officers hear of it.

    Raises:
        Refusal: From `casework.actions.reopen_need`.

    """
    need = casework.reopen_need(need_id=need_id, why=why, actor=actor, at=at)
    tell_both(
        need.case,
        partial(_words, need),
        topic="families.reopened",
        key=f"families.reopened:{need.pk}:{at.isoformat()}",
        actor=actor,
        at=at,
    )


def _words(need: Need) -> tuple[str, str]:
    number = printed_need(need.case.number, need.number)
    title = _("Need %(number)s is open again") % {"number": number}
    return title, str(need.get_category_display())
