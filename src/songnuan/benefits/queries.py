"""Reads standards."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Max, QuerySet

from songnuan.benefits.models import StandardVersion
from songnuan.kernel.actor import Actor
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import scope


def versions_seen(actor: Actor, at: datetime) -> QuerySet[StandardVersion]:
    """Return every version of the standards that the actor may see, with the standard, the newest first."""
    units = scope(actor, Permission.BENEFIT_VIEW, at)
    rows = StandardVersion.objects.filter(standard__unit__in=units)
    return rows.select_related("standard", "written_by").order_by("standard__slug", "-number")


def latest_of(rows: QuerySet[StandardVersion]) -> QuerySet[StandardVersion]:
    """Return of each standard the newest version."""
    return rows.annotate(newest=Max("standard__versions__number")).filter(number=F("newest"))


def standard_seen(slug: str, actor: Actor, at: datetime) -> StandardVersion | None:
    """Return the newest version of a standard; None when there is none that the actor may see."""
    return versions_seen(actor, at).filter(standard__slug=slug).first()


def latest_by_slug(slugs: Iterable[str]) -> dict[str, StandardVersion]:
    """Return the newest version of each standard that there is, by its short name."""
    rows = StandardVersion.objects.filter(standard__slug__in=list(slugs)).select_related("standard")
    return {row.standard.slug: row for row in latest_of(rows)}
