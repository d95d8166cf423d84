"""An open question of a plan is answered, once, with its ground."""

from datetime import datetime

from songnuan.goods import actions as goods
from songnuan.journeys.base import journey
from songnuan.journeys.find import find_plan
from songnuan.journeys.pickup_settings import mode_of, waiting_for
from songnuan.kernel.actor import Actor
from songnuan.plans import actions as plans
from songnuan.plans.models import Question


@journey
def answer_question(
    *, slug: str, key: str, answer: str = "", choice: str = "", ground: str, actor: Actor, at: datetime
) -> Question:
    """Write the answer into the plan: by whom, when and on what ground.

    Where the question offers choices, `choice` is the key of the one that is the answer.

    Kits that wait for what their batches are go by the answer at once.

    One given once the plan is approved is marked so, and never printed as part of the approved text.

    Raises:
        Refusal: `answer_empty`, `choice_empty`, `choice_unknown`, `ground_empty`, `question_answered`,
            `plan_waiting`, `not_permitted`.

    """
    plan = find_plan(slug)
    question = plans.answer_question(
        plan_id=plan.pk, key=key, answer=answer, choice=choice, ground=ground, actor=actor, at=at
    )
    for row in waiting_for(plan.pk, key):
        if mode := mode_of(row.measure):
            goods.set_mode(distribution_id=row.pk, mode=mode, actor=actor, at=at)
    return question
