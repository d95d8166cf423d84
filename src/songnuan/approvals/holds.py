"""The writers of holds: placed and lifted by inspectors, answered by who is asked."""

from datetime import datetime
from typing import NoReturn

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from songnuan.approvals.hold_models import ACTIVE, Hold, HoldStatement
from songnuan.approvals.hold_queries import require_not_held
from songnuan.approvals.hold_rules import Held, said
from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import permits, require


@transaction.atomic(savepoint=False)
def place_hold(*, held: Held, reason: str, file_id: int | None = None, actor: Actor, at: datetime) -> Hold:
    """Stop what follows from a thing until the hold is lifted. The caller has locked the thing.

    Raises:
        NotPermitted: The actor may not place holds over the unit.
        Refusal: `own_work` by who recorded it, `hold_text_missing`, `text_too_long`, `held` when it is on
            hold already.

    """
    require(actor, Permission.HOLD_PLACE, unit_id=held.unit_id, at=at)
    person_id = _person(actor)
    _check_not_maker(person_id, held.maker_id)
    why = said(reason, "reason")
    require_not_held(held.subject)
    hold = Hold(
        subject=held.subject,
        plan_slug=held.plan_slug,
        unit_id=held.unit_id,
        stream=held.stream,
        maker_id=held.maker_id,
        reason=why,
        file_id=file_id,
        placed_by_id=person_id,
        placed_at=at,
    )
    try:
        with transaction.atomic():  # the database alone knows whether another was placed at this moment
            hold.save(force_insert=True)
    except IntegrityError:
        require_not_held(held.subject)
        raise
    _note(hold, "place_hold", actor, at, {"reason": why})
    return hold


@transaction.atomic(savepoint=False)
def state_on_hold(
    *, hold_id: int, text: str, file_id: int | None = None, actor: Actor, at: datetime
) -> HoldStatement:
    """Answer an active hold, or as an inspector ask further.

    Raises:
        NotPermitted: The actor neither answers for the unit nor places holds over it.
        Refusal: `hold_unknown`, `hold_text_missing`, `text_too_long`, `wrong_state` when it is lifted.

    """
    hold = _active(hold_id)
    inspects = permits(actor, Permission.HOLD_PLACE, unit_id=hold.unit_id, at=at)
    if not inspects:
        require(actor, Permission.HOLD_ANSWER, unit_id=hold.unit_id, at=at)
    if not inspects and hold.placed_by_id == actor.user_id:
        sentence = _("Who put something on hold does not answer for it as well. Have somebody else answer.")
        raise Refusal("own_work", sentence, hold=hold_id)
    statement = HoldStatement.objects.create(
        hold=hold,
        is_answer=not inspects,
        text=said(text, "text"),
        file_id=file_id,
        by_id=_person(actor),
        placed_by_id=hold.placed_by_id,
        at=at,
    )
    _note(hold, "state_on_hold", actor, at, {"answer": not inspects})
    return statement


@transaction.atomic(savepoint=False)
def lift_hold(*, hold_id: int, findings: str, actor: Actor, at: datetime) -> Hold:
    """Let what was stopped go on, saying what was found.

    Raises:
        NotPermitted: The actor may not place holds over the unit.
        Refusal: `hold_unknown`, `own_work`, `hold_text_missing`, `text_too_long`, `wrong_state` when it is
            lifted already.

    """
    hold = _active(hold_id)
    require(actor, Permission.HOLD_PLACE, unit_id=hold.unit_id, at=at)
    person_id = _person(actor)
    _check_not_maker(person_id, hold.maker_id)
    found = said(findings, "findings")
    lifted = Hold.objects.filter(ACTIVE, pk=hold.pk).update(
        lifted_at=at, lifted_by_id=person_id, findings=found
    )
    if lifted != 1:
        _refuse_lifted(hold)
    _note(hold, "lift_hold", actor, at, {"findings": found})
    hold.refresh_from_db()
    return hold


def _active(hold_id: int) -> Hold:
    """Return a hold that is not lifted, its row locked until commit."""
    hold = Hold.objects.select_for_update(of=("self",)).filter(pk=hold_id).first()
    if hold is None:
        raise Refusal("hold_unknown", _("There is no such hold. Open it from the list of the plan."))
    if hold.lifted_at is not None:
        _refuse_lifted(hold)
    return hold


def _refuse_lifted(hold: Hold) -> NoReturn:
    sentence = _("This hold is lifted already. Reload the page to read what was found.")
    raise Refusal("wrong_state", sentence, hold=hold.pk)


def _check_not_maker(person_id: int, maker_id: int | None) -> None:
    if person_id == maker_id:
        sentence = _("You recorded this yourself. Another inspector has to look into it.")
        raise Refusal("own_work", sentence)


def _person(actor: Actor) -> int:
    """Return the actor's user; the system itself holds nothing."""
    if actor.user_id is None:
        raise NotPermitted(
            "person_needed",
            _("Only a person can place, answer or lift a hold. Sign in with your own account."),
        )
    return actor.user_id


def _note(hold: Hold, verb: str, actor: Actor, at: datetime, facts: dict[str, object]) -> None:
    record(
        stream=hold.stream,
        action=f"approvals.{verb}",
        subject=f"approvals.hold:{hold.pk}",
        actor=actor,
        at=at,
        facts={"for": hold.subject, **facts},
    )
