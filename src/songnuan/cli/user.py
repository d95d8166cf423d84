"""`songnuan user …`: accounts from the server's own console."""

import click
from django.utils.translation import gettext as _

from songnuan.cli.output import Out, command
from songnuan.journeys.create_account import create_account
from songnuan.journeys.give_post import give_post
from songnuan.journeys.reset_password import reset_password
from songnuan.journeys.reset_second_factor import reset_second_factor
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import User
from songnuan.organisation.passwords import drawn_password
from songnuan.organisation.permissions import Role, role_label
from songnuan.organisation.queries import now, today, unit_by_name


@click.group()
def user() -> None:
    """Accounts and the posts they hold."""


def _user(username: str) -> User:
    found = User.objects.filter(username=username).first()
    if found is None:
        raise Refusal("user_unknown", _("There is no account “%(username)s”.") % {"username": username})
    return found


@user.command()
@click.argument("username")
@click.argument("name")
@command
def add(*, out: Out, username: str, name: str) -> None:
    """Create an account with a password that is shown once."""
    password = drawn_password(username)
    create_account(username=username, name=name, password=password, actor=SYSTEM, at=now())
    words = _("Created %(username)s. Password, shown only now: %(password)s")
    document = {"username": username, "password": password}
    out.document(document, words % document)


@user.command()
@click.argument("username")
@click.argument("role", type=click.Choice([role.value for role in Role]))
@click.argument("unit")
@command
def post(*, out: Out, username: str, role: str, unit: str) -> None:
    """Give an account a post at a unit, by the unit's name."""
    found = unit_by_name(unit, today())
    if found is None:
        raise Refusal("unit_unknown", _("There is no unit “%(name)s”, or more than one.") % {"name": unit})
    give_post(user_id=_user(username).pk, unit_id=found.pk, role=Role(role), actor=SYSTEM, at=now())
    document = {"username": username, "role": role, "unit": unit}
    words = {**document, "role": role_label(Role(role))}
    out.document(document, _("%(username)s is now %(role)s at %(unit)s.") % words)


@user.command("password")
@click.argument("username")
@command
def password_(*, out: Out, username: str) -> None:
    """Set a new password, shown once."""
    password = drawn_password(username)
    reset_password(user_id=_user(username).pk, password=password, actor=SYSTEM, at=now())
    words = _("New password of %(username)s, shown only now: %(password)s")
    document = {"username": username, "password": password}
    out.document(document, words % document)


@user.command("reset-second-factor")
@click.argument("username")
@click.option("--reason", default="", help="Why; it stays in the trail, so no numbers or addresses.")
@command
def reset_second_factor_(*, out: Out, username: str, reason: str) -> None:
    """Take a lost second step off an account; its password alone opens it again."""
    told = reason or _("Taken off on the server's own console.")
    reset_second_factor(user_id=_user(username).pk, reason=told, actor=SYSTEM, at=now())
    words = _("The second step of %(username)s is taken off. The password alone opens the account again.")
    document = {"username": username}
    out.document(document, words % document)
