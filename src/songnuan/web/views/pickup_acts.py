"""Acts on a distribution as a whole: its roster, what was missed, a unit's batch."""

import io
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from songnuan.goods.models import Batch, Distribution, Portion
from songnuan.goods.pickup_lists import difference_now, missed_now
from songnuan.goods.pickup_rules import Difference
from songnuan.goods.pickup_states import Mode, Portioned
from songnuan.journeys.align_distribution import align_distribution
from songnuan.journeys.pass_missed_on import pass_missed_on
from songnuan.journeys.place_portion import place_unit
from songnuan.journeys.take_pickup_list import take_missed_list, take_missed_names
from songnuan.journeys.withdraw_distribution import withdraw_distribution
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.people.models import Person, RosterStatus
from songnuan.web.paging import before_of, page_of
from songnuan.web.pickup_forms import SettleForm, UnitPlaceForm, WithdrawForm
from songnuan.web.pickup_page import head_of, kept, lines_of, name_of
from songnuan.web.views.pickups import overview, unit_choices, units_page
from songnuan.web.views.shared import PAGE, Reader, names_on, only_posted, posted_from, reader_of

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 50
"""How many people of each kind of change a page names; of all others it tells how many they are."""
COPIED = 300
"""How many people the text to copy holds at most; the workbook holds all."""


@dataclass(frozen=True, slots=True)
class Changed:
    """Somebody whose portion a newer roster changes: the unit of now, and the one of then where it moved."""

    name: str
    unit: str
    was: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """One kind of change: how many there are, and the first of them."""

    key: str
    title: str
    about: str
    count: int
    first: list[Changed]

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.count - len(self.first)


@login_required
@never_cache
@require_safe
def pickups_roster(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what the roster as it stands changes, before anything is changed."""
    reader = reader_of(request)
    row = kept(reader, pk)
    changes = difference_now(row, reader.day)
    batches = list(Batch.objects.filter(distribution=row).order_by("position"))
    chosen = Counter(one.batch for one in changes.made)
    context = {
        "head": head_of(reader, row, "pickups_roster"),
        "row": row,
        "plan": row.measure.plan,
        "groups": _groups(changes, reader) if row.mode else [],
        "digest": changes.digest,
        "divided": [(one, chosen[one.position]) for one in batches] if changes.made else [],
        "is_kept": row.roster.status == RosterStatus.OPEN,
        "is_divided": row.mode == Mode.DIVIDE.value,
    }
    return render(request, "web/pickups_roster.html", context)


def _groups(changes: Difference, reader: Reader) -> list[Group]:
    """Return the kinds of changes that there are, with the first people of each."""
    made = [one.person_id for one in changes.made[:SHOWN]]
    persons = Person.objects.select_related("merged_into").in_bulk(made)
    ids = [
        *changes.left[:SHOWN],
        *(pk for pk, _one in changes.back[:SHOWN]),
        *(pk for pk, _unit in changes.moved[:SHOWN]),
    ]
    rows = Portion.objects.select_related("recipient__person__merged_into").in_bulk(ids)
    to_units = {pk: one.unit_id for pk, one in changes.back} | dict(changes.moved)
    units = names_on(
        [
            *(one.unit_id for one in changes.made[:SHOWN]),
            *(one.recipient.unit_id for one in rows.values()),
            *(to_units.get(pk) for pk in ids),
        ],
        reader.day,
    )

    def changed(pk: int) -> Changed:
        recipient = rows[pk].recipient
        now = to_units.get(pk, recipient.unit_id)
        was = units[recipient.unit_id] if now != recipient.unit_id else ""
        return Changed(name_of(recipient.person), units[now], was)

    found = (
        Group(
            "made",
            _("Joined"),
            _("They get a portion."),
            len(changes.made),
            [Changed(name_of(persons[one.person_id]), units[one.unit_id]) for one in changes.made[:SHOWN]],
        ),
        Group(
            "left",
            _("Left"),
            _("Their portion is given up; what was picked up or settled stays."),
            len(changes.left),
            [changed(pk) for pk in changes.left[:SHOWN]],
        ),
        Group(
            "back",
            _("Came back"),
            _("They get the portion of then again."),
            len(changes.back),
            [changed(pk) for pk, _one in changes.back[:SHOWN]],
        ),
        Group(
            "moved",
            _("Other unit"),
            _("Their batch stays; they are counted at the new unit."),
            len(changes.moved),
            [changed(pk) for pk, _unit in changes.moved[:SHOWN]],
        ),
    )
    return [group for group in found if group.count]


@login_required
@never_cache
@only_posted
def pickups_align(request: HttpRequest, pk: int) -> HttpResponse:
    """Take over the roster as it was looked at."""
    reader = reader_of(request)
    kept(reader, pk)
    expected = request.POST.get("digest") or "none"
    try:
        changes = align_distribution(distribution_id=pk, expected=expected, actor=reader.actor, at=reader.at)
    except NotPermitted:
        raise
    except Refusal as refusal:
        level = messages.WARNING if refusal.code == "difference_changed" else messages.ERROR
        messages.add_message(request, level, refusal.sentence)
        return redirect("pickups_roster", pk)
    words = {"made": len(changes.made), "left": len(changes.left), "back": len(changes.back)}
    sentence = _("Taken over: %(made)s joined, %(left)s left, %(back)s came back.")
    messages.success(request, sentence % words)
    return redirect("pickups_one", pk)


def _page_of(request: HttpRequest, pk: int) -> str:
    return reverse("pickups_one", args=(kept(reader_of(request), pk).pk,))


@login_required
@never_cache
@posted_from(_page_of)
def pickups_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw a handing out of which nothing came."""
    reader = reader_of(request)
    measure_id = kept(reader, pk).measure_id
    form = WithdrawForm(request.POST)
    if form.is_valid():
        with form.refusals():
            reason = form.cleaned_data["reason"]
            withdraw_distribution(distribution_id=pk, reason=reason, actor=reader.actor, at=reader.at)
            messages.success(request, _("Withdrawn. It can be opened anew."))
            return redirect("pickups_new", measure_id)
    return overview(request, reader, pk, form)


@login_required
@never_cache
@require_safe
def pickups_missed(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was not picked up: what goes on to a later batch, and what the office settles."""
    reader = reader_of(request)
    return _missed(request, reader, kept(reader, pk))


def _missed(
    request: HttpRequest, reader: Reader, row: Distribution, copied: Sequence[Portion] = ()
) -> HttpResponse:
    """Show it; `copied` are those whose names were taken to be copied."""
    head = head_of(reader, row, "pickups_missed")
    rows = Portion.objects.filter(recipient__distribution=row, status=Portioned.REFERRED.value)
    rows = rows.select_related("recipient__person__merged_into", "batch").order_by("pk")
    after = before_of(request)
    onward = rows if after is None else rows.filter(pk__gt=after)
    shown, older = page_of(onward[: PAGE + 1], PAGE, lambda one: one.pk)
    units = names_on((one.recipient.unit_id for one in [*shown, *copied]), reader.day)
    context = {
        "head": head,
        "row": row,
        "plan": row.measure.plan,
        "missed": missed_now([row.pk], reader.day).get(row.pk, 0),
        "to_come": Batch.objects.filter(distribution=row, on__gte=reader.day).order_by("position").first(),
        "rows": [
            (line, SettleForm(auto_id=f"settle{line.portion.pk}-%s")) for line in lines_of(shown, units)
        ],
        "older": older,
        "copied": lines_of(copied, units),
        "copies_all": head.counted.told.referred <= COPIED,
    }
    return render(request, "web/pickups_missed.html", context)


def _missed_of(request: HttpRequest, pk: int) -> str:
    return reverse("pickups_missed", args=(kept(reader_of(request), pk).pk,))


@login_required
@never_cache
@posted_from(_missed_of)
def pickups_missed_names(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the names of who picked nothing up as a text to copy; that they were taken is noted."""
    reader = reader_of(request)
    row = kept(reader, pk)
    copied = take_missed_names(distribution_id=pk, most=COPIED, actor=reader.actor, at=reader.at)
    return _missed(request, reader, row, copied)


@login_required
@never_cache
@only_posted
def pickups_pass_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Pass on what was not picked up."""
    reader = reader_of(request)
    kept(reader, pk)
    moved, office = pass_missed_on(distribution_id=pk, actor=reader.actor, at=reader.at)
    told = [
        ngettext(
            "%(count)s portion goes on to a later batch", "%(count)s portions go on to a later batch", moved
        )
        % {"count": moved},
        ngettext("%(count)s portion is the office's now", "%(count)s portions are the office's now", office)
        % {"count": office},
    ]
    said = [words for words, count in zip(told, (moved, office), strict=True) if count]
    if said:
        messages.success(request, _("; ").join(said) + _("."))
    else:
        messages.info(request, _("Nothing was left of batches that are over."))
    return redirect("pickups_missed", pk)


@login_required
@never_cache
@require_safe
def pickups_missed_list(request: HttpRequest, pk: int) -> FileResponse:
    """Give the list of what was not picked up as a workbook; that it was taken is noted."""
    reader = reader_of(request)
    row = kept(reader, pk)
    made = io.BytesIO()
    take_missed_list(distribution_id=pk, to=made, actor=reader.actor, at=reader.at)
    made.seek(0)
    words = {"kit": row.kit.name, "day": reader.day.isoformat()}
    name = _("Not picked up %(kit)s %(day)s.xlsx") % words
    return FileResponse(made, as_attachment=True, filename=name, content_type=SHEET)


def _units_of(request: HttpRequest, pk: int) -> str:
    return reverse("pickups_units", args=(kept(reader_of(request), pk).pk,))


@login_required
@never_cache
@posted_from(_units_of)
def pickups_place_unit(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a unit into a batch."""
    reader = reader_of(request)
    row = kept(reader, pk)
    form = UnitPlaceForm(unit_choices(row, reader), _all_batches(pk), request.POST)
    if form.is_valid():
        told = form.cleaned_data
        with form.refusals():
            moved = place_unit(
                distribution_id=pk,
                unit_id=told["unit"],
                batch=told["batch"],
                actor=reader.actor,
                at=reader.at,
            )
            words = ngettext("%(count)s portion moved.", "%(count)s portions moved.", moved)
            messages.success(request, words % {"count": moved})
            return redirect("pickups_units", pk)
    return units_page(request, reader, pk, form)


def _all_batches(pk: int) -> Collection[Batch]:
    return list(Batch.objects.filter(distribution=pk).order_by("position"))


urlpatterns: list[URLPattern] = [
    path("pickups/<int:pk>/roster/", pickups_roster, name="pickups_roster"),
    path("pickups/<int:pk>/roster/apply/", pickups_align, name="pickups_align"),
    path("pickups/<int:pk>/withdraw/", pickups_withdraw, name="pickups_withdraw"),
    path("pickups/<int:pk>/missed/", pickups_missed, name="pickups_missed"),
    path("pickups/<int:pk>/missed/pass-on/", pickups_pass_on, name="pickups_pass_on"),
    path("pickups/<int:pk>/missed/names/", pickups_missed_names, name="pickups_missed_names"),
    path("pickups/<int:pk>/missed/list.xlsx", pickups_missed_list, name="pickups_missed_list"),
    path("pickups/<int:pk>/units/place/", pickups_place_unit, name="pickups_place_unit"),
]
