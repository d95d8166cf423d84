"""What people do about their own money: say that it came, or did not, and object to its public notice."""

from typing import Any, Final

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from songnuan.journeys.object_to_notice import object_to_notice
from songnuan.journeys.say_received import say_received
from songnuan.kernel.names import valid_phone
from songnuan.kernel.refusal import Refusal
from songnuan.payments.actions.notices import Said
from songnuan.payments.models import Heard
from songnuan.payments.notice_rules import VISITOR
from songnuan.payments.own_payments import OwnNotice, own_money
from songnuan.people import queries as people
from songnuan.web.forms import Form
from songnuan.web.own_forms import OwnObjectionForm, ReceivedForm
from songnuan.web.own_money import MoneyCard, card_of
from songnuan.web.unsigned import without_sign_in
from songnuan.web.views.own_view import Visit, closed, visit_of
from songnuan.web.views.shared import key_of, only_posted

_SAYING: Final = "own_money"
_COUNTED: Final[dict[str, Any]] = {
    "app": "songnuan.web",
    "action": _SAYING,
    "config": {_SAYING: "20/h/key"},
}
"""Twenty an hour by one person: nobody has more to say, and a stuck button says no more."""


@without_sign_in
@only_posted
def own_got(request: HttpRequest, line_id: int) -> HttpResponse:
    """Take in that the money came."""
    visit = visit_of(request)
    if visit is None:
        return closed(request)
    key = key_of(request)
    try:
        _count(request, visit)
        say_received(
            line_id=line_id,
            person_key=visit.person_key,
            said=Heard.GOT,
            key=key,
            actor=visit.actor,
            at=visit.at,
        )
    except Refusal as refusal:
        messages.warning(request, refusal.sentence)
    else:
        messages.success(request, _("Thank you. The office knows that it came."))
    return redirect("own_view")


@without_sign_in
@require_http_methods(["GET", "HEAD", "POST"])
def own_missing(request: HttpRequest, line_id: int) -> HttpResponse:
    """Take in that the money did not come, or less of it."""
    visit = visit_of(request)
    if visit is None:
        return closed(request)
    card = _card(visit, line_id)
    if card is None or not card.may_say:
        return _gone(request)
    form = ReceivedForm(request.POST) if request.method == "POST" else ReceivedForm()
    if request.method == "POST" and form.is_valid():
        key = key_of(request)
        with form.refusals():
            _count(request, visit)
            say_received(
                line_id=line_id,
                person_key=visit.person_key,
                **form.cleaned_data,
                key=key,
                actor=visit.actor,
                at=visit.at,
            )
            messages.success(
                request, _("The office and the discipline inspector know it now. The answer will stand here.")
            )
            return redirect("own_view")
    return _page(request, "web/own_missing.html", form, card)


@without_sign_in
@require_http_methods(["GET", "HEAD", "POST"])
def own_objection(request: HttpRequest, line_id: int) -> HttpResponse:
    """Take in what somebody objects to the list that pays them, while its public notice runs."""
    visit = visit_of(request)
    if visit is None:
        return closed(request)
    card = _card(visit, line_id)
    if card is None or not card.may_object or card.row.notice is None:
        return _gone(request)
    form = OwnObjectionForm(request.POST) if request.method == "POST" else OwnObjectionForm()
    if request.method == "POST" and form.is_valid():
        key = key_of(request)
        with form.refusals():
            _count(request, visit)
            number = object_to_notice(
                notice_key=card.row.notice.key,
                said=_said(visit, card.row.notice, form),
                key=key,
                actor=VISITOR,  # who made the list reads its trail, and not who objects to it
                at=visit.at,
            )
            sentence = _(
                "Your objection came in as number %(number)s. Note the number: this page does not keep that"
                " it was you. Ask by phone what came of it: %(phone)s."
            )
            messages.success(request, sentence % {"number": number, "phone": card.row.notice.phone})
            return redirect("own_view")
    return _page(request, "web/own_objection.html", form, card)


def _said(visit: Visit, notice: OwnNotice, form: OwnObjectionForm) -> Said:
    """Return the objection to the own line; who objects is known from the register, and told if they want."""
    text, name, phone = form.cleaned_data["text"], "", ""
    if form.cleaned_data["named"]:
        facts = people.own_facts(visit.person_key)
        name = facts.name
        try:
            phone = valid_phone(facts.phone)
        except Refusal:  # of a phone that nobody can call nothing is told
            phone = ""
    return Said(text, notice.position, name, phone)


def _card(visit: Visit, line_id: int) -> MoneyCard | None:
    """Return a payment of who came in; of anybody else's, None."""
    row = own_money(visit.person_key, visit.at).of(line_id)
    return None if row is None else card_of(row, {})


def _count(request: HttpRequest, visit: Visit) -> None:
    """Let pass who did not say too much in this hour.

    Raises:
        Refusal: `too_often`.

    """
    if ratelimit.consume(request, key=visit.person_key, **_COUNTED) is None:
        raise Refusal("too_often", _("That was very often within an hour. Wait a while, or call the office."))


def _gone(request: HttpRequest) -> HttpResponse:
    messages.warning(request, _("This can't be done any more. Below it stands how it is now."))
    return redirect("own_view")


def _page(request: HttpRequest, template: str, form: Form, card: MoneyCard) -> HttpResponse:
    context = {"form": form, "card": card}
    return render(request, template, context, status=422 if form.errors else 200)


urlpatterns: list[URLPattern] = [
    path("my/money/<int:line_id>/got/", own_got, name="own_got"),
    path("my/money/<int:line_id>/missing/", own_missing, name="own_missing"),
    path("my/money/<int:line_id>/objection/", own_objection, name="own_objection"),
]
