"""What journeys about families share: finding the measure, the family and the need, and whom to tell."""

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.casework.case_models import Case
from songnuan.journeys.case_settings import KINDS
from songnuan.journeys.telling import tell
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import User
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import holders
from songnuan.plans.models import Measure


def find_families(measure_id: int, *kinds: str) -> Measure:
    """Return the measure that looks after families, of some kinds or of any, with its plan at hand.

    Raises:
        Refusal: `measure_unknown`.

    """
    rows = Measure.objects.select_related("plan").filter(kind__in=kinds or KINDS)
    measure = rows.filter(pk=measure_id).first()
    if measure is None:
        sentence = _("The plan has no such measure that looks after families. Open it from the plan.")
        raise Refusal("measure_unknown", sentence, measure=measure_id)
    return measure


def case_url(case: Case) -> str:
    """Return where the page of a family is."""
    return f"/families/cases/{case.pk}/"


def tell_helper(
    case: Case, say: Callable[[], tuple[str, str]], *, topic: str, key: str, actor: Actor, at: datetime
) -> None:
    """Leave a notice for who helps a family, or is asked to."""
    tell(
        User.objects.filter(pk=case.helper_id or 0, is_active=True),
        say,
        topic=topic,
        key=key,
        url=case_url(case),
        plan=case.plan.title,
        actor=actor,
        at=at,
    )


def tell_both(
    case: Case, say: Callable[[], tuple[str, str]], *, topic: str, key: str, actor: Actor, at: datetime
) -> None:
    """Leave a notice for who helps a family and who manages the families; for who does both, one."""
    tell_helper(case, say, topic=topic, key=key, actor=actor, at=at)
    tell_officers(case, say, topic=topic, key=key, actor=actor, at=at)


def tell_deputy(
    case: Case, say: Callable[[], tuple[str, str]], *, topic: str, key: str, actor: Actor, at: datetime
) -> None:
    """Leave a notice for the deputy of a special family."""
    tell(
        User.objects.filter(pk=case.deputy_id or 0, is_active=True),
        say,
        topic=topic,
        key=key,
        url=case_url(case),
        plan=case.plan.title,
        actor=actor,
        at=at,
    )


def tell_officers(
    case: Case, say: Callable[[], tuple[str, str]], *, topic: str, key: str, actor: Actor, at: datetime
) -> None:
    """Leave a notice for who manages the families of a plan, or leads a special one; who acts knows it."""
    right = Permission.CASE_LEAD if case.is_special else Permission.CASE_MANAGE
    tell(
        holders(right, case.lead_id or case.plan.unit_id, at).exclude(pk=actor.user_id or 0),
        say,
        topic=topic,
        key=key,
        url=case_url(case),
        plan=case.plan.title,
        actor=actor,
        at=at,
    )
