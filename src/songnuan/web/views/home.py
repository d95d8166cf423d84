"""The first page: what is due from the reader today. The switch of languages, and who is signed in."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required, login_required
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.i18n import set_language

from songnuan.casework.case_access import led_measures, own_cases
from songnuan.jobs.queries import gathered, notices
from songnuan.journeys.plan_overview import strips
from songnuan.organisation.permissions import Permission
from songnuan.plans.models import PlanStatus
from songnuan.web.due import Band, Due, Part, desk_of, due_of
from songnuan.web.returnee_page import registers_seen
from songnuan.web.situation_page import situation_seen
from songnuan.web.views.shared import Reader, reader_of

_NOTICES = 8  # things they are about


@dataclass(frozen=True, slots=True)
class Section:
    """What is due about the same time."""

    band: Band
    label: str
    items: tuple[Due, ...]


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what is due from the reader across plans, the plans under way, and what is new."""
    desk = desk_of(reader_of(request))
    due = due_of(desk)
    unread = notices(desk.user.pk, unread=True).aggregate(count=Count("pk"), upto=Max("pk"))
    context = {
        "due": due,
        "sections": _sections(due),
        "starts": [] if due else _starts(desk),
        "families": own_cases(desk.user.pk).count(),
        "leads": desk.may(Permission.CASE_LEAD) and led_measures(desk.actor, desk.at).exists(),
        "situation": situation_seen(desk).exists(),
        "returnees": registers_seen(desk).exists(),
        "plans": strips([plan for plan in desk.plans if plan.status == PlanStatus.OPEN], desk.at),
        "notices": gathered(desk.user.pk, _NOTICES),
        "unread": unread["count"],
        "upto": unread["upto"],
    }
    return render(request, "web/home.html", context)


def _starts(reader: Reader) -> list[Part]:
    """Return where whoever keeps accounts and units begins: nothing is ever due there."""
    if not reader.may(Permission.ACCOUNT_MANAGE):
        return []
    units = _("From a workbook: the units, their lead offices and whom to call.")
    posts = _("An account for each person with the posts held; posts end when somebody leaves.")
    if not reader.may(Permission.PLAN_WRITE):
        posts = _(
            "An account for each person with the posts held; posts end when somebody leaves. Units are "
            "brought in by who writes a plan: give that person the post of programme officer."
        )
    steps = {
        Permission.PLAN_WRITE: Part(_("Import units"), units, reverse("import_units")),
        Permission.ACCOUNT_MANAGE: Part(_("Accounts"), posts, reverse("accounts")),
        Permission.CHAIN_MANAGE: Part(
            _("Steps of approvals"), _("Who signs what, and in which order."), reverse("approval_chains")
        ),
    }
    return [part for permission, part in steps.items() if reader.may(permission)]


def _sections(due: Sequence[Due]) -> list[Section]:
    """Return what is due by how soon, without those in which nothing stands."""
    labels = {
        Band.LATE: pgettext("due", "Overdue"),
        Band.TODAY: pgettext("due", "Today"),
        Band.WEEK: _("This week"),
        Band.LATER: pgettext("due", "Later"),
    }
    found = [
        Section(band, label, tuple(item for item in due if item.band == band))
        for band, label in labels.items()
    ]
    return [section for section in found if section.items]


@login_required
@never_cache
@require_safe
def standing(request: HttpRequest) -> HttpResponse:
    """Say who is signed in, by id, with the token that forms are sent with; nobody is led to the sign-in."""
    return JsonResponse({"person": request.user.pk, "token": get_token(request)})


urlpatterns: list[URLPattern] = [
    path("", home, name="home"),
    path("standing/", standing, name="standing"),
    # Open to everybody: the page of the sign-in has the switch as well.
    path("language/", login_not_required(set_language), name="set_language"),
]
