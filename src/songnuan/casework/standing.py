"""How one need stands: in which round, whether it is closed, and what the family said last."""

from datetime import datetime

from songnuan.casework.case_models import Feedback, FeedbackLink, Need, NeedClosing, NeedReopening
from songnuan.casework.case_rules import digest_of


def round_of(need: Need) -> int:
    """Return how often the need is open by now: the first time is 1."""
    return 1 + NeedReopening.objects.filter(closing__need=need).count()


def open_closing(need: Need) -> NeedClosing | None:
    """Return by what the need is closed; None while it is open."""
    return NeedClosing.objects.filter(need=need, reopening__isnull=True).order_by("-pk").first()


def newest_feedback(need: Need) -> Feedback | None:
    """Return what the family said last in this round."""
    return Feedback.objects.filter(need=need, round=round_of(need)).order_by("-pk").first()


def opened(secret: str, at: datetime) -> FeedbackLink | None:
    """Return the link that a secret opens; None for one that is too old, replaced, or of a closed need."""
    rows = FeedbackLink.objects.select_related("need__case__plan", "need__words")
    link = rows.filter(digest=digest_of(secret), expires_at__gt=at).first()
    if link is None or open_closing(link.need) is not None or link.round != round_of(link.need):
        return None
    newest = FeedbackLink.objects.filter(need=link.need_id).order_by("-pk").first()
    return link if newest == link else None
