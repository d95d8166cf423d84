"""Pure decisions: names and keys, kinds, and which posts may be held together."""

import re
from collections.abc import Iterable, Mapping
from datetime import date

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.utils.translation import gettext as _

from songnuan.kernel.names import tidy_name, valid_phone
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import UnitKind, User
from songnuan.organisation.permissions import INCOMPATIBLE, Role, role_label

LEAD_KINDS = frozenset({UnitKind.DEPARTMENT, UnitKind.SUBORDINATE})
NAME_MAX = 120
PERSON_MAX = 60
TEXT_MAX: Mapping[str, int] = {
    "category": 60,
    "compound": 120,
    "district": 60,
    "address": 200,
    "contact_name": 60,
}
STAFF_MAX = 1_000_000
KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
KEY_MAX = 80
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


def unit_text(column: str, text: str) -> str:
    """Return what is told of a unit in one of the columns of `TEXT_MAX`, tidied.

    Raises:
        Refusal: `text_too_long`.

    """
    tidy = " ".join(text.split()) if column == "address" else tidy_name(text)
    if len(tidy) > TEXT_MAX[column]:
        sentence = _("The text has %(length)s characters; shorten it to %(max)s.")
        raise Refusal(
            "text_too_long", sentence % {"length": len(tidy), "max": TEXT_MAX[column]}, field=column
        )
    return tidy


def unit_key(text: str) -> str:
    """Return the key of a unit as it is.

    Raises:
        Refusal: `key_invalid`.

    """
    if not KEY.fullmatch(text) or len(text) > KEY_MAX:
        sentence = _("“%(key)s” is no key. Use small letters, digits and single hyphens between them.")
        raise Refusal("key_invalid", sentence % {"key": text[:KEY_MAX]}, field="key")
    return text


def staff_count(number: int | None) -> int | None:
    """Return a number of people as it is.

    Raises:
        Refusal: `number_invalid`.

    """
    if number is not None and not 0 <= number <= STAFF_MAX:
        sentence = _("The number of people must lie between 0 and %(max)s.")
        raise Refusal("number_invalid", sentence % {"max": STAFF_MAX}, field="staff_count")
    return number


def unit_kind(kind: str) -> UnitKind:
    """Return the kind of that name.

    Raises:
        Refusal: `kind_unknown`.

    """
    if kind not in UnitKind.values:
        raise Refusal(
            "kind_unknown", _("There is no such kind of unit. Choose one of the list."), field="kind"
        )
    return UnitKind(kind)


def not_before(on: date, changes: Iterable[date]) -> None:
    """Let pass when no change is later than the day: the past is settled.

    Raises:
        Refusal: `before_last_change`, with the day of that change.

    """
    last = max(changes, default=on)
    if last > on:
        sentence = _("This was last changed on %(last)s; a change on %(day)s would rewrite the past.")
        facts = {"last": last.isoformat(), "day": on.isoformat()}
        raise Refusal("before_last_change", sentence % facts, **facts)


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


def username(text: str) -> str:
    """Return a username as it is.

    Raises:
        Refusal: `username_invalid`.

    """
    if not USERNAME.fullmatch(text):
        sentence = _(
            "“%(name)s” is no username. Use 1 to 40 small letters and digits, with . _ or - between them."
        )
        raise Refusal("username_invalid", sentence % {"name": text[:40]}, field="username")
    return text


def person_name(text: str) -> str:
    """Return a person's name, tidied.

    Raises:
        Refusal: `name_missing` or `name_too_long`.

    """
    name = tidy_name(text)
    if not name:
        raise Refusal("name_missing", _("Enter the person's name."), field="name")
    if len(name) > PERSON_MAX:
        sentence = _("The name has %(length)s characters; shorten it to %(max)s.")
        raise Refusal("name_too_long", sentence % {"length": len(name), "max": PERSON_MAX}, field="name")
    return name


def email(text: str) -> str:
    """Return a mail address, or the empty text, as it is.

    Raises:
        Refusal: `email_invalid`.

    """
    try:
        if text:
            validate_email(text)
    except ValidationError:
        sentence = _("“%(email)s” is not a mail address. Write it as name@example.org, or leave it empty.")
        raise Refusal("email_invalid", sentence % {"email": text[:80]}, field="email") from None
    return text


def language(code: str) -> str:
    """Return the code of a language the site speaks.

    Raises:
        Refusal: `language_unknown`.

    """
    known = [known for known, _name in settings.LANGUAGES]
    if code not in known:
        sentence = _("The site does not speak “%(code)s”. Choose one of %(known)s.")
        raise Refusal(
            "language_unknown", sentence % {"code": code[:20], "known": ", ".join(known)}, field="language"
        )
    return code


def phone(text: str) -> str:
    """Return a phone number in its one spelling, or the empty text.

    Raises:
        Refusal: `phone_invalid`.

    """
    return valid_phone(text) if text.strip() else ""


def password(text: str, user: User) -> str:
    """Return the hash of a password that is good enough for this user.

    Raises:
        Refusal: `password_weak`, saying why.

    """
    try:
        validate_password(text, user)
    except ValidationError as error:
        raise Refusal("password_weak", " ".join(error.messages), field="password") from None
    return make_password(text)
