"""Pages of samples: the draws of a plan, one with its receipts, a call about one, and the sheet to print."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from songnuan.funds.holding import subject_of as fund_subject
from songnuan.goods.models import Movement
from songnuan.journeys.check_receipt import check_receipt
from songnuan.journeys.draw_sample import draw_sample
from songnuan.journeys.show_receipt_contact import show_receipt_contact
from songnuan.kernel.sampling import CONFIDENCES, MARGINS, margin_for, size_for
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import Contact
from songnuan.plans.models import Plan
from songnuan.visits.receipts import Receipt, one_each, receipts
from songnuan.visits.sample_models import BAD, Outcome, Sample, SampleReceipt
from songnuan.visits.sample_queries import (
    CheckRow,
    DrawnRow,
    SampleRow,
    answered_before,
    drawing_of,
    drawn,
    is_open,
    is_redrawn_the_same,
    next_to_call,
    of_plan,
    row_of,
    why_drawn,
)
from songnuan.visits.sample_rules import WORDS_LONGEST
from songnuan.web.fields import BooleanField, CharField, ChoiceField, Day, IntegerField, TypedChoiceField
from songnuan.web.forms import Form
from songnuan.web.inspection_words import shares_told
from songnuan.web.views.inspection import plan_inspected
from songnuan.web.views.shared import Reader, key_of, names_on, reader_of

_MARKS = {"": "none", Outcome.OK: "done", Outcome.NOT_REACHED: "waiting"}


class DrawForm(Form):
    """How many receipts are drawn, and from which."""

    asks = "sample"

    lead = TypedChoiceField(
        fact="visits.sample.lead",
        label=gettext_lazy("Lead office"),
        coerce=int,
        empty_value=None,
        required=False,
    )
    compound = ChoiceField(fact="visits.sample.compound", label=gettext_lazy("Compound"), required=False)
    confidence = TypedChoiceField(
        fact="visits.sample.confidence",
        label=gettext_lazy("Confidence, per cent"),
        coerce=int,
        choices=[(one, one) for one in CONFIDENCES],
        initial=95,
    )
    size = IntegerField(
        fact="visits.sample.size",
        label=gettext_lazy("How many"),
        help_text=gettext_lazy(
            "The table says what a number tells of all; press “Work out” to see it for yours."
        ),
        min_value=1,
        max_value=100_000,
    )
    by_lead = BooleanField(
        fact="visits.sample.by_lead",
        label=gettext_lazy("Every lead office has its share, at least one unit"),
        required=False,
    )

    reason = CharField(
        fact="act:why_drawn",
        label=gettext_lazy("Why another draw"),
        help_text=gettext_lazy(
            "Needed while units of an earlier draw are still to be called; it stays with the draw."
        ),
        max_length=WORDS_LONGEST,
        required=False,
    )

    def __init__(self, rows: Sequence[Receipt], names: dict[int, str], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        leads: Any = self.fields["lead"]
        leads.choices = [("", _("all")), *((pk, names[pk]) for pk in sorted({row.lead_id for row in rows}))]
        compounds: Any = self.fields["compound"]
        found = sorted({row.compound for row in rows if row.compound})
        compounds.choices = [("", _("all")), *((name, name) for name in found)]

    def among(self, rows: Sequence[Receipt]) -> int:
        """Return how many receipts can come out with what was chosen."""
        lead, compound = self.cleaned_data.get("lead"), self.cleaned_data.get("compound", "")
        return sum(lead in {None, row.lead_id} and compound in {"", row.compound} for row in rows)


class CheckForm(Form):
    """What the unit said when it was called back."""

    asks = "receipt_check"

    outcome = ChoiceField(
        fact="visits.receiptcheck.outcome",
        label=gettext_lazy("Did the unit receive it, all of it, and keep it?"),
        choices=Outcome.choices,
        widget=forms.RadioSelect,
    )
    words = CharField(
        fact="visits.receiptcheck.words",
        label=gettext_lazy("In its own words"),
        help_text=gettext_lazy("Needed where something is amiss. No names, no numbers of people."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=WORDS_LONGEST,
        required=False,
    )
    happened_on = Day(fact="visits.receiptcheck.happened_on", label=gettext_lazy("Day of the call"))


@dataclass(frozen=True, slots=True)
class DrawnView:
    """One receipt of a sample in words.

    `mark` stands beside its outcome, `is_settled` says that the unit answered, `was` what it answered before
    that was otherwise, or None.
    """

    row: DrawnRow
    unit: str
    lead: str
    outcome: str
    mark: str
    is_amiss: bool
    is_settled: bool
    was: CheckRow | None


@login_required
def samples(request: HttpRequest, slug: str) -> HttpResponse:
    """List every draw of a plan, and draw another."""
    reader = reader_of(request)
    plan = plan_inspected(reader, slug)
    rows = one_each(receipts(plan, reader.day))
    names = names_on((row.lead_id for row in rows), reader.day)
    if request.method != "POST":
        size = size_for(len(rows), confidence=95, margin=10)
        return _list(request, reader, plan, DrawForm(rows, names, initial={"size": size or None}), rows)
    form = DrawForm(rows, names, request.POST)
    key = key_of(request)
    if form.is_valid() and "check" not in request.POST:
        with form.refusals():
            told = form.cleaned_data
            pk = draw_sample(
                slug=slug,
                size=told["size"],
                confidence=told["confidence"],
                by_lead=told["by_lead"],
                lead_id=told["lead"],
                compound=told["compound"],
                reason=told["reason"],
                key=key,
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("Drawn and frozen. Every draw stays in the list."))
            return redirect("sample", pk)
    return _list(request, reader, plan, form, rows)


@login_required
@require_safe
def sample(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one draw: its receipts, what the units said, and what that tells of all."""
    reader = reader_of(request)
    row = _seen(reader, pk)
    return render(request, "web/sample.html", _context(row, reader))


@login_required
@require_safe
def sample_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the sheet to print."""
    reader = reader_of(request)
    row = _seen(reader, pk)
    return render(request, "web/sample_sheet.html", _context(row, reader))


@login_required
def receipt_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one receipt that was drawn, and note what calling the unit back came to."""
    reader = reader_of(request)
    receipt = _drawn(reader, pk)
    form = CheckForm(initial={"happened_on": reader.day})
    if request.method == "POST":
        form = CheckForm(request.POST)
        key = key_of(request)
        if form.is_valid():
            with form.refusals():
                told = form.cleaned_data
                is_amiss = check_receipt(receipt_id=pk, key=key, actor=reader.actor, at=reader.at, **told)
                if not is_amiss:
                    return _go_on(request, reader, receipt)
                messages.warning(
                    request, _("Noted. The plan's office has it as a task; you may put it on hold.")
                )
                return redirect("receipt_check", pk)
    return _check_page(request, reader, receipt, form)


@login_required
def receipt_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Show whom to call back at the unit, once; the look is noted."""
    reader = reader_of(request)
    receipt = _drawn(reader, pk)
    if request.method != "POST":
        return redirect("receipt_check", pk)
    contact = show_receipt_contact(receipt_id=pk, actor=reader.actor, at=reader.at)
    form = CheckForm(initial={"happened_on": reader.day})
    return _check_page(request, reader, receipt, form, contact)


def _drawn(reader: Reader, pk: int) -> SampleReceipt:
    receipt = SampleReceipt.objects.filter(pk=pk).first()
    if receipt is None:
        raise Http404
    receipt.sample = _seen(reader, receipt.sample_id)
    return receipt


def _check_page(
    request: HttpRequest,
    reader: Reader,
    receipt: SampleReceipt,
    form: CheckForm,
    contact: Contact | None = None,
) -> HttpResponse:
    context = {**_context(receipt.sample, reader, only=receipt.pk), "form": form, "contact": contact}
    return render(request, "web/receipt_check.html", context, status=422 if form.errors else 200)


def _go_on(request: HttpRequest, reader: Reader, receipt: SampleReceipt) -> HttpResponse:
    """Lead to the next unit to be called, or to the sample where none is left."""
    row = receipt.sample
    after = next_to_call(drawn(row, row.plan, reader.day), receipt.pk)
    if after is None:
        messages.success(request, _("Noted. All units of this draw have been called."))
        return redirect("sample", row.pk)
    messages.success(request, _("Noted. This is the next unit to call."))
    return redirect("receipt_check", after.receipt_id)


def _seen(reader: Reader, pk: int) -> Sample:
    row = Sample.objects.select_related("plan", "drawn_by").filter(pk=pk).first()
    if row is None or not reader.may(Permission.RECEIPT_CHECK, row.plan.unit_id):
        raise Http404
    return row


def _list(
    request: HttpRequest, reader: Reader, plan: Plan, form: DrawForm, rows: Sequence[Receipt]
) -> HttpResponse:
    population, confidence = len(rows), 95
    if form.is_bound and form.is_valid():
        population, confidence = form.among(rows), form.cleaned_data["confidence"]
    size = form.cleaned_data["size"] if form.is_bound and not form.errors else None
    drawn_rows = of_plan(plan.pk)
    names = names_on((row.lead_id for row in drawn_rows), reader.day)
    context = {
        "plan": plan,
        "form": form,
        "samples": [(row, names.get(row.lead_id or 0, ""), _words(row)) for row in drawn_rows],
        "asks_why": is_open(plan.pk),
        "population": population,
        "confidence": confidence,
        "sizes": [(one, size_for(population, confidence=confidence, margin=one)) for one in MARGINS],
        "worked_out": None
        if size is None
        else (size, margin_for(population, size=size, confidence=confidence)),
    }
    return render(request, "web/samples.html", context, status=422 if form.errors else 200)


def _context(row: Sample, reader: Reader, only: int | None = None) -> dict[str, Any]:
    plan: Plan = row.plan
    found = drawn(row, plan, reader.day)
    pool = drawing_of(row).parts()
    told_of = [pk for one in found for pk in (one.receipt.unit_id, one.receipt.lead_id)]
    names = names_on([*told_of, *(part.stratum for part in pool)], reader.day)
    lead = names_on([row.lead_id], reader.day).get(row.lead_id or 0, "")
    told = row_of(row, found)
    views = [_view(one, names) for one in found if only in {None, one.receipt_id}]
    after = next_to_call(found, only) if only is not None else None
    if only is not None and not views:
        raise Http404
    return {
        "sample": told,
        "seed": row.seed,
        "pool": [(part, names[part.stratum]) for part in pool],
        "why": why_drawn(row.pk),
        "digest": row.digest,
        "plan": plan,
        "lead": lead,
        "rows": views,
        "result": _words(told),
        "after": (after.receipt_id, names[after.receipt.unit_id]) if after else None,
        "is_same": is_redrawn_the_same(row),
        "hold_url": _hold_url(views[0]) if only is not None and views[0].is_amiss else "",
    }


def _hold_url(view: DrawnView) -> str:
    """Return where the fund that paid for a receipt's kit is put on hold."""
    fund_id = Movement.objects.values_list("kit__fund_id", flat=True).get(pk=view.row.receipt.movement_id)
    return f"{reverse('hold_new')}?subject={fund_subject(fund_id)}"


def _view(row: DrawnRow, names: dict[int, str]) -> DrawnView:
    return DrawnView(
        row=row,
        unit=names[row.receipt.unit_id],
        lead=names[row.receipt.lead_id],
        outcome=str(Outcome(row.outcome).label) if row.outcome else "",
        mark=_MARKS.get(row.outcome, "late"),
        is_amiss=row.outcome in BAD,
        is_settled=row.outcome not in {"", Outcome.NOT_REACHED},
        was=answered_before(row),
    )


def _words(row: SampleRow) -> str:
    """Return in a sentence what the answers tell of all receipts."""
    result = row.result
    figures = shares_told(result, population=row.population, confidence=row.confidence)
    if figures is None:
        return _("Nobody has answered yet.")
    if result.answered >= row.population:
        return (
            _("All %(all)s were asked: %(good)s received their kit whole and kept it (%(low)s%%).") % figures
        )
    sentence = _(
        "Of %(answered)s that answered, %(good)s received their kit whole and kept it. With %(confidence)s%%"
        " confidence, between %(low)s%% and %(high)s%% of all %(all)s did."
    )
    return sentence % figures


urlpatterns: list[URLPattern] = [
    path("inspection/<slug:slug>/samples/", samples, name="samples"),
    path("samples/<int:pk>/", sample, name="sample"),
    path("samples/<int:pk>/sheet/", sample_sheet, name="sample_sheet"),
    path("samples/receipts/<int:pk>/", receipt_check, name="receipt_check"),
    path("samples/receipts/<int:pk>/contact/", receipt_contact, name="receipt_contact"),
]
