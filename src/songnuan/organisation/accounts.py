"""What must hold before a person's account or post is changed."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, TypedDict

from django.contrib.auth.hashers import check_password
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation import rules
from songnuan.organisation.models import OPEN, Post, UnitLink, User
from songnuan.organisation.permissions import Permission, Role
from songnuan.organisation.queries import day_of, refuse, require, scope
from songnuan.organisation.rules import live

_PARSERS: Mapping[str, Callable[[Any], object]] = MappingProxyType(
    {
        "name": rules.person_name,
        "email": rules.email,
        "phone": rules.phone,
        "language": rules.language,
        "is_active": bool,
    }
)
# What people change of their own account.
OWN = frozenset({"email", "phone", "language"})


class UserChanges(TypedDict, total=False):
    """What may change of an account."""

    name: str
    email: str
    phone: str
    language: str
    is_active: bool


def tidy(changes: UserChanges) -> dict[str, object]:
    """Return the changes in the spelling that is stored.

    Raises:
        Refusal: From `rules`, naming the field.

    """
    return {name: _PARSERS[name](value) for name, value in changes.items()}


def get(user_id: int) -> User:
    """Return the account.

    Raises:
        Refusal: `user_unknown`.

    """
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise Refusal("user_unknown", _("There is no such account."), user=user_id)
    return user


def refuse_taken(username: str) -> None:
    """Let pass a username that no account has.

    Raises:
        Refusal: `username_taken`.

    """
    if User.objects.filter(username=username).exists():
        sentence = _("The username “%(username)s” is taken. Choose another.")
        raise Refusal("username_taken", sentence % {"username": username}, field="username")


def refuse_same(user: User, password: str) -> None:
    """Let pass a password other than the one the user has.

    Raises:
        Refusal: `password_same`.

    """
    # The user's own method would store the hash anew where it is an old one.
    if check_password(password, user.password):
        sentence = _("This is the password you have. Choose another.")
        raise Refusal("password_same", sentence, field="password", user=user.pk)


def require_over(actor: Actor, user_id: int, at: datetime) -> None:
    """Let pass who manages accounts everywhere the person holds a post.

    So nobody who manages a part takes over the account of somebody whose posts reach further.

    Raises:
        NotPermitted: `not_permitted`.

    """
    require(actor, Permission.ACCOUNT_MANAGE, at=at)
    reach = scope(actor, Permission.ACCOUNT_MANAGE, at).values("pk")
    beyond = Post.objects.filter(live(day_of(at)), user_id=user_id).exclude(unit__in=reach)
    if not actor.is_system and beyond.exists():
        refuse(Permission.ACCOUNT_MANAGE)


def lock(user_id: int) -> None:
    """Hold the person's row until commit: posts of one person are given one after another.

    Raises:
        Refusal: `user_inactive` when there is no such account or it is shut.

    """
    if not User.objects.filter(pk=user_id, is_active=True).update(is_active=True):
        sentence = _("The account is shut. Open it before giving it a post.")
        raise Refusal("user_inactive", sentence, field="user", user=user_id)


def end_sessions(user_id: int) -> None:
    """End all sign-ins of a person, wherever they are."""
    User.objects.filter(pk=user_id).update(session_round=Coalesce(F("session_round"), 0) + 1)


def keep_administrators(posts: Iterable[Post], on: date) -> None:
    """Let pass the end of these posts of one person if every unit still has somebody who manages accounts.

    Raises:
        Refusal: `last_administrator`.

    """
    for post in posts:
        above = UnitLink.objects.filter(OPEN, descendant_id=post.unit_id).values("ancestor")
        others = Post.objects.filter(
            OPEN, live(on), role=Role.ADMINISTRATOR, unit__in=above, user__is_active=True
        )
        if not others.exclude(user_id=post.user_id).exists():
            sentence = _("Nobody else administers this unit. Make another person administrator first.")
            raise Refusal("last_administrator", sentence, unit=post.unit_id, user=post.user_id)
