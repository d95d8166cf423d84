"""Reads for others: the clock, who may do what where, and the organisation as it was on a day."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NoReturn

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import chunks
from songnuan.kernel.clock import CHINA, wall
from songnuan.kernel.names import tidy_name
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.clocks import clock_offset
from songnuan.organisation.models import (
    Assignment,
    Installation,
    InstallationKind,
    Post,
    Turn,
    Unit,
    UnitLink,
    UnitRecord,
    User,
)
from songnuan.organisation.permissions import (
    AT_OWN_UNIT,
    THROUGH_PAIRS,
    Permission,
    Role,
    role_label,
    roles_above,
)
from songnuan.organisation.reach import grants_anywhere, posts_of, reached, reaches
from songnuan.organisation.rules import live

# Values in one `IN (…)`: below the limit of variables of either database.
_IN = 10_000


@dataclass(frozen=True, slots=True)
class Pair:
    """One row of a pairing table: the unit, its lead, and where and when it is to be visited."""

    assignment_id: int
    unit_id: int
    unit_name: str
    lead_id: int
    lead_name: str
    compound: str
    planned_on: date | None
    staff_count: int | None
    category: str
    starts_on: date
    late_reason: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to call at a unit, unmasked: whoever shows it records that it was seen."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class UnitView:
    """A unit on a day, without personal data. `parent_id` is None for the top of a tree."""

    unit_id: int
    key: str
    name: str
    kind: str
    parent_id: int | None
    category: str
    compound: str
    staff_count: int | None
    district: str = ""


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post held on a day."""

    post_id: int
    user_id: int
    role: Role
    role_name: str
    unit_id: int
    unit_name: str
    starts_on: date


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One line of the page of accounts; `posts` is text such as "Approver · Bureau"."""

    user_id: int
    username: str
    name: str
    posts: str
    is_active: bool


# The clock ---------------------------------------------------------------------------------------


def installation() -> Installation:
    """Return the installation's own record; before it is set up, that of real work, not stored."""
    return Installation.objects.first() or Installation(kind=InstallationKind.REAL)


def now(house: Installation | None = None) -> datetime:
    """Return the time the house goes by: the machine's, moved in a demo by its offset. Aware, UTC.

    Who has the installation's record at hand gives it as `house`.
    """
    return wall() + (timedelta(seconds=house.clock_offset_seconds) if house else clock_offset())


def day_of(at: datetime) -> date:
    """Return the day in China on which `at` falls."""
    return at.astimezone(CHINA).date()


def today() -> date:
    """Return the house's day in China."""
    return day_of(now())


# Who may do what ---------------------------------------------------------------------------------


def actor_of(user: User) -> Actor:
    """Return the actor a signed-in user is."""
    return Actor(key=f"user:{user.pk}", label=user.name or user.username, user_id=user.pk)


def scope(actor: Actor, permission: Permission, at: datetime) -> QuerySet[Unit]:
    """Return the units over which `actor` holds `permission` on the day of `at`.

    These are the subtrees of the posts that grant it, or the very unit of a post that grants it there alone,
    and, for what a lead may do, the subjects of pairings held in those subtrees. The system reaches every
    unit open that day.
    """
    on = day_of(at)
    if actor.is_system:
        return Unit.objects.filter(pk__in=UnitRecord.objects.filter(live(on)).values("unit"))
    return reached(actor.user_id, permission, on)


def permits(actor: Actor, permission: Permission, *, unit_id: int | None = None, at: datetime) -> bool:
    """Return whether `actor` may: over the unit, or with no unit named, anywhere at all."""
    if actor.is_system:
        return True
    if actor.user_id is None:
        return False
    if unit_id is None:
        return grants_anywhere(actor.user_id, permission, day_of(at))
    return reaches(actor.user_id, permission, unit_id, day_of(at))


def require(actor: Actor, permission: Permission, *, unit_id: int | None = None, at: datetime) -> None:
    """Let pass who may.

    Raises:
        NotPermitted: `not_permitted`, with the permission and the unit.

    """
    if not permits(actor, permission, unit_id=unit_id, at=at):
        refuse(permission, unit_id=unit_id)


def refuse(permission: Permission, *, unit_id: int | None = None) -> NoReturn:
    """Say that no post of the actor allows this.

    Raises:
        NotPermitted: Always.

    """
    raise NotPermitted(
        "not_permitted",
        _("None of your posts allows this here. Ask an administrator which post does."),
        permission=permission.value,
        unit=unit_id,
    )


def units_of(actor: Actor, role: Role | None, at: datetime) -> QuerySet[Unit]:
    """Return the units at which the actor holds a post, or the post `role`, itself; not what lies below."""
    posts = posts_of(actor.user_id, Role if role is None else [role], day_of(at))
    return Unit.objects.filter(pk__in=posts.values("unit")).order_by("pk")


def holders(permission: Permission, unit_id: int, at: datetime) -> QuerySet[User]:
    """Return the active users who hold `permission` over the unit, to notify them; in order of their ids."""
    on = day_of(at)
    reached = Q(descendant_id=unit_id)
    if permission in THROUGH_PAIRS:
        reached |= Q(descendant__in=Assignment.objects.filter(live(on), subject_id=unit_id).values("holder"))
    above = UnitLink.objects.filter(live(on)).filter(reached).values("ancestor")
    grants = Q(role__in=roles_above(permission), unit__in=above)
    if permission in AT_OWN_UNIT:
        itself = UnitLink.objects.filter(live(on), depth=0, descendant_id=unit_id).values("ancestor")
        grants |= Q(role__in=AT_OWN_UNIT[permission], unit__in=itself)
    posts = Post.objects.filter(live(on), grants)
    return User.objects.filter(is_active=True, pk__in=posts.values("user")).order_by("pk")


# The tree on a day -------------------------------------------------------------------------------
def subtree(unit_id: int, on: date, kinds: Collection[str] | None = None) -> QuerySet[Unit]:
    """Return the unit and all below it on the day, or those of some kinds, in the order they were made."""
    units = Unit.objects.filter(
        pk__in=UnitLink.objects.filter(live(on), ancestor_id=unit_id).values("descendant")
    )
    if kinds is not None:
        units = units.filter(pk__in=UnitRecord.objects.filter(live(on), kind__in=kinds).values("unit"))
    return units.order_by("pk")


def unit_views(units: QuerySet[Unit], on: date) -> list[UnitView]:
    """Return the units as they were on the day, in the order they were made, without those closed then."""
    records = UnitRecord.objects.filter(live(on), unit__in=units.order_by().values("pk")).order_by("unit_id")
    told = ("name", "kind", "parent_id", "category", "compound", "staff_count", "district")
    return [UnitView(*row) for row in records.values_list("unit_id", "unit__key", *told)]


def unit_names(ids: Iterable[int], on: date) -> dict[int, str]:
    """Return the units' names on the day by id; a unit not open that day is left out."""
    names: dict[int, str] = {}
    for some in chunks(sorted(set(ids)), _IN):
        names |= UnitRecord.objects.filter(live(on), unit__in=some).values_list("unit_id", "name")
    return names


def first_names(ids: Iterable[int], on: date) -> dict[int, str]:
    """Return how those of the units are called at first whose record begins only after the day."""
    rows = UnitRecord.objects.filter(unit__in=set(ids))
    begun = rows.filter(starts_on__lte=on).values("unit")
    return dict(rows.exclude(unit__in=begun).order_by("-starts_on").values_list("unit_id", "name"))


def last_names(ids: Iterable[int]) -> dict[int, str]:
    """Return how each unit is called, or was called last when it is closed by now."""
    rows = UnitRecord.objects.filter(unit__in=set(ids)).order_by("starts_on", "pk")
    return dict(rows.values_list("unit_id", "name"))


def names_then(ids: Iterable[int], on: date) -> dict[int, str]:
    """Return how each unit is called on the day, or was called last when it is closed by then."""
    wanted = set(ids)
    return last_names(wanted) | unit_names(wanted, on)


def units_by_name(
    names: Iterable[str], on: date, *, under: int | None = None, kinds: Collection[str] | None = None
) -> dict[str, int]:
    """Return the id of each unit by its name as it was given.

    Args:
        names: As written; spaces, brackets and full-width letters do not matter.
        on: The day on which the units bear these names.
        under: Look in this unit's subtree only.
        kinds: Look among these kinds only, such as `rules.LEAD_KINDS`.

    Returns:
        Names that one unit bears; a name that nobody or more than one unit bears is left out.

    """
    found = unit_ids(names, on, under=under, kinds=kinds)
    return {name: next(iter(ids)) for name, ids in found.items() if len(ids) == 1}


def unit_ids(
    names: Iterable[str], on: date, *, under: int | None = None, kinds: Collection[str] | None = None
) -> dict[str, frozenset[int]]:
    """Return the ids of all units that bear each name, told as to `units_by_name`; none bear one left out."""
    wanted: dict[str, list[str]] = {}
    for name in names:
        wanted.setdefault(tidy_name(name), []).append(name)
    records = UnitRecord.objects.filter(live(on))
    if under is not None:
        records = records.filter(unit__in=subtree(under, on).order_by().values("pk"))
    if kinds is not None:
        records = records.filter(kind__in=kinds)
    found: dict[str, set[int]] = {}
    for some in chunks(sorted(wanted), _IN):
        for unit_id, name in records.filter(name__in=some).values_list("unit_id", "name"):
            found.setdefault(name, set()).add(unit_id)
    return {given: frozenset(ids) for name, ids in found.items() for given in wanted[name]}


def changes() -> int:
    """Return how many changes the organisation has seen: while it stays, every unit stands where it stood."""
    return Turn.objects.filter(pk=1).values_list("taken", flat=True).first() or 0


def unit_by_name(name: str, on: date, *, under: int | None = None) -> Unit | None:
    """Return the one unit of this name on the day; None when there is none, or more than one."""
    unit_id = units_by_name([name], on, under=under).get(name)
    return None if unit_id is None else Unit.objects.get(pk=unit_id)


def contact_of(unit_id: int, on: date) -> Contact:
    """Return whom to call at the unit, unmasked. The caller asks for CONTACT_VIEW and records the look.

    Raises:
        Refusal: `unit_not_open` when the unit is not open that day.

    """
    record = UnitRecord.objects.filter(live(on), unit_id=unit_id).first()
    if record is None:
        raise Refusal("unit_not_open", _("This unit is not open on that day."), unit=unit_id)
    return Contact(name=record.contact_name, phone=record.contact_phone)


def pairs(purpose: str, on: date) -> list[Pair]:
    """Return the pairing table of a purpose as it was on the day, in the order the units were made."""
    assignments = Assignment.objects.filter(live(on), purpose=purpose)
    both = Unit.objects.filter(
        Q(pk__in=assignments.values("subject")) | Q(pk__in=assignments.values("holder"))
    )
    known = {unit.unit_id: unit for unit in unit_views(both, on)}
    return [
        Pair(
            assignment_id=row.pk,
            unit_id=row.subject_id,
            unit_name=known[row.subject_id].name,
            lead_id=row.holder_id,
            lead_name=known[row.holder_id].name,
            compound=row.compound,
            planned_on=row.planned_on,
            staff_count=known[row.subject_id].staff_count,
            category=known[row.subject_id].category,
            starts_on=row.starts_on,
            late_reason=row.late_reason,
        )
        for row in assignments.order_by("subject_id")
    ]


def pair_counts(purposes: Collection[str], on: date) -> dict[str, tuple[int, int]]:
    """Return how many units stand in the pairing table of each purpose on the day, and how many leads."""
    rows = Assignment.objects.filter(live(on), purpose__in=purposes).values_list("purpose")
    counted = rows.annotate(units=Count("subject", distinct=True), leads=Count("holder", distinct=True))
    return dict.fromkeys(purposes, (0, 0)) | {purpose: (units, leads) for purpose, units, leads in counted}


# Accounts ----------------------------------------------------------------------------------------


def posts_held(on: date, *, user_id: int | None = None) -> list[PostRow]:
    """Return the posts held on the day, everybody's or one person's, oldest first."""
    posts = Post.objects.filter(live(on)).order_by("pk")
    if user_id is not None:
        posts = posts.filter(user_id=user_id)
    rows = list(posts)
    names = unit_names((row.unit_id for row in rows), on)
    return [
        PostRow(
            post_id=row.pk,
            user_id=row.user_id,
            role=Role(row.role),
            role_name=str(role_label(row.role)),
            unit_id=row.unit_id,
            unit_name=names.get(row.unit_id, ""),
            starts_on=row.starts_on,
        )
        for row in rows
    ]


def users_overview(on: date) -> list[AccountRow]:
    """Return every account with the posts held on the day, by username."""
    posts: dict[int, list[str]] = {}
    for row in posts_held(on):
        posts.setdefault(row.user_id, []).append(f"{row.role_name} · {row.unit_name}")
    users = User.objects.order_by("username").values_list("pk", "username", "name", "is_active")
    return [
        AccountRow(
            user_id=pk, username=username, name=name, posts="；".join(posts.get(pk, [])), is_active=active
        )
        for pk, username, name, active in users
    ]
