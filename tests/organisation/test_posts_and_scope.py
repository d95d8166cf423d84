"""Who may do what where: by the posts held on the day, and by the pairings held below them."""

from itertools import combinations

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from organisation.house_samples import House, acting, at, give, holder, on, open_unit, person, refused, uid
from songnuan.audit.models import Entry
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.refusal import NotPermitted
from songnuan.organisation import actions, queries
from songnuan.organisation.checks import verify
from songnuan.organisation.held import permissions_over, posts_of, reach_of, reached
from songnuan.organisation.models import Post, User
from songnuan.organisation.own import own_units
from songnuan.organisation.permissions import (
    AT_OWN_UNIT,
    INCOMPATIBLE,
    ROLE_PERMISSIONS,
    THROUGH_PAIRS,
    Permission,
    Role,
    role_label,
    roles_with,
)
from songnuan.organisation.rules import clashes

pytestmark = pytest.mark.django_db


_LIAISONS_ALONE = {Permission.SITUATION_REPORT, Permission.RETURNEE_KEEP, Permission.CASE_LEAD}


def reach(actor: Actor, permission: Permission, day: int = 1) -> set[int]:
    return set(queries.scope(actor, permission, at(day)).values_list("pk", flat=True))


def pair(unit: int, lead: int, day: int = 1, purpose: str = "visits") -> None:
    with acting():
        actions.pair_units(purpose=purpose, rows=[actions.PairRow(unit, lead)], actor=SYSTEM, at=at(day))


def test_a_post_reaches_its_unit_and_all_below_it_and_nothing_beside(house: House) -> None:
    actor = holder("officer", Role.PROGRAMME_OFFICER, house.center)
    assert reach(actor, Permission.UNIT_VIEW) == {house.center, house.desk}
    assert reach(actor, Permission.PLAN_APPROVE) == set()
    assert queries.permits(actor, Permission.UNIT_VIEW, unit_id=house.desk, at=at(1))
    assert not queries.permits(actor, Permission.UNIT_VIEW, unit_id=house.bureau, at=at(1))
    assert queries.permits(actor, Permission.UNIT_VIEW, at=at(1))
    assert not queries.permits(actor, Permission.PLAN_APPROVE, at=at(1))


def test_a_post_counts_from_its_first_day_until_the_day_it_ends(house: House) -> None:
    actor = person("officer")
    post = give(actor, Role.PROGRAMME_OFFICER, house.bureau, day=3)
    with acting():
        actions.end_post(post_id=post, actor=SYSTEM, at=at(6))
    seen = [
        queries.permits(actor, Permission.PLAN_WRITE, unit_id=house.lock, at=at(day)) for day in range(1, 8)
    ]
    assert seen == [False, False, True, True, True, False, False]
    assert list(queries.units_of(actor, None, at(5)).values_list("pk", flat=True)) == [house.bureau]
    assert not queries.units_of(actor, None, at(6)).exists()


def test_the_day_is_that_of_china(house: House) -> None:
    actor = person("officer")
    give(actor, Role.PROGRAMME_OFFICER, house.bureau, day=3)
    assert not queries.permits(actor, Permission.PLAN_WRITE, at=at(2, hour=23))
    assert queries.permits(actor, Permission.PLAN_WRITE, at=at(3, hour=0))


def test_a_post_given_and_ended_on_one_day_was_never_held(house: House) -> None:
    actor = person("officer")
    post = give(actor, Role.PROGRAMME_OFFICER, house.bureau, day=3)
    with acting():
        actions.end_post(post_id=post, actor=SYSTEM, at=at(3))
    assert not queries.permits(actor, Permission.PLAN_WRITE, at=at(3))
    with refused("post_ended"):
        actions.end_post(post_id=post, actor=SYSTEM, at=at(4))


def test_a_post_follows_the_tree_of_the_day(house: House) -> None:
    actor = holder("officer", Role.PROGRAMME_OFFICER, house.channel)
    with acting():
        actions.change_unit(unit_id=house.center, parent_id=house.channel, actor=SYSTEM, at=at(4))
    assert reach(actor, Permission.UNIT_VIEW, 3) == {house.channel}
    assert reach(actor, Permission.UNIT_VIEW, 4) == {house.channel, house.center, house.desk}


def test_a_pairing_reaches_its_unit_for_who_holds_a_post_above_the_lead(house: House) -> None:
    liaison = holder("liaison", Role.LEAD_LIAISON, house.channel)
    stranger = holder("stranger", Role.LEAD_LIAISON, house.audit)
    pair(house.lock, house.channel, day=2)
    assert reach(liaison, Permission.VISIT_RECORD, 1) == {house.channel}
    assert reach(liaison, Permission.VISIT_RECORD, 2) == {house.channel, house.lock}
    assert reach(stranger, Permission.VISIT_RECORD, 2) == {house.audit}
    with acting():
        row = queries.pairs("visits", on(2))[0]
        actions.end_assignment(assignment_id=row.assignment_id, actor=SYSTEM, at=at(5))
    assert reach(liaison, Permission.VISIT_RECORD, 4) == {house.channel, house.lock}
    assert reach(liaison, Permission.VISIT_RECORD, 5) == {house.channel}


def test_a_pairing_does_not_reach_below_its_unit(house: House) -> None:
    liaison = holder("liaison", Role.LEAD_LIAISON, house.channel)
    inner = open_unit("内卡口", "front_line", house.lock)
    pair(house.lock, house.channel)
    assert inner not in reach(liaison, Permission.VISIT_RECORD)


def test_accounts_money_and_plans_are_never_reached_through_a_pairing(house: House) -> None:
    pair(house.lock, house.channel)
    for number, role in enumerate(Role):
        actor = holder(f"person{number}", role, house.channel)
        for permission in ROLE_PERMISSIONS[role]:
            expected = {house.channel, house.lock} if permission in THROUGH_PAIRS else {house.channel}
            assert reach(actor, permission) == expected, (role, permission)


@pytest.mark.parametrize("role", sorted(AT_OWN_UNIT[Permission.DUTY_REPORT]))
def test_a_duty_is_reported_at_the_very_unit_of_a_post_and_not_below_it(house: House, role: Role) -> None:
    above, own = holder("above", role, house.bureau), holder("own", role, house.center)
    office = holder("office", Role.EPIDEMIC_OFFICE, house.bureau)
    assert reach(above, Permission.DUTY_REPORT) == {house.bureau}
    assert reach(own, Permission.DUTY_REPORT) == {house.center}, "and its own sub-units do not lock it out"
    assert reach(office, Permission.DUTY_REPORT) == house.all
    assert reach(own, Permission.UNIT_VIEW) == {house.center, house.desk}, "all else reaches below"
    told = {
        unit: set(queries.holders(Permission.DUTY_REPORT, unit, at(1)).values_list("pk", flat=True))
        for unit in (house.bureau, house.center, house.desk)
    }
    assert told == {
        house.bureau: {above.user_id, office.user_id},
        house.center: {own.user_id, office.user_id},
        house.desk: {office.user_id},
    }


def test_what_a_post_allows_at_its_own_unit_is_its_to_allow_and_through_no_pairing() -> None:
    assert not AT_OWN_UNIT.keys() & THROUGH_PAIRS
    for permission, roles in AT_OWN_UNIT.items():
        assert roles <= set(roles_with(permission))
        # How things stand is said by those who are there, and special families are led by one unit alone; of
        # all else somebody reaches down the tree.
        assert (roles == set(roles_with(permission))) == (permission in _LIAISONS_ALONE)


def test_the_very_units_of_a_prepared_question_are_those_of_the_scope(house: House) -> None:
    liaison = holder("liaison", Role.LEAD_LIAISON, house.bureau)
    holder("other", Role.UNIT_LIAISON, house.center)
    told = own_units(liaison.user_id, Permission.SITUATION_REPORT, at(1).date())
    assert set(told) == set(queries.scope(liaison, Permission.SITUATION_REPORT, at(1)))
    assert [unit.pk for unit in told] == [house.bureau]
    assert not own_units(None, Permission.SITUATION_REPORT, at(1).date()).exists()
    with pytest.raises(ValueError, match="reaches further"):
        own_units(liaison.user_id, Permission.DUTY_REPORT, at(1).date())


def test_who_may_is_told_all_at_once(house: House, django_assert_num_queries: object) -> None:
    liaison = holder("liaison", Role.LEAD_LIAISON, house.channel)
    above = holder("above", Role.LEAD_LIAISON, house.bureau)
    holder("stranger", Role.LEAD_LIAISON, house.audit)
    shut = holder("shut", Role.LEAD_LIAISON, house.channel)
    pair(house.lock, house.channel)
    with acting():
        actions.change_user(user_id=uid(shut), is_active=False, actor=SYSTEM, at=at(1))
    with django_assert_num_queries(1):  # type: ignore[operator]  # a fixture of pytest-django
        told = list(queries.holders(Permission.VISIT_RECORD, house.lock, at(1)).values_list("pk", flat=True))
    assert told == [liaison.user_id, above.user_id]
    assert not queries.holders(Permission.ACCOUNT_MANAGE, house.lock, at(1)).exists()
    assert not queries.permits(shut, Permission.VISIT_RECORD, at=at(1))


def test_what_may_be_done_over_a_unit_is_told_at_once_as_one_by_one(house: House) -> None:
    pair(house.lock, house.center)
    who = [
        holder("officer", Role.PROGRAMME_OFFICER, house.bureau),
        holder("liaison", Role.LEAD_LIAISON, house.center),
        holder("finance", Role.FINANCE, house.desk),
        holder("union", Role.UNION_OFFICER, house.bureau),
        person("nobody"),
        SYSTEM,
    ]
    give(who[1], Role.UNIT_LIAISON, house.lock)
    for actor in who:
        for unit in (house.bureau, house.center, house.desk, house.lock):
            for day in (1, 3):
                one_by_one = {
                    permission
                    for permission in Permission
                    if queries.permits(actor, permission, unit_id=unit, at=at(day))
                }
                assert permissions_over(actor, unit, at(day)) == one_by_one


def test_what_posts_reach_is_told_at_once_as_one_by_one(house: House) -> None:
    pair(house.lock, house.center)
    liaison = holder("liaison", Role.LEAD_LIAISON, house.center)
    give(liaison, Role.FINANCE, house.lock)
    others = [
        holder("officer", Role.PROGRAMME_OFFICER, house.bureau),
        holder("union", Role.UNION_OFFICER, house.bureau),
        person("nobody"),
    ]
    for actor in (liaison, *others):
        for day in (1, 3):
            posts = posts_of(actor, at(day))
            told = reach_of(posts, at(day))
            for permission in Permission:
                assert told.over(permission) == reach(actor, permission, day), permission
                if permission not in THROUGH_PAIRS:
                    assert reached(posts, permission, house.all, at(day)) == told.over(permission), permission


def test_the_system_may_everything_on_what_is_open_that_day(house: House) -> None:
    later = open_unit("新所", "front_line", house.bureau, day=5)
    assert reach(SYSTEM, Permission.ACCOUNT_MANAGE, 4) == house.all
    assert reach(SYSTEM, Permission.ACCOUNT_MANAGE, 5) == house.all | {later}
    assert not queries.units_of(SYSTEM, None, at(1)).exists()


def test_who_may_not_is_told_so_with_the_permission_and_the_unit(house: House) -> None:
    actor = holder("liaison", Role.LEAD_LIAISON, house.channel)
    queries.require(actor, Permission.VISIT_RECORD, unit_id=house.channel, at=at(1))
    with pytest.raises(NotPermitted) as caught:
        queries.require(actor, Permission.VISIT_RECORD, unit_id=house.audit, at=at(1))
    assert caught.value.facts == {"permission": "visit.record", "unit": house.audit}


def test_somebody_signed_in_acts_under_the_account_and_the_name(house: House) -> None:
    actor = holder("liaison", Role.LEAD_LIAISON, house.channel)
    user = User.objects.get(pk=uid(actor))
    assert queries.actor_of(user) == Actor(key=f"user:{user.pk}", label="测试liaison", user_id=user.pk)


# Posts that exclude each other -------------------------------------------------------------------


def test_the_inspector_holds_nothing_else_and_money_is_parted_from_plans_and_approval() -> None:
    parted = {frozenset({Role.INSPECTOR, role}) for role in Role if role != Role.INSPECTOR}
    parted |= {
        frozenset({Role.FINANCE, Role.PROGRAMME_OFFICER}),
        frozenset({Role.FINANCE, Role.APPROVER}),
        frozenset({Role.PROGRAMME_OFFICER, Role.APPROVER}),
        frozenset({Role.ADMINISTRATOR, Role.APPROVER}),
        frozenset({Role.ADMINISTRATOR, Role.FINANCE}),
    }
    assert parted == INCOMPATIBLE


@pytest.mark.parametrize("posts", sorted(sorted(pair) for pair in INCOMPATIBLE), ids="-".join)
def test_posts_that_exclude_each_other_are_not_held_together_wherever_they_are(
    house: House, posts: list[Role]
) -> None:
    for number, (one, other) in enumerate((posts, posts[::-1])):
        actor = holder(f"person{number}", one, house.audit)
        with refused("posts_incompatible"):
            actions.give_post(user_id=uid(actor), unit_id=house.desk, role=other, actor=SYSTEM, at=at(2))


def test_posts_that_do_not_exclude_each_other_are_held_together(house: House) -> None:
    fine = [pair for pair in combinations(Role, 2) if frozenset(pair) not in INCOMPATIBLE]
    for number, pair_of_roles in enumerate(fine):
        actor = person(f"person{number}")
        for role in pair_of_roles:
            give(actor, role, house.bureau)
    assert verify(on(1)) == []


def test_a_post_that_has_ended_excludes_nothing_from_that_day_on(house: House) -> None:
    actor = person("officer")
    post = give(actor, Role.FINANCE, house.bureau)
    with acting():
        actions.end_post(post_id=post, actor=SYSTEM, at=at(5))
    with refused("posts_incompatible"):
        actions.give_post(
            user_id=uid(actor), unit_id=house.bureau, role=Role.INSPECTOR, actor=SYSTEM, at=at(4)
        )
    give(actor, Role.INSPECTOR, house.bureau, day=5)


@given(held=st.sets(st.sampled_from(Role)), new=st.sampled_from(Role))
def test_a_clash_is_named_exactly_when_there_is_one(held: set[Role], new: Role) -> None:
    named = clashes([role.value for role in held], new)
    assert set(named) == {role for role in held if {role, new} in INCOMPATIBLE}


def test_every_permission_is_somebodys_and_every_post_has_a_name() -> None:
    for permission in Permission:
        assert roles_with(permission)
    assert len({str(role_label(role)) for role in Role}) == len(Role)


# Giving and ending -------------------------------------------------------------------------------


def test_a_post_is_given_by_who_manages_accounts_there_and_never_to_oneself(house: House) -> None:
    admin = holder("admin", Role.ADMINISTRATOR, house.center)
    other = person("other")
    with acting():
        post = actions.give_post(
            user_id=uid(other), unit_id=house.desk, role=Role.UNIT_LIAISON, actor=admin, at=at(2)
        )
    entry = Entry.objects.get(stream__name="accounts", action="organisation.give_post", actor_key=admin.key)
    assert entry.subject == f"organisation.user:{other.user_id}"
    with refused("not_permitted"):
        actions.give_post(user_id=uid(other), unit_id=house.bureau, role=Role.APPROVER, actor=admin, at=at(2))
    with refused("own_post"):
        actions.give_post(
            user_id=uid(admin), unit_id=house.desk, role=Role.UNIT_LIAISON, actor=admin, at=at(2)
        )
    with refused("not_permitted"):
        actions.end_post(post_id=post.pk, actor=other, at=at(3))


def test_a_post_needs_an_open_unit_an_open_account_and_is_held_once(house: House) -> None:
    actor = holder("liaison", Role.LEAD_LIAISON, house.channel)
    with refused("post_held"):
        actions.give_post(
            user_id=uid(actor), unit_id=house.channel, role=Role.LEAD_LIAISON, actor=SYSTEM, at=at(2)
        )
    with refused("user_inactive"):
        actions.give_post(user_id=987654, unit_id=house.channel, role=Role.FINANCE, actor=SYSTEM, at=at(2))
    late = open_unit("新所", "front_line", house.bureau, day=5)
    with refused("before_last_change"):
        actions.give_post(user_id=uid(actor), unit_id=late, role=Role.UNIT_LIAISON, actor=SYSTEM, at=at(4))
    with acting():
        actions.close_unit(unit_id=late, actor=SYSTEM, at=at(6))
        actions.change_user(user_id=uid(actor), is_active=False, actor=SYSTEM, at=at(6))
    with refused("user_inactive"):
        actions.give_post(
            user_id=uid(actor), unit_id=house.lock, role=Role.UNIT_LIAISON, actor=SYSTEM, at=at(6)
        )
    other = person("other")
    with refused("unit_not_open"):
        actions.give_post(user_id=uid(other), unit_id=late, role=Role.UNIT_LIAISON, actor=SYSTEM, at=at(6))


def test_a_post_does_not_end_before_it_began(house: House) -> None:
    actor = person("liaison")
    post = give(actor, Role.LEAD_LIAISON, house.channel, day=4)
    with refused("before_last_change"):
        actions.end_post(post_id=post, actor=SYSTEM, at=at(3))


def test_the_last_administrator_of_a_unit_stays(house: House) -> None:
    first = person("first")
    post = give(first, Role.ADMINISTRATOR, house.bureau)
    below = give(holder("lower", Role.UNIT_LIAISON, house.center), Role.ADMINISTRATOR, house.center)
    with refused("last_administrator"):
        actions.end_post(post_id=post, actor=SYSTEM, at=at(2))
    with refused("last_administrator"):
        actions.change_user(user_id=uid(first), is_active=False, actor=SYSTEM, at=at(2))
    with acting():
        actions.end_post(post_id=below, actor=first, at=at(2))
    second = holder("second", Role.ADMINISTRATOR, house.bureau, day=2)
    with acting():
        actions.change_user(user_id=uid(second), is_active=False, actor=SYSTEM, at=at(2))
    with refused("last_administrator"):
        actions.end_post(post_id=post, actor=SYSTEM, at=at(3))
    with acting():
        actions.change_user(user_id=uid(second), is_active=True, actor=SYSTEM, at=at(3))
        actions.end_post(post_id=post, actor=SYSTEM, at=at(3))


def test_the_database_itself_refuses_a_post_held_twice_or_unknown(house: House) -> None:
    actor = holder("liaison", Role.LEAD_LIAISON, house.channel)
    for row in (
        Post(user_id=uid(actor), unit_id=house.channel, role=Role.LEAD_LIAISON, starts_on=on(2)),
        Post(user_id=uid(actor), unit_id=house.channel, role="king", starts_on=on(2)),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()


def test_the_page_of_accounts_shows_everybody_with_the_posts_of_the_day(
    house: House, django_assert_num_queries: object
) -> None:
    liaison = person("liaison")
    give(liaison, Role.LEAD_LIAISON, house.channel, day=1)
    give(liaison, Role.UNIT_LIAISON, house.lock, day=3)
    person("nobody")
    with django_assert_num_queries(3):  # type: ignore[operator]  # a fixture of pytest-django
        rows = queries.users_overview(on(3))
    assert [(row.username, row.posts, row.is_active) for row in rows] == [
        ("liaison", "Lead office's liaison · 航道处；Unit's liaison · 东港船闸管理所", True),
        ("nobody", "", True),
    ]
    assert queries.users_overview(on(2))[0].posts == "Lead office's liaison · 航道处"
    held = queries.posts_held(on(3), user_id=liaison.user_id)
    assert [(row.role, row.unit_name) for row in held] == [
        (Role.LEAD_LIAISON, "航道处"),
        (Role.UNIT_LIAISON, "东港船闸管理所"),
    ]
