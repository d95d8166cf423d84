"""The register of returnees is kept: registrations looked at, contact persons named, codes made."""

from datetime import datetime

from songnuan.casework.case_access import require_able
from songnuan.emergency.actions import returnees
from songnuan.emergency.models import Returnee, ReturneeCode
from songnuan.journeys.base import journey
from songnuan.journeys.returnee_helpers import tell_helper
from songnuan.journeys.returnee_settings import policy_of
from songnuan.kernel.actor import Actor


@journey
def confirm_returnee(*, returnee_id: int, helper_id: int | None, actor: Actor, at: datetime) -> Returnee:
    """Take somebody who registered themselves under observation, and name their contact person.

    Raises:
        Refusal: As `emergency.actions.returnees.confirm`, and `helper_unfit`.

    """
    row = returnees.held(returnee_id)
    if helper_id is not None:
        require_able([helper_id], row.unit_id, at)
    policy = policy_of(row.measure)
    done = returnees.confirm(returnee_id=returnee_id, policy=policy, actor=actor, at=at)
    return _named(done, helper_id, actor, at) if helper_id is not None else done


@journey
def set_returnee_aside(*, returnee_id: int, words: str, actor: Actor, at: datetime) -> Returnee:
    """Set a registration aside.

    Raises:
        Refusal: As `emergency.actions.returnees.set_aside`.

    """
    policy = policy_of(returnees.held(returnee_id).measure)
    return returnees.set_aside(returnee_id=returnee_id, words=words, policy=policy, actor=actor, at=at)


@journey
def name_contact_person(*, returnee_id: int, helper_id: int, actor: Actor, at: datetime) -> Returnee:
    """Name who asks after somebody; they are told.

    Raises:
        Refusal: As `emergency.actions.returnees.name_helper`, and `helper_unfit`.

    """
    require_able([helper_id], returnees.held(returnee_id).unit_id, at)
    return _named(returnees.held(returnee_id), helper_id, actor, at)


def _named(row: Returnee, helper_id: int, actor: Actor, at: datetime) -> Returnee:
    done = returnees.name_helper(returnee_id=row.pk, user_id=helper_id, actor=actor, at=at)
    if row.helper_id != helper_id:
        tell_helper(helper_id, [done], done.measure, actor, at)
    return done


@journey
def make_returnee_code(*, measure_id: int, unit_id: int, actor: Actor, at: datetime) -> ReturneeCode:
    """Make the code of a poster.

    Raises:
        Refusal: As `emergency.actions.returnees.make_code`.

    """
    return returnees.make_code(measure_id=measure_id, unit_id=unit_id, actor=actor, at=at)


@journey
def withdraw_returnee_code(*, code_id: int, actor: Actor, at: datetime) -> ReturneeCode:
    """Withdraw the code of a poster.

    Raises:
        Refusal: As `emergency.actions.returnees.withdraw_code`.

    """
    return returnees.withdraw_code(code_id=code_id, actor=actor, at=at)


@journey
def show_returnee(*, returnee_id: int, actor: Actor, at: datetime) -> returnees.Plain:
    """Return telephone and address of somebody in full; the look is recorded.

    Raises:
        Refusal: As `emergency.actions.returnees.show`.

    """
    return returnees.show(returnee_id=returnee_id, actor=actor, at=at)
