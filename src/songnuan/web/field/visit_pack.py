"""What a device takes along of visits: those that are next, and what the form at their door offers."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any, Final

from songnuan.goods.outgoing import why_short
from songnuan.goods.queries import KitView
from songnuan.kernel.clock import CHINA
from songnuan.organisation.cards import unit_cards
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import UnitView
from songnuan.plans.models import Measure
from songnuan.visits.access import went_on
from songnuan.visits.checklist import checklist
from songnuan.visits.field_models import PHOTOS_MOST
from songnuan.visits.owed import to_bring
from songnuan.visits.queries import VisitRow
from songnuan.visits.rules import last_day
from songnuan.visits.signing import shapes, words_of
from songnuan.web.problem_form import PROBLEMS_MOST, owners_of
from songnuan.web.views.shared import Reader, names_on
from songnuan.web.views.visits import to_do
from songnuan.web.visit_page import units_on
from songnuan.web.visit_round import in_order

VISITS_MOST: Final = 40
"""Visits that a device takes along: those that are late, and then the next ones."""

Short = dict[KitView, dict[int, str]]


def pack(reader: Reader) -> Mapping[str, Any] | None:
    """Return the visits that the reader is to make next, and what their forms offer."""
    measures, rows = to_do(reader)
    if not rows:
        return None
    units = units_on({row.unit_id for row in rows}, reader.day)
    first = in_order(rows, units)[:VISITS_MOST]
    kits = to_bring(measures, [(row.visit_id, row.measure_id, row.unit_id) for row in first])
    called = reader.reach_ids(Permission.CONTACT_VIEW)
    cards = unit_cards({row.unit_id for row in first} & called, reader.day)
    addresses = {pk: card.address for pk, card in cards.items()}
    short: Short = {kit: why_short(kit, reader.day) for kit in set(kits.values())}
    some, none = shapes()
    return {
        "visits": [
            _visit(row, units.get(row.unit_id), addresses.get(row.unit_id, ""), kits.get(row.visit_id), short)
            for row in first
        ],
        "doors": _doors(reader, measures, first),
        "measures": {str(pk): _measure(measures[pk]) for pk in {row.measure_id for row in first}},
        "signing": [some, none],
        "photos": PHOTOS_MOST,
        "problems": PROBLEMS_MOST,
    }


def _visit(
    row: VisitRow, unit: UnitView | None, address: str, kit: KitView | None, short: Short
) -> dict[str, Any]:
    why = short[kit] if kit else {}
    parts = kit.parts if kit else ()
    there = [part for part in parts if part.item_id not in why]
    gone = [part for part in parts if part.item_id in why]
    return {
        "id": row.visit_id,
        "measure": row.measure_id,
        "door": f"{row.measure_id}-{row.lead_id}",
        "unit": unit.name if unit else "",
        "compound": unit.compound if unit else "",
        "address": address,
        "planned_on": (row.planned_on or row.due_on).isoformat(),
        "start": row.start,
        "late_after": max(row.due_on, last_day(row.planned_on, row.due_on)).isoformat(),
        "goods": [[part.item_id, part.item, part.packing, part.quantity] for part in there],
        "lacking": [[words_of(part.item, part.quantity, part.packing), why[part.item_id]] for part in gone],
    }


def _measure(measure: Measure) -> dict[str, Any]:
    plan = measure.plan
    moments = [measure.opened_at] if measure.opened_at else []
    if plan.starts_on:
        moments.append(datetime.combine(plan.starts_on, time.min, CHINA))
    return {
        "plan": plan.title,
        "begun": max(moments).isoformat() if moments else "",
        "checklist": [[key, text] for key, text in checklist(plan.pk).items()],
    }


def _doors(
    reader: Reader, measures: Mapping[int, Measure], rows: Sequence[VisitRow]
) -> dict[str, dict[str, Any]]:
    """Return of each lead under each measure who may have gone, the reader first, and who solves problems."""
    names = names_on({row.lead_id for row in rows}, reader.day)
    found = {}
    for measure_id, lead_id in {(row.measure_id, row.lead_id) for row in rows}:
        people = went_on(lead_id, reader.day, today=reader.day).filter(is_active=True)
        listed = [[user.pk, user.name] for user in people]
        found[f"{measure_id}-{lead_id}"] = {
            "lead": names[lead_id],
            "people": sorted(listed, key=lambda one: one[0] != reader.user.pk),
            "owners": [list(one) for one in owners_of(reader, measures[measure_id].plan, lead_id)],
        }
    return found
