"""The page of a person: what is known, where it comes from, and what was done with it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from songnuan.audit.queries import TrailRow, entries
from songnuan.journeys.show_person import show_person
from songnuan.kernel.identity import IdentityKind, identity_label
from songnuan.kernel.names import mask_name
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.people import queries as people
from songnuan.people.actions import PlainPerson
from songnuan.people.models import Relation, RosterKind, Sex
from songnuan.people.queries import PersonView, Standing
from songnuan.people.rules import PURPOSE_MAX
from songnuan.web.counting import taken
from songnuan.web.fields import CharField
from songnuan.web.forms import Form
from songnuan.web.roster_words import field_label, masked_birth
from songnuan.web.templatetags.songnuan import full_date, names
from songnuan.web.templatetags.trail_words import act_words
from songnuan.web.views.shared import Reader, reader_of

EVENTS = 30


class ShowForm(Form):
    """What the numbers are needed for."""

    asks = "look"

    purpose = CharField(
        fact="people.lookpurpose.purpose",
        label=gettext_lazy("What you need the numbers for"),
        help_text=gettext_lazy("Kept with your name and the time; the person may see it."),
        max_length=PURPOSE_MAX,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@dataclass(frozen=True, slots=True)
class Fact:
    """One line about a person."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Line:
    """What a roster tells in one period, in the words of its kind."""

    what: str
    also: str
    also_key: str
    unit: str
    roster_key: str
    roster_title: str
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was done with a person's facts; `detail` says more, where there is more."""

    at: datetime
    who: str
    what: str
    detail: str


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, key: str) -> HttpResponse:
    """Show a person, numbers masked; a POST shows the numbers, once, to who says what for."""
    reader = reader_of(request)
    require(reader.actor, Permission.PEOPLE_VIEW, at=reader.at)
    found = people.person(key, reader.actor, reader.at)
    if found is None:
        kept = people.merged_into(key)
        if kept is None or people.person(kept, reader.actor, reader.at) is None:
            raise Http404
        return redirect("person", kept)
    form, plain = ShowForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            plain = show_person(
                person_key=key,
                purpose=form.cleaned_data["purpose"],
                actor=reader.actor,
                at=reader.at,
            )
        except NotPermitted:
            raise
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            taken()
    return render(
        request,
        "web/person.html",
        _context(reader, found, form, plain),
        status=422 if form.errors else 200,
    )


def _context(
    reader: Reader, found: tuple[PersonView, list[Standing]], form: ShowForm, plain: PlainPerson | None
) -> dict[str, object]:
    view, standings = found
    merging = reader.may(Permission.PEOPLE_MERGE)
    return {
        "person": view,
        "tab": mask_name(view.name),  # tabs and the browser's history are seen by others
        "name": plain.name if plain else view.name,
        "facts": _plain_facts(plain) if plain else _facts(view),
        "plain": plain is not None,
        "form": form if people.shown(view.key, reader.actor, reader.at) else None,
        "groups": _groups(standings, people.employees_of(view.key)),
        "pairs": people.pairs_of(view.key, reader.actor, reader.at) if merging else [],
        "at_front": people.both_parents_of(view.key, reader.actor, reader.at),
        "events": _events(view),
    }


def _facts(view: PersonView) -> list[Fact]:
    number = f"****{view.id_tail}" if view.id_tail else ""
    told = (
        ("sex", str(Sex(view.sex).label) if view.sex else ""),
        ("birth_on", masked_birth(view.birth)),
        ("id_kind", _kind(view.id_kind)),
        ("id_number", number),
        ("phone", view.phone),
        ("account", view.account),
        ("bank", view.bank),
        ("address", view.address),
    )
    return [Fact(field_label(field), value) for field, value in told if value]


def _plain_facts(plain: PlainPerson) -> list[Fact]:
    told = (
        ("sex", str(Sex(plain.sex).label) if plain.sex else ""),
        ("birth_on", full_date(plain.birth_on)),
        ("id_kind", _kind(plain.id_kind)),
        ("id_number", plain.id_number),
        ("phone", plain.phone),
        ("account", plain.account),
        ("bank", plain.bank),
        ("address", plain.address),
    )
    return [Fact(field_label(field), value) for field, value in told if value]


def _kind(text: str) -> str:
    return str(identity_label(IdentityKind(text))) if text in set(IdentityKind) else text


def _groups(standings: list[Standing], employees: Collection[str]) -> list[tuple[str, list[Line]]]:
    """Return what rosters tell, by kind, each with its heading; `employees` have the person as a relative."""
    headings = {
        RosterKind.PEOPLE: _("Where the person works"),
        RosterKind.FAMILIES: _("Family"),
        RosterKind.SERVICE: _("Service at the front"),
    }
    kinds = {key: row.kind for key in {one.roster_key for one in standings} if (row := people.roster(key))}
    found = []
    for kind, heading in headings.items():
        lines = [_line(one, kind, employees) for one in standings if kinds.get(one.roster_key) == kind]
        if lines:
            found.append((heading, lines))
    return found


def _line(one: Standing, kind: RosterKind, employees: Collection[str]) -> Line:
    what = one.what
    if kind == RosterKind.FAMILIES:
        relation = str(Relation(one.what).label)
        what = _("%(relation)s of") % {"relation": relation} if one.also_key in employees else relation
    return Line(
        what=what,
        also=one.also,
        also_key=one.also_key,
        unit=one.unit,
        roster_key=one.roster_key,
        roster_title=one.roster_title,
        starts_on=one.starts_on,
        ends_on=one.ends_on,
    )


def _events(view: PersonView) -> list[Event]:
    """Return what was done, the newest first."""
    found = [
        Event(
            at=row.applied_at or row.created_at,
            who=row.created_by.name if row.created_by else "",
            what=_("brought in “%(file)s”") % {"file": row.file_name},
            detail=row.roster.title if row.roster else row.roster_title,
        )
        for row in people.told_by(view.key)
    ]
    for key in (view.key, *people.merged_keys(view.key)):
        rows = entries(stream="people", subject=f"people.person:{key}", size=EVENTS)
        purposes = people.purposes_of(rows)
        found += [
            Event(row.at, row.actor, act_words(row.action), purposes.get(row.id) or _detail(row))
            for row in rows
        ]
    return sorted(found, key=lambda event: event.at, reverse=True)[:EVENTS]


def _detail(row: TrailRow) -> str:
    taken = row.facts.get("taken") or []
    return _("taken over: %(fields)s") % {"fields": names(map(field_label, taken))} if taken else ""


urlpatterns: list[URLPattern] = [path("people/<slug:key>/", person, name="person")]
