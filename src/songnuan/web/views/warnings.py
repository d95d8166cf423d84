"""Pages of early warning: the alerts, and one alert with what is done about it."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from songnuan.emergency.models import Alert, AlertStatus
from songnuan.emergency.warning_access import sees_to
from songnuan.emergency.warning_queries import counts_by_state
from songnuan.emergency.warning_rules import chance_words
from songnuan.journeys.act_on_alert import (
    acknowledge_alert,
    acknowledge_alerts,
    close_alert,
    note_alert,
    verify_alert,
)
from songnuan.web.forms import Form
from songnuan.web.paging import before_of, page_of
from songnuan.web.situation_page import is_office
from songnuan.web.views.shared import PAGE, Reader, key_of, only_posted, reader_of, was_received
from songnuan.web.warning_forms import AcknowledgeForm, AcknowledgeManyForm, CloseForm, NoteForm, VerifyForm
from songnuan.web.warning_page import (
    FILTERS,
    alert_chart,
    alert_lines,
    alert_seen,
    alerts_seen,
    alerts_waiting,
    measures_seen,
    moments_of,
    narrowed,
    to_take,
)


@login_required
@never_cache
@require_safe
def warnings(request: HttpRequest) -> HttpResponse:
    """List the alerts that the reader sees: those that are open, or of one state."""
    return _list(request, reader_of(request))


def _list(request: HttpRequest, reader: Reader, tried: AcknowledgeManyForm | None = None) -> HttpResponse:
    """Show the list; `tried` is the form that could not be taken."""
    show = request.GET.get("show", "open")
    show = show if show in FILTERS else "open"
    chosen = narrowed(
        alerts_seen(reader), request.GET.get("plan", ""), request.GET.get("unit", ""), reader.day
    )
    seen = chosen.rows
    counts = counts_by_state(seen)
    counts["open"] = sum(count for state, count in counts.items() if state != AlertStatus.CLOSED)
    rows = seen.exclude(status=AlertStatus.CLOSED) if show == "open" else seen.filter(status=show)
    if waits := request.GET.get("waits", ""):  # what one line of the first page stands for
        rows = rows.filter(pk__in=[one.pk for one in alerts_waiting(reader) if str(one.measure_id) == waits])
    before = before_of(request)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    shown, older = page_of(rows.order_by("-pk")[: PAGE + 1], PAGE, lambda row: row.pk)
    takeable = to_take(shown, reader)
    context = {
        "rows": alert_lines(shown, reader.day, takeable),
        "form": tried or (AcknowledgeManyForm() if takeable else None),
        "older": older,
        "tabs": [(label, name, counts.get(name, 0), name == show) for name, label in FILTERS.items()],
        "chosen": chosen,
        "show": show,
        "measures": measures_seen(reader),
        "any": bool(sum(counts.values())) or chosen.is_narrowed,
    }
    return render(request, "web/warnings.html", context, status=422 if tried else 200)


@login_required
@never_cache
@only_posted
def warnings_acknowledge(request: HttpRequest) -> HttpResponse:
    """Take on the alerts that were ticked in the list, which stays as it was chosen."""
    reader = reader_of(request)
    back = f"{reverse('warnings')}?{request.GET.urlencode()}"
    if was_received(request):
        return redirect(back)
    form = AcknowledgeManyForm(request.POST)
    if form.is_valid():
        with form.refusals():
            told = form.cleaned_data
            for pk in told["alerts"]:
                alert_seen(reader, pk)
            count = acknowledge_alerts(
                alert_ids=told["alerts"],
                words=told["words"],
                key=key_of(request),
                actor=reader.actor,
                at=reader.at,
            )
            words = ngettext(
                "%(count)s alert acknowledged: you see to it. Verify it next.",
                "%(count)s alerts acknowledged: you see to them. Verify each of them next.",
                count,
            )
            said = words % {"count": count}
            if left := len(set(told["alerts"])) - count:
                said += _("%(count)s others had taken on before.") % {"count": left}
            messages.success(request, said)
            return redirect(back)
    return _list(request, reader, form)


# One alert -----------------------------------------------------------------------------------------


@login_required
@never_cache
@require_safe
def warning_alert(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an alert: what was reckoned, what was done about it, and the chart."""
    reader = reader_of(request)
    return _page(request, reader, alert_seen(reader, pk))


def _page(
    request: HttpRequest, reader: Reader, alert: Alert, wrong: Mapping[str, Form] | None = None
) -> HttpResponse:
    """Show an alert, with the form of what may be done next; those in `wrong` could not be taken."""
    may, office = sees_to(alert, reader.actor, reader.at), is_office(reader, alert.measure.plan)
    forms: dict[str, Form] = {}
    if may and alert.status == AlertStatus.RAISED:
        forms["acknowledge"] = AcknowledgeForm()
    elif may and alert.status == AlertStatus.ACKNOWLEDGED:
        forms["verify"] = VerifyForm()
    elif office and alert.status == AlertStatus.VERIFIED:
        forms["close"] = CloseForm(is_true=bool(alert.is_true))
    if may:
        forms["note"] = NoteForm()
    forms |= {name: form for name, form in (wrong or {}).items() if name in forms}
    [line] = alert_lines([alert], reader.day)
    context = {
        "alert": alert,
        "line": line,
        "plan": alert.measure.plan,
        "forms": forms,
        "moments": moments_of(alert),
        "chart": alert_chart(alert, reader.at),
        "chance": chance_words(alert.method, alert.z),
        "waits_for_office": not office and alert.status == AlertStatus.VERIFIED,
    }
    return render(request, "web/warning_alert.html", context, status=422 if wrong else 200)


def _act(
    request: HttpRequest, pk: int, name: str, form_of: Callable[[Alert], Form], act: Callable[..., object]
) -> HttpResponse:
    """Carry out what a form of an alert asks for; `act` takes the form, the key, who and when."""
    reader = reader_of(request)
    alert = alert_seen(reader, pk)
    if was_received(request):
        return redirect("warning_alert", pk)
    form = form_of(alert)
    if form.is_valid():
        with form.refusals():
            act(form, key=key_of(request), actor=reader.actor, at=reader.at)
            messages.success(request, _SAID[name]())
            return redirect("warning_alert", pk)
    return _page(request, reader, alert_seen(reader, pk), {name: form})


_SAID: Mapping[str, Callable[[], str]] = {
    "acknowledge": lambda: _("Acknowledged: you see to it. Verify it next."),
    "verify": lambda: _("Verified."),
    "close": lambda: _("The alert is closed."),
    "note": lambda: _("Noted."),
}


@login_required
@never_cache
@only_posted
def warning_acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an alert on."""
    return _act(
        request,
        pk,
        "acknowledge",
        lambda _alert: AcknowledgeForm(request.POST),
        lambda form, **who: acknowledge_alert(alert_id=pk, words=form.cleaned_data["words"], **who),
    )


@login_required
@never_cache
@only_posted
def warning_verify(request: HttpRequest, pk: int) -> HttpResponse:
    """Say whether the rise is real."""
    return _act(
        request,
        pk,
        "verify",
        lambda _alert: VerifyForm(request.POST),
        lambda form, **who: verify_alert(
            alert_id=pk, is_true=form.is_true, words=form.cleaned_data["words"], **who
        ),
    )


@login_required
@never_cache
@only_posted
def warning_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what became of an alert."""
    return _act(
        request,
        pk,
        "close",
        lambda alert: CloseForm(request.POST, is_true=bool(alert.is_true)),
        lambda form, **who: close_alert(
            alert_id=pk, outcome=form.cleaned_data["outcome"], words=form.cleaned_data["words"], **who
        ),
    )


@login_required
@never_cache
@only_posted
def warning_note(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a word to the timeline of an alert."""
    return _act(
        request,
        pk,
        "note",
        lambda _alert: NoteForm(request.POST),
        lambda form, **who: note_alert(alert_id=pk, words=form.cleaned_data["words"], **who),
    )


urlpatterns: list[URLPattern] = [
    path("warnings/", warnings, name="warnings"),
    path("warnings/acknowledge/", warnings_acknowledge, name="warnings_acknowledge"),
    path("warnings/alerts/<int:pk>/", warning_alert, name="warning_alert"),
    path("warnings/alerts/<int:pk>/acknowledge/", warning_acknowledge, name="warning_acknowledge"),
    path("warnings/alerts/<int:pk>/verify/", warning_verify, name="warning_verify"),
    path("warnings/alerts/<int:pk>/close/", warning_close, name="warning_close"),
    path("warnings/alerts/<int:pk>/note/", warning_note, name="warning_note"),
]
