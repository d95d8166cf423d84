"""Pages of pickups: which kits are handed out, how far each is, who gets one, by unit."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from songnuan.goods.models import Batch, Distribution, Kit, Portion, Recipient
from songnuan.goods.pickup_lists import (
    Counted,
    by_batch,
    by_unit,
    counted_in_all,
    desk_rows,
    has_begun,
    missed_now,
    moved_on,
    unit_batches,
)
from songnuan.goods.pickup_queries import doubtful
from songnuan.goods.pickup_states import Mode
from songnuan.goods.queries import parts_of
from songnuan.journeys.open_distribution import open_distribution
from songnuan.journeys.pickup_needs import kit_measures, roster_called
from songnuan.journeys.pickup_settings import PICKUPS, PickupsSettings, days_differ, mode_of, settings_of
from songnuan.organisation.permissions import Permission
from songnuan.people.models import Roster, RosterKind, RosterStatus
from songnuan.plans.models import Measure, MeasureStatus
from songnuan.web.paging import before_of, page_of
from songnuan.web.pickup_forms import DistributionForm, UnitPlaceForm, WithdrawForm, batch_words
from songnuan.web.pickup_page import (
    MODES,
    STATES,
    called,
    distributions,
    head_of,
    kept,
    lines_of,
    seen,
    sees_pickups,
)
from songnuan.web.views.shared import PAGE, Reader, names_on, reader_of

_FOUND = 50
_LONGEST = 60
_DIGITS = 19  # fewer than these make a number that both databases hold


@dataclass(frozen=True, slots=True)
class Row:
    """A distribution in the list: how far it is, how many records wait."""

    row: Distribution
    counted: Counted
    waiting: int


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit, how far it is, and in which batches its open portions stand: (position, how many) …."""

    pk: int
    name: str
    counted: Counted
    batches: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a list of people is narrowed to: a batch by its position, a state, a unit; nothing for all."""

    batch: int
    state: str
    unit: int


@login_required
@never_cache
@require_safe
def pickups(request: HttpRequest) -> HttpResponse:
    """List the kits that people pick up, and the parts of plans under which one is still to be opened."""
    reader = reader_of(request)
    before = before_of(request)
    rows = distributions(reader)
    rows = rows if before is None else rows.filter(pk__lt=before)
    shown, older = page_of(rows[: PAGE + 1], PAGE, lambda row: row.pk)
    ids = [row.pk for row in shown]
    counted, waiting = counted_in_all(ids), doubtful(ids)
    context = {
        "rows": [Row(row, counted[row.pk], waiting.get(row.pk, 0)) for row in shown],
        "older": older,
        "to_open": list(unopened(reader)),
    }
    return render(request, "web/pickups.html", context)


def unopened(reader: Reader) -> QuerySet[Measure]:
    """Return the measures under which the reader may open a distribution, and none is."""
    units = reader.reach_ids(Permission.PICKUP_MANAGE)
    rows = Measure.objects.filter(kind=PICKUPS, status=MeasureStatus.OPEN, plan__unit__in=units)
    return rows.exclude(pk__in=Distribution.objects.values("measure")).select_related("plan").order_by("pk")


@login_required
@never_cache
@require_safe
def pickups_of(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Lead from a measure of the plan to its distribution, or to where one is opened."""
    reader = reader_of(request)
    found = Distribution.objects.filter(measure=measure_id).values_list("pk", flat=True).first()
    if found is not None:
        return redirect("pickups_one", seen(reader, found).pk)
    if unopened(reader).filter(pk=measure_id).exists():
        return redirect("pickups_new", measure_id)
    measure = get_object_or_404(Measure.objects.select_related("plan"), pk=measure_id, kind=PICKUPS)
    if not sees_pickups(reader, measure.plan.unit_id):
        raise Http404
    messages.info(request, _("Nothing is handed out there yet: the office has not opened it."))
    return redirect("plan", measure.plan.slug)


@login_required
@never_cache
def pickups_new(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Open the handing out of a kit."""
    reader = reader_of(request)
    measure = get_object_or_404(unopened(reader), pk=measure_id)
    kits, rosters, settings = _kits(measure), _rosters(reader), settings_of(measure)
    form = DistributionForm(
        kits,
        rosters,
        reader.day,
        request.POST or None,
        planned=len(settings.days),
        initial=_told(measure, settings),
    )
    mode = mode_of(measure)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            made = open_distribution(
                measure=measure,
                kit_id=form.cleaned_data["kit"],
                roster_id=form.cleaned_data["roster"],
                mode=mode,
                batches=form.batches,
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("It is open. Now look at the roster, and take it over."))
            return redirect("pickups_roster", made.pk)
    context = {
        "measure": measure,
        "plan": measure.plan,
        "form": form,
        "kits": kits,
        "rosters": rosters,
        "mode": MODES[mode.value if mode else ""],
        "is_decided": mode is not None,
    }
    return render(request, "web/pickups_new.html", context, status=422 if form.errors else 200)


def _told(measure: Measure, settings: PickupsSettings) -> dict[str, object]:
    """Return what the plan says of the kit, of the roster, and of the days."""
    buying, roster = kit_measures([measure]).get(measure.pk), roster_called(settings.roster)
    told: dict[str, object] = {
        "kit": Kit.objects.filter(measure=buying).values_list("pk", flat=True).first(),
        "roster": roster.pk if roster else None,
    }
    for number, (day, place) in enumerate(settings.days):
        told |= {f"batches-{number}-on": day, f"batches-{number}-place": place}
    return told


def _kits(measure: Measure) -> list[tuple[int, str]]:
    """Return the kits for each person that the plan buys and nobody hands out yet."""
    rows = Kit.objects.filter(measure__plan=measure.plan_id, measure__settings__per="person")
    free = rows.exclude(pk__in=Distribution.objects.values("kit")).order_by("pk")
    return [(kit.pk, f"{kit.name}（{'、'.join(part.item for part in parts_of(kit.pk))}）") for kit in free]


def _rosters(reader: Reader) -> list[tuple[int, str]]:
    """Return the rosters of people that are kept where the reader is the office."""
    units = reader.reach_ids(Permission.PICKUP_MANAGE)
    rows = Roster.objects.filter(kind=RosterKind.PEOPLE, status=RosterStatus.OPEN, unit__in=units)
    return list(rows.order_by("title", "pk").values_list("pk", "title"))


@login_required
@never_cache
@require_safe
def pickups_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far a distribution is, by batch and by desk, and what is to be done about it."""
    return overview(request, reader_of(request), pk)


def overview(
    request: HttpRequest, reader: Reader, pk: int, withdraw: WithdrawForm | None = None
) -> HttpResponse:
    """Show how far a distribution is; with `withdraw`, as one that could not be taken."""
    row = seen(reader, pk)
    head = head_of(reader, row, "pickups_one")
    acts = head.is_office and head.is_open
    context = {
        "head": head,
        "row": row,
        "plan": row.measure.plan,
        "batches": by_batch(pk),
        "desks": desk_rows(row, reader.day),
        "parts": parts_of(row.kit_id),
        "acts": acts,
        "other_days": acts and days_differ(row),
        "moved_on": acts and bool(moved_on([pk])),
        "missed": missed_now([pk], reader.day).get(pk, 0) if acts else 0,
        "withdraw": withdraw or (WithdrawForm() if acts and not has_begun(row) else None),
        "adds_batch": acts and _adds_batch(row),
        "day": reader.day,
    }
    return render(request, "web/pickups_one.html", context, status=422 if withdraw else 200)


def _adds_batch(row: Distribution) -> bool:
    """Return whether a batch may be added: for who missed one, or a round that the plan names by now."""
    if row.mode != Mode.ROUNDS:
        return row.mode == Mode.DIVIDE
    return days_differ(row)


@login_required
@never_cache
@require_safe
def pickups_units(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far each unit is, those with most left first."""
    return units_page(request, reader_of(request), pk)


def units_page(
    request: HttpRequest, reader: Reader, pk: int, form: UnitPlaceForm | None = None
) -> HttpResponse:
    """Show the units; with `form`, as one that could not be taken."""
    row = seen(reader, pk)
    head = head_of(reader, row, "pickups_units")
    counts = by_unit(pk)
    ordered = sorted(counts, key=lambda unit: (-counts[unit].told.open, unit))
    after = before_of(request)
    start = ordered.index(after) + 1 if after in ordered else 0
    shown, older = page_of(ordered[start : start + PAGE + 1], PAGE, lambda unit: unit)
    names, batches = names_on(shown, reader.day), unit_batches(pk, shown)
    to_come = Batch.objects.filter(distribution=row, on__gte=reader.day).order_by("position")
    places = head.is_office and head.is_open and row.mode == Mode.DIVIDE.value
    context = {
        "head": head,
        "row": row,
        "plan": row.measure.plan,
        "rows": [UnitRow(unit, names[unit], counts[unit], list(batches[unit].items())) for unit in shown],
        "older": older,
        "units": len(ordered),
        "form": (form or UnitPlaceForm(unit_choices(row, reader), to_come)) if places else None,
        "unoffered": form if not places else None,
    }
    return render(request, "web/pickups_units.html", context, status=422 if form else 200)


def unit_choices(row: Distribution, reader: Reader) -> list[tuple[int, str]]:
    """Return the units of those who get a kit, by name."""
    rows = Recipient.objects.filter(distribution=row).order_by().values_list("unit_id", flat=True)
    return sorted(names_on(rows.distinct(), reader.day).items(), key=lambda unit: (unit[1], unit[0]))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pickups_people(request: HttpRequest, pk: int) -> HttpResponse:
    """List who gets a kit; a POST looks for somebody by name, and changes nothing."""
    reader = reader_of(request)
    row = kept(reader, pk)
    head = head_of(reader, row, "pickups_people")
    asked = " ".join(request.POST.get("text", "").split())[:_LONGEST]
    batches = list(Batch.objects.filter(distribution=row).order_by("position"))
    chosen = _chosen(request.GET, batches)
    portions = Portion.objects.filter(recipient__distribution=row)
    portions = portions.select_related("recipient__person__merged_into", "batch").order_by("pk")
    older = None
    if asked:
        found = list(called(portions, asked, reader)[:_FOUND])
    else:
        after = before_of(request)
        rows = _filtered(portions, chosen)
        rows = rows if after is None else rows.filter(pk__gt=after)
        found, older = page_of(rows[: PAGE + 1], PAGE, lambda one: one.pk)
    units = unit_choices(row, reader)
    context = {
        "head": head,
        "row": row,
        "plan": row.measure.plan,
        "rows": lines_of(found, dict(units)),
        "older": older,
        "asked": asked,
        "most": _FOUND if len(found) == _FOUND and asked else 0,
        "chosen": chosen,
        "is_filtered": bool(chosen.batch or chosen.state or chosen.unit),
        "batches": [(one.position, batch_words(one)) for one in batches],
        "states": list(STATES.items()),
        "units": units,
    }
    return render(request, "web/pickups_people.html", context)


def _chosen(told: Mapping[str, str], batches: list[Batch]) -> Chosen:
    """Return what a list is narrowed to; what makes no sense narrows nothing."""
    batch, unit, state = told.get("batch", ""), told.get("unit", ""), told.get("state", "")
    positions = {str(one.position): one.position for one in batches}
    is_number = unit.isascii() and unit.isdigit() and len(unit) < _DIGITS
    return Chosen(positions.get(batch, 0), state if state in STATES else "", int(unit) if is_number else 0)


def _filtered(rows: QuerySet[Portion], chosen: Chosen) -> QuerySet[Portion]:
    if chosen.batch:
        rows = rows.filter(batch__position=chosen.batch)
    if chosen.state:
        rows = rows.filter(status=chosen.state)
    if chosen.unit:
        rows = rows.filter(recipient__unit=chosen.unit)
    return rows


urlpatterns: list[URLPattern] = [
    path("pickups/", pickups, name="pickups"),
    path("pickups/measures/<int:measure_id>/", pickups_of, name="pickups_of"),
    path("pickups/measures/<int:measure_id>/open/", pickups_new, name="pickups_new"),
    path("pickups/<int:pk>/", pickups_one, name="pickups_one"),
    path("pickups/<int:pk>/units/", pickups_units, name="pickups_units"),
    path("pickups/<int:pk>/people/", pickups_people, name="pickups_people"),
]
