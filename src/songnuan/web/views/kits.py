"""Pages on which units get a plan's kits straight out of the store: who still gets one, and who signed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from songnuan.goods.giving import (
    UnitShare,
    served_at_the_store,
    unit_shares,
    units_of,
    visits_bring_kits,
)
from songnuan.goods.handed import issues
from songnuan.goods.holding import require_kit_free
from songnuan.goods.models import Distribution, Kit
from songnuan.goods.queries import KitView, kit_view, parts_of, times_of
from songnuan.goods.rules import Part
from songnuan.journeys.issue_kit import issue_kit
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.plans.models import Plan
from songnuan.visits.owed import is_held, there
from songnuan.visits.signing import words_of
from songnuan.web.kit_form import KitIssueForm, KitPart
from songnuan.web.paging import before_of, page_of
from songnuan.web.views.issues import issue_view
from songnuan.web.views.shared import PAGE, Reader, key_of, names_on, reader_of, was_received
from songnuan.web.views.stock import COUNT_FIRST, is_blind, plan_of_store

_NAME = 60


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit with its share of the kit in words: what it got, what is left."""

    share: UnitShare
    name: str
    got: str
    left: str

    @property
    def people(self) -> int | None:
        """For how many people it gets a kit each; 1 for a kit for the whole unit, None if unknown."""
        return self.share.share.times if self.share.share else None


@login_required
@require_safe
def kit_units(request: HttpRequest, pk: int) -> HttpResponse:
    """Show which units still get their kit, or what was signed for, the newest first."""
    reader = reader_of(request)
    kit, plan = _kit_seen(reader, pk)
    if kit.per_family:
        words = _("This was bought for families: it is given for a need of a family, on the need's page.")
        messages.info(request, words)
        return redirect("stock", plan.slug)
    picked_up = Distribution.objects.filter(kit=pk).values_list("pk", flat=True).first()
    if picked_up is not None:
        messages.info(request, _("People pick this kit up themselves. Here stands how far that is."))
        return redirect("pickups_one", picked_up)
    each = unit_shares(kit, plan, units_of(kit, plan, reader.day))
    units = [unit_id for unit_id, share in each.items() if not share.elsewhere]
    lacking = [unit_id for unit_id in units if not each[unit_id].is_served]
    wants_receipts = request.GET.get("show") == "receipts"
    blind = is_blind(reader, plan)
    context = {
        "plan": plan,
        "kit": kit,
        "lacking": len(lacking),
        "served": len(units) - len(lacking),
        "due": len(units),
        "at_the_store": served_at_the_store(pk),
        "wants_receipts": wants_receipts,
        "in_store": [] if blind else _in_store(kit, reader),
        "blind": blind,
        "held": why_held(kit),
        "with_visits": visits_bring_kits(plan.pk),
        "may_give": reader.may(Permission.DONATION_RECORD, plan.unit_id),
        **(
            _receipts(request, reader, plan, kit)
            if wants_receipts
            else _lacking(request, reader, kit, [each[unit_id] for unit_id in lacking])
        ),
    }
    return render(request, "web/kit_units.html", context)


@login_required
def kit_give(request: HttpRequest, pk: int, unit_id: int) -> HttpResponse:
    """Give a unit what it still gets of a kit; it signs."""
    reader = reader_of(request)
    kit, plan = _kit_seen(reader, pk)
    require(reader.actor, Permission.DONATION_RECORD, unit_id=plan.unit_id, at=reader.at)
    share, is_received = unit_shares(kit, plan, [unit_id])[unit_id], was_received(request)
    if unit_id not in units_of(kit, plan, reader.day) and not is_received:
        raise Http404
    if visits_bring_kits(plan.pk) and not is_received:
        messages.warning(request, _("Visits bring the kits of this plan, and each unit signs there."))
        return redirect("kit_units", pk)
    blind, name = is_blind(reader, plan), names_on([unit_id], reader.day).get(unit_id, "")
    parts, times = _parts(kit, share, reader), times_of(plan, reader.actor, reader.at)
    cards = issues(plan.pk, kit_id=pk, unit_id=unit_id)
    context = {
        "plan": plan,
        "kit": kit,
        "row": _row(share, kit.parts, name),
        "blind": blind,
        "held": why_held(kit),
        "earlier": [issue_view(one, {unit_id: name}) for one in cards],
    }
    if request.method != "POST":
        form = KitIssueForm(parts, times, blind=blind, initial={"happened_on": reader.day})
        return render(request, "web/kit_give.html", {**context, "form": form})
    form = KitIssueForm(parts, times, request.POST, blind=blind, is_received=is_received)
    if blind and not is_received:
        # A refusal would tell what the books say.
        form.add_error(None, COUNT_FIRST)
    if form.is_valid():
        told = form.cleaned_data
        with form.refusals():
            issue_id = issue_kit(
                kit_id=pk,
                unit_id=unit_id,
                packs=form.packs,
                happened_on=told["happened_on"],
                handing=form.handing,
                signature=form.drawn,
                reason_late=told["reason_late"],
                key=key_of(request),
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("The goods are booked out of the store."))
            return redirect("issue", issue_id)
    return render(request, "web/kit_give.html", {**context, "form": form}, status=422)


def _kit_seen(reader: Reader, pk: int) -> tuple[KitView, Plan]:
    """Return the kit and its plan; what the reader may not see is not there."""
    kit = get_object_or_404(Kit.objects.select_related("measure"), pk=pk)
    return kit_view(kit, parts_of(pk)), plan_of_store(reader, kit.measure.plan_id)


def _lacking(
    request: HttpRequest, reader: Reader, kit: KitView, rows: Iterable[UnitShare]
) -> dict[str, object]:
    """Return the page of the units that still get something, those of a name alone where one is asked for."""
    before, asked = before_of(request), request.GET.get("q", "").strip()[:_NAME]
    shares = {one.unit_id: one for one in rows if before is None or one.unit_id > before}
    names = names_on(shares, reader.day) if asked else {}
    found = [unit_id for unit_id in sorted(shares) if asked in names.get(unit_id, "")]
    shown, older = page_of(found, PAGE, lambda unit_id: unit_id)
    names = names or names_on(shown, reader.day)
    return {
        "rows": [_row(shares[pk], kit.parts, names.get(pk, "")) for pk in shown],
        "older": older,
        "asked": asked,
    }


def _receipts(request: HttpRequest, reader: Reader, plan: Plan, kit: KitView) -> dict[str, object]:
    """Return the page of what units signed for."""
    before, cards = before_of(request), issues(plan.pk, kit_id=kit.kit_id)
    shown, older = page_of(
        [one for one in cards if before is None or one.issue_id < before], PAGE, lambda one: one.issue_id
    )
    names = names_on({one.unit_id for one in shown}, reader.day)
    return {"receipts": [issue_view(one, names) for one in shown], "older": older}


def _row(share: UnitShare, parts: Iterable[Part], name: str) -> UnitRow:
    got = [replace(part, quantity=share.got[part.item_id]) for part in parts if share.got.get(part.item_id)]
    return UnitRow(share, name, _words(got), _words(share.left))


def _words(parts: Iterable[Part]) -> str:
    return "、".join(words_of(part.item, part.quantity, part.packing) for part in parts)


def why_held(kit: KitView) -> str:
    """Return what of the kit a hold keeps in the store, in a sentence; empty where none does."""
    try:
        require_kit_free(kit.fund_id)
    except Refusal as refusal:
        return refusal.sentence
    return _("Some goods of this kit are on hold and stay in the store.") if is_held(kit) else ""


def _in_store(kit: KitView, reader: Reader) -> list[str]:
    """Return the packs of the kit that may go out today, in words."""
    packs = there(kit, reader.day)
    return [words_of(part.item, packs.get(part.item_id, 0), part.packing) for part in kit.parts]


def _parts(kit: KitView, share: UnitShare, reader: Reader) -> list[KitPart]:
    """Return the items of a unit's share; those of which it has all stay, for what is posted twice."""
    packs: Mapping[int, int] = there(kit, reader.day)
    return [
        KitPart(part, share.got.get(part.item_id, 0), packs.get(part.item_id, 0))
        for part in (share.share.parts if share.share else ())
    ]


urlpatterns: list[URLPattern] = [
    path("kits/<int:pk>/units/", kit_units, name="kit_units"),
    path("kits/<int:pk>/units/<int:unit_id>/", kit_give, name="kit_give"),
]
