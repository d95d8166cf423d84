"""The only writers of the organisation: units, pairs, people, posts.

Every action takes its turn before it reads what it decides by, so that of two changes at once the
second sees the first. A change counts from the China day of `at`.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Unpack

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.keys import fingerprint
from songnuan.kernel.refusal import Refusal
from songnuan.organisation import accounts, dated, pairing, rules, tree
from songnuan.organisation.access import (
    end_calendar_address,
    make_calendar_address,
    note_access,
    note_rotation,
    reset_second_factor,
)
from songnuan.organisation.accounts import UserChanges
from songnuan.organisation.dated import ImportResult, UnitChanges, UnitFacts
from songnuan.organisation.devices import close_device, close_devices, note_device_seen, open_device
from songnuan.organisation.importing import import_units, place_units
from songnuan.organisation.models import OPEN, Assignment, Installation, InstallationKind, Post, Unit, User
from songnuan.organisation.pairing import PairResult, PairRow
from songnuan.organisation.permissions import Permission, Role
from songnuan.organisation.queries import day_of, refuse, require

__all__ = [
    "ImportResult",
    "PairResult",
    "PairRow",
    "change_unit",
    "change_user",
    "close_device",
    "close_unit",
    "create_unit",
    "create_user",
    "end_assignment",
    "end_calendar_address",
    "end_post",
    "give_post",
    "import_units",
    "install",
    "make_calendar_address",
    "note_access",
    "note_device_seen",
    "note_rotation",
    "open_device",
    "pair_units",
    "place_units",
    "reset_second_factor",
    "set_password",
]


@transaction.atomic(savepoint=False)
def install(*, kind: str, clock_offset_seconds: int = 0, actor: Actor, at: datetime) -> Installation:
    """Say once what kind of installation this is; a demo's clock may be moved.

    Raises:
        Refusal: `installed_already`, `clock_not_demo`.

    """
    if not actor.is_system:
        refuse(Permission.ACCOUNT_MANAGE)
    tree.take_turn()
    if Installation.objects.exists():
        raise Refusal("installed_already", _("This installation is set up already."))
    if clock_offset_seconds and kind != InstallationKind.DEMO:
        raise Refusal("clock_not_demo", _("Only the clock of a demonstration can be moved."), kind=kind)
    row = Installation.objects.create(
        kind=kind, clock_offset_seconds=clock_offset_seconds, keys_fingerprint=fingerprint(), created_at=at
    )
    told = {"kind": kind, "clock_offset_seconds": clock_offset_seconds}
    _record("install", "organisation.installation:1", actor, at, **told)
    return row


# Units -------------------------------------------------------------------------------------------


@transaction.atomic(savepoint=False)
def create_unit(
    *,
    name: str,
    kind: str,
    parent_id: int | None,
    key: str = "",
    opened_on: date | None = None,
    actor: Actor,
    at: datetime,
    **facts: Unpack[UnitFacts],
) -> Unit:
    """Open a unit below another, or, by the system alone, at the top.

    Args:
        name: Its name, which no open unit at the same place has.
        kind: One of `UnitKind`.
        parent_id: The unit above it.
        key: Its key for ever; u1, u2 … when left empty.
        opened_on: The day it opened when that was before the day of `at`.
        actor: Needs UNIT_IMPORT over the parent.
        at: When this is entered.
        **facts: What else is told of it.

    Raises:
        Refusal: `name_taken`, `key_taken`, `opened_later`, `before_last_change`, `unit_not_open`, or from
            `rules` what is wrong with an entry.

    """
    _may_place(actor, parent_id, at)
    told = dated.tidy({"name": name, "kind": kind, **facts})
    day = day_of(at)
    on = opened_on or day
    if on > day:
        raise Refusal("opened_later", _("A unit cannot open on a later day than today."), field="opened_on")
    tree.take_turn()
    if parent_id is not None:
        tree.open_record(parent_id)
    if key and Unit.objects.filter(key=rules.unit_key(key)).exists():
        raise Refusal(
            "key_taken", _("There is a unit with the key “%(key)s” already.") % {"key": key}, field="key"
        )
    [unit] = dated.open_units([dated.new_record(told, on)], parent_id, on, key)
    _record("create_unit", _unit(unit), actor, at, kind=kind, parent=parent_id, opened_on=on.isoformat())
    return unit


@transaction.atomic(savepoint=False)
def change_unit(*, unit_id: int, actor: Actor, at: datetime, **changes: Unpack[UnitChanges]) -> bool:
    """Change what is known of a unit, or its place, from the day on; return whether anything differed.

    Raises:
        Refusal: `under_itself`, `name_taken`, `before_last_change`, `unit_not_open`, or from `rules`.

    """
    require(actor, Permission.UNIT_IMPORT, unit_id=unit_id, at=at)
    told = dated.tidy(changes)
    on = day_of(at)
    tree.take_turn()
    before = tree.open_record(unit_id)
    after = dated.following(before, told, on)
    if after is None:
        return False
    if after.parent_id != before.parent_id:
        _may_place(actor, after.parent_id, at)
        if after.parent_id is not None:
            tree.open_record(after.parent_id)
        tree.move(unit_id, after.parent_id, on)
    dated.refuse_taken([after.name], after.parent_id, but=unit_id)
    dated.supersede([before], [after], on)
    _record("change_unit", _unit(before.unit), actor, at, changed=sorted(told), parent=after.parent_id)
    return True


@transaction.atomic(savepoint=False)
def close_unit(*, unit_id: int, actor: Actor, at: datetime) -> None:
    """Close a unit from the day on. It must stand empty: no units below, no posts, no pairs.

    Raises:
        Refusal: `unit_has_units`, `unit_has_posts`, `unit_has_pairs`, `unit_not_open`, `before_last_change`.

    """
    require(actor, Permission.UNIT_IMPORT, unit_id=unit_id, at=at)
    on = day_of(at)
    tree.take_turn()
    before = tree.open_record(unit_id)
    dated.refuse_in_use(unit_id)
    tree.uproot(unit_id, on)
    dated.supersede([before], [], on)
    Unit.objects.filter(pk=unit_id, closed_on=None).update(closed_on=on)
    _record("close_unit", _unit(before.unit), actor, at)


# Pairs -------------------------------------------------------------------------------------------


@transaction.atomic(savepoint=False)
def pair_units(*, purpose: str, rows: Sequence[PairRow], actor: Actor, at: datetime) -> PairResult:
    """Give each unit its one lead for a purpose, all or none.

    A pair that differs from the one that stands ends it and takes its place from the day on; one that
    does not differ changes nothing. Units that are not in the rows keep the lead they have.

    Raises:
        Refusal: `subject_twice`, `leads_itself`, `unit_not_open`, `lead_kind`, `before_last_change`.

    """
    on = day_of(at)
    pairing.refuse_rows(rows)
    pairing.require_over(actor, rows, at)
    tree.take_turn()
    pairing.refuse_units(rows, on)
    standing = pairing.standing(purpose, rows)
    fresh = [row for row in rows if not pairing.holds(standing.get(row.unit_id), row)]
    replaced = [standing[row.unit_id] for row in fresh if row.unit_id in standing]
    pairing.replace(purpose, replaced, fresh, on)
    result = PairResult(len(fresh) - len(replaced), len(replaced), len(rows) - len(fresh))
    subject, digest = f"organisation.assignment:{purpose}", pairing.digest(rows)
    _record("pair_units", subject, actor, at, digest=digest, **asdict(result))
    return result


@transaction.atomic(savepoint=False)
def end_assignment(*, assignment_id: int, actor: Actor, at: datetime) -> None:
    """End a pair from the day on; the unit then has no lead.

    Raises:
        Refusal: `assignment_ended` when it is not open, `before_last_change`.

    """
    tree.take_turn()
    row = Assignment.objects.filter(OPEN, pk=assignment_id).first()
    if row is None:
        raise Refusal("assignment_ended", _("This pair has ended already."), assignment=assignment_id)
    require(actor, Permission.PLAN_WRITE, unit_id=row.subject_id, at=at)
    on = day_of(at)
    rules.not_before(on, [row.starts_on])
    Assignment.objects.filter(OPEN, pk=assignment_id).update(ends_on=on)
    told = {"unit": row.subject_id, "lead": row.holder_id}
    _record("end_assignment", f"organisation.assignment:{row.purpose}", actor, at, **told)


# People and posts --------------------------------------------------------------------------------


@transaction.atomic(savepoint=False)
def create_user(
    *,
    username: str,
    name: str,
    email: str = "",
    phone: str = "",
    language: str = "zh-hans",
    password: str | None = None,
    password_stays: bool = False,
    actor: Actor,
    at: datetime,
) -> User:
    """Open an account; without a password nobody signs in to it until one is set.

    The password has to be changed at the first sign-in, unless it `password_stays`.

    Raises:
        Refusal: `username_taken`, `password_weak`, or from `rules` what is wrong with an entry.

    """
    require(actor, Permission.ACCOUNT_MANAGE, at=at)
    user = User(
        username=rules.username(username),
        name=rules.person_name(name),
        email=rules.email(email),
        phone=rules.phone(phone),
        language=rules.language(language),
        created_at=at,
    )
    user.password = make_password(None) if password is None else rules.password(password, user)
    user.must_change_password = password is not None and not password_stays
    tree.take_turn()
    accounts.refuse_taken(user.username)
    User.objects.bulk_create([user])
    _record_account("create_user", user.pk, actor, at)
    return user


@transaction.atomic(savepoint=False)
def change_user(*, user_id: int, actor: Actor, at: datetime, **changes: Unpack[UserChanges]) -> bool:
    """Change an account, or shut it; return whether anything differed.

    People change their own mail address, phone and language; the rest is for who manages accounts.

    Raises:
        Refusal: `user_unknown`, `last_administrator`, or from `rules` what is wrong with an entry.

    """
    if user_id != actor.user_id or changes.keys() - accounts.OWN:
        accounts.require_over(actor, user_id, at)
    told = accounts.tidy(changes)
    tree.take_turn()
    user = accounts.get(user_id)
    differing = {name: value for name, value in told.items() if getattr(user, name) != value}
    if not differing:
        return False
    if differing.get("is_active") is False:
        accounts.keep_administrators(
            Post.objects.filter(OPEN, user_id=user_id, role=Role.ADMINISTRATOR), day_of(at)
        )
    User.objects.filter(pk=user_id).update(**differing)
    if differing.get("is_active") is False:
        close_devices(user_id, actor, at)
    _record_account("change_user", user_id, actor, at, changed=sorted(differing))
    return True


@transaction.atomic(savepoint=False)
def set_password(*, user_id: int, password: str, actor: Actor, at: datetime) -> None:
    """Set a password, one's own or that of somebody whose account one manages; sessions of old end.

    Whoever got it from somebody else has to change it at the next sign-in.

    Raises:
        Refusal: `user_unknown`, `password_weak`, `password_same` when it is one's own and no other.

    """
    own = user_id == actor.user_id
    if not own:
        accounts.require_over(actor, user_id, at)
    user = accounts.get(user_id)
    digest = rules.password(password, user)
    if own:
        accounts.refuse_same(user, password)
    User.objects.filter(pk=user_id).update(password=digest, must_change_password=not own)
    _record_account("set_password", user_id, actor, at)


@transaction.atomic(savepoint=False)
def give_post(*, user_id: int, unit_id: int, role: Role, actor: Actor, at: datetime) -> Post:
    """Give a person a post at a unit from the day on. Nobody gives one to themselves.

    Raises:
        Refusal: `own_post`, `user_inactive`, `unit_not_open`, `post_held`, `posts_incompatible`.

    """
    require(actor, Permission.ACCOUNT_MANAGE, unit_id=unit_id, at=at)
    if user_id == actor.user_id:
        raise Refusal(
            "own_post", _("You cannot give a post to yourself. Ask another administrator."), field="user"
        )
    tree.take_turn()
    accounts.lock(user_id)
    on = day_of(at)
    rules.not_before(on, [tree.open_record(unit_id).unit.opened_on])
    # What ends later than this day is still held on it.
    held = Post.objects.filter(OPEN | Q(ends_on__gt=on), user_id=user_id)
    if held.filter(unit_id=unit_id, role=role).exists():
        raise Refusal("post_held", _("The person holds this post already."), field="role", user=user_id)
    rules.may_hold(held.values_list("role", flat=True), role)
    post = Post.objects.create(user_id=user_id, unit_id=unit_id, role=role, starts_on=on)
    _record_account("give_post", user_id, actor, at, post=post.pk, unit=unit_id, role=role.value)
    return post


@transaction.atomic(savepoint=False)
def end_post(*, post_id: int, actor: Actor, at: datetime) -> None:
    """End a post from the day on.

    Raises:
        Refusal: `post_ended` when it is not open, `last_administrator`, `before_last_change`.

    """
    tree.take_turn()
    post = Post.objects.filter(OPEN, pk=post_id).first()
    if post is None:
        raise Refusal("post_ended", _("This post has ended already."), post=post_id)
    require(actor, Permission.ACCOUNT_MANAGE, unit_id=post.unit_id, at=at)
    on = day_of(at)
    rules.not_before(on, [post.starts_on])
    if post.role == Role.ADMINISTRATOR:
        accounts.keep_administrators([post], on)
    Post.objects.filter(OPEN, pk=post_id).update(ends_on=on)
    _record_account("end_post", post.user_id, actor, at, post=post_id, unit=post.unit_id, role=post.role)


# What they share ---------------------------------------------------------------------------------


def _may_place(actor: Actor, parent_id: int | None, at: datetime) -> None:
    """Let pass who may place units below the parent; at the top, the system alone."""
    if parent_id is None and not actor.is_system:
        refuse(Permission.UNIT_IMPORT)
    require(actor, Permission.UNIT_IMPORT, unit_id=parent_id, at=at)


def _record(action: str, subject: str, actor: Actor, at: datetime, **facts: object) -> None:
    action = f"organisation.{action}"
    record(stream="organisation", action=action, subject=subject, actor=actor, at=at, facts=facts)


def _record_account(action: str, user_id: int, actor: Actor, at: datetime, **facts: object) -> None:
    action, subject = f"organisation.{action}", f"organisation.user:{user_id}"
    record(stream="accounts", action=action, subject=subject, actor=actor, at=at, facts=facts)


def _unit(unit: Unit) -> str:
    return f"organisation.unit:{unit.key}"
