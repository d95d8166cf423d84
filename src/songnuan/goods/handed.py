"""What units got, as receipt sheets (签收表) and pages show it. Prices in fen, quantities whole packs."""

from dataclasses import dataclass
from datetime import date, datetime

from songnuan.goods.cards import price_of
from songnuan.goods.describing import label_of
from songnuan.goods.models import Issue, MovementKind, MovementLine
from songnuan.kernel.clock import CHINA
from songnuan.kernel.names import mask_name

_HANDED = (MovementKind.HAND_OVER, MovementKind.ISSUE)


@dataclass(frozen=True, slots=True)
class HandOverRow:
    """One line of a receipt sheet: what of a lot a unit got, at what price, when, and who entered it.

    `subject` names what it belongs to: "visits.visit:7", whose record holds the signature, or a donation.
    `issue_id` is that of donated goods, with the receiver's name masked; both are empty for kits.
    """

    movement_id: int
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

    @property
    def item(self) -> str:
        """Its name with its specification."""
        return label_of(self.name, self.specification)

    @property
    def amount_minor(self) -> int:
        """What the packs cost or are worth."""
        return self.quantity * self.unit_price_minor


@dataclass(frozen=True, slots=True)
class IssueCard:
    """Donated goods that a unit got. `receiver` is masked; `donation_id` is one that came to it straight."""

    issue_id: int
    plan_id: int
    unit_id: int
    happened_on: date
    receiver: str
    is_signed: bool
    recorded_by: str
    recorded_at: datetime
    late_entry: bool
    reason_late: str
    donation_id: int | None
    lines: tuple[HandOverRow, ...]

    @property
    def total_minor(self) -> int:
        """What everything is worth."""
        return sum(line.amount_minor for line in self.lines)


def hand_over_list(plan_id: int, *, kit_id: int | None = None) -> list[HandOverRow]:
    """Return what units got under a plan, kits and donated goods (or one kit alone), as it was booked."""
    lines = MovementLine.objects.filter(
        lot__store__plan_id=plan_id, movement__kind__in=_HANDED, quantity__gt=0
    )
    if kit_id is not None:
        lines = lines.filter(movement__kit_id=kit_id)
    rows = lines.select_related(
        "movement__recorded_by", "movement__issue", "lot__item", "lot__line", "lot__gift"
    )
    return [_row(line) for line in rows.order_by("movement_id", "pk")]


def _row(line: MovementLine) -> HandOverRow:
    movement, lot = line.movement, line.lot
    issue = getattr(movement, "issue", None)
    assert movement.unit_id is not None  # noqa: S101 - what is handed over names its unit
    return HandOverRow(
        movement_id=movement.pk,
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
    )


def issues(plan_id: int) -> list[IssueCard]:
    """Return the donated goods that units got under a plan, the newest first."""
    lines: dict[int, list[HandOverRow]] = {}
    for row in hand_over_list(plan_id):
        if row.issue_id is not None:
            lines.setdefault(row.issue_id, []).append(row)
    found = Issue.objects.filter(store__plan_id=plan_id).select_related("recorded_by").order_by("-pk")
    return [
        IssueCard(
            issue_id=row.pk,
            plan_id=plan_id,
            unit_id=row.unit_id,
            happened_on=row.happened_on,
            receiver=mask_name(row.receiver_name),
            is_signed=row.signature_id is not None,
            recorded_by=row.recorded_by.name if row.recorded_by else "",
            recorded_at=row.recorded_at,
            late_entry=row.late_entry,
            reason_late=row.reason_late,
            donation_id=row.donation_id,
            lines=tuple(lines.get(row.pk, ())),
        )
        for row in found
    ]
