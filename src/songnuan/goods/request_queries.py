"""Reads of requests and quotations for others. Prices in fen, quantities in packs."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Max, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from songnuan.approvals.hold_queries import active_among
from songnuan.funds import queries as funds
from songnuan.funds.holding import subject_of as fund_subject
from songnuan.funds.models import Entry, Kind
from songnuan.goods import rules
from songnuan.goods.models import (
    Kit,
    Purchase,
    PurchaseLine,
    PurchaseRequest,
    Quotation,
    QuotationLine,
    RequestLine,
    RequestStatus,
)
from songnuan.goods.queries import bought, parts_of, state
from songnuan.goods.request_rules import (
    Approved,
    Asked,
    Basis,
    Offer,
    Quote,
    are_enough,
    examine_against,
    examine_quote,
    examine_request,
)
from songnuan.goods.rules import Draft, Line, Problem, State
from songnuan.goods.splitting import WINDOW, Apart, examine_comparing
from songnuan.goods.spoken_for import SpokenFor, examine_spoken_for
from songnuan.kernel.bulk import digest_rows
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.kernel.refusal import Fact, Refusal

SUBJECT = "goods.request:"
"""How the subject of a request begins, in the ledger, the trail and the approvals."""

OPEN = (RequestStatus.PENDING, RequestStatus.APPROVED)
"""What a request is while it waits for its approval or its purchase."""


@dataclass(frozen=True, slots=True)
class QuotationRow:
    """One quotation beside the others; `total_minor` is None while a price is missing."""

    quotation_id: int
    supplier: str
    quoted_on: date
    prices: dict[int, int]
    total_minor: int | None
    note: str
    file_id: int | None
    recorded_by: str
    recorded_at: datetime
    set_aside_why: str
    set_aside_by: str
    set_aside_at: datetime | None


def subject_of(request_id: int) -> str:
    """Return the subject of a request."""
    return f"{SUBJECT}{request_id}"


@dataclass(frozen=True, slots=True)
class AskedSum:
    """What a request asks for at the most, in fen, and whether it or its fund is on hold."""

    total_minor: int
    is_held: bool


def asked_sums(subjects: Collection[str]) -> dict[str, AskedSum]:
    """Return what the requests among these subjects ask for, by subject."""
    keys = [one.removeprefix(SUBJECT) for one in subjects if one.startswith(SUBJECT)]
    if not keys:
        return {}
    rows = PurchaseRequest.objects.filter(pk__in=[int(key) for key in keys])
    told = list(rows.values_list("pk", "fund_id", "total_minor"))
    held = active_among({*map(subject_of, (row[0] for row in told)), *(fund_subject(row[1]) for row in told)})
    return {
        subject_of(pk): AskedSum(total, subject_of(pk) in held or fund_subject(fund_id) in held)
        for pk, fund_id, total in told
    }


def find_request(request_id: int) -> PurchaseRequest:
    """Return the request.

    Raises:
        Refusal: `purchase_request_unknown`.

    """
    rows = PurchaseRequest.objects.select_related("kit__measure__plan")
    row = rows.filter(pk=request_id).first()
    if row is None:
        sentence = _("There is no such request. Choose one from the list of requests.")
        raise Refusal("purchase_request_unknown", sentence, purchase_request=request_id)
    return row


def digest_of(kit_id: int, asked: Asked) -> str:
    """Return the SHA-256 (hex) of what is approved."""
    lines = ((line.item_id, line.quantity, line.unit_price_minor) for line in asked.lines)
    return digest_rows([(kit_id, asked.reason.strip()), *lines])


def lines_of(request_id: int) -> tuple[Line, ...]:
    """Return the lines of a request at the highest prices expected, in the order they were entered."""
    rows = RequestLine.objects.filter(request_id=request_id).order_by("pk")
    return tuple(Line(row.item_id, row.quantity, row.most_minor) for row in rows)


def offers_of(request_id: int) -> list[Offer]:
    """Return the quotations that are compared, in the order they were entered."""
    rows = Quotation.objects.filter(request_id=request_id, set_aside_at__isnull=True).order_by("pk")
    return [
        Offer(row.pk, row.supplier, {line.item_id: line.unit_price_minor for line in row.lines.all()})
        for row in rows.prefetch_related("lines")
    ]


def approved_of(request: PurchaseRequest) -> Approved:
    """Return what the request lets be bought."""
    offers = {offer.quotation_id: offer for offer in offers_of(request.pk)}
    return Approved(
        number=request.number,
        lines=lines_of(request.pk),
        offer=offers.get(request.chosen_id or 0),
        is_compared=request.is_compared,
    )


def request_state(
    kit_id: int, *, units: int, at: datetime, without: int | None = None, committed: bool = False
) -> State:
    """Return what a request for the kit is examined against: what other approved ones take counts as bought.

    Args:
        kit_id: The kit.
        units: How many units, or people, get one.
        at: When.
        without: A request that is not counted: the one that is examined.
        committed: Whether its money was set aside already, so that the fund is not asked again.

    """
    kit = Kit.objects.get(pk=kit_id)
    rows = RequestLine.objects.filter(request__kit_id=kit_id, request__status=RequestStatus.APPROVED)
    ordered = [Line(row.item_id, row.quantity, row.most_minor) for row in rows.exclude(request_id=without)]
    return State(
        parts=parts_of(kit_id),
        standard_minor=kit.standard_minor,
        units=units,
        bought=rules.together(bought(kit_id), ordered),
        available_minor=None if committed else funds.balance(kit.fund_id).available,
        invoice_used=False,
        today=at.astimezone(CHINA).date(),
    )


def check_request(*, kit_id: int, asked: Asked, units: int, at: datetime) -> list[Problem]:
    """Return everything that is wrong with a request before it is written, to show beside its fields."""
    return examine_request(asked, request_state(kit_id, units=units, at=at))


def check_quote(request_id: int, quote: Quote, at: datetime) -> list[Problem]:
    """Return everything that is wrong with a quotation before it is written."""
    suppliers = {offer.supplier for offer in offers_of(request_id)}
    return examine_quote(quote, lines_of(request_id), suppliers, at.astimezone(CHINA).date())


def uncompared(kit: Kit, draft: Draft, *, is_outright: bool) -> list[Apart]:
    """Return what was bought near a purchase out of the kit's fund without comparing, and counts with it.

    That is what came from its supplier; and, where it is bought outright, what was bought so of any supplier
    for the same kit or of the same items. What is bought on a request was seen by who approved it.
    """
    of_one_need = Q(supplier=rules.tidy_name(draft.supplier))
    if is_outright:
        items = {line.item_id for line in draft.lines}
        same_items = PurchaseLine.objects.filter(item__in=items, purchase__fund_id=kit.fund_id)
        same_need = Q(kit=kit) | Q(pk__in=same_items.values("purchase"))
        of_one_need |= Q(request__isnull=True) & same_need
    near = Purchase.objects.filter(
        of_one_need,
        fund_id=kit.fund_id,
        cancelled_at__isnull=True,
        bought_on__gt=draft.bought_on - WINDOW,
        bought_on__lt=draft.bought_on + WINDOW,
    )
    rows = near.exclude(request__is_compared=True).order_by("pk")
    return [Apart(*told) for told in rows.values_list("number", "bought_on", "total_minor")]


def judge_purchase(
    *, kit_id: int, draft: Draft, basis: Basis, at: datetime, committed: bool = False
) -> list[Problem]:
    """Return everything that is wrong with a purchase, against kit, fund, request and comparison.

    `committed` says that its money is set aside; on a request it always is. Without a request, nothing is
    bought that approved requests of the kit ask for.
    """
    request = find_request(basis.request_id) if basis.request_id is not None else None
    is_committed = committed or request is not None
    standing = state(kit_id, draft, units=basis.units, at=at, committed=is_committed)
    problems = rules.examine(draft, standing)
    if any(problem.field.startswith("lines-") for problem in problems):
        return problems
    if request is None:
        problems = [*examine_spoken_for(draft, standing, _spoken_for(kit_id)), *problems]
    approved = approved_of(request) if request is not None else None
    if approved is not None:
        problems += examine_against(draft, approved)
    if request is not None and request.commitment_id is not None:
        problems += _before_approval(draft, _approved_on(request))
    others = uncompared(Kit.objects.get(pk=kit_id), draft, is_outright=request is None)
    # What was set aside after the choice compares no more.
    is_compared = (
        request is not None
        and request.is_compared
        and are_enough(offers_of(request.pk), lines_of(request.pk), basis.comparing.least, request.chosen_why)
    )
    return problems + examine_comparing(draft, basis.comparing, others, is_compared=is_compared)


def _spoken_for(kit_id: int) -> dict[int, SpokenFor]:
    """Return what approved requests of a kit ask for, by id of the item: their money is set aside.

    What is still to be decided binds nobody; its approval asks again what is needed.
    """
    approved = RequestLine.objects.filter(request__kit_id=kit_id, request__status=RequestStatus.APPROVED)
    rows = approved.order_by("request_id")
    packs: Counter[int] = Counter()
    numbers: dict[int, list[int]] = {}
    for item_id, quantity, number in rows.values_list("item_id", "quantity", "request__number"):
        packs[item_id] += quantity
        numbers.setdefault(item_id, []).append(number)
    return {item_id: SpokenFor(packs[item_id], tuple(numbers[item_id])) for item_id in packs}


def _before_approval(draft: Draft, approved_on: date) -> list[Problem]:
    """Return that a draft on a request says it was bought before that was approved; empty otherwise."""
    if draft.bought_on >= approved_on:
        return []
    sentence = _(
        "The request was approved on %(approved)s; nothing was to be bought on it on %(day)s. Check the day,"
        " or enter what was bought before as a purchase without a request."
    )
    days = {"approved": written(approved_on, "full"), "day": written(draft.bought_on, "full")}
    facts: dict[str, Fact] = {
        "bought_on": draft.bought_on.isoformat(),
        "approved_on": approved_on.isoformat(),
    }
    return [Problem("before_approval", sentence % days, "bought_on", facts)]


def _approved_on(request: PurchaseRequest) -> date:
    """Return the day on which its money was set aside first; once more after a purchase was cancelled."""
    first = Entry.objects.filter(subject=subject_of(request.pk), kind=Kind.COMMIT).earliest("pk")
    approved_on: date = first.at.astimezone(CHINA).date()
    return approved_on


def requests_of(fund_ids: Collection[int]) -> QuerySet[PurchaseRequest]:
    """Return the requests of these funds, the newest first."""
    rows = PurchaseRequest.objects.filter(fund__in=fund_ids).order_by("-pk")
    return rows.select_related("kit__measure__plan", "asked_by", "chosen")


def open_requests(measure_ids: Collection[int]) -> list[PurchaseRequest]:
    """Return the requests for kits of these measures that wait or are approved, with lines, the oldest first.

    In two queries.
    """
    rows = PurchaseRequest.objects.filter(kit__measure__in=measure_ids, status__in=OPEN)
    return list(rows.select_related("kit").prefetch_related("lines__item").order_by("pk"))


def returned_to(user_id: int, measure_ids: Collection[int]) -> dict[int, PurchaseRequest]:
    """Return, by measure, the last request of its kit where it was this person's and was returned.

    None where something was bought for the kit since: then it was gone about in another way.
    """
    last: dict[int, PurchaseRequest] = {}
    rows = PurchaseRequest.objects.filter(kit__measure__in=measure_ids).select_related("kit")
    for row in rows.order_by("pk"):
        last[row.kit.measure_id] = row
    bought = Purchase.objects.filter(kit__measure__in=measure_ids, cancelled_at__isnull=True)
    since = dict(
        bought.order_by()
        .values("kit__measure")
        .annotate(latest=Max("recorded_at"))
        .values_list("kit__measure", "latest")
    )
    return {
        measure_id: row
        for measure_id, row in last.items()
        if row.status == RequestStatus.RETURNED
        and row.asked_by_id == user_id
        and not (measure_id in since and since[measure_id] > row.asked_at)
    }


def asked_packs(rows: Iterable[PurchaseRequest]) -> Counter[int]:
    """Return how many packs these requests ask for, by id of the item."""
    packs: Counter[int] = Counter()
    for row in rows:
        for line in row.lines.all():
            packs[line.item_id] += line.quantity
    return packs


def covering(lacking: Mapping[int, int], rows: Sequence[PurchaseRequest]) -> PurchaseRequest | None:
    """Return the request that is next, where these together ask for all that is lacking (packs by item).

    An approved one comes before one that waits. None where something would still be lacking.
    """
    asked = asked_packs(rows)
    if not rows or any(asked[item_id] < packs for item_id, packs in lacking.items()):
        return None
    return min(rows, key=lambda row: (row.status != RequestStatus.APPROVED, row.pk))


def to_buy(unit_ids: Collection[int]) -> QuerySet[PurchaseRequest]:
    """Return the approved requests of plans of these units that are not bought yet, the oldest first.

    Each has its lines, and the quotations that are compared, at hand.
    """
    standing = Quotation.objects.filter(set_aside_at__isnull=True).prefetch_related("lines")
    rows = PurchaseRequest.objects.filter(
        status=RequestStatus.APPROVED, kit__measure__plan__unit__in=unit_ids
    )
    held = rows.select_related("kit__measure__plan").order_by("pk")
    return held.prefetch_related("lines", Prefetch("quotations", queryset=standing))


def quotations(request_id: int, lines: Sequence[Line]) -> list[QuotationRow]:
    """Return all quotations of a request: those that are compared, then those set aside."""
    rows = Quotation.objects.filter(request_id=request_id).select_related("recorded_by", "set_aside_by")
    found = [_row(row, lines) for row in rows.prefetch_related("lines").order_by("pk")]
    return sorted(found, key=lambda row: row.set_aside_at is not None)


def _row(row: Quotation, lines: Sequence[Line]) -> QuotationRow:
    prices = _prices(row.lines.all())
    missing = any(line.item_id not in prices for line in lines)
    return QuotationRow(
        quotation_id=row.pk,
        supplier=row.supplier,
        quoted_on=row.quoted_on,
        prices=prices,
        total_minor=None if missing else sum(line.quantity * prices[line.item_id] for line in lines),
        note=row.note,
        file_id=row.file_id,
        recorded_by=row.recorded_by.name,
        recorded_at=row.recorded_at,
        set_aside_why=row.set_aside_why,
        set_aside_by=row.set_aside_by.name if row.set_aside_by else "",
        set_aside_at=row.set_aside_at,
    )


def _prices(lines: Collection[QuotationLine]) -> dict[int, int]:
    return {line.item_id: line.unit_price_minor for line in lines}


def asked_of(request_id: int) -> Asked:
    """Return a request as it was entered, to begin a new one from it."""
    row = PurchaseRequest.objects.get(pk=request_id)
    return replace(Asked(row.reason, ()), lines=lines_of(request_id))
