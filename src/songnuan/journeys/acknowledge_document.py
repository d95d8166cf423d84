"""A unit says that it has the document that was addressed to it."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.journeys.base import journey
from songnuan.journeys.find import find_plan
from songnuan.journeys.issue_plan import newest_notice
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.records import actions as records


@journey
def acknowledge_document(
    *, slug: str, document_id: int, unit_ids: Collection[int], actor: Actor, at: datetime
) -> int:
    """Acknowledge the plan's notice for units; again it changes nothing. Return for how many.

    A lead may say so for the units it is paired with, once it has passed the document on.

    Args:
        slug: The plan.
        document_id: The notice that was read: who read an older one has not seen the newest.
        unit_ids: For whom.
        actor: Who says so; needs DOCUMENT_RECEIVE over each unit.
        at: When.

    Raises:
        Refusal: `not_issued`, `notice_newer`, `units_unchosen`, `not_addressed`, `not_permitted`.

    """
    plan = find_plan(slug)
    document = newest_notice(plan)
    if document is None:
        raise Refusal("not_issued", _("“%(title)s” was not issued yet.") % {"title": plan.title})
    if document.pk != document_id:
        sentence = _(
            "%(number)s is the newest notice of this plan and takes the place of the one you had before you. "
            "Read it, then acknowledge it."
        )
        raise Refusal(
            "notice_newer", sentence % {"number": document.number}, field="document", document=document.pk
        )
    if not unit_ids:
        raise Refusal("units_unchosen", _("Choose the units for which you acknowledge."), field="unit")
    for unit_id in sorted(set(unit_ids)):
        records.acknowledge(
            document_id=document.pk, unit_id=unit_id, stream=f"plan:{slug}", actor=actor, at=at
        )
    return len(set(unit_ids))
