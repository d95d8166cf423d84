"""Pure decisions: names and keys, kinds, and which posts may be held together."""

import re
from collections.abc import Iterable
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from songnuan.kernel.names import tidy_name
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import UnitKind
from songnuan.organisation.permissions import INCOMPATIBLE, Role, role_label

LEAD_KINDS = frozenset({UnitKind.DEPARTMENT, UnitKind.SUBORDINATE})
NAME_MAX = 120
KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,38}[a-z0-9])?")

_DEPARTMENT = re.compile(r"[处室办科部委会]$")


def live(on: date, prefix: str = "") -> Q:
    """Return the condition that a period covers the day; `prefix` reaches through a relation ("posts__")."""
    return Q(**{f"{prefix}starts_on__lte": on}) & (
        Q(**{f"{prefix}ends_on__isnull": True}) | Q(**{f"{prefix}ends_on__gt": on})
    )


def unit_name(text: str) -> str:
    """Return the tidied name of a unit.

    Raises:
        Refusal: `name_missing` or `name_too_long`.

    """
    name = tidy_name(text)
    if not name:
        raise Refusal("name_missing", _("The unit has no name. Enter one."), field="name")
    if len(name) > NAME_MAX:
        sentence = _("The unit's name has %(length)s characters; shorten it to %(max)s.")
        raise Refusal("name_too_long", sentence % {"length": len(name), "max": NAME_MAX}, field="name")
    return name


def lead_kind(name: str) -> UnitKind:
    """Return what a lead of this name is: a department (…处, …室, …委 …), or a subordinate unit."""
    return UnitKind.DEPARTMENT if _DEPARTMENT.search(name) else UnitKind.SUBORDINATE


def clashes(held: Iterable[str], new: Role) -> list[Role]:
    """Return the roles among `held` that exclude `new`, in the order roles are listed."""
    roles = {Role(role) for role in held}
    return [role for role in Role if role in roles and frozenset({role, new}) in INCOMPATIBLE]


def may_hold(held: Iterable[str], new: Role) -> None:
    """Let pass when `new` may be held beside `held`.

    Raises:
        Refusal: `posts_incompatible`, naming both.

    """
    others = clashes(held, new)
    if others:
        raise Refusal(
            "posts_incompatible",
            _("%(new)s cannot be held together with %(held)s. End that post first, or choose another person.")
            % {"new": role_label(new), "held": role_label(others[0])},
            field="role",
            new=new.value,
            held=others[0].value,
        )
