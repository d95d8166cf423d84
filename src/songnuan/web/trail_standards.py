"""What the trail tells of standards of money to people: each by its short name."""

from collections.abc import Collection

from django.urls import reverse

from songnuan.benefits.queries import latest_by_slug
from songnuan.organisation.permissions import Permission
from songnuan.web.trail_named import Named
from songnuan.web.views.shared import Reader


def standards(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    """Name standards by the title of their newest version."""
    seen = reader.reach_ids(Permission.BENEFIT_VIEW)
    return {
        slug: Named(
            version.title, reverse("standard", args=(slug,)) if version.standard.unit_id in seen else ""
        )
        for slug, version in latest_by_slug(keys).items()
    }
