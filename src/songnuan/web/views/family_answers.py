"""The page on which a family says what it thinks of how its need was met: by a link, without an account."""

from typing import Any, Final

from allauth.core.internal import ratelimit
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods

from songnuan.casework.case_models import FeedbackLink
from songnuan.casework.case_rules import FAMILY, digest_of
from songnuan.casework.special_queries import looks_of
from songnuan.casework.standing import opened
from songnuan.journeys.family_feedback import take_feedback
from songnuan.organisation.queries import now
from songnuan.web.case_forms import FamilyFeedbackForm
from songnuan.web.unsigned import without_sign_in
from songnuan.web.views.shared import key_of

_ACTION: Final = "family_feedback"
_COUNTED: Final[dict[str, Any]] = {
    "app": "songnuan.web",
    "action": _ACTION,
    "config": {_ACTION: "120/h/ip,30/10m/key"},
}
"""Many an hour from one address, as a hospital has one for all; thirty in ten minutes by one link."""


@without_sign_in
@require_http_methods(["GET", "HEAD", "POST"])
def family_feedback(request: HttpRequest, secret: str) -> HttpResponse:
    """Show what was asked for, in a word, and take in what the family thinks: once by each link."""
    if ratelimit.consume(request, key=digest_of(secret), **_COUNTED) is None:
        return render(request, "web/family_feedback.html", {"state": "many"}, status=429)
    link = opened(secret, now())
    if link is None:
        answered = FeedbackLink.objects.filter(digest=digest_of(secret), answer__isnull=False).exists()
        if not answered:
            raise Http404
        return render(request, "web/family_feedback.html", {"state": "thanks"})
    context: dict[str, Any] = {"need": link.need, "plan": link.need.case.plan, "state": "asked"}
    if link.need.case.is_special:
        context["looks"] = looks_of(link.need.case_id)
    if hasattr(link, "answer"):
        return render(request, "web/family_feedback.html", {**context, "state": "thanks"})
    form = FamilyFeedbackForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        once, told = key_of(request), form.cleaned_data
        with form.refusals():
            take_feedback(
                secret=secret,
                satisfied=told["satisfied"],
                text=told["text"],
                key=once,
                actor=FAMILY,
                at=now(),
            )
            return redirect("family_feedback", secret)
    context["form"] = form
    return render(request, "web/family_feedback.html", context, status=422 if form.errors else 200)


urlpatterns: list[URLPattern] = [
    path("feedback/<str:secret>/", family_feedback, name="family_feedback"),
]
