"""What the form at the door offers and goes by, and what stands around it."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from django.http import QueryDict

from songnuan.goods.outgoing import why_short
from songnuan.goods.rules import Part
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, installation
from songnuan.plans.models import Measure
from songnuan.visits.access import colleagues, went_on
from songnuan.visits.checklist import checklist, checklist_of
from songnuan.visits.kept import heard
from songnuan.visits.models import Visit, VisitStatus
from songnuan.visits.owed import booked_with, kit_owed
from songnuan.visits.queries import VisitDetail
from songnuan.visits.rules import Begun, last_day
from songnuan.visits.signing import words_of
from songnuan.web.door import Door, Lacking
from songnuan.web.posted_times import day_in
from songnuan.web.problem_form import owners_of
from songnuan.web.views.shared import Reader, names_on
from songnuan.web.visit_page import units_on


def door_of(
    reader: Reader,
    found: VisitDetail,
    measure: Measure,
    *,
    received_at: datetime | None = None,
    posted: QueryDict | None = None,
) -> Door:
    """Return what the form offers.

    Args:
        reader: Who fills it in.
        found: The visit.
        measure: Its measure.
        received_at: When a report was received that is corrected.
        posted: What was filled in. Once it says the day of the visit, what was good then is what was handed
            over, and who held a post then is who went.

    """
    plan = measure.plan
    happened_on = day_in(posted) if posted else None
    day = happened_on or min(reader.day, found.planned_on or reader.day)
    kit = None
    if received_at is None and found.status == VisitStatus.PLANNED:
        kit = kit_owed(measure, unit_id=found.unit_id)
    short = why_short(kit, day) if kit else {}
    packs = {part.item_id: _words(part) for part in kit.parts} if kit else {}
    # Of a report that is corrected everybody stays who stands in it, in its order, gone or renamed since.
    went = {member.user_id: member.name for member in found.members if member.user_id is not None}
    then, since = _people(reader, found, happened_on, posted.getlist("members") if posted else [])
    return Door(
        at=received_at or reader.at,
        clock_offset=timedelta(seconds=installation().clock_offset_seconds),
        begun=Begun(plan.starts_on, measure.opened_at),
        # Within a later day that was allowed nobody is late.
        late=found.late
        if received_at
        else max(found.due_on, last_day(found.planned_on, found.due_on)) < reader.day,
        colleagues=went | {pk: name for pk, name in (then | since).items() if pk not in went},
        newcomers=since.keys() - went.keys(),
        items=checklist_of(found.visit_id, plan.pk) if received_at else checklist(plan.pk),
        owners=owners_of(reader, plan, found.lead_id),
        goods={pk: words for pk, words in packs.items() if pk not in short},
        parts={part.item_id: part for part in kit.parts if part.item_id not in short} if kit else {},
        lacking={pk: Lacking(words, short[pk]) for pk, words in packs.items() if pk in short},
        recorder="" if received_at else reader.actor.label,
        booked=booked_with(Visit.objects.get(pk=found.visit_id)) if received_at else (),
    )


def _people(
    reader: Reader, found: VisitDetail, happened_on: date | None, ticked: Collection[str]
) -> tuple[dict[int, str], dict[int, str]]:
    """Return who held a post on the visit's day, the reader first; and who was ticked and held none."""
    if happened_on is None and found.happened_at is not None:
        happened_on = day_of(found.happened_at)
    day = happened_on or reader.day
    then = went_on(found.lead_id, day, today=reader.day)
    people = {user.pk: user.name for user in then.filter(is_active=True)}
    since: dict[int, str] = {}
    if day != reader.day and (
        others := {int(pk) for pk in ticked if pk.isascii() and pk.isdigit()} - people.keys()
    ):
        now = colleagues(found.lead_id, reader.day).filter(is_active=True, pk__in=others)
        since = dict(now.values_list("pk", "name"))
    # Only one of the lead's own people is ticked beforehand.
    first = {reader.user.pk: people[reader.user.pk]} if reader.user.pk in people else {}
    return first | people, since


def around(reader: Reader, found: VisitDetail, measure: Measure, *, late: bool) -> dict[str, Any]:
    """Return what stands around the form: the visit, what is to be handed over, what the unit told before."""
    names = names_on((found.unit_id, found.lead_id), reader.day)
    unit = units_on({found.unit_id}, reader.day).get(found.unit_id)
    told = heard({found.unit_id}, reader.day, seen=reader.reach_ids(Permission.VISIT_VIEW))
    return {
        "visit": {
            "id": found.visit_id,
            "unit_name": names[found.unit_id],
            "category": unit.category if unit else "",
            "compound": unit.compound if unit else "",
            "lead_name": names[found.lead_id],
            "planned_on": found.planned_on,
            "due_on": found.due_on,
            "plan_title": measure.plan.title,
            "plan_slug": found.plan_slug,
            "late": late,
        },
        "heard": told.get(found.unit_id),
    }


def _words(part: Part) -> str:
    return words_of(part.item, part.quantity, part.packing)
