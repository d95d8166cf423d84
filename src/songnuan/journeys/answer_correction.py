"""The office corrects what a person said is wrong, or erases who asked for it, or says why not."""

from datetime import datetime

from songnuan.casework import actions as casework
from songnuan.casework.actions.forgetting import forget_flexible
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import drop_overwritten
from songnuan.people import actions as people


def answer_correction(
    *,
    correction_id: int,
    accept: bool,
    answer: str = "",
    confirmed: bool = False,
    actor: Actor,
    at: datetime,
) -> None:
    """Do it, or not, and keep the answer; what was overwritten is left in no log.

    Raises:
        Refusal: From `people.actions.answer_correction`.

    """
    _answer(
        correction_id=correction_id,
        accept=accept,
        answer=answer,
        confirmed=confirmed,
        actor=actor,
        at=at,
    )
    if accept:
        drop_overwritten()


@journey
def _answer(
    *, correction_id: int, accept: bool, answer: str, confirmed: bool, actor: Actor, at: datetime
) -> None:
    people.answer_correction(
        correction_id=correction_id,
        accept=accept,
        answer=answer,
        confirmed=confirmed,
        actor=actor,
        at=at,
    )
    if accept:
        forget_flexible(actor=actor, at=at)
    casework.erase_texts(actor=actor, at=at)
