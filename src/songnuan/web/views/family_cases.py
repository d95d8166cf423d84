"""The page of one family: who belongs to it, contacts, needs; accepting or declining; another helper."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from songnuan.casework.case_access import Reach, reach_of
from songnuan.casework.case_models import Case, Contact, HelperAct, HelperState
from songnuan.casework.case_queries import need_rows, needs_of
from songnuan.casework.special_models import Looked, SpecialFamily
from songnuan.casework.special_queries import kept_of, looks_of
from songnuan.journeys.answer_help import accept_family, decline_family
from songnuan.journeys.case_settings import special_settings_of
from songnuan.journeys.look_at_family import look_at_family
from songnuan.journeys.offer_helpers import offer_helpers
from songnuan.journeys.raise_need import raise_need
from songnuan.journeys.record_contact import record_contact
from songnuan.journeys.show_family_phone import show_family_phone
from songnuan.kernel.names import mask_phone
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import refuse
from songnuan.people.models import Relation
from songnuan.people.queries import Kin, Member
from songnuan.people.queries.families import households_of, phones_of
from songnuan.plans.models import MeasureStatus
from songnuan.web.case_forms import ContactForm, DeclineForm, HomeVisitForm, NeedForm, OtherHelperForm
from songnuan.web.case_page import family_rows, need_lines
from songnuan.web.counting import taken
from songnuan.web.special_forms import DeputyForm, EndForm, InspectForm
from songnuan.web.views.families import helper_choices
from songnuan.web.views.shared import Reader, key_of, only_posted, reader_of

_CONTACTS = 30


@dataclass(frozen=True, slots=True)
class MemberLine:
    """Somebody of a family: what they are to the employee, and their phone, masked; "" for none."""

    member: Member
    relation: str
    phone: str


@login_required
@never_cache
@require_safe
def family_case(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a family."""
    reader = reader_of(request)
    case, reach = case_seen(reader, pk)
    return case_page(request, reader, case, reach)


@login_required
@never_cache
@only_posted
def family_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept or decline to help a family; who helps may decline to go on."""
    reader = reader_of(request)
    case, reach = case_seen(reader, pk)
    if request.POST.get("answer") == "accept":
        accept_family(case_id=pk, actor=reader.actor, at=reader.at)
        messages.success(request, _("You keep in touch with this family from now on."))
        return redirect("family_case", pk)
    form = DeclineForm(request.POST)
    if form.is_valid():
        with form.refusals():
            reason = form.cleaned_data["reason"]
            decline_family(case_id=pk, reason=reason, actor=reader.actor, at=reader.at)
            messages.success(request, _("You declined. The office that leads asks somebody else."))
            return redirect("families")
    return case_page(request, reader, case, reach, {"decline": form})


@login_required
@never_cache
@only_posted
def family_helper(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask another helper for a family."""
    reader = reader_of(request)
    case, reach = case_seen(reader, pk)
    if reach != Reach.MANAGE:
        refuse(Permission.CASE_MANAGE, unit_id=case.plan.unit_id)
    form = OtherHelperForm(helper_choices(case.measure, reader), request.POST)
    if form.is_valid():
        told = form.cleaned_data
        with form.refusals():
            offer_helpers(
                measure_id=case.measure_id,
                chosen={pk: told["helper"]},
                reason=told["reason"],
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("The helper is asked."))
            return redirect("family_case", pk)
    return case_page(request, reader, case, reach, {"other": form})


@login_required
@never_cache
@only_posted
def family_phone(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Show the phone of somebody of a family, once; the look is recorded."""
    reader = reader_of(request)
    case, reach = case_seen(reader, pk)
    phone = show_family_phone(case_id=pk, person_key=key, actor=reader.actor, at=reader.at)
    taken()
    return case_page(
        request, reader, case, reach, {"looked": {key: phone or _("no phone known")}}, status=200
    )


@login_required
@never_cache
def family_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a contact, and the need that came up."""
    reader = reader_of(request)
    case = _acting(reader, pk)
    form = ContactForm(
        request.POST if request.method == "POST" else None,
        initial={"happened_on": reader.day},
        is_special=case.is_special,
    )
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            record_contact(
                case_id=pk,
                touch=form.touch,
                need=form.new_need,
                key=key_of(request),
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("The contact is recorded."))
            return redirect("family_case", pk)
    return _form_page(request, reader, case, form, "web/family_contact.html")


@login_required
@never_cache
def family_visit(request: HttpRequest, pk: int) -> HttpResponse:
    """Put down a visit at home."""
    reader = reader_of(request)
    case = _acting(reader, pk)
    form = HomeVisitForm(
        request.POST if request.method == "POST" else None,
        initial={"happened_on": reader.day, "went": reader.user.name},
    )
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            record_contact(
                case_id=pk, touch=form.touch, key=key_of(request), actor=reader.actor, at=reader.at
            )
            messages.success(request, _("The visit is recorded."))
            return redirect("family_case", pk)
    return _form_page(request, reader, case, form, "web/family_visit.html")


@login_required
@never_cache
def family_need_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Put down what a family needs."""
    reader = reader_of(request)
    case = _acting(reader, pk)
    form = NeedForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            need_id = raise_need(
                case_id=pk, need=form.new_need, key=key_of(request), actor=reader.actor, at=reader.at
            )
            messages.success(request, _("The need is put down."))
            return redirect("family_need", need_id)
    return _form_page(request, reader, case, form, "web/family_need_new.html")


def case_seen(reader: Reader, pk: int) -> tuple[Case, Reach]:
    """Return a family and how far the reader reaches into it; what they may not see is not there.

    Raises:
        Http404: Without a word on whether it exists.

    """
    case = Case.objects.select_related("plan", "measure__plan", "helper").filter(pk=pk).first()
    reach = Reach.NONE if case is None else reach_of(case, reader.actor, reader.at)
    if case is None or reach == Reach.NONE:
        raise Http404
    return case, reach


def _acting(reader: Reader, pk: int) -> Case:
    """Return a family about which the reader may record.

    Raises:
        NotPermitted: Where they may only read.

    """
    case, reach = case_seen(reader, pk)
    if not reach.acts:
        refuse(Permission.CASE_MANAGE, unit_id=case.plan.unit_id)
    return case


def _form_page(request: HttpRequest, reader: Reader, case: Case, form: Any, page: str) -> HttpResponse:  # noqa: ANN401 - one of the forms above
    [row] = family_rows([case], reader.day)
    context = {"case": case, "row": row, "form": form}
    return render(request, page, context, status=422 if form.errors else 200)


def case_page(  # noqa: PLR0913 - whose family, for whom, and what is added
    request: HttpRequest,
    reader: Reader,
    case: Case,
    reach: Reach,
    more: Mapping[str, object] | None = None,
    *,
    status: int = 0,
    is_inspected: bool = False,
) -> HttpResponse:
    """Show a family as far as the reader reaches into it; of a special one that is a look, and recorded."""
    if case.is_special and reach.reads and not is_inspected:
        look_at_family(case_id=case.pk, what=Looked.CASE, actor=reader.actor, at=reader.at)
    [row] = family_rows([case], reader.day)
    is_open = case.measure.status == MeasureStatus.OPEN and case.ended_at is None
    context: dict[str, object] = {
        "case": case,
        "plan": case.plan,
        "row": row,
        "reads": reach.reads,
        "is_inspected": is_inspected,
        "acts": reach.acts and is_open,
        "is_own": case.helper_id == reader.user.pk,
        "is_asked": case.helper_id == reader.user.pk and case.helper_state == HelperState.OFFERED,
        "decline": DeclineForm(),
        "looked": {},
        "board": sees_board(case, reach, reader),
    }
    if case.is_special:
        context |= _special(reader, case, reach, is_open=is_open)
    if reach.reads:
        context |= _inside(reader, case)
    if reach == Reach.MANAGE and is_open:
        context["other"] = OtherHelperForm(helper_choices(case.measure, reader))
    context |= more or {}
    wrong = any(getattr(context.get(name), "errors", None) for name in _FORMS)
    return render(request, "web/family_case.html", context, status=status or (422 if wrong else 200))


_FORMS = ("decline", "other", "deputy", "ending", "inspect")


def sees_board(case: Case, reach: Reach, reader: Reader) -> bool:
    """Return whether the reader sees the list in which a family stands."""
    if case.is_special:
        return reach == Reach.MANAGE or reader.may(Permission.TRAIL_VIEW, case.plan.unit_id)
    return reader.may(Permission.CASE_VIEW, case.plan.unit_id)


def _special(reader: Reader, case: Case, reach: Reach, *, is_open: bool) -> dict[str, object]:
    """Return what the page of a special family has besides; who it is to those alone who reach into it."""
    if not reach.reads:
        return {"inspect": InspectForm() if reach == Reach.COUNTED else None}
    family = SpecialFamily.objects.get(case=case)
    found: dict[str, object] = {
        "special": family,
        "masked": mask_phone(family.phone) if family.phone else "",
        "looks": looks_of(case.pk),
        "kept_until": kept_of(case, special_settings_of(case.measure).keep),
        "manages": reach == Reach.MANAGE,
        # Why somebody inspects may concern the contact person.
        "reasons": reach == Reach.MANAGE or reader.may(Permission.TRAIL_VIEW, case.plan.unit_id),
        "open": is_open,
    }
    if reach == Reach.MANAGE and is_open:
        found |= {"deputy": DeputyForm(helper_choices(case.measure, reader)), "ending": EndForm()}
    return found


def _inside(reader: Reader, case: Case) -> dict[str, object]:
    """Return what who reads the whole case sees of it."""
    household, members = None, []
    if case.employee_id is not None:
        household = households_of({case.employee_id}, reader.at).get(case.employee_id)
    if household is not None:
        everybody = [household.employee, *(kin.member for kin in household.kin)]
        phones = phones_of([one.key for one in everybody])
        own = MemberLine(
            household.employee, pgettext("household", "employee"), phones.get(household.employee.key, "")
        )
        members = [own, *(_member(kin, phones) for kin in household.kin)]
    contacts = Contact.objects.filter(case=case).select_related("words", "by", "need", *_VISIT)
    return {
        "members": members,
        "phones": any(line.phone for line in members),
        "contacts": list(contacts.order_by("-happened_on", "-pk")[:_CONTACTS]),
        "needs": need_lines(need_rows(needs_of([case.pk])), reader.day),
        "helpers": HelperAct.objects.filter(case=case).select_related("helper", "by").order_by("pk"),
    }


_VISIT = tuple(
    f"home_visit__{name}"
    for name in ("went", "brought", "living", "difficulties", "answered", "follow_up", "received_by")
)


def _member(kin: Kin, phones: Mapping[str, str]) -> MemberLine:
    relation = str(Relation(kin.relation).label)
    if kin.of_spouse:
        relation = _("spouse's child") if kin.relation == Relation.CHILD else _("spouse's parent")
    return MemberLine(kin.member, relation, phones.get(kin.member.key, ""))


urlpatterns: list[URLPattern] = [
    path("families/cases/<int:pk>/", family_case, name="family_case"),
    path("families/cases/<int:pk>/answer/", family_answer, name="family_answer"),
    path("families/cases/<int:pk>/helper/", family_helper, name="family_helper"),
    path("families/cases/<int:pk>/phone/<slug:key>/", family_phone, name="family_phone"),
    path("families/cases/<int:pk>/contact/", family_contact, name="family_contact"),
    path("families/cases/<int:pk>/visit/", family_visit, name="family_visit"),
    path("families/cases/<int:pk>/need/", family_need_new, name="family_need_new"),
]
