"""Pages of entries that may be one person: the list, and two of them side by side."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from songnuan.journeys.merge_persons import merge_persons
from songnuan.journeys.tell_apart import tell_apart
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.people import queries as people
from songnuan.people.models import PairStatus, Reason, Relation, Sex
from songnuan.people.queries import Compared, PairRow
from songnuan.web.paging import page_of
from songnuan.web.roster_words import field_label, masked_birth
from songnuan.web.views.shared import PAGE, Reader, reader_of

SIDES = ("first", "second")


@dataclass(frozen=True, slots=True)
class Line:
    """One fact of both entries. `chosen` is the side that stays unless somebody says otherwise."""

    field: str
    label: str
    first: str
    second: str
    differs: bool
    chosen: str


@login_required
@require_safe
def duplicate_list(request: HttpRequest) -> HttpResponse:
    """Show the pairs that the reader may decide, the likeliest first."""
    reader = reader_of(request)
    require(reader.actor, Permission.PEOPLE_MERGE, at=reader.at)
    found = people.open_pairs(reader.actor, reader.at, before=_before(request), size=PAGE + 1)
    rows, older = page_of(found, PAGE, lambda row: f"{row.score}-{row.pk}")
    context = {
        "rows": [(row, _reasons(row)) for row in rows],
        "older": older,
    }
    return render(request, "web/duplicates.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def duplicate(request: HttpRequest, pk: int) -> HttpResponse:
    """Show two entries side by side; a POST says that they are one person, or two."""
    reader = reader_of(request)
    require(reader.actor, Permission.PEOPLE_MERGE, at=reader.at)
    found = people.pair(pk, reader.actor, reader.at)
    if found is None:
        raise Http404
    row, compared = found
    refusal = ""
    if request.method == "POST" and row.status != PairStatus.MERGED:
        try:
            return _decide(request, reader, row, compared)
        except NotPermitted:
            raise
        except Refusal as refused:
            refusal = refused.sentence
    context = {
        "pair": row,
        "reasons": _reasons(row),
        "lines": [_line(one) for one in compared],
        "decision": str(PairStatus(row.status).label),
        "is_open": row.status == PairStatus.OPEN,
        "is_merged": row.status == PairStatus.MERGED,
        "refusal": refusal,
        "links": [(title, str(Relation(relation).label)) for title, relation in _links(row)],
        "end_links": request.POST.get("end_links") == "1",
        "remark": request.POST.get("remark", ""),
    }
    return render(request, "web/duplicate.html", context, status=422 if refusal else 200)


def _decide(
    request: HttpRequest, reader: Reader, row: PairRow, compared: list[Compared]
) -> HttpResponseRedirect:
    """Carry out what was decided; the earlier entry stays.

    Raises:
        BadRequest: When the form says neither.

    """
    remark = request.POST.get("remark", "")
    if request.POST.get("act") == "apart":
        tell_apart(pair_id=row.pk, remark=remark, actor=reader.actor, at=reader.at)
        messages.success(request, _("Kept as two different persons."))
        return redirect("duplicates")
    if request.POST.get("act") != "merge":
        raise BadRequest("the form says neither one person nor two")
    merge_persons(
        keep_key=row.first.key,
        drop_key=row.second.key,
        choices=_choices(request, compared),
        remark=remark,
        end_links=request.POST.get("end_links") == "1",
        actor=reader.actor,
        at=reader.at,
    )
    messages.success(request, _merged(reader))
    return redirect("person", row.first.key)


def _merged(reader: Reader) -> str:
    """Say that the two are one, and lead to the next pair, if there is one."""
    done = _("The two entries are one person now.")
    left = people.open_pairs(reader.actor, reader.at, before=None, size=1)
    if not left:
        return done
    url = reverse("duplicate", args=(left[0].pk,))
    return format_html('{} <a href="{}">{}</a>', done, url, _("Compare the next two entries"))


def _links(row: PairRow) -> list[tuple[str, str]]:
    """Return what tells the two of a pair to be family, as long as it can be merged."""
    return [] if row.status == PairStatus.MERGED else people.links_between(row.first.pk, row.second.pk)


def _choices(request: HttpRequest, compared: list[Compared]) -> dict[str, str]:
    """Return which entry's fact stays, for those that differ."""
    return {
        one.field: "drop" if request.POST.get(f"choose_{one.field}") == SIDES[1] else "keep"
        for one in compared
        if one.differs
    }


def _line(one: Compared) -> Line:
    first, second = (_said(one.field, value) for value in (one.first, one.second))
    return Line(
        field=one.field,
        label=field_label(one.field),
        first=first,
        second=second,
        differs=one.differs,
        chosen=SIDES[0] if one.first or not one.second else SIDES[1],
    )


def _said(field: str, value: str) -> str:
    if field == "sex" and value:
        return str(Sex(value).label)
    return masked_birth(value) if field == "birth_on" else value


def _reasons(row: PairRow) -> list[str]:
    return [str(Reason(reason).label) for reason in row.reasons]


def _before(request: HttpRequest) -> tuple[int, int] | None:
    """Return the score and key that the page goes on from; None for the first, and for what is no key."""
    score, _mark, pk = request.GET.get("before", "").partition("-")
    if not all(part.isascii() and part.isdigit() and len(part) < 19 for part in (score, pk)):
        return None
    return int(score), int(pk)


urlpatterns: list[URLPattern] = [
    path("people/duplicates/", duplicate_list, name="duplicates"),
    path("people/duplicates/<int:pk>/", duplicate, name="duplicate"),
]
