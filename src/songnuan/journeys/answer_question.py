"""An open question of a plan is answered, once, with its ground."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.journeys.find import find_plan
from songnuan.kernel.actor import Actor
from songnuan.plans import actions as plans


@journey
def answer_question(*, slug: str, key: str, answer: str, ground: str, actor: Actor, at: datetime) -> None:
    """Write the answer into the plan: by whom, when and on what ground.

    Raises:
        Refusal: `answer_empty`, `ground_empty`, `question_answered`, `not_permitted`.

    """
    plan = find_plan(slug)
    plans.answer_question(plan_id=plan.pk, key=key, answer=answer, ground=ground, actor=actor, at=at)
