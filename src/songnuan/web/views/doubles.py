"""Pages of double payments: what a list may pay twice, decided one by one or at once; the known dead."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.db.models import Count, Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.benefits import deaths_file
from songnuan.benefits.double_models import Double, DoubleVerb, Finding, KnownDead
from songnuan.benefits.double_queries import counts, findings_of, groups, open_findings
from songnuan.benefits.doubling import Decision
from songnuan.benefits.lists import latest
from songnuan.benefits.models import Reckoning
from songnuan.documents.reading import as_file
from songnuan.journeys.decide_doubles import decide_doubles
from songnuan.journeys.look_for_doubles import look_for_doubles
from songnuan.journeys.record_deaths import record_deaths
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.plans.models import Measure
from songnuan.web.double_forms import DeathsForm, DoubleForm
from songnuan.web.double_page import group_rows, rows_of
from songnuan.web.paging import before_of, page_of
from songnuan.web.views.grants import measure_seen
from songnuan.web.views.shared import PAGE, Reader, key_of, only_posted, reader_of

_SHOWN = ("decided", "all")
_FAULTS = 50


@login_required
def doubles(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Show what was found of the list of a measure; a POST decides."""
    reader = reader_of(request)
    measure = measure_seen(reader, measure_id)
    reckoning = latest([measure_id]).get(measure_id)
    tried: dict[str, DoubleForm] = {}
    if request.method == "POST":
        require(reader.actor, Permission.BENEFIT_WRITE, unit_id=measure.plan.unit_id, at=reader.at)
        place, form = _tried(request)
        if form.is_valid():
            with form.refusals():
                _decide(request, reader, measure_id, form)
                return redirect(f"{request.path}?{request.GET.urlencode()}" if request.GET else request.path)
        tried[place] = form
    context = {
        "measure": measure,
        "plan": measure.plan,
        "reckoning": reckoning,
        **(_found(request, reader, measure, reckoning, tried) if reckoning else {}),
    }
    return render(request, "web/doubles.html", context, status=422 if tried else 200)


def _tried(request: HttpRequest) -> tuple[str, DoubleForm]:
    """Return the form that was posted, and at which finding or group it stands."""
    place = request.POST.get("place", "")
    return place, DoubleForm(request.POST, auto_id=f"id_{place}_%s")


def _decide(request: HttpRequest, reader: Reader, measure_id: int, form: DoubleForm) -> None:
    verb = request.POST.get("verb", "")
    if verb not in DoubleVerb.values:
        raise BadRequest("the form says nothing that can be decided")
    count = decide_doubles(
        measure_id=measure_id,
        decision=_decision(request, verb, form.cleaned_data["reason"]),
        key=key_of(request),
        actor=reader.actor,
        at=reader.at,
    )
    said = {
        DoubleVerb.KEPT: ngettext("Paid all the same.", "%(count)s are paid all the same.", count),
        DoubleVerb.OUT: ngettext("Taken out of the list.", "%(count)s are taken out of the list.", count),
        DoubleVerb.OTHER_OUT: _("The other one is taken out of the list."),
    }[DoubleVerb(verb)]
    messages.success(request, said % {"count": count})


def _decision(request: HttpRequest, verb: str, reason: str) -> Decision:
    """Return what is decided.

    Raises:
        BadRequest: When the form names neither a finding nor a group of them.

    """
    told = {name: request.POST.get(name, "") for name in ("finding", "kind", "against", "through")}
    try:
        numbers = {name: int(told[name] or 0) for name in ("finding", "against", "through")}
    except ValueError:
        raise BadRequest("the form names no finding") from None
    if not numbers["finding"] and told["kind"] not in Double.values:
        raise BadRequest("the form names no kind")
    against = numbers["against"] or None
    return Decision(verb, reason, numbers["finding"], told["kind"], against, numbers["through"])


def _found(
    request: HttpRequest,
    reader: Reader,
    measure: Measure,
    reckoning: Reckoning,
    tried: dict[str, DoubleForm],
) -> dict[str, object]:
    """Return what the page says of the findings of a list."""
    may_write = reader.may(Permission.BENEFIT_WRITE, measure.plan.unit_id) and not reckoning.is_listed
    shown, kind = request.GET.get("show", ""), request.GET.get("kind", "")
    rows, before = _those(reckoning, shown), before_of(request)
    if kind in Double.values:
        rows = rows.filter(kind=kind)
    one_by_one, together = _places(tried)
    if one_by_one:  # what was refused stays in sight, wherever it stands
        rows, before = findings_of(reckoning).filter(pk__in=one_by_one), None
    found, older = page_of(rows if before is None else rows.filter(pk__gt=before), PAGE, lambda row: row.pk)
    kinds = counts(reckoning)
    return {
        "may_write": may_write,
        "rows": rows_of(found, reader, one_by_one if may_write else None),
        "older": older,
        "show": shown if shown in _SHOWN else "",
        "kind": kind if kind in Double.values else "",
        "kinds": kinds,
        "open": sum(one.open for one in kinds),
        "all": sum(one.found for one in kinds),
        "groups": group_rows(groups(reckoning), reader, together) if may_write else [],
        "through": Finding.objects.filter(reckoning=reckoning).aggregate(last=Max("pk"))["last"],
        "form": next(iter(tried.values()), None),
    }


def _places(tried: dict[str, DoubleForm]) -> tuple[dict[int, DoubleForm], dict[int, DoubleForm]]:
    """Return what was refused by finding, and by the place of its group."""
    one_by_one = {int(place): form for place, form in tried.items() if place.isdecimal()}
    at_once = {place.removeprefix("all"): form for place, form in tried.items() if place.startswith("all")}
    return one_by_one, {int(at): form for at, form in at_once.items() if at.isdecimal()}


def _those(reckoning: Reckoning, shown: str) -> QuerySet[Finding]:
    rows = findings_of(reckoning)
    if shown == "all":
        return rows
    still = open_findings(reckoning).order_by().values("pk")
    return rows.exclude(pk__in=still) if shown == "decided" else rows.filter(pk__in=still)


@login_required
@only_posted
def look_again(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Look for double payments anew."""
    reader = reader_of(request)
    measure_seen(reader, measure_id)
    try:
        count = look_for_doubles(measure_id=measure_id, actor=reader.actor, at=reader.at)
    except NotPermitted:
        raise
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        said = ngettext("Looked again: %(count)s is open.", "Looked again: %(count)s are open.", count)
        messages.success(request, said % {"count": count})
    return redirect("doubles", measure_id)


@login_required
def known_dead(request: HttpRequest) -> HttpResponse:
    """Show which sources told of the dead, and take in a table of them."""
    reader = reader_of(request)
    require(reader.actor, Permission.BENEFIT_WRITE, at=reader.at)
    form = DeathsForm(request.POST, request.FILES) if request.method == "POST" else DeathsForm()
    faults: list[deaths_file.ToldDeath] = []
    if form.is_bound and form.is_valid():
        with form.refusals():
            faults = _take_in(request, reader, form)
            if not faults:
                return redirect("known_dead")
            form = DeathsForm()
    sources = (
        KnownDead.objects.values("source")
        .annotate(people=Count("pk"), last=Max("recorded_at"))
        .order_by("-last")
    )
    context = {
        "form": form,
        "sources": sources[:PAGE],
        "faults": faults[:_FAULTS],
        "fault_count": len(faults),
    }
    return render(request, "web/known_dead.html", context, status=422 if form.errors else 200)


def _take_in(request: HttpRequest, reader: Reader, form: DeathsForm) -> list[deaths_file.ToldDeath]:
    """Note the dead of a table; return the rows at fault, which are left out."""
    with as_file(form.cleaned_data["file"]) as file:
        rows = deaths_file.read(file, form.file_name, reader.day)
    deaths = [row.death for row in rows if row.death is not None]
    fresh = record_deaths(
        deaths=deaths,
        source=form.cleaned_data["source"],
        key=key_of(request),
        actor=reader.actor,
        at=reader.at,
    )
    told = _("%(count)s dead are known by this source, %(new)s of them new.")
    messages.success(request, told % {"count": len(deaths), "new": fresh})
    return [row for row in rows if row.death is None]


urlpatterns: list[URLPattern] = [
    path("grants/<int:measure_id>/doubles/", doubles, name="doubles"),
    path("grants/<int:measure_id>/doubles/again/", look_again, name="doubles_again"),
    path("known-dead/", known_dead, name="known_dead"),
]
