"""The page on which the inspector or finance answers what a payee says of their money."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from songnuan.journeys.say_received import answer_payee
from songnuan.payments.actions.payee_words import ANSWERING
from songnuan.payments.payee_models import TEXT_LONGEST
from songnuan.payments.payee_queries import answerers_not, payee_words_of
from songnuan.payments.rules import list_number
from songnuan.web.fields import CharField
from songnuan.web.forms import Form
from songnuan.web.payee_page import word_row
from songnuan.web.payment_list_page import list_there
from songnuan.web.views.shared import reader_of


class PayeeAnswerForm(Form):
    """What came of it."""

    asks = "payee_answer"

    text = CharField(
        fact="payments.payeewordanswer.text",
        label=pgettext_lazy("payee", "Answer"),
        help_text=gettext_lazy("What was looked into, and what came of it. The payee reads it; it stays."),
        max_length=TEXT_LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def payee_word(request: HttpRequest, list_id: int, word_id: int) -> HttpResponse:
    """Show what a payee said, and take in the answer to it."""
    reader = reader_of(request)
    row = list_there(list_id)
    found = payee_words_of(list_id).filter(pk=word_id).first()
    if found is None or not any(reader.may(one, row.measure.plan.unit_id) for one in ANSWERING):
        raise Http404
    word = word_row(found, counts=found.pk == found.last_id)  # type: ignore[attr-defined]  # annotated
    form = PayeeAnswerForm(request.POST) if request.method == "POST" else PayeeAnswerForm()
    list_url = reverse("payment_list", args=(list_id,))
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            answer_payee(
                list_id=list_id,
                word_id=word_id,
                text=form.cleaned_data["text"],
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("The answer stands on the page of who is paid."))
            return redirect(f"{list_url}#payees")
    may = word.waits and not answerers_not([list_id], reader.user.pk)
    context = {
        "form": form if may or form.errors else None,
        "word": word,
        "number": list_number(row.number),
        "list_url": list_url,
    }
    return render(request, "web/payee_word.html", context, status=422 if form.errors else 200)


urlpatterns: list[URLPattern] = [
    path("lists/<int:list_id>/payees/<int:word_id>/", payee_word, name="payee_word"),
]
