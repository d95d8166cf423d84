"""The page of a list's public notice for the staff: put up, taken back, objected to, answered."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from songnuan.documents.sheet_pdf import missing_here
from songnuan.journeys.answer_objection import answer_objection
from songnuan.journeys.cancel_notice import cancel_notice
from songnuan.journeys.measures.grants import GrantSettings
from songnuan.journeys.notice_paper import make_notice_paper
from songnuan.journeys.object_to_notice import record_objection
from songnuan.journeys.payment_lists import page_of
from songnuan.journeys.publish_notice import publish_notice
from songnuan.journeys.sheet_files import FORMS, sheet_file
from songnuan.journeys.show_objector import show_objector
from songnuan.kernel.names import mask_name, mask_phone
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.kernel.workdays import workdays_between
from songnuan.organisation.permissions import Permission
from songnuan.payments.actions.notices import ANSWERING
from songnuan.payments.models import How, ListStatus, Notice, Objection, PaymentList
from songnuan.payments.notice_rules import Standing
from songnuan.payments.notices import earlier_notices, gate_of, may_decide, notice_of, objections_of
from songnuan.payments.queries import is_paid
from songnuan.payments.rules import list_number
from songnuan.web.forms import Form
from songnuan.web.notice_words import STANDING_MARKS, standing_words
from songnuan.web.opening import saved
from songnuan.web.payment_list_page import list_seen
from songnuan.web.public_notice_forms import (
    NotedObjectionForm,
    NoticeCancelForm,
    NoticeForm,
    ObjectionAnswerForm,
    first_offered,
)
from songnuan.web.views.shared import Reader, key_of, only_posted, reader_of


@dataclass(frozen=True, slots=True)
class Objected:
    """An objection on the page: who, masked, or in full where it was asked for; the form that answers it."""

    row: Objection
    name: str
    phone: str
    form: ObjectionAnswerForm | None
    may_show: bool

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return not hasattr(self.row, "answer")


@dataclass(frozen=True, slots=True)
class Tried:
    """A form that could not be taken, and of an answer which objection it is about."""

    form: Form
    objection_id: int = 0


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def payment_notice(request: HttpRequest, list_id: int) -> HttpResponse:
    """Show how a list stands with its public notice, or put it up."""
    reader = reader_of(request)
    row = list_seen(reader, list_id, *ANSWERING)
    if request.method != "POST":
        return _page(request, reader, row)
    form = NoticeForm(request.POST)
    if form.is_valid():
        with form.refusals():
            publish_notice(list_id=list_id, **form.cleaned_data, actor=reader.actor, at=reader.at)
            messages.success(request, _("The list is put up for public notice."))
            return redirect("payment_notice", list_id)
    return _page(request, reader, row, Tried(form))


@login_required
@only_posted
def payment_notice_cancel(request: HttpRequest, list_id: int) -> HttpResponse:
    """Take the notice back."""
    reader = reader_of(request)
    row = list_seen(reader, list_id, *ANSWERING)
    form = NoticeCancelForm(request.POST)
    if form.is_valid():
        with form.refusals():
            cancel_notice(list_id=list_id, why=form.cleaned_data["why"], actor=reader.actor, at=reader.at)
            messages.success(request, _("The notice is taken back. Put it up anew when it is mended."))
            return redirect("payment_notice", list_id)
    return _page(request, reader, row, Tried(form))


@login_required
@only_posted
def payment_notice_objection(request: HttpRequest, list_id: int) -> HttpResponse:
    """Note an objection that came by another way than the page."""
    reader = reader_of(request)
    row = list_seen(reader, list_id, *ANSWERING)
    form = NotedObjectionForm(row.lines_count, request.POST)
    key = key_of(request)
    if form.is_valid():
        with form.refusals():
            record_objection(
                list_id=list_id,
                said=form.said(),
                how=How(form.cleaned_data["how"]),
                received_on=form.cleaned_data["received_on"],
                key=key,
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("The objection is noted."))
            return redirect("payment_notice", list_id)
    return _page(request, reader, row, Tried(form))


@login_required
@only_posted
def payment_notice_answer(request: HttpRequest, list_id: int, objection_id: int) -> HttpResponse:
    """Answer an objection."""
    reader = reader_of(request)
    row = list_seen(reader, list_id, *ANSWERING)
    form = _answering(objection_id, request.POST)
    if form.is_valid():
        with form.refusals():
            answer_objection(
                list_id=list_id,
                objection_id=objection_id,
                text=form.cleaned_data["text"],
                is_upheld=form.cleaned_data["upheld"] == "yes",
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("The objection is answered."))
            return redirect("payment_notice", list_id)
    return _page(request, reader, row, Tried(form, objection_id))


@login_required
@only_posted
def payment_notice_contact(request: HttpRequest, list_id: int, objection_id: int) -> HttpResponse:
    """Show who objects in full, this once."""
    reader = reader_of(request)
    row = list_seen(reader, list_id, *ANSWERING)
    try:
        told = show_objector(list_id=list_id, objection_id=objection_id, actor=reader.actor, at=reader.at)
    except NotPermitted:
        raise
    except Refusal:
        raise Http404 from None
    return _page(request, reader, row, shown={objection_id: told})


@login_required
@only_posted
def payment_notice_paper(request: HttpRequest, list_id: int) -> HttpResponse:
    """Hand the notice out as a paper to hang up."""
    reader = reader_of(request)
    list_seen(reader, list_id, *ANSWERING)
    wanted = request.POST.get("form", "")
    if wanted not in FORMS:
        raise BadRequest("a paper is made as one of the files that are offered")
    paper = make_notice_paper(
        list_id=list_id, address=lambda key: _address(request, key), actor=reader.actor, at=reader.at
    )
    made = sheet_file([paper], wanted)
    return saved(made.content, made.name, made.media_type)


def _address(request: HttpRequest, key: str) -> str:
    site = settings.SITE_URL or f"{request.scheme}://{request.get_host()}"
    return f"{site}{reverse('public_notice', args=(key,))}"


def _answering(objection_id: int, data: Any = None) -> ObjectionAnswerForm:  # noqa: ANN401 - as Django's
    return ObjectionAnswerForm(data, auto_id=f"id_{objection_id}_%s")


def _page(
    request: HttpRequest,
    reader: Reader,
    row: PaymentList,
    tried: Tried | None = None,
    shown: dict[int, tuple[str, str]] | None = None,
) -> HttpResponse:
    """Show the page; `tried` could not be taken, `shown` are those who object that were asked for in full."""
    notice, gate, unit_id = notice_of(row.pk), gate_of(row.pk), row.measure.plan.unit_id
    standing = gate.standing(reader.day)
    is_signed = row.status == ListStatus.SIGNED
    writes = reader.may(Permission.BENEFIT_WRITE, unit_id) and not is_paid(row.pk, reader.user.pk)
    answers = any(reader.may(one, unit_id) for one in ANSWERING)
    decides = answers and may_decide(row.pk, reader.user.pk)
    forms = _forms(reader, row, tried)
    objections = _objections(row, tried, shown or {}, is_open=decides and is_signed, decides=decides)
    free = not gate.waiting and not gate.upheld
    context: dict[str, Any] = {
        "row": row,
        "plan": row.measure.plan,
        "number": list_number(row.number),
        "list_url": page_of(row),
        "notice": notice,
        "address": _address(request, notice.key) if notice else "",
        "earlier": earlier_notices(row.pk),
        "days": GrantSettings.model_validate(row.measure.settings).notice_days,
        "days_left": _days_left(notice, standing, reader),
        "standing": standing.value,
        "standing_words": standing_words(standing),
        "mark": STANDING_MARKS[standing],
        "is_signed": is_signed,
        "form": forms["publish"] if is_signed and writes and notice is None and free else None,
        "cancelling": forms["cancel"] if is_signed and writes and notice and free else None,
        "noting": forms["note"] if is_signed and answers and notice else None,
        "objections": objections,
        "made_it": answers and not decides,
        "may_print": notice is not None and reader.may(Permission.BENEFIT_VIEW, unit_id),
        "missing_fonts": missing_here() if notice else (),
    }
    stands = [context["form"], context["cancelling"], context["noting"], *(one.form for one in objections)]
    context["refused"] = tried.form if tried and all(tried.form is not one for one in stands) else None
    return render(request, "web/payment_notice.html", context, status=422 if tried else 200)


def _forms(reader: Reader, row: PaymentList, tried: Tried | None) -> dict[str, Form]:
    """Return the forms of the page, the one that could not be taken as it was filled in."""
    form = tried.form if tried else None
    return {
        "publish": form
        if isinstance(form, NoticeForm)
        else NoticeForm(initial={"begins_on": first_offered(reader.at)}),
        "cancel": form if isinstance(form, NoticeCancelForm) else NoticeCancelForm(auto_id="id_cancel_%s"),
        "note": form
        if isinstance(form, NotedObjectionForm)
        else NotedObjectionForm(row.lines_count, initial={"received_on": reader.day}),
    }


def _days_left(notice: Notice | None, standing: Standing, reader: Reader) -> int | None:
    if notice is None or standing is not Standing.RUNNING:
        return None
    return workdays_between(reader.day, notice.ends_on)


def _objections(
    row: PaymentList,
    tried: Tried | None,
    shown: dict[int, tuple[str, str]],
    *,
    is_open: bool,
    decides: bool,
) -> list[Objected]:
    found = []
    for one in objections_of(row.pk):
        who = getattr(one, "objector", None)
        name, phone = shown.get(one.pk) or (
            (mask_name(who.name or ""), mask_phone(who.phone or "")) if who and decides else ("", "")
        )
        form = _answering(one.pk) if is_open and not hasattr(one, "answer") else None
        if form and tried and tried.objection_id == one.pk and isinstance(tried.form, ObjectionAnswerForm):
            form = tried.form
        found.append(Objected(one, name, phone, form, may_show=bool(who) and decides and one.pk not in shown))
    return found


urlpatterns: list[URLPattern] = [
    path("lists/<int:list_id>/notice/", payment_notice, name="payment_notice"),
    path("lists/<int:list_id>/notice/cancel/", payment_notice_cancel, name="payment_notice_cancel"),
    path("lists/<int:list_id>/notice/paper/", payment_notice_paper, name="payment_notice_paper"),
    path(
        "lists/<int:list_id>/notice/objections/",
        payment_notice_objection,
        name="payment_notice_objection",
    ),
    path(
        "lists/<int:list_id>/notice/objections/<int:objection_id>/",
        payment_notice_answer,
        name="payment_notice_answer",
    ),
    path(
        "lists/<int:list_id>/notice/objections/<int:objection_id>/contact/",
        payment_notice_contact,
        name="payment_notice_contact",
    ),
]
