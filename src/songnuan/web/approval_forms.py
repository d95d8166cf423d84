"""The forms of approvals: an office handed over for some days, and the steps of a chain."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songnuan.approvals.models import StepKind
from songnuan.approvals.rules import KINDS, REASON_LONGEST, Step, delegable, permission_of
from songnuan.organisation.models import User
from songnuan.organisation.permissions import Permission, Role, roles_with
from songnuan.organisation.queries import PostRow, permits, posts_held, subtree, unit_names
from songnuan.organisation.rules import clashes
from songnuan.web.fields import (
    BooleanField,
    CharField,
    ChoiceField,
    Day,
    TypedChoiceField,
    TypedMultipleChoiceField,
)
from songnuan.web.forms import Form
from songnuan.web.views.shared import Reader

OFFICES: dict[Permission, Promise] = {
    Permission.PLAN_APPROVE: gettext_lazy("signing and countersigning"),
    Permission.PLAN_REVIEW: gettext_lazy("reviewing"),
    Permission.FLEXIBLE_DECIDE: gettext_lazy("approving flexible work"),
}


class DelegationForm(Form):
    """Which office is handed to whom, from when to when, and why."""

    asks = "delegation"

    office = ChoiceField(fact="approvals.delegation.permission", label=gettext_lazy("What is handed over"))
    delegate = TypedChoiceField(
        fact="approvals.delegation.delegate",
        label=gettext_lazy("To whom"),
        help_text=gettext_lazy("People whose own posts exclude the office are not in the list."),
        coerce=int,
    )
    starts_on = Day(fact="approvals.delegation.starts_on", label=gettext_lazy("First day"))
    last_day = Day(fact="approvals.delegation.ends_on", label=gettext_lazy("Last day"))
    reason = CharField(
        fact="approvals.delegation.reason",
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Such as a journey or leave. It stands with the delegation."),
        max_length=REASON_LONGEST,
    )

    def __init__(self, reader: Reader, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        own = offices_of(reader)
        self.fields["office"].choices = own  # type: ignore[attr-defined]
        self.fields["delegate"].choices = _delegates(reader, [value for value, _label in own])  # type: ignore[attr-defined]

    def told(self) -> dict[str, Any]:
        """Return what was filled in, with the office taken apart."""
        told = dict(self.cleaned_data)
        told["delegate_id"] = told.pop("delegate")
        permission, _at, unit_id = told.pop("office").partition("@")
        return {**told, "permission": permission, "unit_id": int(unit_id)}


class ChainForm(Form):
    """The steps before the signature; the signature is always the last one."""

    asks = "chain"

    review = BooleanField(
        fact="approvals.chainstep.kind",
        label=gettext_lazy("Reviewed first"),
        help_text=gettext_lazy("By whoever holds the office’s post at this unit."),
        required=False,
    )
    countersign = TypedMultipleChoiceField(
        fact="approvals.chainstep.unit",
        label=gettext_lazy("Countersigned by"),
        help_text=gettext_lazy(
            "One after the other, in this order. Only departments with an approver of their own are listed."
        ),
        widget=forms.CheckboxSelectMultiple,
        coerce=int,
        required=False,
    )

    def __init__(self, reader: Reader, kind: str, unit_id: int, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if KINDS[kind].is_checked:
            self.fields["review"].label = _("Checked first")
        names = unit_names(_countersigners(reader, kind, unit_id), reader.day)
        self.fields["countersign"].choices = sorted(names.items())  # type: ignore[attr-defined]
        if not names:
            del self.fields["countersign"]

    def steps(self) -> list[Step]:
        """Return the chain that was chosen."""
        told = self.cleaned_data
        chosen = [Step(StepKind.COUNTERSIGN, unit_id) for unit_id in told.get("countersign", ())]
        return [*([Step(StepKind.REVIEW)] if told["review"] else []), *chosen, Step(StepKind.SIGN)]


def offices_of(reader: Reader) -> list[tuple[str, str]]:
    """Return the offices that the reader holds by a post and may hand over, as choices."""
    found: dict[str, str] = {}
    for post in posts_held(reader.day, user_id=reader.user.pk):
        for permission in sorted(delegable(), key=list(Permission).index):  # plans come first
            if permits(reader.actor, permission, unit_id=post.unit_id, at=reader.at):
                found[f"{permission.value}@{post.unit_id}"] = f"{post.unit_name} · {OFFICES[permission]}"
    return list(found.items())


def _delegates(reader: Reader, offices: Iterable[str]) -> list[tuple[int | str, str]]:
    """Return the people who can stand in for one of these offices, by name."""
    lent = {
        role
        for permission in {Permission(value.partition("@")[0]) for value in offices}
        for role in roles_with(permission)
    }
    posts: dict[int, list[PostRow]] = {}
    for post in posts_held(reader.day):
        posts.setdefault(post.user_id, []).append(post)
    fitting = [pk for pk, held in posts.items() if _fits(held, lent) and pk != reader.user.pk]
    users = User.objects.filter(pk__in=fitting, is_active=True).order_by("name", "pk")
    return [("", "—"), *((user.pk, _person(user, posts[user.pk])) for user in users)]


def _fits(held: Iterable[PostRow], lent: Iterable[Role]) -> bool:
    own = [post.role for post in held]
    return any(not clashes(own, role) for role in lent)


def _person(user: User, held: Iterable[PostRow]) -> str:
    post = next(iter(held))
    return _("%(person)s (%(post)s)") % {"person": user.name, "post": f"{post.unit_name} {post.role_name}"}


def _countersigners(reader: Reader, kind: str, unit_id: int) -> set[int]:
    """Return the units below this one that have somebody of their own to countersign."""
    roles = roles_with(permission_of(kind, StepKind.COUNTERSIGN))
    held = {post.unit_id for post in posts_held(reader.day) if post.role in roles}
    below = subtree(unit_id, reader.day).exclude(pk=unit_id).filter(pk__in=held)
    return set(below.values_list("pk", flat=True))
