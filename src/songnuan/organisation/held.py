"""Everything that somebody may do over one unit, read at once: for pages that ask for several things."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from songnuan.kernel.actor import Actor
from songnuan.organisation.models import Assignment, Post, UnitLink
from songnuan.organisation.permissions import ROLE_PERMISSIONS, THROUGH_PAIRS, Permission, Role
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
            over=Exists(above.filter(descendant_id=unit_id)),
            paired=Exists(above.filter(descendant__in=paired)),
        )
        .values_list("role", "over", "paired")
    )
    held: set[Permission] = set()
    for role, over, through in posts:
        granted = ROLE_PERMISSIONS[Role(role)]
        held |= granted if over else granted & THROUGH_PAIRS if through else frozenset()
    return frozenset(held)
