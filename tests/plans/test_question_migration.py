"""A database made before questions knew since when they are asked looks it up in the versions' texts."""

from datetime import datetime

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from people import PLANS, SLUG, Bureau, at
from schema import newest
from songnuan.journeys.load_plan import load_plan
from songnuan.plans.models import Question

OLD = [("plans", "0002_amendments")]
TEXT = (PLANS / f"{SLUG}.yaml").read_text()
LATER = """\
questions:
  - key: who_signs
    text: 总结由谁签发？
    blocks: nothing
"""


def since_when() -> dict[str, datetime]:
    return dict(Question.objects.values_list("key", "asked_at"))


@pytest.mark.django_db(transaction=True)
def test_questions_of_before_are_asked_since_the_first_text_that_has_them(bureau: Bureau) -> None:
    load_plan(source=TEXT, actor=bureau.officer, at=at(6))
    load_plan(source=TEXT.replace("questions:\n", LATER), actor=bureau.officer, at=at(9))
    asked = since_when()
    assert asked == {"goods_or_cash": at(6), "money_left": at(6), "who_signs": at(9)}
    try:
        MigrationExecutor(connection).migrate(OLD)
    finally:
        newest()
    assert since_when() == asked
