"""Papers of a payment list: which there are for the reader, and one as a file."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from songnuan.documents.sheet_pdf import missing_here
from songnuan.journeys.make_payment_papers import (
    KINDS,
    PaymentPaperOrder,
    booked_results,
    make_payment_papers,
    may_show_in_full,
)
from songnuan.journeys.payment_papers import batch_words
from songnuan.journeys.sheet_files import FORMS
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.payments.models import ListStatus, PaymentList
from songnuan.payments.release_queries import batches_of
from songnuan.payments.rules import list_number
from songnuan.web.counting import taken
from songnuan.web.fields import BooleanField, TypedChoiceField
from songnuan.web.forms import Form
from songnuan.web.opening import saved
from songnuan.web.payment_list_page import list_seen
from songnuan.web.views.shared import Reader, only_posted, reader_of

_DIGITS = 5


class PaymentPaperForm(Form):
    """What a paper of a list is to hold; the kind of file is the button that was pressed."""

    asks = "paper"

    batch = TypedChoiceField(
        fact="act:paper",
        label=pgettext_lazy("payment", "Batch"),
        coerce=int,
        empty_value=None,
        required=False,
    )
    is_full = BooleanField(
        fact="act:paper",
        label=gettext_lazy("Names, identity numbers and accounts in full"),
        help_text=gettext_lazy("Only where they are needed. That they were shown in full is noted."),
        required=False,
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        kind: str,
        batches: list[tuple[int, str]],
        may_full: bool,
        batch: int | None = None,
    ) -> None:
        super().__init__(data, auto_id=f"id_{kind}_%s", initial={"batch": batch})
        choices = [("", pgettext_lazy("payment paper", "the whole list")), *batches]
        self.fields["batch"].choices = choices  # type: ignore[attr-defined]  # as every choice field has
        unasked = {name for name, asked in (("batch", batches), ("is_full", may_full)) if not asked}
        for name in unasked:
            del self.fields[name]


@dataclass(frozen=True, slots=True)
class Offer:
    """A paper of the list, with the form that makes it; `why_not` where there is nothing to make yet."""

    kind: str
    label: Promise
    about: Promise
    form: PaymentPaperForm
    why_not: Promise | str


@login_required
@require_safe
def payment_papers(request: HttpRequest, pk: int) -> HttpResponse:
    """List the papers of a payment list; `?batch=2` has that batch chosen."""
    reader = reader_of(request)
    return _page(request, reader, list_seen(reader, pk))


@login_required
@only_posted
def payment_paper(request: HttpRequest, pk: int, kind: str, ext: str) -> HttpResponse:
    """Make a paper of a payment list and hand it out as a file."""
    reader = reader_of(request)
    row = list_seen(reader, pk)
    if kind not in KINDS:
        raise Http404
    if ext not in FORMS:
        raise BadRequest("a paper is made as one of the files that are offered")
    form = _form(reader, row, kind, request.POST)
    if not form.is_valid():
        return _page(request, reader, row, (kind, form))
    told = form.cleaned_data
    order = PaymentPaperOrder(
        kind,
        pk,
        ext,
        batch=told.get("batch"),
        # Asked for without the right, it is refused by the journey, and the attempt is recorded.
        is_full=bool(told.get("is_full") or request.POST.get("is_full")),
    )
    try:
        made = make_payment_papers(order=order, actor=reader.actor, at=reader.at).file()
    except NotPermitted:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(request, reader, row, (kind, form))
    taken()
    return saved(made.content, made.name, made.media_type)


def _form(
    reader: Reader, row: PaymentList, key: str, data: QueryDict | None = None, *, batch: int | None = None
) -> PaymentPaperForm:
    kind = KINDS[key]
    batches = [(one.number, batch_words(one)) for one in batches_of(row.pk)] if kind.by_batch else []
    may_full = may_show_in_full(kind, row, reader.actor, reader.at)
    return PaymentPaperForm(data, kind=key, batches=batches, may_full=may_full, batch=batch)


def _page(
    request: HttpRequest, reader: Reader, row: PaymentList, tried: tuple[str, PaymentPaperForm] | None = None
) -> HttpResponse:
    """Show the list of papers; `tried` is the form that could not be taken."""
    wrong, asked = dict([tried]) if tried else {}, request.GET.get("batch", "")
    batch = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < _DIGITS else None
    is_released, is_booked = row.status == ListStatus.RELEASED, booked_results(row.pk).exists()
    why_not: dict[str, Promise | str] = {
        "sign_sheet": "" if is_released else gettext_lazy("It is made once the list is released."),
        "payment_voucher": "" if is_booked else gettext_lazy("It is made once something is booked."),
    }
    offers = [
        Offer(
            key,
            kind.label,
            kind.about,
            wrong.get(key) or _form(reader, row, key, batch=batch),
            "" if key in wrong else why_not.get(key, ""),
        )
        for key, kind in KINDS.items()
    ]
    context = {
        "row": row,
        "plan": row.measure.plan,
        "number": list_number(row.number),
        "offers": offers,
        "missing_fonts": missing_here(),
    }
    return render(request, "web/payment_papers.html", context, status=422 if tried else 200)


urlpatterns: list[URLPattern] = [
    path("lists/<int:pk>/papers/", payment_papers, name="payment_papers"),
    path("lists/<int:pk>/papers/<slug:kind>.<str:ext>", payment_paper, name="payment_paper"),
]
