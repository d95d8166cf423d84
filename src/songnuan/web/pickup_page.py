"""What pages of pickups share: who sees a distribution, its head and tabs, portions and records in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import Http404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from songnuan.goods.models import Desk, Distribution, Pickup, Portion, Recipient
from songnuan.goods.pickup_lists import Counted, counted_in_all
from songnuan.goods.pickup_models import PickupStatus
from songnuan.goods.pickup_queries import doubtful
from songnuan.goods.pickup_states import Mode, Portioned
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.people.masking import listed_name
from songnuan.people.models import Person, PersonStatus
from songnuan.people.scope import within
from songnuan.web.erased import erased
from songnuan.web.views.shared import Reader

SEEING = (Permission.PICKUP_MANAGE, Permission.PICKUP_RECORD, Permission.FUND_VIEW)
"""Who sees how a distribution stands: the office, desks, and whoever looks into the plan's store.

Who gets one is shown to the office alone.
"""
STATES: Mapping[str, Promise] = {
    Portioned.OPEN.value: pgettext_lazy("portion", "to be picked up"),
    Portioned.TAKEN.value: pgettext_lazy("portion", "picked up"),
    Portioned.REFERRED.value: pgettext_lazy("portion", "for the office"),
    Portioned.SETTLED.value: pgettext_lazy("portion", "settled otherwise"),
    Portioned.LEFT.value: pgettext_lazy("portion", "on the roster no more"),
}
MODES: Mapping[str, Promise] = {
    Mode.DIVIDE.value: gettext_lazy("The batches divide the people: each gets one kit"),
    Mode.ROUNDS.value: gettext_lazy("The batches are rounds for all: each gets one kit in every batch"),
    "": gettext_lazy("Still open"),
}
_MARKS = {
    Portioned.OPEN.value: "waiting",
    Portioned.TAKEN.value: "done",
    Portioned.REFERRED.value: "late",
    Portioned.SETTLED.value: "on_time",
    Portioned.LEFT.value: "none",
}
_RECORD_MARKS = {
    PickupStatus.BOOKED: "done",
    PickupStatus.WAITING: "waiting",
    PickupStatus.VOID: "none",
    PickupStatus.RETURNED: "none",
}
_SKEW = timedelta(minutes=5)
"""A device's clock that is off by more than this is told."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A part of a distribution's pages; `count` is empty where there is nothing to count."""

    label: str
    url: str
    count: int | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class Head:
    """A distribution as the head of its pages shows it."""

    row: Distribution
    counted: Counted
    waiting: int
    is_office: bool
    tabs: tuple[Tab, ...]

    @property
    def is_open(self) -> bool:
        """Whether things are still done under it."""
        return self.row.measure.status == "open"

    @property
    def to_come(self) -> int:
        """Portions that somebody may still pick up in a batch."""
        return self.counted.told.open - self.counted.told.referred

    @property
    def mode(self) -> Promise:
        """What the batches are to each other, in words."""
        return MODES[self.row.mode]


@dataclass(frozen=True, slots=True)
class Line:
    """A portion as lists show it: whose, where the person works, in which batch, how it stands."""

    portion: Portion
    name: str
    unit: str
    mark: str
    state: Promise


@dataclass(frozen=True, slots=True)
class Record:
    """What a desk recorded, as a page shows it.

    `skewed` says that the device's clock differed from the house's; `may_decide`: the reader recorded it not.
    """

    row: Pickup
    mark: str
    skewed: bool
    may_decide: bool


def sees_pickups(reader: Reader, unit_id: int | None) -> bool:
    """Return whether the reader may see how kits are handed out under a plan of a unit."""
    return unit_id is not None and any(reader.may(one, unit_id) for one in SEEING)


def distributions(reader: Reader) -> QuerySet[Distribution]:
    """Return the distributions that the reader may see, the newest first."""
    units = frozenset[int]().union(*(reader.reach_ids(one) for one in SEEING))
    rows = Distribution.objects.filter(measure__plan__unit__in=units)
    return rows.select_related("measure__plan", "kit", "roster").order_by("-pk")


def seen(reader: Reader, pk: int) -> Distribution:
    """Return a distribution; one that the reader may not see is not there.

    Raises:
        Http404: Without a word on whether it exists.

    """
    found = Distribution.objects.select_related("measure__plan", "kit", "roster").filter(pk=pk).first()
    if found is None or not sees_pickups(reader, found.measure.plan.unit_id):
        raise Http404
    return found


def kept(reader: Reader, pk: int) -> Distribution:
    """Return a distribution to the office that keeps it.

    Raises:
        Http404: When the reader may not even see it.
        NotPermitted: When the reader may see it, and no more.

    """
    found = seen(reader, pk)
    require(reader.actor, Permission.PICKUP_MANAGE, unit_id=found.measure.plan.unit_id, at=reader.at)
    return found


def recipient_kept(reader: Reader, pk: int) -> Recipient:
    """Return somebody who gets a kit, to the office; what is not the reader's is not there."""
    found = Recipient.objects.select_related("person__merged_into").filter(pk=pk).first()
    if found is None:
        raise Http404
    found.distribution = kept(reader, found.distribution_id)
    return found


def portion_kept(reader: Reader, pk: int) -> Portion:
    """Return a portion, to the office; what is not the reader's is not there."""
    found = Portion.objects.select_related("recipient").filter(pk=pk).first()
    if found is None:
        raise Http404
    kept(reader, found.recipient.distribution_id)
    return found


def record_kept(reader: Reader, pk: int) -> Pickup:
    """Return a record, to the office; what is not the reader's is not there."""
    found = Pickup.objects.select_related("desk", "portion").filter(pk=pk).first()
    if found is None:
        raise Http404
    kept(reader, found.desk.distribution_id)
    return found


def desk_seen(reader: Reader, pk: int) -> Desk:
    """Return a desk with its distribution; one that the reader may not see is not there."""
    found = Desk.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    found.distribution = seen(reader, found.distribution_id)
    return found


def head_of(reader: Reader, row: Distribution, current: str) -> Head:
    """Return the head of a distribution's pages, with its tabs; `current` is the name of the page."""
    counted, waiting = counted_in_all([row.pk])[row.pk], doubtful([row.pk])[row.pk]
    is_office = reader.may(Permission.PICKUP_MANAGE, row.measure.plan.unit_id)
    pages: list[tuple[str, str, int | None]] = [("pickups_one", _("Overview"), None)]
    if is_office:
        pages += [
            ("pickups_people", _("People"), counted.told.due),
            ("pickups_doubts", pgettext("pickups", "To be decided"), waiting),
            ("pickups_missed", _("Not picked up"), counted.told.referred),
            ("pickups_roster", _("Roster"), None),
        ]
    pages += [("pickups_units", _("By unit"), None), ("pickups_desks", _("Desks"), None)]
    if is_office or reader.may(Permission.FUND_VIEW, row.measure.plan.unit_id):
        pages.append(("pickup_papers", pgettext("of kits", "Papers"), None))
    tabs = (Tab(label, reverse(name, args=(row.pk,)), count, name == current) for name, label, count in pages)
    return Head(row, counted, waiting, is_office, tuple(tabs))


def name_of(person: Person) -> str:
    """Return the name of somebody who gets a kit, as the register has it by now; of minors masked."""
    standing = person.merged_into or person
    if standing.status == PersonStatus.ERASED:
        return erased()
    return listed_name(standing.name, minor=standing.restricted) or "—"


def called(portions: QuerySet[Portion], text: str, reader: Reader) -> QuerySet[Portion]:
    """Return those of some portions whose person is called so by now.

    Minors are found by whom may see them in full alone, as everywhere in the house.
    """
    person = "recipient__person"
    rows = portions.annotate(
        who=Coalesce(f"{person}__merged_into", person),
        called=Coalesce(f"{person}__merged_into__name", f"{person}__name"),
        is_minor=Coalesce(f"{person}__merged_into__restricted", f"{person}__restricted"),
    ).filter(called__icontains=text)
    minors = within(reader.actor, Permission.PEOPLE_SHOW, reader.at).filter(restricted=True)
    return rows.filter(Q(is_minor=False) | Q(who__in=minors.values("pk")))


def lines_of(portions: Iterable[Portion], units: Mapping[int, str]) -> list[Line]:
    """Return portions as lists show them; their recipients, persons and batches were read with them."""
    return [
        Line(
            portion,
            name_of(portion.recipient.person),
            units.get(portion.recipient.unit_id, "—"),
            _MARKS[portion.status],
            STATES[portion.status],
        )
        for portion in portions
    ]


def record_of(row: Pickup, reader: Reader) -> Record:
    """Return a record as a page shows it to a reader."""
    return Record(
        row,
        _RECORD_MARKS[PickupStatus(row.status)],
        abs(row.device_at - row.taken_at) > _SKEW,
        row.by_id != reader.user.pk,
    )
