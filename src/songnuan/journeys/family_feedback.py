"""The family says what it thinks of an outcome: by its own link, or in a call that somebody notes."""

from datetime import date, datetime
from functools import partial
from uuid import UUID

from django.utils.translation import gettext as _

from songnuan.casework import actions as casework
from songnuan.casework.case_models import Feedback
from songnuan.casework.case_rules import digest_of, printed_need
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.case_find import tell_both
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows


@journey
def make_link(*, need_id: int, actor: Actor, at: datetime) -> str:
    """Make the family's link; return its secret. The one made before opens no more.

    Raises:
        Refusal: From `casework.actions.make_link`.

    """
    return casework.make_link(need_id=need_id, actor=actor, at=at)


@journey
def note_call(
    *,
    need_id: int,
    satisfied: str,
    said_by: str,
    said_on: date,
    text: str,
    key: UUID,
    actor: Actor,
    at: datetime,
) -> None:
    """Note what the family said in a call; the same `key` again notes it once.

    Raises:
        Refusal: From `casework.actions.note_call`; `key_reused`.

    """
    told = digest_rows([(need_id, satisfied, said_by, said_on, text)])
    if jobs.receive(key=key, purpose="note_call", body_digest=told, actor=actor, at=at) is None:
        made = casework.note_call(
            need_id=need_id,
            satisfied=satisfied,
            said_by=said_by,
            said_on=said_on,
            text=text,
            actor=actor,
            at=at,
        )
        jobs.settle(key=key, result=str(made.pk))
        _tell(made, actor, at)


@journey
def take_feedback(*, secret: str, satisfied: str, text: str, key: UUID, actor: Actor, at: datetime) -> None:
    """Take in what the family says by its link; the same `key` again is taken in once.

    Raises:
        Refusal: From `casework.actions.take_feedback`; `key_reused`.

    """
    told = digest_rows([(digest_of(secret), satisfied, text)])
    if jobs.receive(key=key, purpose="take_feedback", body_digest=told, actor=actor, at=at) is None:
        made = casework.take_feedback(secret=secret, satisfied=satisfied, text=text, actor=actor, at=at)
        jobs.settle(key=key, result=str(made.pk))
        _tell(made, actor, at)


def _tell(made: Feedback, actor: Actor, at: datetime) -> None:
    """Tell helper and officers what the family thinks: the need can be closed, or goes on."""
    tell_both(
        made.need.case,
        partial(_words, made),
        topic="families.feedback",
        key=f"families.feedback:{made.pk}",
        actor=actor,
        at=at,
    )


def _words(made: Feedback) -> tuple[str, str]:
    need = made.need
    facts = {"number": printed_need(need.case.number, need.number), "said": made.get_satisfied_display()}
    title = _("The family says of need %(number)s: %(said)s") % facts
    return title, _("Read it, and close the need or go on.")
