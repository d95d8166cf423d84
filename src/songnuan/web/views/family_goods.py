"""Goods out of the store for a need of a family: what goes out, and who of the family signs for it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from songnuan.casework.case_access import require_manager_of
from songnuan.casework.case_models import Need
from songnuan.casework.case_rules import printed_need
from songnuan.goods.families import FamilyShare, family_shares
from songnuan.goods.queries import times_of
from songnuan.journeys.issue_for_need import issue_for_need
from songnuan.visits.owed import there
from songnuan.web.case_page import family_rows
from songnuan.web.need_goods_form import FamilyPart, NeedGoodsForm
from songnuan.web.views.family_needs import need_seen
from songnuan.web.views.issues import givable
from songnuan.web.views.kits import why_held
from songnuan.web.views.shared import Reader, key_of, reader_of, was_received
from songnuan.web.views.stock import COUNT_FIRST, is_blind


@login_required
@never_cache
def family_goods(request: HttpRequest, pk: int) -> HttpResponse:
    """Give goods for a need."""
    reader = reader_of(request)
    need, _reach = need_seen(reader, pk)
    plan = need.case.plan
    require_manager_of(need.case, reader.actor, reader.at)
    if need.case.is_special:
        raise Http404
    shares = family_shares(plan.pk, need.case_id)
    bought = _bought(shares, reader)
    # What is posted twice names goods that may be used up by then: it is still read as the first time.
    donated = givable(plan, reader, is_read_again=request.method == "POST")
    times, blind = times_of(plan, reader.actor, reader.at), is_blind(reader, plan)
    context = _context(need, shares, reader, blind=blind)
    if request.method != "POST":
        form = NeedGoodsForm(bought, donated, times, initial={"happened_on": reader.day})
        offers = bool(form.items) or any(part.left and (blind or part.there) for part in bought)
        return render(request, "web/family_goods.html", {**context, "form": form, "offers": offers})
    is_received = was_received(request)
    form = NeedGoodsForm(bought, donated, times, request.POST, is_received=is_received)
    if blind and not is_received:
        # A refusal would tell what the books say.
        form.add_error(None, COUNT_FIRST)
    if form.is_valid():
        told = form.cleaned_data
        with form.refusals():
            issue_for_need(
                need_id=pk,
                bought=form.packs_bought,
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
            return redirect("family_need", pk)
    return render(request, "web/family_goods.html", {**context, "form": form, "offers": True}, status=422)


def _bought(shares: list[FamilyShare], reader: Reader) -> list[FamilyPart]:
    """Return the items of the family's shares; those of which it has all stay, for what is posted twice."""
    found = []
    for share in shares:
        packs = there(share.kit, reader.day)
        found += [
            FamilyPart(part, share.got.get(part.item_id, 0), packs.get(part.item_id, 0), share.kit.kit_id)
            for part in share.kit.parts
        ]
    return found


def _context(need: Need, shares: list[FamilyShare], reader: Reader, *, blind: bool) -> dict[str, object]:
    [family] = family_rows([need.case], reader.day)
    return {
        "plan": need.case.plan,
        "need": need,
        "family": family,
        "number": printed_need(need.case.number, need.number),
        "blind": blind,
        "held": next(filter(None, (why_held(share.kit) for share in shares)), ""),
    }


urlpatterns: list[URLPattern] = [path("families/needs/<int:pk>/goods/", family_goods, name="family_goods")]
