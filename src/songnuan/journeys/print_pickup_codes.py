"""Codes with which people pick a kit up, on paper to cut apart: for who has no phone, or no code on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from songnuan.documents.code_cards import CodeCard, render_cards
from songnuan.goods import actions as goods
from songnuan.goods.actions.taking import PickupList
from songnuan.goods.models import Portion
from songnuan.goods.pickup_rules import WAITING
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.days import written
from songnuan.kernel.names import mask_name
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.queries import day_of, names_then

MOST = 600
"""Cards in one file: 25 pages, which a reader can wait for. More are printed unit by unit."""
_PAPERS = "zh-hans"


@dataclass(frozen=True, slots=True)
class Codes:
    """The file, and how many cards are on it."""

    content: bytes
    name: str
    cards: int


@journey
def print_pickup_codes(
    *, distribution_id: int, unit_id: int | None, batch: int | None, actor: Actor, at: datetime
) -> Codes:
    """Return the cards of those who still get a kit, a unit after the other; that they were taken is noted.

    Args:
        distribution_id: What is handed out.
        unit_id: Whose people; None for all.
        batch: Who comes then, by its position; None for all.
        actor: The office.
        at: When.

    Raises:
        Refusal: `nobody_to_print`, `too_many_to_print`, `no_chinese_font`, `not_permitted`.

    """
    wanted = Q(recipient__distribution=distribution_id, status__in=WAITING, recipient__code__isnull=False)
    wanted &= Q() if unit_id is None else Q(recipient__unit=unit_id)
    wanted &= Q() if batch is None else Q(batch__position=batch)
    rows = Portion.objects.filter(wanted)
    # Somebody has as many portions as there are rounds: cards are counted by people before any is read.
    people = rows.order_by().values("recipient").distinct().count()
    row = goods.take_pickup_list(
        distribution_id=distribution_id, what=PickupList.CODES, people=people, actor=actor, at=at
    )
    if not people:
        raise Refusal(
            "nobody_to_print", _("Nobody like that still gets a kit. Choose another unit or batch.")
        )
    if people > MOST:
        sentence = _("That is more than %(most)s cards. Print them unit by unit, or batch by batch.")
        raise Refusal("too_many_to_print", sentence % {"most": MOST})
    told = rows.select_related("recipient__person__merged_into", "batch")
    portions = list(told.order_by("recipient__unit", "recipient", "batch__position"))
    day = day_of(at)
    with translation.override(_PAPERS):
        made = render_cards(row.kit.name, _cards(portions, at), day)
        name = _("Codes %(kit)s %(day)s.pdf") % {"kit": row.kit.name, "day": day.isoformat()}
    return Codes(made.content, name, people)


def _cards(portions: Sequence[Portion], at: datetime) -> list[CodeCard]:
    """Return a card for each person, with the days on which they come."""
    units = names_then({one.recipient.unit_id for one in portions}, day_of(at))
    days: dict[int, list[str]] = {}
    for one in portions:
        days.setdefault(one.recipient_id, []).append(written(one.batch.on, "short"))
    recipients = {one.recipient_id: one.recipient for one in portions}
    return [
        CodeCard(
            row.code or "",
            mask_name((row.person.merged_into or row.person).name),
            (units.get(row.unit_id, ""), "、".join(dict.fromkeys(days[pk]))),
        )
        for pk, row in recipients.items()
    ]
