"""Proves lots, deliveries, issues, counts, disposals and donations anew."""

from collections import Counter
from collections.abc import Iterator, Mapping

from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _

from songnuan.audit.findings import Finding
from songnuan.goods.counted import differences
from songnuan.goods.deliveries import short_in, with_short
from songnuan.goods.lots import is_expired
from songnuan.goods.models import (
    Count,
    CountStatus,
    Disposal,
    DisposalStatus,
    Donation,
    Issue,
    KitLine,
    Lot,
    Movement,
    MovementKind,
    MovementLine,
    PurchaseLine,
)
from songnuan.goods.outgoing import given, given_for
from songnuan.goods.pickup_checks import pickup_findings
from songnuan.goods.places import DISPOSED, DONOR, MISSING, STORE, SUPPLIER
from songnuan.goods.running import lots_below_zero
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.kernel.money import yuan

_OUT = (MovementKind.HAND_OVER, MovementKind.ISSUE, MovementKind.PICK_UP)


def stock_findings() -> Iterator[Finding]:
    """Yield what is wrong with the stock by lot.

    Codes: `lot_of_other_item`, `received_beyond_bought`, `issued_expired`, `received_expired`,
    `handed_beyond_kit`, `handed_unsigned`, `count_decided_by_counter`, `count_unbooked`,
    `disposal_decided_by_asker`, `disposal_unbooked`, `donation_differs`, `donation_unbooked`,
    `issue_unbooked`, `stock_below_zero`; those of `pickup_checks`.
    """
    yield from _lots()
    yield from _below_zero()
    yield from _deliveries()
    yield from _expired()
    yield from _kits()
    yield from _counts()
    yield from _disposals()
    yield from _donations()
    yield from _issues()
    yield from pickup_findings()


def _lots() -> Iterator[Finding]:
    strange = Lot.objects.exclude(
        Q(line__isnull=False, line__item_id=F("item_id")) | Q(gift__isnull=False, gift__item_id=F("item_id"))
    )
    for lot_id in strange.order_by("pk").values_list("pk", flat=True):
        sentence = _("The lot holds another item than was bought or given.")
        yield Finding("lot_of_other_item", f"goods.lot:{lot_id}", sentence)


def _below_zero() -> Iterator[Finding]:
    """Nothing leaves the store before it came: of no lot less than none is there at the end of a day."""
    for lot_id, day, packs in lots_below_zero():
        sentence = _("By the end of %(day)s more had left the store than had come: %(packs)s are left.")
        words = sentence % {"day": written(day, "full"), "packs": packs}
        where = f"goods.lot:{lot_id}"
        yield Finding("stock_below_zero", where, words, {"day": day.isoformat(), "packs": packs})


def _deliveries() -> Iterator[Finding]:
    """A line is never delivered beyond what was bought of it and is not given up, less what went back."""
    came: Counter[int] = Counter()
    lines = MovementLine.objects.filter(place=SUPPLIER, movement__purchase__cancelled_at__isnull=True)
    for line_id, packs in lines.values_list("lot__line_id").annotate(packs=Sum("quantity")):
        came[line_id] = -int(packs)
    for line in with_short(PurchaseLine.objects.filter(pk__in=came)).order_by("pk"):
        bought = line.quantity - short_in(line)
        if came[line.pk] > bought:
            sentence = _("%(came)s packs were received, %(bought)s were bought.")
            figures = {"came": came[line.pk], "bought": bought}
            where = f"goods.purchase:{line.purchase_id}"
            yield Finding("received_beyond_bought", where, sentence % figures, figures)


def _expired() -> Iterator[Finding]:
    """Nothing is taken in or handed out after its last good day."""
    dated = MovementLine.objects.filter(lot__expires_on__isnull=False, quantity__gt=0)
    moved = dated.filter(movement__kind__in=(*_OUT, MovementKind.RECEIVE, MovementKind.DONATE))
    for line in moved.select_related("movement", "lot").order_by("pk").iterator():
        if is_expired(line.lot.expires_on, line.movement.happened_at.astimezone(CHINA).date()):
            out = line.movement.kind in _OUT
            code = "issued_expired" if out else "received_expired"
            sentence = (
                _("Goods were handed out after their last good day.")
                if out
                else _("Goods were taken in after their last good day.")
            )
            yield Finding(code, f"goods.movement:{line.movement_id}", sentence, {"lot": line.lot_id})


def _kits() -> Iterator[Finding]:
    """No unit gets more than its kit, no family more than its share, and each was signed for.

    How many people a unit had when it got theirs stands in the trail: the number may be another since.
    """
    yield from _unsigned()
    most: dict[str, dict[tuple[int, int], int]] = {"unit": {}, "family": {}, "person": {}}
    for line in KitLine.objects.select_related("kit__measure"):
        per = line.kit.measure.settings.get("per", "unit")
        most[per][line.kit_id, line.item_id] = line.quantity
    for (kit_id, unit_id), got in sorted(given({kit_id for kit_id, _item_id in most["unit"]}).items()):
        sentence = _("A unit got %(packs)s packs, and its kit holds %(most)s.")
        yield from _beyond(kit_id, got, most["unit"], f"organisation.unit:{unit_id}", sentence)
    for (kit_id, family), got in sorted(given_for({kit_id for kit_id, _item_id in most["family"]}).items()):
        sentence = _("A family got %(packs)s packs, and its share is %(most)s.")
        yield from _beyond(kit_id, got, most["family"], family, sentence)


def _beyond(
    kit_id: int, got: Mapping[int, int], most: Mapping[tuple[int, int], int], where: str, sentence: str
) -> Iterator[Finding]:
    """Yield the items of a kit of which somebody got more packs than its share holds."""
    for item_id, packs in got.items():
        allowed = most.get((kit_id, item_id), 0)
        if packs > allowed:
            figures = {"packs": packs, "most": allowed}
            yield Finding("handed_beyond_kit", where, sentence % figures, figures)


def _unsigned() -> Iterator[Finding]:
    """Nothing of a kit goes out but with a visit, whose record is signed, or against a receipt."""
    out = Movement.objects.filter(kind=MovementKind.HAND_OVER, issue__isnull=True)
    for pk in out.exclude(subject__startswith="visits.visit:").order_by("pk").values_list("pk", flat=True):
        sentence = _("Goods were handed over for no visit, and nobody signed for them.")
        yield Finding("handed_unsigned", f"goods.movement:{pk}", sentence)


def _counts() -> Iterator[Finding]:
    """What is accepted was decided by another than who counted, and booked as it differed then."""
    booked = _moved(MISSING, "goods.count:")
    for row in Count.objects.order_by("pk"):
        where = f"goods.count:{row.pk}"
        own = row.decided_by_id in {row.started_by_id, row.counted_by_id}
        if row.decided_by_id is not None and own and row.status != CountStatus.ABANDONED:
            sentence = _("Who counted decided about the differences.")
            yield Finding("count_decided_by_counter", where, sentence)
        if where in booked and row.status != CountStatus.ACCEPTED:
            sentence = _("The differences were booked without being accepted.")
            yield Finding("count_unbooked", where, sentence)
        accepted = differences(row.pk) if row.status == CountStatus.ACCEPTED else None
        if accepted is not None and booked.get(where, {}) != {pk: -less for pk, less in accepted.items()}:
            sentence = _("What was booked is not what was accepted.")
            yield Finding("count_unbooked", where, sentence)


def _disposals() -> Iterator[Finding]:
    booked = _moved(DISPOSED, "goods.disposal:")
    for row in Disposal.objects.order_by("pk"):
        where = f"goods.disposal:{row.pk}"
        if row.decided_by_id == row.proposed_by_id:
            sentence = _("Who asked for the disposal decided about it.")
            yield Finding("disposal_decided_by_asker", where, sentence)
        asked = {row.lot_id: row.quantity} if row.status == DisposalStatus.ACCEPTED else {}
        if booked.get(where, {}) != asked:
            sentence = _("What was disposed of is not what was decided.")
            yield Finding("disposal_unbooked", where, sentence, {"lot": row.lot_id})


def _donations() -> Iterator[Finding]:
    given = _moved(DONOR, "goods.donation:")
    rows = Donation.objects.annotate(
        lines_minor=Sum(F("lines__quantity") * F("lines__unit_value_minor"))
    ).prefetch_related("lines__lots")
    for row in rows.order_by("pk"):
        where = f"goods.donation:{row.pk}"
        if int(row.lines_minor or 0) != row.total_minor:
            figures = {"total": yuan(row.total_minor), "lines": yuan(int(row.lines_minor or 0))}
            sentence = _("The total is %(total)s yuan, the lines add up to %(lines)s.") % figures
            yield Finding("donation_differs", where, sentence, {"total_minor": row.total_minor})
        counts = 0 if row.cancelled_at is not None else -1  # what was cancelled went back as it came
        lots = {lot.pk: counts * line.quantity for line in row.lines.all() for lot in line.lots.all()}
        if given.get(where, {}) != lots:
            sentence = _("What came is not what the donation says.")
            yield Finding("donation_unbooked", where, sentence)


def _issues() -> Iterator[Finding]:
    """What a unit got stays there; of what was taken back all is in the store again, or with the donor."""
    back = _moved(STORE, "goods.issue:")
    rows = Issue.objects.select_related("donation").prefetch_related("movement__lines")
    for row in rows.order_by("pk"):
        where = f"goods.issue:{row.pk}"
        out = {line.lot_id: line.quantity for line in row.movement.lines.all() if line.quantity > 0}
        due = out if row.withdrawn_at is not None and row.donation is None else {}
        differs = row.donation is not None and row.donation.cancelled_at != row.withdrawn_at
        if differs or back.get(where, {}) != due:
            sentence = _("What was taken back is not what the unit had got.")
            yield Finding("issue_unbooked", where, sentence)


def _moved(place: str, subject: str) -> dict[str, dict[int, int]]:
    """Return the packs that reached a place, by lot, for each subject of these movements."""
    found: dict[str, dict[int, int]] = {}
    lines = MovementLine.objects.filter(place=place, movement__subject__startswith=subject)
    sums = lines.values_list("movement__subject", "lot_id").annotate(packs=Sum("quantity"))
    for about, lot_id, packs in sums:
        found.setdefault(about, {})[lot_id] = int(packs)
    return found
