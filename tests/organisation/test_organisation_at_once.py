"""Several hands change the organisation at one moment: what each was refused for holds afterwards."""

from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest

import hands
from organisation.house_samples import acting, at, found, holder, on, person, uid
from songnuan.kernel.actor import SYSTEM
from songnuan.organisation import actions
from songnuan.organisation.checks import verify
from songnuan.organisation.models import Assignment, Post
from songnuan.organisation.permissions import Role

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts: Callable[[], object]) -> Counter[str]:
    """Run every act in a transaction of its own, all at one moment; count how they ended."""
    return hands.together(*[partial(_alone, act) for act in acts])


def _alone(act: Callable[[], object]) -> None:
    with acting():
        act()


def test_of_posts_that_exclude_each_other_one_is_given() -> None:
    house = found()
    user = uid(person("chen"))

    def give(role: Role, unit: int) -> Callable[[], object]:
        return lambda: actions.give_post(user_id=user, unit_id=unit, role=role, actor=SYSTEM, at=at(2))

    outcomes = together(
        give(Role.INSPECTOR, house.bureau),
        give(Role.FINANCE, house.center),
        give(Role.PROGRAMME_OFFICER, house.audit),
    )
    assert outcomes == {"done": 1, "posts_incompatible": 2}
    assert Post.objects.count() == 1


def test_two_administrators_do_not_end_each_other() -> None:
    house = found()
    for name in ("one", "two"):
        holder(name, Role.ADMINISTRATOR, house.bureau)
    posts = list(Post.objects.values_list("pk", flat=True))
    outcomes = together(*[lambda pk=pk: actions.end_post(post_id=pk, actor=SYSTEM, at=at(2)) for pk in posts])
    assert outcomes == {"done": 1, "last_administrator": 1}


def test_two_units_do_not_come_to_stand_below_each_other() -> None:
    house = found()
    outcomes = together(
        lambda: actions.change_unit(unit_id=house.channel, parent_id=house.audit, actor=SYSTEM, at=at(2)),
        lambda: actions.change_unit(unit_id=house.audit, parent_id=house.channel, actor=SYSTEM, at=at(2)),
    )
    assert outcomes == {"done": 1, "under_itself": 1}
    assert verify(on(2)) == []


def test_one_table_sent_by_four_hands_is_one_table() -> None:
    house = found()
    table = [actions.PairRow(house.lock, house.channel), actions.PairRow(house.gate, house.audit)]
    outcomes = together(
        *[lambda: actions.pair_units(purpose="visits", rows=table, actor=SYSTEM, at=at(2))] * 4
    )
    assert outcomes == {"done": 4}
    assert Assignment.objects.count() == 2
