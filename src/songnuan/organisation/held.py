"""Everything that somebody may do, over one unit or anywhere, read at once: for pages that ask often."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from songnuan.kernel.actor import Actor
from songnuan.organisation.models import Assignment, Post, UnitLink
from songnuan.organisation.permissions import (
    AT_OWN_UNIT,
    ROLE_PERMISSIONS,
    THROUGH_PAIRS,
    Permission,
    Role,
    granted_above,
)
from songnuan.organisation.queries import day_of
from songnuan.organisation.rules import live


def permissions_over(actor: Actor, unit_id: int, at: datetime) -> frozenset[Permission]:
    """Return what the actor may do over the unit: the same as `permits` says of each permission alone."""
    if actor.is_system:
        return frozenset(Permission)
    on = day_of(at)
    above = UnitLink.objects.filter(live(on), ancestor=OuterRef("unit"))
    paired = Assignment.objects.filter(live(on), subject_id=unit_id).values("holder")
    posts = (
        Post.objects.filter(live(on), user=actor.user_id, user__is_active=True)
        .annotate(
            own=Exists(above.filter(descendant_id=unit_id, depth=0)),
            over=Exists(above.filter(descendant_id=unit_id)),
            paired=Exists(above.filter(descendant__in=paired)),
        )
        .values_list("role", "own", "over", "paired")
    )
    held: set[Permission] = set()
    for role, own, over, through in posts:
        granted = ROLE_PERMISSIONS[Role(role)] if own else granted_above(Role(role))
        held |= granted if over else granted & THROUGH_PAIRS if through else frozenset()
    return frozenset(held)


Posts = Mapping[Role, Collection[int]]
"""The units of somebody's posts, by role."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The units that somebody's posts reach, by role: their own, all at or below, those paired with these."""

    own: Mapping[Role, frozenset[int]]
    below: Mapping[Role, frozenset[int]]
    paired: Mapping[Role, frozenset[int]]

    def over(self, permission: Permission) -> frozenset[int]:
        """Return the units over which a post grants the permission: the same as `scope` says of it alone."""
        roles = [role for role in self.below if permission in ROLE_PERMISSIONS[role]]
        here = AT_OWN_UNIT.get(permission, frozenset())
        reached = [self.own[role] if role in here else self.below[role] for role in roles]
        if permission in THROUGH_PAIRS:
            reached += [self.paired[role] for role in roles]
        return frozenset().union(*reached)


def posts_of(actor: Actor, at: datetime) -> Posts:
    """Return the posts of a person on the day of `at`; the system has none, and is not asked about."""
    posts = Post.objects.filter(live(day_of(at)), user=actor.user_id, user__is_active=True)
    held: dict[Role, set[int]] = {}
    for role, unit_id in posts.values_list("role", "unit_id"):
        held.setdefault(Role(role), set()).add(unit_id)
    return held


def reach_of(posts: Posts, at: datetime) -> Reach:
    """Return what posts reach on the day of `at`."""
    on = day_of(at)
    links = UnitLink.objects.filter(live(on), ancestor__in=set().union(*posts.values()))
    under = list(links.values_list("ancestor", "descendant"))
    own = {
        role: frozenset(top for top, unit in under if top == unit and top in tops)
        for role, tops in posts.items()
    }
    below = {role: frozenset(unit for top, unit in under if top in tops) for role, tops in posts.items()}
    if not any(ROLE_PERMISSIONS[role] & THROUGH_PAIRS for role in posts):
        return Reach(own, below, dict.fromkeys(posts, frozenset()))
    pairs = Assignment.objects.filter(live(on), holder__in=links.values("descendant"))
    told = list(pairs.values_list("holder", "subject").distinct())
    paired = {
        role: frozenset(subject for holder, subject in told if holder in units)
        for role, units in below.items()
    }
    return Reach(own, below, paired)


def reached(posts: Posts, permission: Permission, unit_ids: Collection[int], at: datetime) -> frozenset[int]:
    """Return those of some units over which posts grant a permission: as `Reach.over`, but reads these alone.

    Raises:
        ValueError: For what reaches through pairings.

    """
    if permission in THROUGH_PAIRS:
        raise ValueError(f"{permission} reaches through pairings")
    here = AT_OWN_UNIT.get(permission, frozenset())
    roles = [role for role in posts if permission in ROLE_PERMISSIONS[role]]
    own = {unit for role in roles if role in here for unit in posts[role]}
    tops = {unit for role in roles if role not in here for unit in posts[role]}
    # By the units alone: few stand above each, and thousands below a top.
    links = UnitLink.objects.filter(live(day_of(at)), descendant__in=unit_ids)
    return frozenset(
        unit
        for top, unit in links.values_list("ancestor", "descendant")
        if top in tops or (top == unit and top in own)
    )
