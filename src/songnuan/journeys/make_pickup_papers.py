"""A paper of a distribution is made from what is recorded; the look at the names on it is recorded."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songnuan.documents.sheet_paper import SheetPaper
from songnuan.goods.models import Batch, Desk, Distribution
from songnuan.goods.pickup_queries import portion_parts
from songnuan.journeys.base import long_journey, step
from songnuan.journeys.paper_head import PaperHead, head_of
from songnuan.journeys.papers import Paper
from songnuan.journeys.pickup_goods_papers import allotment, item_card, packing_lists
from songnuan.journeys.pickup_goods_rows import cards, desk_goods, pack_rows, portions_by_unit
from songnuan.journeys.pickup_paper_rows import (
    Narrowed,
    pickup_rows,
    portion_rows,
    records_of,
    units_of_papers,
)
from songnuan.journeys.pickup_papers import batch_words, pickup_sheets, receipt, receipt_lists
from songnuan.journeys.pickup_photo_paper import photo_file
from songnuan.journeys.pickup_summary import summary_file
from songnuan.journeys.pickup_volumes import DRAWN_MOST, volume_of
from songnuan.journeys.sheet_files import FORMS, sheet_file
from songnuan.journeys.visit_paper_rows import packs
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, permits, refuse, require
from songnuan.records import actions as records

_PAPERS = "zh-hans"
SHEETS = tuple(FORMS)
DOCUMENTS = ("docx", "pdf")


@dataclass(frozen=True, slots=True)
class PickupPaperOrder:
    """Which paper of which distribution, as which kind of file.

    `batch_id`, `desk_id` and `unit_id` narrow it, `volume` is the one wanted of a long paper, `pickup_id` the
    record of one receipt. `is_full` leaves names whole.
    """

    kind: str
    distribution_id: int
    form: str
    batch_id: int | None = None
    desk_id: int | None = None
    unit_id: int | None = None
    volume: int | None = None
    pickup_id: int | None = None
    is_full: bool = False


@dataclass(frozen=True, slots=True)
class Office:
    """Whom a paper is made for, and from what."""

    order: PickupPaperOrder
    narrowed: Narrowed
    head: PaperHead
    at: datetime

    @property
    def kit(self) -> str:
        """What a portion holds, in words."""
        parts = portion_parts(self.narrowed.distribution.kit_id)
        return packs((part.item, part.quantity, part.packing) for part in parts)

    @property
    def batches(self) -> dict[int, Batch]:
        """The batches by id."""
        return {batch.pk: batch for batch in self.narrowed.distribution.batches.all()}

    @property
    def which(self) -> str:
        """Which batch and unit it is about, in words."""
        narrowed = self.narrowed
        told = [batch_words(narrowed.batch) if narrowed.batch else "全部批次"]
        if narrowed.unit_id:
            told.append(units_of_papers([narrowed.unit_id], self.head.day)[narrowed.unit_id])
        return "　　".join(told)


@dataclass(frozen=True, slots=True)
class Composed:
    """What a paper says: how many sheets it is, and how it is drawn."""

    count: int
    draw: Callable[[], Paper]


@dataclass(frozen=True, slots=True)
class PickupKind:
    """A kind of paper: its name, what it holds, who may have it, as which files, and what narrows it."""

    label: Promise
    about: Promise
    compose: Callable[[Office], Composed]
    needs: tuple[Permission, ...]
    forms: tuple[str, ...] = SHEETS
    narrowed_by: tuple[str, ...] = ()
    has_names: bool = False


MANAGERS = (Permission.PICKUP_MANAGE,)
VIEWERS = (Permission.PICKUP_MANAGE, Permission.FUND_VIEW)
"""Who keeps pickups, and who sees the money that the goods were bought with."""


@long_journey
def make_pickup_papers(*, order: PickupPaperOrder, actor: Actor, at: datetime) -> Paper:
    """Return a paper of a distribution, names masked unless asked for whole; who made it is recorded.

    It is laid out before anything is written, so that nobody waits for a long one.

    Raises:
        NotPermitted: `not_permitted`.
        Refusal: `sheet_unknown`, `sheet_empty`, `sheet_too_long`, `no_chinese_font`.

    """
    kind = KINDS.get(order.kind)
    if kind is None or order.form not in kind.forms:
        raise Refusal("sheet_unknown", _("There is no such paper. Choose one of the list."))
    rows = Distribution.objects.select_related("measure__plan", "kit__measure", "roster")
    row = rows.filter(pk=order.distribution_id).first()
    if row is None or not may_make(kind, row, actor, at):
        refuse(Permission.PICKUP_MANAGE)
    order = replace(order, is_full=order.is_full and kind.has_names)
    plan = row.measure.plan
    if order.is_full:
        require(actor, Permission.PICKUP_MANAGE, unit_id=plan.unit_id, at=at)
    narrowed = Narrowed(
        row,
        Batch.objects.filter(distribution=row, pk=order.batch_id or 0).first(),
        Desk.objects.filter(distribution=row, pk=order.desk_id or 0).first(),
        order.unit_id,
        order.is_full,
    )
    with translation.override(_PAPERS):
        made = kind.compose(Office(order, narrowed, head_of(plan, day_of(at)), at))
    if not made.count:
        sentence = _("There is nothing to put on this paper yet: %(paper)s.")
        raise Refusal("sheet_empty", sentence % {"paper": kind.label})
    drawn = made.draw()
    with step():
        records.note_paper(
            stream=f"plan:{plan.slug}",
            subject=f"goods.pickup:{order.pickup_id}" if order.pickup_id else f"goods.distribution:{row.pk}",
            kind=order.kind,
            papers=made.count,
            is_full=order.is_full,
            actor=actor,
            at=at,
        )
    return drawn


def may_make(kind: PickupKind, row: Distribution, actor: Actor, at: datetime) -> bool:
    """Return whether somebody may have a paper of a distribution."""
    unit_id = row.measure.plan.unit_id
    return any(permits(actor, need, unit_id=unit_id, at=at) for need in kind.needs)


def _sheets(papers: Sequence[SheetPaper], office: Office, volume: str = "") -> Composed:
    def draw() -> Paper:
        made = sheet_file(papers, office.order.form)
        return replace(made, name=made.name.replace(".", f"{volume}.", 1)) if volume else made

    return Composed(len(papers), draw)


def _to_sign(office: Office) -> Composed:
    rows = portion_rows(office.narrowed)
    chosen, volume = volume_of(
        rows, lambda row: (row.batch_id, row.unit_id), form=office.order.form, number=office.order.volume
    )
    papers = pickup_sheets(
        chosen,
        head=office.head,
        narrowed=office.narrowed,
        batches=office.batches,
        units=units_of_papers((row.unit_id for row in chosen), office.head.day),
        kit=office.kit,
    )
    return _sheets(papers, office, volume)


def _receipts(office: Office) -> Composed:
    order, narrowed = office.order, office.narrowed
    rows = pickup_rows(narrowed, records_of(narrowed), with_pictures=False)
    told, volume = volume_of(rows, lambda row: row.unit_id, form=order.form, number=order.volume)
    # Pictures of signatures are read for what is drawn alone, and not for a workbook of a whole district.
    if narrowed.is_full and len(told) <= DRAWN_MOST["pdf"]:
        chosen = records_of(narrowed).filter(pk__in=[row.pickup_id for row in told])
        told = pickup_rows(narrowed, chosen, with_pictures=True)
    papers = receipt_lists(
        told,
        head=office.head,
        narrowed=narrowed,
        units=units_of_papers((row.unit_id for row in told), office.head.day),
        kit=office.kit,
        whole=rows,
    )
    return _sheets(papers, office, volume)


def _receipt(office: Office) -> Composed:
    rows = records_of(office.narrowed).filter(pk=office.order.pickup_id or 0)
    told = pickup_rows(office.narrowed, rows, with_pictures=True)
    units = units_of_papers((row.unit_id for row in told), office.head.day)
    papers = [
        receipt(row, head=office.head, unit=units[row.unit_id], is_full=office.narrowed.is_full)
        for row in told
    ]
    return _sheets(papers, office)


def _packing(office: Office) -> Composed:
    kits = portions_by_unit(office.narrowed)
    if not kits:
        return _sheets([], office)
    papers = packing_lists(
        pack_rows(office.narrowed, office.head.day),
        head=office.head,
        kits=kits,
        batches=office.batches,
        units=units_of_papers((unit_id for _batch, unit_id in kits), office.head.day),
        which=office.which,
    )
    return _sheets(papers, office)


def _allotments(office: Office) -> Composed:
    desks = office.narrowed.distribution.desks.order_by("pk")
    if office.narrowed.desk is not None:
        desks = desks.filter(pk=office.narrowed.desk.pk)
    found = ((desk, desk_goods(desk)) for desk in desks)
    return _sheets([allotment(desk, rows, head=office.head) for desk, rows in found if rows], office)


def _cards(office: Office) -> Composed:
    return _sheets([item_card(one, head=office.head) for one in cards(office.narrowed.distribution)], office)


def _summary(office: Office) -> Composed:
    distribution = office.narrowed.distribution
    return Composed(1, lambda: summary_file(distribution, office.head, office.order.form))


def _photos(office: Office) -> Composed:
    count, draw = photo_file(office.narrowed, office.head, office.order.form)
    return Composed(count, draw)


KINDS: Mapping[str, PickupKind] = MappingProxyType(
    {
        "pickup_sheet": PickupKind(
            gettext_lazy("Sheet to sign for kits"),
            gettext_lazy(
                "One list for each batch and unit, to be signed by hand where devices fail; what was picked"
                " up already is marked."
            ),
            _to_sign,
            MANAGERS,
            narrowed_by=("batch", "desk", "unit", "volume"),
            has_names=True,
        ),
        "packing_list": PickupKind(
            gettext_lazy("Packing list"),
            gettext_lazy(
                "What is to be packed for who is still to come, by lot and by unit, and what lacks."
            ),
            _packing,
            VIEWERS,
            narrowed_by=("batch", "unit"),
        ),
        "desk_goods": PickupKind(
            gettext_lazy("Goods of desks"),
            gettext_lazy("What each desk got out of the store and brought back, by lot, with room to sign."),
            _allotments,
            VIEWERS,
            narrowed_by=("desk",),
        ),
        "item_card": PickupKind(
            gettext_lazy("Cards of the goods"),
            gettext_lazy(
                "Every movement of each thing, with what is in the store, at desks and picked up after it."
            ),
            _cards,
            VIEWERS,
        ),
        "pickup_receipts": PickupKind(
            gettext_lazy("Receipts of kits"),
            gettext_lazy(
                "Who got what, when, at which desk and how, with the signature; what it cost by the prices of"
                " the purchases."
            ),
            _receipts,
            VIEWERS,
            narrowed_by=("batch", "desk", "unit", "volume"),
            has_names=True,
        ),
        "pickup_receipt": PickupKind(
            gettext_lazy("Receipt of one kit"),
            gettext_lazy("One page for one record; its number stands in the list of receipts."),
            _receipt,
            VIEWERS,
            narrowed_by=("pickup",),
            has_names=True,
        ),
        "pickup_summary": PickupKind(
            gettext_lazy("Summary of the handing out"),
            gettext_lazy(
                "As an official document: how many got theirs, by batch and unit, what was decided, what is"
                " left and what it cost. What the program cannot know is left open."
            ),
            _summary,
            VIEWERS,
            forms=DOCUMENTS,
        ),
        "pickup_photos": PickupKind(
            gettext_lazy("Pages of photos"),
            gettext_lazy("The photos of the days, four to a page, with what they show."),
            _photos,
            VIEWERS,
            forms=DOCUMENTS,
            narrowed_by=("batch",),
        ),
    }
)
"""The papers of a distribution, in the order they are offered."""
