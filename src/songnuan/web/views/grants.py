"""The page of money to people under a measure: who gets how much and why, what waits, and who gets most."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songnuan.benefits.double_queries import counts
from songnuan.benefits.explaining import reason_of
from songnuan.benefits.lists import by_rank, latest, lines_of, of_name, standard_of, steps_of, waiting
from songnuan.benefits.models import Blocked, Entitlement, Reckoning
from songnuan.benefits.queries import latest_by_slug
from songnuan.journeys.measures.grants import GrantSettings
from songnuan.journeys.put_up_list import put_up_list
from songnuan.journeys.reckon_list import answers_of, reckon_list
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.payments.models import ListStatus, PaymentList
from songnuan.payments.queries import lists_of
from songnuan.people.masking import listed_name
from songnuan.people.models import Person, Relation, Roster
from songnuan.plans.models import Measure, MeasureStatus
from songnuan.web.fields import Day
from songnuan.web.forms import Form
from songnuan.web.paging import before_of, page_of
from songnuan.web.payment_list_page import row_of
from songnuan.web.views.shared import PAGE, Reader, key_of, names_on, plan_seen, reader_of

_NAME = 60
_DIGITS = 18
_SHOWN = ("paid", "waiting", "nothing", "out")


class ReckonForm(Form):
    """The day that a list is made for."""

    asks = "reckoning"

    as_of = Day(
        fact="benefits.reckoning.as_of",
        label=gettext_lazy("Made for the day"),
        help_text=gettext_lazy("Service that goes on counts up to this day."),
    )


@dataclass(frozen=True, slots=True)
class GrantLine:
    """A line of the list in words: who is paid for whom, the sum or why it waits, and how it came about."""

    line: Entitlement
    payee: str
    qualifier: str
    relation: str
    unit: str
    why: str

    @property
    def waits(self) -> str:
        """Why nothing is paid yet; empty where nothing waits."""
        return str(Blocked(self.line.blocked).label) if self.line.blocked else ""


@login_required
def grants(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Show what was reckoned under a measure; reckon it, or make a list of payments of it."""
    reader = reader_of(request)
    measure = measure_seen(reader, measure_id)
    reckoning = latest([measure_id]).get(measure_id)
    form = ReckonForm(
        request.POST if request.method == "POST" and "put_up" not in request.POST else None,
        initial={"as_of": reckoning.as_of if reckoning else reader.day},
    )
    if request.method != "POST":
        return _page(request, reader, measure, form)
    require(reader.actor, Permission.BENEFIT_WRITE, unit_id=measure.plan.unit_id, at=reader.at)
    if "put_up" in request.POST:
        return _put_up(request, reader, measure, form)
    if form.is_valid():
        with form.refusals():
            reckon_list(
                measure_id=measure_id,
                as_of=form.cleaned_data["as_of"],
                key=key_of(request),
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("The list is reckoned."))
            return redirect("grants", measure_id)
    return _page(request, reader, measure, form)


def _put_up(request: HttpRequest, reader: Reader, measure: Measure, form: ReckonForm) -> HttpResponse:
    """Freeze what the page showed; posted once more, lead on to the list that was made of it."""
    told = request.POST["put_up"]
    reckoning_id = int(told) if told.isascii() and told.isdigit() and len(told) < _DIGITS else 0
    try:
        list_id = put_up_list(
            measure_id=measure.pk,
            reckoning_id=reckoning_id,
            key=key_of(request),
            actor=reader.actor,
            at=reader.at,
        )
    except Refusal as refusal:
        if isinstance(refusal, NotPermitted) and refusal.code != "payee_acts":
            raise
        made = PaymentList.objects.filter(measure=measure, reckoning=reckoning_id).first()
        if made is None:
            return _page(request, reader, measure, form, refusal)
        messages.info(request, _("This list was made already. Here it is."))
        return redirect("payment_list", made.pk)
    messages.success(request, _("The list is frozen, and handed in for approval."))
    return redirect("payment_list", list_id)


def _page(
    request: HttpRequest, reader: Reader, measure: Measure, form: ReckonForm, refusal: Refusal | None = None
) -> HttpResponse:
    settings = GrantSettings.model_validate(measure.settings)
    reckoning = latest([measure.pk]).get(measure.pk)
    may_write = reader.may(Permission.BENEFIT_WRITE, measure.plan.unit_id)
    lists = list(lists_of([measure.pk]))
    context = {
        "measure": measure,
        "plan": measure.plan,
        "settings": settings,
        "version": latest_by_slug([settings.standard]).get(settings.standard),
        "roster": Roster.objects.filter(key=settings.roster).first(),
        "reckoning": reckoning,
        "may_write": may_write and measure.status == MeasureStatus.OPEN,
        "form": form,
        "payments": list(map(row_of, lists)),
        "pending": next((row_of(row) for row in lists if row.status == ListStatus.PENDING), None),
        "listed": next(
            (row_of(row) for row in lists if reckoning and row.reckoning_id == reckoning.pk), None
        ),
        "refusal": refusal,
        **(_reckoned(request, reader, measure, reckoning, settings) if reckoning else {}),
    }
    status = 422 if form.errors else 200
    if refusal is not None:
        status = 403 if isinstance(refusal, NotPermitted) else 409
    return render(request, "web/grants.html", context, status=status)


def measure_seen(reader: Reader, measure_id: int) -> Measure:
    """Return the measure; what the reader may not see is not there."""
    rows = Measure.objects.select_related("plan").filter(kind="grants")
    measure = get_object_or_404(rows, pk=measure_id)
    plan_seen(reader, measure.plan.slug)
    if not reader.may(Permission.BENEFIT_VIEW, measure.plan.unit_id):
        raise Http404
    return measure


def _reckoned(
    request: HttpRequest,
    reader: Reader,
    measure: Measure,
    reckoning: Reckoning,
    settings: GrantSettings,
) -> dict[str, object]:
    """Return what the page says of a reckoning."""
    asked, shown = request.GET.get("q", "").strip()[:_NAME], request.GET.get("show", "")
    rows, before = _those(lines_of(reckoning), shown), before_of(request)
    rows = of_name(rows, asked) if asked else rows
    found, older = page_of(rows if before is None else rows.filter(pk__gt=before), PAGE, lambda row: row.pk)
    answers = answers_of(measure.plan_id, settings)
    numbers = {name: _those(lines_of(reckoning), name).count() for name in ("nothing", "out")}
    return {
        "lines": _in_words(found, reckoning, reader),
        "older": older,
        "asked": asked,
        "show": shown if shown in _SHOWN else "",
        "waiting": [(str(reason.label), count) for reason, count in waiting(reckoning).items()],
        "nothing": numbers["nothing"],
        "taken_out": numbers["out"],
        "doubles": counts(reckoning),
        "ranks": by_rank(reckoning),
        "is_older": _is_older(reckoning),
        "answers_differ": (answers.couple, answers.two_children)
        != (reckoning.couple, reckoning.two_children),
    }


def _those(rows: QuerySet[Entitlement], shown: str) -> QuerySet[Entitlement]:
    match shown:
        case "paid":
            return rows.filter(amount_minor__gt=0)
        case "waiting":
            return rows.exclude(blocked="")
        case "nothing":
            return rows.filter(amount_minor=0, blocked="", out_minor=0)
        case "out":
            return rows.filter(out_minor__gt=0)
        case _:
            return rows


def _is_older(reckoning: Reckoning) -> bool:
    """Return whether the standard has a newer version than the one it was reckoned by."""
    slug = reckoning.version.standard.slug
    return latest_by_slug([slug])[slug].pk != reckoning.version_id


def _in_words(rows: Iterable[Entitlement], reckoning: Reckoning, reader: Reader) -> list[GrantLine]:
    found = list(rows)
    standard, names = standard_of(reckoning), names_on({row.unit_id for row in found}, reader.day)
    return [
        GrantLine(
            line=row,
            payee=_name(row.payee),
            qualifier="" if row.qualifier_id == row.payee_id else _name(row.qualifier),
            relation=str(Relation(row.relation).label) if row.relation else "",
            unit=names.get(row.unit_id, ""),
            why=reason_of(standard, steps_of(row)),
        )
        for row in found
    ]


def _name(person: Person) -> str:
    return listed_name(person.name, minor=person.restricted) or "—"


urlpatterns: list[URLPattern] = [path("grants/<int:measure_id>/", grants, name="grants")]
