"""The page of one need: what was done, what the family thinks, closing and opening again."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from songnuan.casework.case_access import Reach, reach_of
from songnuan.casework.case_models import Feedback, Need, NeedClosing, Satisfied
from songnuan.casework.case_queries import NeedRow, need_rows
from songnuan.casework.case_rules import LINK_DAYS
from songnuan.casework.special_models import Looked
from songnuan.casework.standing import judges_own_link
from songnuan.goods.handed import issue_cards
from songnuan.journeys.act_on_need import act_on_need, close_need, reopen_need
from songnuan.journeys.family_feedback import make_link, note_call
from songnuan.journeys.look_at_family import look_at_family
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.plans.models import MeasureStatus
from songnuan.web.case_forms import CallForm, ClosingForm, NeedActionForm, ReopeningForm
from songnuan.web.case_page import family_rows, need_lines
from songnuan.web.counting import taken
from songnuan.web.forms import Form
from songnuan.web.views.calendar import site_of
from songnuan.web.views.family_cases import sees_board
from songnuan.web.views.issues import issue_view
from songnuan.web.views.shared import Reader, key_of, names_on, reader_of


@login_required
@never_cache
def family_need(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a need; a POST puts down what was done, a call, the outcome, or why it is open again."""
    reader = reader_of(request)
    need, reach = need_seen(reader, pk)
    forms = _forms(reader)
    if request.method != "POST":
        return _page(request, reader, need, reach, forms)
    act = request.POST.get("act", "")
    if act == "link":
        return _link(request, reader, need, reach, forms)
    if act not in _ACTS:
        raise Http404
    kind, carry_out = _ACTS[act]
    form = kind(request.POST)
    if form.is_valid():
        with form.refusals():
            messages.success(request, carry_out(request, reader, need, form))
            return redirect("family_need", pk)
    return _page(request, reader, need, reach, {**forms, act: form})


def _link(
    request: HttpRequest, reader: Reader, need: Need, reach: Reach, forms: dict[str, Form]
) -> HttpResponse:
    """Make the family's link and show it, this once."""
    try:
        secret = make_link(need_id=need.pk, actor=reader.actor, at=reader.at)
    except NotPermitted:
        raise
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("family_need", need.pk)
    taken()
    url = site_of(request) + reverse("family_feedback", args=(secret,))
    return _page(request, reader, need, reach, forms, link=url)


def _forms(reader: Reader) -> dict[str, Form]:
    return {
        "do": NeedActionForm(initial={"done_on": reader.day}),
        "call": CallForm(initial={"said_on": reader.day}),
        "close": ClosingForm(),
        "reopen": ReopeningForm(),
    }


def _do(request: HttpRequest, reader: Reader, need: Need, form: Form) -> str:
    told = form.cleaned_data
    act_on_need(
        need_id=need.pk,
        done_on=told["done_on"],
        text=told["text"],
        promised_on=told["promised_on"],
        key=key_of(request),
        actor=reader.actor,
        at=reader.at,
    )
    return _("It is put down.")


def _call(request: HttpRequest, reader: Reader, need: Need, form: Form) -> str:
    told = form.cleaned_data
    note_call(
        need_id=need.pk,
        satisfied=told["satisfied"],
        said_by=told["said_by"],
        said_on=told["said_on"],
        text=told["text"],
        key=key_of(request),
        actor=reader.actor,
        at=reader.at,
    )
    return _("The family's words are put down. Somebody else closes the need.")


def _close(_request: HttpRequest, reader: Reader, need: Need, form: Form) -> str:
    told = form.cleaned_data
    close_need(need_id=need.pk, outcome=told["outcome"], text=told["text"], actor=reader.actor, at=reader.at)
    return _("The need is closed.")


def _reopen(_request: HttpRequest, reader: Reader, need: Need, form: Form) -> str:
    reopen_need(need_id=need.pk, why=form.cleaned_data["why"], actor=reader.actor, at=reader.at)
    return _("The need is open again.")


_ACTS: dict[str, tuple[type[Form], Callable[[HttpRequest, Reader, Need, Form], str]]] = {
    "do": (NeedActionForm, _do),
    "call": (CallForm, _call),
    "close": (ClosingForm, _close),
    "reopen": (ReopeningForm, _reopen),
}


def need_seen(reader: Reader, pk: int) -> tuple[Need, Reach]:
    """Return a need and how far the reader reaches into its family.

    Raises:
        Http404: Without a word on whether it exists.

    """
    rows = Need.objects.select_related("case__plan", "case__measure", "case__helper", "words", "by")
    need = rows.filter(pk=pk).first()
    reach = Reach.NONE if need is None else reach_of(need.case, reader.actor, reader.at)
    if need is None or not reach.reads:
        raise Http404
    return need, reach


def _page(  # noqa: PLR0913 - whose need, for whom, and what is added
    request: HttpRequest, reader: Reader, need: Need, reach: Reach, forms: dict[str, Form], *, link: str = ""
) -> HttpResponse:
    if need.case.is_special:
        look_at_family(case_id=need.case_id, what=Looked.NEED, actor=reader.actor, at=reader.at)
    [row] = need_rows([need])
    [line] = need_lines([row], reader.day)
    [family] = family_rows([need.case], reader.day)
    is_under_way = need.case.measure.status == MeasureStatus.OPEN and need.case.ended_at is None
    acts = reach.acts and is_under_way
    is_open = row.closing is None
    context: dict[str, object] = {
        "need": need,
        "line": line,
        "row": row,
        "family": family,
        "board": sees_board(need.case, reach, reader),
        "acts": acts,
        "is_open": is_open,
        "why_not": _why_not(row, reader, reach) if acts and is_open else "",
        "link": link,
        "link_days": LINK_DAYS,
        "feedback": Feedback.objects.filter(need=need)
        .select_related("words", "said_by", "heard_by")
        .order_by("pk"),
        "closings": NeedClosing.objects.filter(need=need)
        .select_related("words", "by", "reopening__why", "reopening__by")
        .order_by("pk"),
        "goods": _goods(row, reader),
        "may_give": acts
        and is_open
        and not need.case.is_special
        and reader.may(Permission.CASE_MANAGE, need.case.plan.unit_id),
        "may_open_goods": reader.may(Permission.FUND_VIEW, need.case.plan.unit_id),
        "form": next((form for form in forms.values() if form.errors), None),
        **forms,
    }
    wrong = any(form.errors for form in forms.values())
    return render(request, "web/family_need.html", context, status=422 if wrong else 200)


def _why_not(row: NeedRow, reader: Reader, reach: Reach) -> str:
    """Return why the reader can't close the need yet; empty where they can."""
    if row.feedback is None:
        return _("It can be closed once the family has said what it thinks: by its link, or in a call.")
    if row.feedback.heard_by_id == reader.user.pk:
        return _("You noted the family's words from the call yourself, so somebody else closes it.")
    if judges_own_link(row.need, row.feedback, reader.user.pk):
        return _(
            "You made the link yourself, and it is your own work that the family judges: somebody else closes"
            " the need, or somebody else calls and notes what the family says."
        )
    if row.feedback.satisfied == Satisfied.NO and reach != Reach.MANAGE:
        return _("The family is not satisfied: go on and ask again, or let the office that leads decide.")
    return ""


def _goods(row: NeedRow, reader: Reader) -> list[object]:
    cards = issue_cards(row.goods).values()
    names = names_on((card.unit_id for card in cards), reader.day)
    return [issue_view(card, names) for card in cards]


urlpatterns: list[URLPattern] = [path("families/needs/<int:pk>/", family_need, name="family_need")]
