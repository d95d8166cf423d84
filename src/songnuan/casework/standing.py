"""How one need stands: in which round, whether it is closed, and what the family said last."""

from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.casework.case_access import require_acting
from songnuan.casework.case_models import (
    Feedback,
    FeedbackLink,
    Need,
    NeedAction,
    NeedClosing,
    NeedReopening,
    Source,
)
from songnuan.casework.case_rules import digest_of
from songnuan.casework.noting import held_need, require_open
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal


def round_of(need: Need) -> int:
    """Return how often the need is open by now: the first time is 1."""
    return 1 + NeedReopening.objects.filter(closing__need=need).count()


def open_closing(need: Need) -> NeedClosing | None:
    """Return by what the need is closed; None while it is open."""
    return NeedClosing.objects.filter(need=need, reopening__isnull=True).order_by("-pk").first()


def held_open_need(need_id: int, actor: Actor, at: datetime) -> tuple[Need, int]:
    """Return an open need with its case, which is locked until commit, and the id of who acts on it.

    Raises:
        Refusal: `need_unknown`, `not_permitted`, `measure_closed`, `need_closed`.

    """
    need = held_need(need_id)
    by = require_acting(need.case, actor, at)
    require_open(need.case)
    if open_closing(need) is not None:
        sentence = _("This need is closed. Open it again first, and say why.")
        raise Refusal("need_closed", sentence, need=need.pk)
    return need, by


def newest_feedback(need: Need) -> Feedback | None:
    """Return what the family said last in this round."""
    return Feedback.objects.filter(need=need, round=round_of(need)).order_by("-pk").first()


def judges_own_link(need: Need, said: Feedback, by: int) -> bool:
    """Return whether somebody would judge their own work by an answer to a link that they made themselves.

    It is their work if they help the family, or put down something done for the need. What somebody else
    heard of the family in a call stands beside the answer, so that it is not judged by it alone.
    """
    if said.link is None or said.link.by_id != by:
        return False
    if need.case.helper_id != by and not NeedAction.objects.filter(need=need, by=by).exists():
        return False
    heard = Feedback.objects.filter(need=need, round=said.round, source=Source.CALL)
    return not heard.exclude(heard_by=by).exists()


def opened(secret: str, at: datetime) -> FeedbackLink | None:
    """Return the link that a secret opens; None for one that is too old, replaced, or of a closed need."""
    rows = FeedbackLink.objects.select_related("need__case__plan", "need__words")
    link = rows.filter(digest=digest_of(secret), expires_at__gt=at).first()
    if link is None or open_closing(link.need) is not None or link.round != round_of(link.need):
        return None
    newest = FeedbackLink.objects.filter(need=link.need_id).order_by("-pk").first()
    return link if newest == link else None
