"""Who picked nothing up, as a workbook for the office, or as names to copy; that it was taken is noted."""

from datetime import datetime
from typing import BinaryIO

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from songnuan.documents.account_book import Cell, Field, Sheet, write_book
from songnuan.goods import actions as goods
from songnuan.goods.actions.taking import PickupList
from songnuan.goods.models import Distribution, Portion
from songnuan.goods.pickup_states import Portioned
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.organisation.queries import names_then
from songnuan.people.masking import listed_name
from songnuan.people.models import Person


@journey
def take_missed_list(*, distribution_id: int, to: BinaryIO, actor: Actor, at: datetime) -> Distribution:
    """Write who picked nothing up by the last batch and is the office's now; return the distribution.

    Raises:
        Refusal: `not_permitted`.

    """
    portions, when = list(of_the_office(distribution_id)), at.astimezone(CHINA)
    row = goods.take_pickup_list(
        distribution_id=distribution_id, what=PickupList.MISSED, people=len(portions), actor=actor, at=at
    )
    units = names_then({one.recipient.unit_id for one in portions}, when.date())
    title = _("Not picked up")
    notes = (
        _("Plan: %(plan)s   Kit: %(kit)s") % {"plan": row.measure.plan.title, "kit": row.kit.name},
        _("As of: %(day)s") % {"day": written(when.date(), "full")},
    )
    cells: list[list[Cell]] = [
        [
            str(number),
            _name(one.recipient.person),
            units.get(one.recipient.unit_id, ""),
            written(one.batch.on, "short"),
            "",
        ]
        for number, one in enumerate(portions, 1)
    ]
    fields = (
        Field(_("No."), 6),
        Field(_("Name"), 14),
        Field(_("Unit"), 30),
        Field(_("Last batch"), 14),
        Field(_("What became of it"), 36),
    )
    write_book(title, (Sheet(title, title, notes, fields, cells),), when, to)
    return row


@journey
def take_missed_names(*, distribution_id: int, most: int, actor: Actor, at: datetime) -> list[Portion]:
    """Return the first of those who picked nothing up, to be copied; that they were taken is noted.

    Raises:
        Refusal: `not_permitted`.

    """
    portions = list(of_the_office(distribution_id)[:most])
    goods.take_pickup_list(
        distribution_id=distribution_id, what=PickupList.MISSED, people=len(portions), actor=actor, at=at
    )
    return portions


def of_the_office(distribution_id: int) -> QuerySet[Portion]:
    """Return the portions that the office settles, by unit."""
    rows = Portion.objects.filter(
        recipient__distribution=distribution_id, status=Portioned.REFERRED.value
    ).select_related("recipient__person__merged_into", "batch")
    return rows.order_by("recipient__unit", "pk")


def _name(person: Person) -> str:
    """Return a name as lists have it: of minors masked."""
    standing = person.merged_into or person
    return listed_name(standing.name, minor=standing.restricted)
