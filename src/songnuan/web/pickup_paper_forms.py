"""The forms of papers of kits that people pick up: what a paper is to hold, and photos of a day."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from songnuan.goods.actions.photos import Shot
from songnuan.goods.models import Batch, Distribution, Pickup, Recipient
from songnuan.journeys.make_pickup_papers import KINDS, PickupPaperOrder
from songnuan.journeys.pickup_volumes import DRAWN_MOST
from songnuan.kernel.days import written
from songnuan.organisation.permissions import Permission
from songnuan.web.fields import BooleanField, CharField, Day, IntegerField, TypedChoiceField
from songnuan.web.forms import Form
from songnuan.web.views.shared import Reader, names_on
from songnuan.web.visit_fields import Photos

_ALL = {
    "batch": pgettext_lazy("batches of kits", "all"),
    "desk": pgettext_lazy("desks", "all"),
    "unit": pgettext_lazy("units", "all"),
}


@dataclass(frozen=True, slots=True)
class Choices:
    """What papers of a distribution may be narrowed to, by id, and how many lines a paper of it has at most.

    There are as many lines as portions or, of receipts, as records: what was picked up twice is more.
    `may_full` says whether the reader may have names in full.
    """

    batch: Mapping[int, str]
    desk: Mapping[int, str]
    unit: Mapping[int, str]
    lines: int
    may_full: bool


class PickupPaperForm(Form):
    """What a paper is to hold; the kind of file is the button that was pressed."""

    asks = "paper"

    batch = TypedChoiceField(
        fact="act:paper",
        label=pgettext_lazy("of kits", "Batch"),
        coerce=int,
        empty_value=None,
        required=False,
    )
    desk = TypedChoiceField(
        fact="act:paper",
        label=pgettext_lazy("of kits", "Desk"),
        coerce=int,
        empty_value=None,
        required=False,
    )
    unit = TypedChoiceField(
        fact="act:paper", label=gettext_lazy("Unit"), coerce=int, empty_value=None, required=False
    )
    volume = IntegerField(
        fact="act:paper",
        label=gettext_lazy("Volume"),
        help_text=gettext_lazy(
            "A long paper is made in volumes, units kept together; Excel holds all in one."
        ),
        required=False,
    )
    pickup = IntegerField(
        fact="act:paper",
        label=pgettext_lazy("of kits", "Number of the receipt"),
        help_text=gettext_lazy("As it stands in the list of receipts: 12 for 领-000012."),
    )
    is_full = BooleanField(
        fact="act:paper",
        label=gettext_lazy("Names in full"),
        help_text=gettext_lazy("Only where they are needed. That they were shown in full is noted."),
        required=False,
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        key: str,
        choices: Choices,
        initial: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(data, auto_id=f"id_{key}_%s", initial=dict(initial or {}))
        kind = KINDS[key]
        asked = set(kind.narrowed_by)
        if choices.lines <= min(DRAWN_MOST.values()):
            asked.discard("volume")
        if kind.has_names and choices.may_full:
            asked.add("is_full")
        for name in ("batch", "desk", "unit"):
            told: Mapping[int, str] = getattr(choices, name)
            if len(told) < (1 if name == "desk" else 2):
                asked.discard(name)
            options = [("", _ALL[name]), *told.items()]
            self.fields[name].choices = options  # type: ignore[attr-defined]  # as every choice field has
        for name in set(self.fields) - asked:
            del self.fields[name]

    def order(self, kind: str, form: str, distribution_id: int, *, is_full: bool) -> PickupPaperOrder:
        """Return what was asked for."""
        told = self.cleaned_data
        return PickupPaperOrder(
            kind,
            distribution_id,
            form,
            batch_id=told.get("batch"),
            desk_id=told.get("desk"),
            unit_id=told.get("unit"),
            volume=told.get("volume"),
            pickup_id=told.get("pickup"),
            is_full=is_full,
        )


@dataclass(frozen=True, slots=True)
class Offer:
    """A paper of the list, with the form that makes it and the files it comes as."""

    kind: str
    label: Promise
    about: Promise
    form: PickupPaperForm
    files: tuple[tuple[str, str], ...]


FILES = {"pdf": "PDF", "xlsx": "Excel", "docx": "Word"}


def choices_of(row: Distribution, reader: Reader) -> Choices:
    """Return what papers of a distribution may be narrowed to."""
    recipients = Recipient.objects.filter(distribution=row)
    units = set(recipients.order_by().values_list("unit_id", flat=True).distinct())
    batches = {batch.pk: batch_label(batch) for batch in row.batches.order_by("position")}
    desks = dict(row.desks.order_by("name").values_list("pk", "name"))
    names = dict(sorted(names_on(units, reader.day).items(), key=lambda one: one[1]))
    portions = recipients.filter(portions__isnull=False).count()
    may_full = reader.may(Permission.PICKUP_MANAGE, row.measure.plan.unit_id)
    records = Pickup.objects.filter(desk__distribution=row).count()
    return Choices(batches, desks, names, max(portions, records), may_full)


def batch_label(batch: Batch) -> str:
    """Return a batch as it is chosen: 1 · 18 May · east gate."""
    return " · ".join(filter(None, (str(batch.position), written(batch.on, "full"), batch.place)))


class BatchPhotosForm(Form):
    """Photos of a day on which kits were handed out."""

    asks = "batch_photos"

    batch = TypedChoiceField(
        fact="goods.batchphoto.batch", label=pgettext_lazy("of kits", "Batch"), coerce=int
    )
    photos = Photos(
        fact="goods.batchphoto.picture",
        label=gettext_lazy("Add photos"),
        help_text=gettext_lazy("JPEG, PNG or WebP. Where and when they were taken is not kept with them."),
    )
    caption = CharField(
        fact="goods.batchphoto.caption",
        label=gettext_lazy("What they show"),
        help_text=gettext_lazy("It stands below each of these photos. Name nobody who need not be named."),
        required=False,
    )
    place = CharField(
        fact="goods.batchphoto.place",
        label=gettext_lazy("Place"),
        help_text=gettext_lazy("Left empty, the place of the batch."),
        required=False,
    )
    taken_on = Day(fact="goods.batchphoto.taken_on", label=gettext_lazy("Day on which they were taken"))

    def __init__(self, *args: object, batches: Mapping[int, str], **kwargs: object) -> None:
        kwargs.setdefault("auto_id", "id_photos_%s")
        super().__init__(*args, **kwargs)
        self.fields["batch"].choices = list(batches.items())  # type: ignore[attr-defined]  # as above

    def shot(self) -> Shot:
        """Return what the photos show; the form was valid."""
        told = self.cleaned_data
        return Shot(told["caption"], told["place"], told["taken_on"])
