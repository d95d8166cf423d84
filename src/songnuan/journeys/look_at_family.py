"""Somebody looks at a special family: the look is recorded, or the family is not shown."""

from datetime import datetime

from songnuan.casework import actions as casework
from songnuan.casework.noting import held_case
from songnuan.casework.special_models import Looked
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor


@journey
def look_at_family(*, case_id: int, what: Looked, actor: Actor, at: datetime) -> None:
    """Record that somebody sees a special family; of other families no look is recorded.

    Raises:
        Refusal: `case_unknown`, `not_permitted`.

    """
    case = held_case(case_id)
    if case.is_special:
        casework.note_look(case=case, what=what, actor=actor, at=at)


@journey
def inspect_family(*, case_id: int, reason: str, actor: Actor, at: datetime) -> None:
    """Record that an inspector sees one special family, and why.

    Raises:
        Refusal: From `casework.actions.inspect_special`.

    """
    casework.inspect_special(case_id=case_id, reason=reason, actor=actor, at=at)
