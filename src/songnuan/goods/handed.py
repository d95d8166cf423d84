"""What units got, as receipt sheets (签收表) and pages show it. Prices in fen, quantities whole packs."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from songnuan.goods.cards import price_of
from songnuan.goods.describing import label_of
from songnuan.goods.families import FAMILY
from songnuan.goods.models import Issue, MovementKind, MovementLine
from songnuan.kernel.bulk import among
from songnuan.kernel.clock import CHINA
from songnuan.kernel.names import mask_name

_HANDED = (MovementKind.HAND_OVER, MovementKind.ISSUE)


@dataclass(frozen=True, slots=True)
class HandOverRow:
    """One line of a receipt sheet: what of a lot a unit got, at what price, when, and who entered it.

    `subject` names what it belongs to: "visits.visit:7", whose record holds the signature, or a donation.
    `issue_id` is what was given out of the store or came from a donor, with the receiver's name masked; both
    are empty for a kit that a visit brought. `is_gift`: it was donated.
    """

    movement_id: int
    lot_id: int
    unit_id: int
    name: str
    specification: str
    packing: str
    number: str
    expires_on: date | None
    quantity: int
    unit_price_minor: int
    day: date
    by: str
    subject: str
    issue_id: int | None
    receiver: str
    is_gift: bool

    @property
    def item(self) -> str:
        """Its name with its specification."""
        return label_of(self.name, self.specification)

    @property
    def is_for_family(self) -> bool:
        """Whether a family got it of what was bought for families; it went to the unit on paper alone."""
        return self.subject.startswith(FAMILY)

    @property
    def amount_minor(self) -> int:
        """What the packs cost or are worth."""
        return self.quantity * self.unit_price_minor


@dataclass(frozen=True, slots=True)
class IssueCard:
    """Goods that a unit got and signed for. `receiver` is masked; `kit_id` is the kit they are of.

    Without a kit they were donated; `donation_id` is the donation that came to the unit straight.

    What was taken back says when, by whom and why: `withdrawn_at` is None for what stands.
    """

    issue_id: int
    plan_id: int
    kit_id: int | None
    unit_id: int
    happened_on: date
    receiver: str
    is_signed: bool
    recorded_by: str
    recorded_at: datetime
    late_entry: bool
    reason_late: str
    donation_id: int | None
    withdrawn_at: datetime | None
    withdrawn_by: str
    withdraw_reason: str
    lines: tuple[HandOverRow, ...]

    @property
    def is_for_family(self) -> bool:
        """Whether a family got it of what was bought for families."""
        return any(line.is_for_family for line in self.lines)

    @property
    def total_minor(self) -> int:
        """What everything is worth."""
        return sum(line.amount_minor for line in self.lines)


def hand_over_list(plan_id: int, *, kit_id: int | None = None) -> list[HandOverRow]:
    """Return what units got under a plan, kits and donated goods (or one kit alone), as it was booked.

    What was taken back they did not get.
    """
    lines = _handed(plan_id).filter(movement__issue__withdrawn_at__isnull=True)
    if kit_id is not None:
        lines = lines.filter(movement__kit_id=kit_id)
    return [_row(line) for line in lines]


def _handed(plan_id: int) -> QuerySet[MovementLine]:
    return _lines(lot__store__plan_id=plan_id)


def _lines(**told: Any) -> QuerySet[MovementLine]:  # noqa: ANN401 - conditions of a filter
    lines = MovementLine.objects.filter(**told, movement__kind__in=_HANDED, quantity__gt=0)
    rows = lines.select_related(
        "movement__recorded_by", "movement__issue", "lot__item", "lot__line", "lot__gift"
    )
    return rows.order_by("movement_id", "pk")


def _row(line: MovementLine) -> HandOverRow:
    movement, lot = line.movement, line.lot
    issue = getattr(movement, "issue", None)
    assert movement.unit_id is not None  # noqa: S101 - what is handed over names its unit
    return HandOverRow(
        movement_id=movement.pk,
        lot_id=lot.pk,
        unit_id=movement.unit_id,
        name=lot.item.name,
        specification=lot.item.specification,
        packing=lot.item.packing,
        number=lot.number,
        expires_on=lot.expires_on,
        quantity=line.quantity,
        unit_price_minor=price_of(lot),
        day=movement.happened_at.astimezone(CHINA).date(),
        by=movement.recorded_by.name if movement.recorded_by else "",
        subject=movement.subject,
        issue_id=issue.pk if issue else None,
        receiver=mask_name(issue.receiver_name) if issue else "",
        is_gift=lot.gift_id is not None,
    )


def issues(plan_id: int, *, kit_id: int | None = None, unit_id: int | None = None) -> list[IssueCard]:
    """Return what units got and signed for under a plan, the newest first; what was taken back too.

    It is what was donated, or with `kit_id` what they got of that kit straight out of the store.
    """
    found = Issue.objects.filter(store__plan_id=plan_id, movement__kit=kit_id)
    if unit_id is not None:
        found = found.filter(unit=unit_id)
    return _cards(found)


def issue_cards(issue_ids: Collection[int]) -> dict[int, IssueCard]:
    """Return what units got at one time each, by id of the issue, in their order."""
    found = _cards(Issue.objects.filter(pk__in=among(set(issue_ids))))
    return {card.issue_id: card for card in reversed(found)}


def issue_card(issue_id: int) -> IssueCard | None:
    """Return what one unit got at one time; None where there is no such issue."""
    return issue_cards([issue_id]).get(issue_id)


def _cards(found: QuerySet[Issue]) -> list[IssueCard]:
    rows = list(found.select_related("store", "movement", "recorded_by", "withdrawn_by").order_by("-pk"))
    lines: dict[int, list[HandOverRow]] = {}
    for row in map(_row, _lines(movement__issue__in=found)) if rows else ():
        lines.setdefault(row.issue_id or 0, []).append(row)
    return [_card(row, lines.get(row.pk, ())) for row in rows]


def _card(row: Issue, lines: Iterable[HandOverRow]) -> IssueCard:
    return IssueCard(
        issue_id=row.pk,
        plan_id=row.store.plan_id,
        kit_id=row.movement.kit_id,
        unit_id=row.unit_id,
        happened_on=row.happened_on,
        receiver=mask_name(row.receiver_name),
        is_signed=row.signature_id is not None,
        recorded_by=row.recorded_by.name if row.recorded_by else "",
        recorded_at=row.recorded_at,
        late_entry=row.late_entry,
        reason_late=row.reason_late,
        donation_id=row.donation_id,
        withdrawn_at=row.withdrawn_at,
        withdrawn_by=row.withdrawn_by.name if row.withdrawn_by else "",
        withdraw_reason=row.withdraw_reason,
        lines=tuple(lines),
    )
