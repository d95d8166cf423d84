"""The office corrects what a person said is wrong, or erases who asked for it, or says why not."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.people import actions as people


@journey
def answer_correction(
    *,
    correction_id: int,
    accept: bool,
    answer: str = "",
    confirmed: bool = False,
    actor: Actor,
    at: datetime,
) -> None:
    """Do it, or not, and keep the answer.

    Raises:
        Refusal: From `people.actions.answer_correction`.

    """
    people.answer_correction(
        correction_id=correction_id,
        accept=accept,
        answer=answer,
        confirmed=confirmed,
        actor=actor,
        at=at,
    )
