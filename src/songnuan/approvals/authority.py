"""Who may act at a step: in the own office, or in that of somebody who handed it over for a time.

This is the one place that decides it, for an act, for a list and for the names of those it waits for.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from songnuan.approvals.models import Delegation, DelegationStatus, RequestStep, StepKind
from songnuan.kernel.actor import Actor
from songnuan.organisation.models import Post, Unit, User
from songnuan.organisation.permissions import Permission, role_label, roles_with
from songnuan.organisation.queries import (
    actor_of,
    day_of,
    holders,
    permits,
    posts_held,
    refuse,
    scope,
    subtree,
)
from songnuan.organisation.rules import clashes, live


@dataclass(frozen=True, slots=True)
class Office:
    """In whose office somebody may act; `delegation` is empty in the own one."""

    holder: Actor
    delegation: Delegation | None = None

    @property
    def holder_id(self) -> int:
        """Return the account of the holder; the system holds no office."""
        assert self.holder.user_id is not None  # noqa: S101 - offices are made of accounts only
        return self.holder.user_id


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who may act at a step: the name, the post it follows from, and for whom when it is a delegate."""

    user_id: int
    name: str
    post: str
    holder_id: int
    holder_name: str = ""


def office_for(
    actor: Actor, step: RequestStep, at: datetime, *, acted: Collection[int] = ()
) -> Office | None:
    """Return the office in which the actor may act at the step, the own one first; None when in none.

    `acted` are those who acted on the request, or in whose office it was done, and those who wrote what it
    is about: their offices are used up.
    """
    for office in offices(actor, at):
        if office.delegation is not None and office.holder_id in acted:
            continue
        if reach(office, step.permission, step.kind, at).filter(pk=step.unit_id).exists():
            return office
    return None


def offices(actor: Actor, at: datetime) -> Iterator[Office]:
    """Yield the actor's own office, then those handed over to the actor that are in force."""
    if actor.user_id is None:
        return
    yield Office(actor)
    for row in in_force(at).filter(delegate_id=actor.user_id).order_by("pk"):
        if fits(row, at):
            yield Office(actor_of(row.giver), row)


def reach(office: Office, permission: str, kind: str, at: datetime) -> QuerySet[Unit]:
    """Return the units over which the office may take a step of this kind.

    A department countersigns by its own head, not by who stands above it: the post is held at the very
    unit. Every other step is for whoever holds the permission over the unit.
    """
    asked = Permission(permission)
    if office.delegation is not None and office.delegation.permission != permission:
        return Unit.objects.none()
    if kind == StepKind.COUNTERSIGN:
        held = Unit.objects.filter(
            pk__in=_posts(asked, day_of(at)).filter(user=office.holder_id).values("unit")
        )
    else:
        held = scope(office.holder, asked, at)
    if office.delegation is None:
        return held
    return held.filter(pk__in=subtree(office.delegation.unit_id, day_of(at)).order_by().values("pk"))


def require_office(actor: Actor, permission: Permission, *, unit_id: int, at: datetime) -> None:
    """Let pass who may, in the own office or in one that was handed over.

    Raises:
        NotPermitted: `not_permitted`, with the permission and the unit.

    """
    if not has_office(actor, permission, unit_id=unit_id, at=at):
        refuse(permission, unit_id=unit_id)


def has_office(actor: Actor, permission: Permission, *, unit_id: int, at: datetime) -> bool:
    """Return whether the actor may, in the own office or in one that was handed over."""
    if permits(actor, permission, unit_id=unit_id, at=at):
        return True
    reached = (reach(office, permission, StepKind.SIGN, at) for office in offices(actor, at))
    return any(units.filter(pk=unit_id).exists() for units in reached)


def candidates(step: RequestStep, at: datetime) -> list[Candidate]:
    """Return who may act at such a step: those in office, and after each one whoever stands in."""
    asked, on = Permission(step.permission), day_of(at)
    found: list[Candidate] = []
    for user in _in_office(asked, step.kind, step.unit_id, at):
        post = _post_label(user.pk, asked, on)
        found.append(Candidate(user.pk, user.name, post, user.pk))
        for row in in_force(at).filter(giver=user, permission=step.permission).order_by("pk"):
            covers = subtree(row.unit_id, on).filter(pk=step.unit_id).exists()
            if covers and row.delegate.is_active and fits(row, at):
                found.append(Candidate(row.delegate_id, row.delegate.name, post, user.pk, user.name))
    return found


def hands(step: RequestStep, at: datetime, excluded: Collection[int]) -> set[int]:
    """Return who can take the step in the own office; a delegate adds no hand to that of the giver."""
    in_office = _in_office(Permission(step.permission), step.kind, step.unit_id, at)
    return {pk for pk in in_office.values_list("pk", flat=True) if pk not in excluded}


def left_of(people: Iterable[Candidate], acted: Collection[int]) -> list[Candidate]:
    """Return those who neither wrote nor acted, and in whose office nobody did."""
    return [one for one in people if one.user_id not in acted and one.holder_id not in acted]


def anybody(permission: Permission, kind: str, unit_id: int, at: datetime) -> bool:
    """Return whether anybody holds the office that a step asks for."""
    return _in_office(permission, kind, unit_id, at).exists()


def in_force(at: datetime) -> QuerySet[Delegation]:
    """Return the delegations that were accepted and whose days have come and are not over."""
    on = day_of(at)
    accepted = Delegation.objects.filter(status=DelegationStatus.ACCEPTED, starts_on__lte=on, ends_on__gt=on)
    return accepted.select_related("giver", "delegate")


def fits(row: Delegation, at: datetime) -> bool:
    """Return whether the delegate's own posts go together with the one stood in for."""
    on = day_of(at)
    own = [post.role for post in posts_held(on, user_id=row.delegate_id)]
    granting = set(roles_with(Permission(row.permission)))
    lent = {post.role for post in posts_held(on, user_id=row.giver_id)} & granting
    return any(not clashes(own, role) for role in lent)


def _posts(permission: Permission, on: date) -> QuerySet[Post]:
    roles = roles_with(permission)
    return Post.objects.filter(live(on), user__is_active=True, role__in=roles)


def _in_office(permission: Permission, kind: str, unit_id: int, at: datetime) -> QuerySet[User]:
    if kind != StepKind.COUNTERSIGN:
        return holders(permission, unit_id, at)
    posts = _posts(permission, day_of(at)).filter(unit_id=unit_id)
    return User.objects.filter(pk__in=posts.values("user")).order_by("pk")


def _post_label(user_id: int, permission: Permission, on: date) -> str:
    """Return the post that the permission follows from, such as "Approver · Bureau"."""
    granting = roles_with(permission)
    posts = (post for post in posts_held(on, user_id=user_id) if post.role in granting)
    return next((f"{post.unit_name} {role_label(post.role)}" for post in posts), "")
