"""What journeys of visits share: the receipt of a unit, and the office that receives the reports."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import Post, UnitLink, User
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import day_of
from songnuan.organisation.rules import live
from songnuan.plans.models import Plan
from songnuan.records import actions as records
from songnuan.visits.actions.reports import Signed


def signed_by(picture: bytes, confirmed_by_name: bool, text: str, actor: Actor, at: datetime) -> Signed:  # noqa: FBT001 - as the form has it
    """Return the receipt of a unit, its signature stored where it drew one; `text` is what it is for."""
    signature = None
    if picture:
        signature = records.store_file(
            content=picture, name="signature.png", media_type="image/png", actor=actor, at=at
        )
    return Signed(signature.pk if signature else None, confirmed_by_name and signature is None, text)


def check_signed(picture: bytes, shown: str, text: str) -> None:
    """Let pass a signature under the `text` it was given for: a unit signs for what it saw, and nothing else.

    Raises:
        Refusal: `signed_text_differs` when another text was `shown`.

    """
    if picture and shown and shown != text:
        sentence = _(
            "What is handed over changed after the unit signed. It now reads: “%(text)s” Sign again."
        )
        raise Refusal("signed_text_differs", sentence % {"text": text}, field="signature")


def office_of(plan: Plan, at: datetime) -> QuerySet[User]:
    """Return who holds a post of the office that receives the plan's reports; nobody where there is none."""
    day = day_of(at)
    above = UnitLink.objects.filter(live(day), descendant=plan.office_id).values("ancestor")
    posts = Post.objects.filter(live(day), role=Role.EPIDEMIC_OFFICE, unit__in=above)
    return User.objects.filter(is_active=True, pk__in=posts.values("user")).order_by("pk")
