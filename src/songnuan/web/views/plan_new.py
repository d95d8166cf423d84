"""The page on which a plan begins: from a template, or from a plan file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.validators import FileExtensionValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songnuan.journeys.create_plan import create_plan
from songnuan.organisation.models import Post, UnitKind, UnitRecord
from songnuan.organisation.permissions import Permission, roles_with
from songnuan.organisation.queries import require, unit_names
from songnuan.organisation.rules import live
from songnuan.plans.faults import PlanRefused
from songnuan.plans.models import PlanKind
from songnuan.plans.rewriting import Change, from_template, head
from songnuan.plans.yamltext import outline
from songnuan.web.fields import CharField, ChoiceField, Day, FileField
from songnuan.web.plan_forms import TextForm
from songnuan.web.plan_uploads import text_of_upload
from songnuan.web.views.shared import Reader, key_of, reader_of

FILE = "file"


@dataclass(frozen=True, slots=True)
class Template:
    """A plan file that comes with the program, to begin another plan from."""

    name: str
    title: str
    source: str


def templates() -> list[Template]:
    """Return the plan files that come with the program; one that cannot be read is left out."""
    found = []
    for file in sorted(Path(settings.ROOT / "plans").glob("*.yaml")):
        source = file.read_text(encoding="utf-8")
        try:
            data = outline(source).data
        except PlanRefused:
            continue
        title = data.get("title") if isinstance(data, dict) else None
        found.append(Template(file.stem, str(title or file.stem), source))
    return found


class NewPlanForm(TextForm):
    """Where the text comes from, and the new plan's head."""

    asks = "plan_new"

    begin = ChoiceField(fact="act:begin", label=gettext_lazy("Begin with"), widget=forms.RadioSelect)
    file = FileField(
        fact="plans.planversion.source:file",
        label=gettext_lazy("Plan file"),
        help_text=gettext_lazy("Where it is another one. What stands below goes before what the file says."),
        required=False,
        validators=[FileExtensionValidator(["yaml", "yml"])],
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml"}),
    )
    title = CharField(fact="plans.plan.title", label=gettext_lazy("Title"), max_length=200, required=False)
    slug = CharField(
        fact="plans.plan.slug",
        label=gettext_lazy("Short name"),
        help_text=gettext_lazy(
            "Lasting; part of the address. Small letters, digits, hyphens: front-line-visits"
        ),
        max_length=60,
        required=False,
    )
    kind = ChoiceField(
        fact="plans.plan.kind",
        label=gettext_lazy("Kind of plan"),
        help_text=gettext_lazy("Approvals may go through other steps for each kind."),
        required=False,
    )
    unit = ChoiceField(fact="plans.plan.unit", label=gettext_lazy("Issuing unit"), required=False)
    office = ChoiceField(fact="plans.plan.office", label=gettext_lazy("Office in charge"), required=False)
    starts_on = Day(fact="plans.plan.starts_on", label=gettext_lazy("First day"), required=False)
    due_on = Day(fact="plans.plan.due_on", label=gettext_lazy("Deadline"), required=False)

    def __init__(
        self,
        known: Sequence[Template],
        units: Sequence[str],
        offices: Sequence[str],
        *args: Any,  # noqa: ANN401 - as Django's
        **kwargs: Any,  # noqa: ANN401 - as Django's
    ) -> None:
        super().__init__(*args, **kwargs)
        self.known = {template.name: template for template in known}
        choices = [(template.name, template.title) for template in known]
        for name, rows in (
            ("begin", [*choices, (FILE, _("another plan file"))]),
            ("kind", [("", _("as in what it begins with")), *PlanKind.choices]),
            # Whoever writes for one unit writes for that one; whoever for several may leave it to the file.
            (
                "unit",
                [*([("", _("as in the file"))] if len(units) > 1 else []), *((one, one) for one in units)],
            ),
            ("office", [("", "—"), *((office, office) for office in offices)]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - they are declared above
            field.choices = rows

    def clean_file(self) -> str:
        """Return the text of the file, if one was chosen."""
        upload = self.cleaned_data.get("file")
        return text_of_upload(upload) if upload else ""

    def clean(self) -> dict[str, Any]:
        """Ask for the file, or for the head of what begins with a template."""
        super().clean()
        if self.cleaned_data.get("begin") == FILE:
            if not self.cleaned_data.get("file") and "file" not in self.errors:
                self.add_error("file", _("Choose the plan file."))
            return self.cleaned_data
        for name in ("title", "slug", "unit"):
            if not self.cleaned_data.get(name) and name not in self.errors:
                self.add_error(name, _("Fill this in."))
        return self.cleaned_data

    @property
    def source(self) -> str:
        """The text that it begins with."""
        begin = self.cleaned_data["begin"]
        return str(self.cleaned_data["file"]) if begin == FILE else self.known[begin].source

    def change(self) -> Change:
        """Set the head that was typed; a file keeps what was not, a template loses it."""
        told = self.cleaned_data
        values = {name: told[name] or None for name in ("slug", "title", "unit", "office")}
        values |= {name: told[name].isoformat() if told[name] else None for name in ("starts_on", "due_on")}
        if told["kind"]:
            values["kind"] = told["kind"]
        if told["begin"] != FILE:
            return from_template(values)
        return head({name: value for name, value in values.items() if value})


@login_required
def plan_new(request: HttpRequest) -> HttpResponse:
    """Begin a plan, as a draft."""
    reader = reader_of(request)
    require(reader.actor, Permission.PLAN_WRITE, at=reader.at)
    form = _form(reader, request)
    if request.method == "POST" and form.is_valid():
        key = key_of(request)
        with form.refusals():
            slug = create_plan(
                source=form.source, change=form.change(), key=key, actor=reader.actor, at=reader.at
            )
            messages.success(request, _("The draft is there. Go through it clause by clause."))
            return redirect("plan_text", slug)
    return render(request, "web/plan_new.html", {"form": form}, status=422 if form.errors else 200)


def _form(reader: Reader, request: HttpRequest) -> NewPlanForm:
    """Return the form, with the units where the reader holds a post that writes plans, and offices below."""
    posts = Post.objects.filter(
        live(reader.day), user=reader.user, role__in=roles_with(Permission.PLAN_WRITE)
    )
    units = unit_names(set(posts.values_list("unit_id", flat=True)), reader.day)
    offices = UnitRecord.objects.filter(
        live(reader.day), kind=UnitKind.DEPARTMENT, unit__in=reader.reach(Permission.PLAN_WRITE)
    )
    known = templates()
    names = list(offices.order_by("unit_id").values_list("name", flat=True))
    initial = {"begin": known[0].name if known else FILE}
    told = (request.POST, request.FILES) if request.method == "POST" else ()
    return NewPlanForm(known, list(units.values()), names, *told, initial=initial)


urlpatterns: list[URLPattern] = [path("new-plan/", plan_new, name="plan_new")]
