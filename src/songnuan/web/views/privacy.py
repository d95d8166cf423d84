"""The privacy officer's place: what the system knows of its risks, the judgement, the signed versions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from songnuan.audit.queries import TrailRow
from songnuan.journeys.sign_assessment import sign_assessment
from songnuan.people.assessment import Facts, Judgement, Level, digest_of_facts, judgement_of
from songnuan.people.concerns import Concern
from songnuan.people.models import Assessment
from songnuan.people.purposes import LOOK
from songnuan.people.queries import assessment as queries
from songnuan.people.queries import erased_among, purposes_of
from songnuan.people.rules import TEXT_MAX
from songnuan.web.fields import CharField, ChoiceField
from songnuan.web.forms import Form
from songnuan.web.paging import before_of, page_of
from songnuan.web.privacy_words import differences, sections
from songnuan.web.views.shared import PAGE, Reader, key_of, reader_of
from songnuan.web.views.trail import RowView, in_words

# The mark beside a level.
_MARKS: Mapping[str, str] = {Level.LOW: "done", Level.MEDIUM: "waiting", Level.HIGH: "late"}
# How old a number in the form may be to be one.
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class ToMend:
    """A concern with what leads to it; `url` is empty where nothing of the reader's does."""

    matter: str
    advice: str
    url: str
    action: str


@dataclass(frozen=True, slots=True)
class Signed:
    """A version that was signed; `mark` stands beside its level."""

    number: int
    by: str
    at: datetime
    level: str
    mark: str


@dataclass(frozen=True, slots=True)
class LookView:
    """One look: at a person, by `key` unless erased, or `beside` the register: a contact, or a paper.

    `purpose` is None where the act asks for none.
    """

    row: TrailRow
    purpose: str | None
    key: str
    is_minor: bool
    beside: RowView | None


class JudgementForm(Form):
    """What the officer judges, as the law asks for it."""

    asks = "assessment"

    lawful = CharField(
        fact="people.assessment.judgement:lawful",
        label=gettext_lazy("Lawful and necessary"),
        help_text=gettext_lazy(
            "Is each purpose lawful, and every field and the time kept needed for it? Could less do?"
        ),
        max_length=TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    impact = CharField(
        fact="people.assessment.judgement:impact",
        label=gettext_lazy("What it means for people, and the risk"),
        help_text=gettext_lazy(
            "What could happen to them if facts leaked, were changed or served another purpose; how likely "
            "that is; whom it would hit hardest, such as minors."
        ),
        max_length=TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    level = ChoiceField(
        fact="people.assessment.judgement:level",
        label=gettext_lazy("Risk that remains"),
        choices=Level.choices,
        widget=forms.RadioSelect,
    )
    measures = CharField(
        fact="people.assessment.judgement:measures",
        label=gettext_lazy("Measures: lawful, effective, in proportion"),
        help_text=gettext_lazy(
            "What protects people now, what was mended since the last version, what is still to be done, "
            "by whom and until when."
        ),
        max_length=TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def judgement(self) -> Judgement:
        """Return what was entered."""
        return Judgement(**{name: self.cleaned_data[name] for name in self.fields})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def assessment(request: HttpRequest) -> HttpResponse:
    """Show the assessment of today; a POST signs it as a version."""
    reader = reader_of(request)
    queries.require_whole(reader.actor, reader.at)
    newest = queries.versions().first()
    if request.method != "POST":
        return _page(request, reader, JudgementForm(initial=_earlier(newest)))
    form = JudgementForm(request.POST)
    key = key_of(request)
    if form.is_valid():
        with form.refusals():
            number = sign_assessment(
                judgement=form.judgement(),
                seen=request.POST.get("seen", ""),
                after=_number(request.POST.get("after", "")),
                key=key,
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("Signed and kept. Nobody can change it any more."))
            return redirect("assessment_version", number)
    return _page(request, reader, form)


@login_required
@require_safe
def assessment_version(request: HttpRequest, number: int) -> HttpResponse:
    """Show a version just as it was signed, and what is different by now."""
    reader = reader_of(request)
    queries.require_whole(reader.actor, reader.at)
    found = queries.version(number)
    if found is None:
        raise Http404
    told: Facts = found.facts
    judged = judgement_of(found.judgement)
    context = {
        "version": _signed(found),
        "digest": found.digest,
        "owners": told["house"],
        "judgement": judged,
        "sections": sections(told),
        "concerns": [_to_mend(one) for one in queries.concerns_of(told)],
        "differences": differences(told, queries.facts(reader.at)),
        "is_newest": queries.versions().values_list("number", flat=True).first() == number,
    }
    return render(request, "web/privacy_version.html", context)


@login_required
@require_safe
def assessment_looks(request: HttpRequest) -> HttpResponse:
    """Show who looked at numbers in full, when, at what, and what for where a purpose is asked."""
    reader = reader_of(request)
    queries.require_whole(reader.actor, reader.at)
    found = queries.looks(before=before_of(request), size=PAGE + 1)
    rows, older = page_of(found, PAGE, lambda row: row.id)
    purposes = purposes_of(rows)
    gone = erased_among([row.subject.rpartition(":")[2] for row in rows if row.action == LOOK])
    beside = {
        line.row.id: line for line in in_words([row for row in rows if row.action != LOOK], {}, reader, None)
    }
    views = [
        LookView(
            row=row,
            purpose=purposes.get(row.id),
            key="" if row.action != LOOK or (key := row.subject.rpartition(":")[2]) in gone else key,
            is_minor=bool(row.facts.get("minor")),
            beside=beside.get(row.id),
        )
        for row in rows
    ]
    return render(request, "web/privacy_looks.html", {"rows": views, "older": older})


def _page(request: HttpRequest, reader: Reader, form: JudgementForm) -> HttpResponse:
    """Show the facts of this moment with the form; what is signed are the facts shown last."""
    facts = queries.facts(reader.at)
    signed = list(queries.versions())
    newest = signed[0] if signed else None
    context: dict[str, Any] = {
        "form": form,
        "seen": digest_of_facts(facts),
        "after": newest.number if newest else 0,
        "day": reader.day,
        "concerns": [_to_mend(one) for one in queries.concerns_of(facts)],
        "sections": sections(facts),
        "versions": [_signed(row) for row in signed],
        "stale": queries.is_stale(newest, reader.at),
    }
    return render(request, "web/privacy.html", context, status=422 if form.errors else 200)


def _earlier(newest: Assessment | None) -> dict[str, str]:
    """Return the judgement of the newest version, to go on from."""
    if newest is None:
        return {}
    judged = judgement_of(newest.judgement)
    return {"lawful": judged.lawful, "impact": judged.impact, "measures": judged.measures}


def _signed(row: Assessment) -> Signed:
    level = judgement_of(row.judgement).level
    return Signed(
        number=row.number,
        by=row.made_by.name or row.made_by.username,
        at=row.made_at,
        level=str(Level(level).label),
        mark=_MARKS[level],
    )


def _to_mend(concern: Concern) -> ToMend:
    url, action = "", ""
    if concern.code == "looks_many":
        url, action = reverse("assessment_looks"), _("Read the purposes")
    elif concern.about and not concern.about.startswith("user:"):
        url, action = reverse("roster", args=(concern.about,)), _("To the roster")
    return ToMend(concern.matter, concern.advice, url, action)


def _number(text: str) -> int:
    """Return the number in the form; -1, which none ever is, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else -1


urlpatterns: list[URLPattern] = [
    path("privacy/", assessment, name="assessment"),
    path("privacy/looks/", assessment_looks, name="assessment_looks"),
    path("privacy/versions/<int:number>/", assessment_version, name="assessment_version"),
]
