"""Papers of kits that people pick up: the list of them, one as a file, and the photos of the days."""

from collections.abc import Mapping

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from songnuan.documents.sheet_pdf import missing_here
from songnuan.goods.models import BatchPhoto, Distribution
from songnuan.journeys.add_batch_photos import add_batch_photos
from songnuan.journeys.make_pickup_papers import KINDS, VIEWERS, make_pickup_papers, may_make
from songnuan.journeys.withdraw_batch_photo import withdraw_batch_photo
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.records.rules import Opened
from songnuan.web.counting import taken
from songnuan.web.opening import saved, shown, thumbnail
from songnuan.web.paging import before_of, page_of
from songnuan.web.pickup_page import head_of, seen
from songnuan.web.pickup_paper_forms import (
    FILES,
    BatchPhotosForm,
    Offer,
    PickupPaperForm,
    choices_of,
)
from songnuan.web.views.shared import PAGE, Reader, key_of, only_posted, reader_of
from songnuan.web.views.stock import is_blind

OF_STORE = frozenset({"packing_list", "desk_goods", "item_card", "pickup_summary"})
"""Papers with figures of the store: who counts it does not get them until the count is handed in."""
_NARROWING = ("batch", "desk", "unit", "pickup")
_DIGITS = 18
_NUMBERS = 1_000  # a batch has fewer photos


def distribution_seen(reader: Reader, pk: int) -> Distribution:
    """Return a distribution, to who keeps its pickups or sees the money of its plan.

    Raises:
        Http404: To all others, without a word on whether it exists.

    """
    row = seen(reader, pk)
    if not any(reader.may(need, row.measure.plan.unit_id) for need in VIEWERS):
        raise Http404
    return row


@login_required
@never_cache
@require_safe
def pickup_papers(request: HttpRequest, pk: int) -> HttpResponse:
    """List the papers of a distribution; `?batch=2&desk=3&unit=4` has these chosen."""
    reader = reader_of(request)
    return _page(request, reader, distribution_seen(reader, pk))


@login_required
@only_posted
def pickup_paper(request: HttpRequest, pk: int, kind: str, ext: str) -> HttpResponse:
    """Make a paper of a distribution and hand it out as a file."""
    reader = reader_of(request)
    row = distribution_seen(reader, pk)
    if kind not in KINDS or not may_make(KINDS[kind], row, reader.actor, reader.at):
        raise Http404
    if ext not in KINDS[kind].forms:
        raise BadRequest("a paper is made as one of the files that are offered")
    form = PickupPaperForm(request.POST, key=kind, choices=choices_of(row, reader))
    if not form.is_valid():
        return _page(request, reader, row, tried=(kind, form))
    if kind in OF_STORE and is_blind(reader, row.measure.plan):
        sentence = _(
            "You are counting this store. Until the count is handed in, this paper is not made for you."
        )
        form.refuse(Refusal("count_running", sentence))
        return _page(request, reader, row, tried=(kind, form))
    # Asked for without the right, names in full are refused by the journey, and the attempt is recorded.
    is_full = KINDS[kind].has_names and bool(request.POST.get("is_full"))
    order = form.order(kind, ext, pk, is_full=is_full)
    try:
        made = make_pickup_papers(order=order, actor=reader.actor, at=reader.at)
    except NotPermitted:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(request, reader, row, tried=(kind, form))
    taken()
    return saved(made.content, made.name, made.media_type)


@login_required
@only_posted
def pickup_photos(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the photos that were posted with their batch."""
    reader = reader_of(request)
    row = distribution_seen(reader, pk)
    require(reader.actor, Permission.PICKUP_MANAGE, unit_id=row.measure.plan.unit_id, at=reader.at)
    form = BatchPhotosForm(request.POST, request.FILES, batches=choices_of(row, reader).batch)
    if form.is_valid():
        with form.refusals():
            add_batch_photos(
                batch_id=form.cleaned_data["batch"],
                photos=form.cleaned_data["photos"],
                shot=form.shot(),
                key=key_of(request),
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("The photos are kept with their batch."))
            return redirect("pickup_papers", pk)
    return _page(request, reader, row, photos=form)


@login_required
@never_cache
@require_safe
def pickup_photo(request: HttpRequest, pk: int, position: int, number: int) -> HttpResponse:
    """Give one photo of a batch, by its place in the order; that it was opened is noted."""
    reader = reader_of(request)
    row = _photo(reader, pk, position, number)
    stream = f"plan:{row.batch.distribution.measure.plan.slug}"
    opened = Opened("batch_photo", stream, f"goods.batch:{row.batch_id}", {"number": number})
    assert row.picture_id is not None  # noqa: S101 - those that were taken out are passed over
    return shown(request, reader, row.picture_id, opened)


@login_required
@never_cache
@require_safe
def pickup_photo_small(request: HttpRequest, pk: int, position: int, number: int) -> HttpResponse:
    """Give the thumbnail of a photo."""
    small = _photo(reader_of(request), pk, position, number).thumbnail_id
    assert small is not None  # noqa: S101 - as above
    return thumbnail(small)


def _photo(reader: Reader, pk: int, position: int, number: int) -> BatchPhoto:
    distribution_seen(reader, pk)
    rows = BatchPhoto.objects.select_related("batch__distribution__measure__plan")
    rows = rows.filter(batch__distribution=pk, picture__isnull=False)
    found = rows.filter(batch__position=position, position=number).first()
    if found is None:
        raise Http404
    return found


@login_required
@never_cache
@only_posted
def pickup_photo_withdraw(request: HttpRequest, pk: int, position: int, number: int) -> HttpResponse:
    """Take a photo out of its batch, and erase its picture."""
    reader = reader_of(request)
    found = _photo(reader, pk, position, number)
    withdraw_batch_photo(photo_id=found.pk, actor=reader.actor, at=reader.at)
    messages.success(request, _("The photo is taken out, and its picture is erased."))
    return redirect("pickup_papers", pk)


def _chosen(request: HttpRequest) -> dict[str, int]:
    """Return what the address has chosen, such as ?batch=2."""
    asked = {name: request.GET.get(name, "") for name in _NARROWING}
    return {
        name: int(text)
        for name, text in asked.items()
        if text.isascii() and text.isdigit() and len(text) <= _DIGITS
    }


def _page(
    request: HttpRequest,
    reader: Reader,
    row: Distribution,
    *,
    tried: tuple[str, PickupPaperForm] | None = None,
    photos: BatchPhotosForm | None = None,
) -> HttpResponse:
    """Show the list of papers and the photos; `tried` and `photos` are forms that could not be taken."""
    wrong: Mapping[str, PickupPaperForm] = dict([tried]) if tried else {}
    choices, chosen = choices_of(row, reader), _chosen(request)
    offers = [
        Offer(
            key,
            kind.label,
            kind.about,
            wrong.get(key) or PickupPaperForm(key=key, choices=choices, initial=chosen),
            tuple((form, FILES[form]) for form in kind.forms),
        )
        for key, kind in KINDS.items()
        if any(reader.may(need, row.measure.plan.unit_id) for need in kind.needs)
    ]
    may_add = reader.may(Permission.PICKUP_MANAGE, row.measure.plan.unit_id)
    if may_add and photos is None:
        initial = {"taken_on": reader.day, "batch": chosen.get("batch")}
        photos = BatchPhotosForm(batches=choices.batch, initial=initial)
    # What could not be taken stands at an address of its own: there is no next page.
    pictures, older = _photos(row, before_of(request))
    context = {
        "head": head_of(reader, row, "pickup_papers"),
        "row": row,
        "plan": row.measure.plan,
        "offers": offers,
        "photos": pictures,
        "older": None if request.method == "POST" else older,
        "form": photos,
        "missing_fonts": missing_here(),
    }
    status = 422 if tried or (photos is not None and photos.errors) else 200
    return render(request, "web/pickup_papers.html", context, status=status)


def _photos(row: Distribution, after: int | None) -> tuple[list[BatchPhoto], int | None]:
    """Return a page of the photos, by batch and number, and the key that the next one goes on from."""
    key = F("batch__position") * _NUMBERS + F("position")
    rows = BatchPhoto.objects.filter(batch__distribution=row, picture__isnull=False)
    rows = rows.annotate(key=key).select_related("batch")
    rows = rows.order_by("key") if after is None else rows.filter(key__gt=after).order_by("key")
    return page_of(rows[: PAGE + 1], PAGE, lambda one: one.batch.position * _NUMBERS + one.position)


urlpatterns: list[URLPattern] = [
    path("pickups/<int:pk>/papers/", pickup_papers, name="pickup_papers"),
    path("pickups/<int:pk>/papers/photos/", pickup_photos, name="pickup_photos"),
    path("pickups/<int:pk>/papers/photos/<int:position>/<int:number>/", pickup_photo, name="pickup_photo"),
    path(
        "pickups/<int:pk>/papers/photos/<int:position>/<int:number>/small/",
        pickup_photo_small,
        name="pickup_photo_small",
    ),
    path(
        "pickups/<int:pk>/papers/photos/<int:position>/<int:number>/withdraw/",
        pickup_photo_withdraw,
        name="pickup_photo_withdraw",
    ),
    path("pickups/<int:pk>/papers/<slug:kind>.<str:ext>", pickup_paper, name="pickup_paper"),
]
