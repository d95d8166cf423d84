"""The page that brings units in from a workbook: chosen, looked at, taken over."""

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from songnuan.journeys.import_units import Imported
from songnuan.journeys.preview_units import FILE_MAX, Preview, preview_units, take_over_units
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.organisation.roster import PAIRS
from songnuan.plans.models import PlanStatus
from songnuan.plans.queries import visible_plans
from songnuan.web.counting import taken
from songnuan.web.fields import ChoiceField, FileField
from songnuan.web.forms import Form
from songnuan.web.views.shared import Reader, reader_of


class Workbook(Form):
    """A workbook, and the plan whose pairing table it holds."""

    asks = "units_workbook"

    plan = ChoiceField(fact="organisation.assignment.purpose", label=gettext_lazy("Plan"))
    workbook = FileField(
        fact="organisation.unitrecord.name:workbook",
        label=gettext_lazy("Workbook"),
        help_text=gettext_lazy("A workbook or text file with the unit and its lead office in each row."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.xls,.ods,.csv,.txt"}),
    )

    def __init__(self, reader: Reader, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        # Who imports also pairs each unit with its lead, and needs both over the plan's unit.
        running = visible_plans(reader.actor, reader.at).exclude(status=PlanStatus.CLOSED)
        for permission in (Permission.UNIT_IMPORT, Permission.PLAN_WRITE):
            running = running.filter(unit__in=reader.reach(permission))
        field = self.fields["plan"]
        field.choices = list(running.values_list("slug", "title"))  # type: ignore[attr-defined]  # a ChoiceField
        self.has_plans = bool(field.choices)  # type: ignore[attr-defined]  # as above

    def clean_workbook(self) -> "UploadedFile[bytes]":
        """Return the file, unless it is too large to be looked into.

        Raises:
            ValidationError: Then, before any of it is read.

        """
        file: UploadedFile[bytes] = self.cleaned_data["workbook"]
        if (file.size or 0) > FILE_MAX:
            sentence = _(
                "The file has %(size)s MB, more than %(max)s MB. Leave only the sheet with the table in it."
            )
            figures = {"size": -(-(file.size or 0) // 1_000_000), "max": FILE_MAX // 1_000_000}
            raise ValidationError(sentence % figures, code="too_large")
        return file


@login_required
def import_units(request: HttpRequest) -> HttpResponse:
    """Take a workbook and show what it would do; nothing is changed yet."""
    reader = reader_of(request)
    require(reader.actor, Permission.UNIT_IMPORT, at=reader.at)
    if request.method != "POST":
        return _page(request, Workbook(reader))
    form = Workbook(reader, request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    file, slug = form.cleaned_data["workbook"], form.cleaned_data["plan"]
    try:
        preview = preview_units(content=file.read(), slug=slug, actor=reader.actor, at=reader.at)
    except NotPermitted:
        raise
    except Refusal as refusal:
        form.add_error("workbook", refusal.sentence)
        return _page(request, form, status=422)
    if not preview.would.rows:
        sentence = _("The table has headings and no row below them. Fill in the units, then choose it again.")
        form.add_error("workbook", sentence)
        return _page(request, form, status=422)
    taken()
    return _page(
        request, form, preview=_shown(preview, file.name), status=422 if preview.would.problems else 200
    )


@login_required
def import_units_apply(request: HttpRequest) -> HttpResponse:
    """Take over the workbook that was looked at."""
    reader = reader_of(request)
    require(reader.actor, Permission.UNIT_IMPORT, at=reader.at)
    if request.method != "POST":
        return redirect("import_units")
    form = Workbook(reader)
    try:
        slug, done = take_over_units(token=request.POST.get("token", ""), actor=reader.actor, at=reader.at)
    except NotPermitted:
        raise
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return _page(request, form, status=422)
    if done.rejected:
        sentence = ngettext(
            "%(count)s row was left out because of its problem. Mend it and bring the workbook again.",
            "%(count)s rows were left out because of their problems. Mend them and bring the workbook again.",
            done.rejected,
        )
        messages.warning(request, sentence % {"count": done.rejected})
    return _page(request, form, done={**_counts(done), "pairing_url": reverse("pairing", args=(slug,))})


def _page(request: HttpRequest, form: Workbook, *, status: int = 200, **parts: object) -> HttpResponse:
    reader = reader_of(request)
    rights = {"writes": reader.may(Permission.PLAN_WRITE), "admits": reader.may(Permission.ACCOUNT_MANAGE)}
    return render(request, "web/import_units.html", {"form": form, **rights, **parts}, status=status)


def _counts(done: Imported) -> dict[str, int]:
    return {"accepted": done.created, "changed": done.changed, "unchanged": done.unchanged}


def _shown(preview: Preview, file_name: str | None) -> dict[str, object]:
    problems = [
        {"row": row.row, "column": row.column, "sentence": row.message} for row in preview.would.problems
    ]
    return {
        **_counts(preview.would),
        "file_name": file_name or "",
        "token": preview.token,
        "problems": problems,
        "doubled": [
            replace(one, field=PAIRS.by_name[one.field].headings[0]) for one in preview.would.repeated
        ],
        "rows": preview.rows,
    }


urlpatterns: list[URLPattern] = [
    path("units/import/", import_units, name="import_units"),
    path("units/import/apply/", import_units_apply, name="import_units_apply"),
]
