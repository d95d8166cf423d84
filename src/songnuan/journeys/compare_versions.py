"""How two versions of a plan differ, as a document for programs."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from songnuan.journeys.find import find_plan
from songnuan.kernel.refusal import Refusal
from songnuan.plans.comparing import ItemChange, Piece, compare
from songnuan.plans.models import Plan, PlanVersion
from songnuan.plans.queries import version_of
from songnuan.plans.versions import text_of


def compare_versions(*, slug: str, old: int, new: int) -> dict[str, Any]:
    """Return what differs between two versions of the plan.

    It is `{slug, old, new, is_coarse, head, basis, funds, questions, clauses}`; `is_coarse` when some of it
    was too long to be compared word by word; each difference `{name, change, before, after}`, of a clause
    `{key, heading, change, moved, before, after, measures}` with its lines of text.

    Raises:
        Refusal: `plan_unknown`, `version_unknown`, `version_unreadable`.

    """
    plan = find_plan(slug)
    found = compare(text_of(_version(plan, old).source), text_of(_version(plan, new).source))
    return {
        "slug": slug,
        "old": old,
        "new": new,
        "is_coarse": found.is_coarse,
        "head": [
            {"name": row.name, "change": "changed", "before": row.before, "after": row.after}
            for row in found.head
        ],
        "basis": _items(found.basis),
        "funds": _items(found.funds),
        "questions": _items(found.questions),
        "clauses": [
            {
                "key": row.key,
                "heading": row.heading,
                "change": row.mark.value,
                "moved": row.moved,
                "before": _lines(row.before),
                "after": _lines(row.after),
                "measures": _items(row.measures),
            }
            for row in found.changed
        ],
    }


def _version(plan: Plan, number: int) -> PlanVersion:
    version = version_of(plan, number)
    if version is None:
        sentence = _("The plan “%(slug)s” has no version %(number)s.")
        raise Refusal("version_unknown", sentence % {"slug": plan.slug, "number": number}, version=number)
    return version


def _lines(lines: Iterable[Iterable[Piece]]) -> list[str]:
    return ["".join(piece.text for piece in line) for line in lines]


def _items(rows: Iterable[ItemChange]) -> list[dict[str, Any]]:
    return [
        {
            "name": row.name,
            "change": row.mark.value,
            "before": {one.name: one.before for one in row.differences},
            "after": {one.name: one.after for one in row.differences},
        }
        for row in rows
    ]
