"""What somebody picks up, on their own page: they name who may fetch it for them, or take it back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from songnuan.goods.own_pickups import OwnKit, own_kits
from songnuan.journeys.name_proxy import name_proxy
from songnuan.people.models import Person
from songnuan.web.own_forms import OwnProxyForm
from songnuan.web.unsigned import without_sign_in
from songnuan.web.views.own_view import Visit, closed, visit_of


@without_sign_in
@require_http_methods(["GET", "HEAD", "POST"])
def own_proxy(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in who may fetch a kit for the person."""
    visit = visit_of(request)
    if visit is None:
        return closed(request)
    kit = _kit(visit, pk)
    if kit is None or not kit.may_name:
        messages.warning(request, _("This can't be done any more. Below it stands how it is now."))
        return redirect("own_view")
    form = (
        OwnProxyForm(request.POST) if request.method == "POST" else OwnProxyForm(initial={"proxy": kit.proxy})
    )
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["proxy"]
        with form.refusals():
            name_proxy(recipient_id=pk, name=name, actor=visit.actor, at=visit.at)
            if name:
                messages.success(request, _("The desk knows it now. Whoever you named brings your code."))
            elif kit.proxy:
                messages.success(request, _("Taken back: only you pick it up."))
            else:
                messages.success(request, _("Nobody is named: you pick it up yourself."))
            return redirect("own_view")
    context = {"form": form, "kit": kit, "visit": visit}
    return render(request, "web/own_proxy.html", context, status=422 if form.errors else 200)


def _kit(visit: Visit, recipient_id: int) -> OwnKit | None:
    """Return a kit of who came in; of anybody else's, None."""
    try:
        kits = own_kits(visit.person_key)
    except Person.DoesNotExist:  # merged or erased at this moment
        return None
    return next((one for one in kits if one.recipient_id == recipient_id), None)


urlpatterns: list[URLPattern] = [
    path("my/kits/<int:pk>/proxy/", own_proxy, name="own_proxy"),
]
