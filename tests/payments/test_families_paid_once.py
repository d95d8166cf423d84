"""What a family has got of one list is not shared anew by the next one."""

from collections.abc import Mapping

import pytest

from payments.house import NOW, ListHouse, make_list_house
from songnuan.benefits.models import Entitlement
from songnuan.plans.models import Blocks, Measure, Question

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> ListHouse:
    return make_list_house()


def answered(house: ListHouse, **choices: str) -> None:
    """Let the plan ask about families, and be answered."""
    measure = house.register.measure_now()
    for position, (key, choice) in enumerate(choices.items()):
        Question.objects.create(
            plan_id=measure.plan_id,
            position=position,
            key=key,
            text="怎么发？",
            blocks=Blocks.PAYMENT,
            asked_at=NOW,
            choices=[{"key": choice, "text": choice}],
            answer=choice,
            choice=choice,
            ground="会议",
            answered_at=NOW,
        )
    settings = {**measure.settings, **{key: key for key in choices}}
    Measure.objects.filter(pk=measure.pk).update(settings=settings)


def sums(reckoning_id: int) -> Mapping[tuple[str, str], int]:
    """Return what each line comes to that comes to anything, by payee and qualifier."""
    rows = Entitlement.objects.filter(reckoning=reckoning_id, amount_minor__gt=0)
    return {(row.payee.name, row.qualifier.name): row.amount_minor for row in rows}


def test_children_who_shared_a_sum_share_nothing_more(house: ListHouse) -> None:
    answered(house, two_children="split")
    house.register.employ("丁")
    house.register.relate("丁", "parent", "乙父")
    house.approved()
    again = sums(house.reckon())
    assert again == {}, "乙 and 丁 had 1,000.00 each"
    house.register.employ("戊")
    house.register.relate("戊", "parent", "乙父")
    assert sums(house.reckon()) == {}, "for 乙父 2,000.00 are paid, whoever else turns up"


def test_a_family_that_has_one_sum_gets_no_second_one(house: ListHouse) -> None:
    answered(house, couple="one")
    house.register.relate("丙", "parent", "丙父")
    house.register.serve(["丙父"], "本市")
    house.approved()
    assert sums(house.reckon()) == {}
    house.register.relate("丙", "spouse", "丙夫")
    house.register.serve(["丙夫"], "湖北")
    assert sums(house.reckon()) == {("丙", "丙夫"): 3000_00}, "the larger sum, less what the family has"


def test_where_each_is_paid_whoever_comes_later_is_paid_in_full(house: ListHouse) -> None:
    answered(house, couple="each", two_children="each")
    house.register.relate("丙", "parent", "丙父")
    house.register.serve(["丙父"], "本市")
    house.approved()
    house.register.employ("丁")
    house.register.relate("丁", "parent", "乙父")
    assert sums(house.reckon()) == {("丁", "乙父"): 2000_00}
