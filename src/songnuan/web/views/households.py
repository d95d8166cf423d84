"""Pages of households: who belongs together, who of them serves, and both parents of a child at the front.

What is looked for is posted, not put into the address: names have no place in the browser's history.
"""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods

from songnuan.journeys.note_household import note_household
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.people import queries as people
from songnuan.people.models import Relation
from songnuan.people.queries import Asked, AtFront, Household, Kin, Member
from songnuan.people.rules import REMARK_MAX
from songnuan.web.fields import CharField
from songnuan.web.forms import Form
from songnuan.web.paging import page_of
from songnuan.web.views.shared import PAGE, Reader, reader_of

ALL, FRONT, BOTH = "all", "front", "both"


class NoteForm(Form):
    """What was decided about the children of two who serve on the same days."""

    asks = "household_note"

    text = CharField(
        fact="people.householdnote.text",
        label=gettext_lazy("What was decided"),
        help_text=gettext_lazy(
            "Who decided it and when. Where both have to be sent, the work group is asked first."
        ),
        max_length=REMARK_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody of a household, and what they are to the employee, in words."""

    member: Member
    relation: str


@dataclass(frozen=True, slots=True)
class Block:
    """A household as the list shows it."""

    key: str
    lines: tuple[Line, ...]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def household_list(request: HttpRequest) -> HttpResponse:
    """Show households in the reader's reach; a POST looks for somebody, and changes nothing."""
    reader = reader_of(request)
    require(reader.actor, Permission.PEOPLE_VIEW, at=reader.at)
    given = request.POST if request.method == "POST" else request.GET
    show = given.get("show", ALL)
    text = request.POST.get("text", "").strip()[:100]
    context: dict[str, object] = {"asked": text, "show": show, "tabs": _tabs(show)}
    before = "" if text else request.GET.get("before", "")
    if show == BOTH:
        found = people.both_parents_at_front(reader.actor, reader.at, text=text, after=before, size=PAGE + 1)
        rows, older = page_of(found, PAGE, lambda row: row.after)
        context |= {"families": rows, "older": None if text else older}
    else:
        asked = Asked(at_front=show == FRONT, text=text)
        page = people.households(reader.actor, reader.at, asked, after=_number(before), size=PAGE)
        context |= {"blocks": [_block(row) for row in page.rows], "older": None if text else page.after}
    return render(request, "web/households.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def household(request: HttpRequest, first: str, second: str) -> HttpResponse:
    """Show two who serve on the same days, and their children; a POST notes what was decided."""
    reader = reader_of(request)
    require(reader.actor, Permission.PEOPLE_VIEW, at=reader.at)
    found = people.both_parents(first, second, reader.actor, reader.at)
    if found is None:
        messages.info(request, _("They do not serve on the same days, or you may not see them."))
        return redirect("households")
    noting = _noting(reader, found)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _note(request, reader, found, form):
        return redirect("household", found.first.key, found.second.key)
    context = {
        "family": found,
        "form": form if noting else None,
        "seen": noting.seen if noting else "",
        "due": noting is not None and noting.is_due,
    }
    return render(request, "web/household.html", context, status=422 if form.errors else 200)


def _noting(reader: Reader, found: AtFront) -> AtFront | None:
    """Return the family as far as the reader may decide about it; None where they may not."""
    if not reader.may(Permission.PEOPLE_IMPORT):
        return None
    keys = found.first.key, found.second.key
    return people.both_parents(*keys, reader.actor, reader.at, Permission.PEOPLE_IMPORT)


def _note(request: HttpRequest, reader: Reader, found: AtFront, form: NoteForm) -> bool:
    """Carry it out; return whether it was."""
    try:
        note_household(
            first_key=found.first.key,
            second_key=found.second.key,
            seen=request.POST.get("seen", ""),
            text=form.cleaned_data["text"],
            actor=reader.actor,
            at=reader.at,
        )
    except NotPermitted:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    messages.success(request, _("The decision is noted."))
    return True


def _tabs(show: str) -> list[tuple[str, str, bool]]:
    """Return the filters: what each is called, what the address says, whether it is the one shown."""
    labels = (
        (ALL, pgettext("households", "All")),
        (FRONT, _("Somebody at the front")),
        (BOTH, _("Both parents at the front")),
    )
    return [(label, f"?show={name}", name == show) for name, label in labels]


def _block(row: Household) -> Block:
    own = Line(row.employee, pgettext("household", "employee"))
    return Block(row.employee.key, (own, *(Line(kin.member, _relation(kin)) for kin in row.kin)))


def _relation(kin: Kin) -> str:
    if not kin.of_spouse:
        return str(Relation(kin.relation).label)
    return _("spouse's child") if kin.relation == Relation.CHILD else _("spouse's parent")


def _number(text: str) -> int:
    """Return the key that a page goes on from; 0 for what is no key."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


urlpatterns: list[URLPattern] = [
    path("people/households/", household_list, name="households"),
    path("people/households/<slug:first>/<slug:second>/", household, name="household"),
]
