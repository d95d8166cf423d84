"""Writing a plan's text: which version is being written, and one form that changes it in one place."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from songnuan.journeys.edit_plan import edit_plan
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.models import UnitKind, UnitRecord
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.organisation.rules import live
from songnuan.plans.models import Amendment, AmendmentStatus, Plan, PlanStatus, PlanVersion
from songnuan.plans.planfile import PlanFile
from songnuan.plans.queries import amendment_of, version_of
from songnuan.plans.rewriting import Change
from songnuan.plans.versions import text_of
from songnuan.web.plan_forms import TextForm
from songnuan.web.views.shared import Reader, key_of, plan_seen


@dataclass(frozen=True, slots=True)
class Writing:
    """A text that may be written: a draft's, or that of the amendment of a plan under way."""

    plan: Plan
    amendment: Amendment | None
    version: PlanVersion
    text: PlanFile


@dataclass(frozen=True, slots=True)
class Theirs:
    """What somebody else saved meanwhile, in the words of the form that came too late."""

    sentence: str
    who: str
    version: PlanVersion
    rows: tuple[tuple[str, str], ...]


def writing_of(plan: Plan) -> Writing | None:
    """Return the text of the plan that may be written now, or None."""
    amendment = amendment_of(plan) if plan.status == PlanStatus.OPEN else None
    if plan.status == PlanStatus.DRAFT:
        number = plan.version
    elif amendment is not None and amendment.status == AmendmentStatus.DRAFT:
        number = amendment.version
    else:
        return None
    version = version_of(plan, number)
    return Writing(plan, amendment, version, text_of(version.source)) if version else None


def written_by(reader: Reader, slug: str) -> Writing | None:
    """Return the text if the reader may write it; None while nobody may.

    Raises:
        Http404: When the reader may not even see the plan.
        NotPermitted: When the reader may see it, and no more.

    """
    plan = plan_seen(reader, slug)
    require(reader.actor, Permission.PLAN_WRITE, unit_id=plan.unit_id, at=reader.at)
    return writing_of(plan)


def base_of(request: HttpRequest) -> int:
    """Return the version that the form was made on.

    Raises:
        BadRequest: When it names none.

    """
    told = request.POST.get("base", "")
    if not (told.isascii() and told.isdigit() and len(told) < 10):
        raise BadRequest("the form names no version")
    return int(told)


def seen_by(request: HttpRequest, writing: Writing) -> Writing:
    """Return the text as the writer saw it: a form posted twice gives what is new the same key again."""
    if request.method != "POST" or base_of(request) == writing.version.number:
        return writing
    version = version_of(writing.plan, base_of(request))
    return replace(writing, version=version, text=text_of(version.source)) if version else writing


def save(request: HttpRequest, reader: Reader, slug: str, change: Change) -> None:
    """Carry out the change that was posted."""
    edit_plan(
        slug=slug,
        base=base_of(request),
        change=change,
        key=key_of(request),
        actor=reader.actor,
        at=reader.at,
    )


def edit_page(
    request: HttpRequest,
    reader: Reader,
    writing: Writing,
    make: Callable[[PlanFile, Any], TextForm | None],
    *,
    anchor: str = "",
    **context: object,
) -> HttpResponse:
    """Show a form that changes the text, or carry it out.

    Args:
        request: The page's.
        reader: Who writes.
        writing: The text that stands now.
        make: Gives the form about a text, with what was posted or None; None when its thing is not there.
        anchor: Where on the page of the text it leads back to.
        context: What else the page shows: heading, lead, buttons.

    """
    back = reverse("plan_text", args=(writing.plan.slug,)) + anchor
    form = make(writing.text, request.POST if request.method == "POST" else None)
    theirs = None
    if request.method == "POST":
        if base_of(request) != writing.version.number:
            form = form or make(seen_by(request, writing).text, request.POST)  # when it was taken out since
        if form is not None and form.is_valid():
            try:
                save(request, reader, writing.plan.slug, form.change())
            except NotPermitted:
                raise
            except Refusal as refusal:
                if refusal.code == "text_stale":
                    fresh = writing_of(writing.plan) or writing
                    writing, theirs = fresh, theirs_of(refusal, fresh, make(fresh.text, None))
                else:
                    form.refuse(refusal)
            else:
                messages.success(request, _("Saved as the next version."))
                return redirect(back)
    if form is None:
        messages.error(request, _("This is not in the text any more. Somebody else has taken it out."))
        return redirect(back)
    status = 409 if theirs else 422 if form.errors else 200
    shown = {
        "writing": writing,
        "plan": writing.plan,
        "form": form,
        "theirs": theirs,
        "back": back,
        "unit_names": _unit_names(reader),
        **context,
    }
    return render(request, "web/plan_edit.html", shown, status=status)


def _unit_names(reader: Reader) -> list[str]:
    """Return the units below the writer's own that a duty or a plan can be given to, to be chosen from."""
    rows = UnitRecord.objects.filter(live(reader.day), unit__in=reader.reach(Permission.PLAN_WRITE))
    return list(rows.exclude(kind=UnitKind.FRONT_LINE).order_by("unit_id").values_list("name", flat=True))


def theirs_of(refusal: Refusal, writing: Writing, form: TextForm | None) -> Theirs:
    """Return what stands there now, to be read beside what was typed."""
    rows = (
        [(str(field.label), str(field.value() or "")) for field in form if not field.is_hidden]
        if form
        else []
    )
    who = writing.version.created_by.name if writing.version.created_by else ""
    shown = tuple((label, value) for label, value in rows if value)
    return Theirs(refusal.sentence, who, writing.version, shown)
