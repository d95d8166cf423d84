"""An open question of a plan is answered, once, with its ground."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.journeys.find import find_plan
from songnuan.kernel.actor import Actor
from songnuan.plans import actions as plans
from songnuan.plans.models import Question


@journey
def answer_question(*, slug: str, key: str, answer: str, ground: str, actor: Actor, at: datetime) -> Question:
    """Write the answer into the plan: by whom, when and on what ground.

    One given once the plan is approved is marked so, and never printed as part of the approved text.

    Raises:
        Refusal: `answer_empty`, `ground_empty`, `question_answered`, `plan_waiting`, `not_permitted`.

    """
    plan = find_plan(slug)
    return plans.answer_question(plan_id=plan.pk, key=key, answer=answer, ground=ground, actor=actor, at=at)
