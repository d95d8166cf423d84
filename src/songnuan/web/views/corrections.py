"""Pages of the office on what people asked to have corrected or erased."""

from collections.abc import Mapping

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from songnuan.journeys.answer_correction import answer_correction
from songnuan.journeys.show_correction import show_correction
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.people import corrections as rules
from songnuan.people import queries as people
from songnuan.people.actions import PlainCorrection
from songnuan.people.models import CorrectionStatus, LegalGround
from songnuan.people.queries import CorrectionView
from songnuan.people.rules import PURPOSE_MAX
from songnuan.web.counting import taken
from songnuan.web.fields import BooleanField, CharField
from songnuan.web.forms import Form
from songnuan.web.own_words import asked_words, status_words, value_words
from songnuan.web.paging import page_of
from songnuan.web.views.shared import PAGE, Reader, reader_of

_OUTCOMES: Mapping[str, str] = {
    "accept": CorrectionStatus.ACCEPTED.value,
    "decline": CorrectionStatus.DECLINED.value,
}


class LookForm(Form):
    """What the values are needed for."""

    asks = "look"

    purpose = CharField(
        fact="people.lookpurpose.purpose:correction",
        label=gettext_lazy("What you need the values for"),
        help_text=gettext_lazy("Kept with your name and the time; the person may see it."),
        max_length=PURPOSE_MAX,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class AnswerForm(Form):
    """What the person reads, and that a roster does not have to keep who is erased."""

    asks = "correction_answer"

    answer = CharField(
        fact="people.correction.answer",
        label=gettext_lazy("Answer to the person"),
        max_length=rules.VALUE_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    confirmed = BooleanField(
        fact="act:erase_confirmed",
        label=gettext_lazy("None of these rosters has to keep this person"),
        required=False,
    )


@login_required
@require_safe
def correction_list(request: HttpRequest) -> HttpResponse:
    """Show what waits for an answer, what was asked for first on top."""
    reader = reader_of(request)
    require(reader.actor, Permission.PEOPLE_SHOW, at=reader.at)
    found = people.open_corrections(reader.actor, reader.at, after=_after(request), size=PAGE + 1)
    rows, older = page_of(found, PAGE, lambda row: row.pk)
    context = {"rows": [(row, asked_words(row.field)) for row in rows], "older": older}
    return render(request, "web/corrections.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def correction(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is asked for; a POST shows it in full, or answers it."""
    reader = reader_of(request)
    require(reader.actor, Permission.PEOPLE_SHOW, at=reader.at)
    act = request.POST.get("act", "")
    if act in _OUTCOMES and people.answered(pk, reader.actor) == _OUTCOMES[act]:
        return redirect("corrections")  # the same click again; who was erased cannot be shown any more
    found = people.correction(pk, reader.actor, reader.at)
    if found is None:
        raise Http404
    look, answer, plain = LookForm(), AnswerForm(initial={"answer": _proposal(found)}), None
    if request.method == "POST" and act == "show":
        look = LookForm(request.POST)
        plain = _shown(reader, pk, look)
        if plain is not None:
            taken()
        found = people.correction(pk, reader.actor, reader.at) or found
    elif request.method == "POST":
        answer = AnswerForm(request.POST)
        if answer.is_valid() and _answered(request, reader, found, answer):
            return redirect("corrections")
        # What somebody else did meanwhile is shown with the sentence that says so.
        found = people.correction(pk, reader.actor, reader.at) or found
        if found.status == CorrectionStatus.ASKED:
            look, plain = _shown_again(request, reader, pk)
    wrong = bool(look.errors or answer.errors)
    return render(
        request,
        "web/correction.html",
        _context(found, look, answer, plain),
        status=422 if wrong else 200,
    )


def _context(
    found: CorrectionView, look: LookForm, answer: AnswerForm, plain: PlainCorrection | None
) -> dict[str, object]:
    field = found.row.field
    before, after = found.before, found.after
    if plain is not None and field in rules.FACTS:
        known = getattr(plain.person, field)
        before, after = known.isoformat() if field == "birth_on" and known else known or "", plain.value
    elif plain is not None:
        after = plain.value
    is_open = found.status == CorrectionStatus.ASKED
    erasing = field == rules.ERASURE
    return {
        "correction": found,
        "row": found.row,
        "what": asked_words(field),
        "status": status_words(field, found.status),
        "before": value_words(field, before),
        "after": value_words(field, after),
        "reason": plain.reason if plain else "",
        "plain": plain is not None,
        "purpose": look["purpose"].value() if plain is not None else "",
        "erasing": erasing,
        "by_hand": field == rules.OTHER,
        "grounds": [(title, LegalGround(ground).label) for title, ground in found.grounds],
        "is_open": is_open,
        "look": look if is_open and plain is None else None,
        "late": answer if answer.errors and not is_open else None,
        "answer": answer if is_open and (erasing or found.looked) else None,
        "taken": "number_taken" in {error.code for error in answer.errors.as_data().get("answer", [])},
    }


def _shown(reader: Reader, pk: int, look: LookForm) -> PlainCorrection | None:
    """Return what is asked for in full, to whom says what for."""
    if not look.is_valid():
        return None
    purpose = look.cleaned_data["purpose"]
    try:
        return show_correction(correction_id=pk, purpose=purpose, actor=reader.actor, at=reader.at)
    except NotPermitted:
        raise
    except Refusal as refusal:
        look.refuse(refusal)
        return None


def _shown_again(request: HttpRequest, reader: Reader, pk: int) -> tuple[LookForm, PlainCorrection | None]:
    """Return what stood in full while the answer that was refused was written; it is a look of its own."""
    look = LookForm(request.POST)
    plain = _shown(reader, pk, look)
    return (look, plain) if plain is not None else (LookForm(), None)


def _answered(request: HttpRequest, reader: Reader, found: CorrectionView, form: AnswerForm) -> bool:
    """Carry out what was decided; return whether it was.

    Raises:
        BadRequest: When the form says neither yes nor no.

    """
    act = request.POST.get("act", "")
    if act not in _OUTCOMES:
        raise BadRequest("the form says neither yes nor no")
    accept, told = act == "accept", form.cleaned_data["answer"]
    if accept and told == _proposal(found):
        told = ""  # what was proposed for a refusal is no reason to erase
    try:
        answer_correction(
            correction_id=found.row.pk,
            accept=accept,
            answer=told,
            confirmed=form.cleaned_data["confirmed"],
            actor=reader.actor,
            at=reader.at,
        )
    except Refusal as refusal:
        if people.answered(found.row.pk, reader.actor) == _OUTCOMES[act]:
            return True  # the same click again, at the same moment
        if isinstance(refusal, NotPermitted):
            raise
        field = refusal.field if refusal.field in form.fields else None
        form.add_error(field, forms.ValidationError(refusal.sentence, code=refusal.code))
        return False
    if act == "decline":
        messages.success(request, _("Declined. The person reads your answer."))
    elif found.row.field == rules.ERASURE:
        messages.success(request, _("The person is erased. Tell them: their page is closed now."))
    else:
        messages.success(request, _("Done. The person reads it on their page."))
    return True


def _proposal(found: CorrectionView) -> str:
    """Return the answer that is proposed where a roster may have to keep who wants to be erased."""
    if not found.grounds:
        return ""
    titles = "、".join(f"“{title}”" for title, _ground in found.grounds)
    sentence = _(
        "You stand on %(titles)s, which the law allows to keep without consent until its day is over. Your "
        "facts are erased then."
    )
    return sentence % {"titles": titles}


def _after(request: HttpRequest) -> int | None:
    """Return the key that the page goes on from; None for the first, and for what is no key."""
    text = request.GET.get("before", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


urlpatterns: list[URLPattern] = [
    path("people/corrections/", correction_list, name="corrections"),
    path("people/corrections/<int:pk>/", correction, name="correction"),
]
