"""What the journeys of an amendment share: finding it, and whether a running plan can go on by its text."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.approvals.models import Request
from songnuan.approvals.queries import latest
from songnuan.funds.models import Fund
from songnuan.journeys.measures import kinds, settings_by_kind
from songnuan.journeys.telling import NAME_SHOWN, tell
from songnuan.kernel.actor import Actor
from songnuan.kernel.money import yuan
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import Post, User
from songnuan.organisation.permissions import Permission, roles_with
from songnuan.organisation.queries import day_of, pairs
from songnuan.organisation.rules import live
from songnuan.plans.models import Amendment, Measure, MeasureStatus, Plan
from songnuan.plans.planfile import PlanFile, read
from songnuan.plans.queries import amendment_of, version_of
from songnuan.tasks.queries import duty_owners


def find_amendment(plan: Plan) -> Amendment:
    """Return the amendment under way.

    Raises:
        Refusal: `amendment_none`.

    """
    amendment = amendment_of(plan)
    if amendment is None:
        sentence = _("“%(title)s” is not being amended. Reload the page and look again.")
        raise Refusal("amendment_none", sentence % {"title": plan.title}, slug=plan.slug)
    return amendment


def subject_of(plan: Plan, amendment: Amendment) -> str:
    """Return what is put up for approval: this text and no other."""
    return f"plans.plan:{plan.slug}@{amendment.version}"


def find_amendment_request(plan: Plan, amendment: Amendment) -> Request:
    """Return the request about the amendment's text.

    Raises:
        Refusal: `nothing_requested`.

    """
    request = latest(subject_of(plan, amendment))
    if request is None:
        sentence = _("Nobody has put “%(title)s” up for approval yet.") % {"title": plan.title}
        raise Refusal("nothing_requested", sentence, plan=plan.slug)
    return request


def source_of(plan: Plan, amendment: Amendment) -> str:
    """Return the amendment's text."""
    version = version_of(plan, amendment.version)
    assert version is not None  # noqa: S101 - the amendment's version is written with it
    return version.source


def text_of_amendment(plan: Plan, amendment: Amendment) -> PlanFile:
    """Return what the amendment's text says."""
    return read(source_of(plan, amendment), settings_by_kind())


def check_goes_on(plan: Plan, plan_file: PlanFile) -> None:
    """Let pass a text that leaves alone what cannot change while it is in use: kits, and the plan's funds.

    Raises:
        Refusal: `settings_fixed`, `fund_fixed`.

    """
    told = {entry.key: entry for _clause, entry in plan_file.measures()}
    for row in Measure.objects.filter(plan=plan, status=MeasureStatus.OPEN):
        entry = told.get(row.key)
        if entry is None or entry.kind != row.kind:
            continue
        kind = kinds()[row.kind]
        before = kind.settings.model_validate(row.settings)
        after = kind.settings.model_validate(entry.settings)
        fixed = [name for name in sorted(kind.fixed) if getattr(before, name) != getattr(after, name)]
        if fixed:
            sentence = _(
                "The measure “%(measure)s” is under way; these of its settings stay as they were: %(names)s. "
                "To do it another way, close it and write a new measure with a key of its own."
            )
            facts = {"measure": kind.label(), "names": ", ".join(fixed)}
            raise Refusal("settings_fixed", sentence % facts, measure=row.pk)
    _check_funds(plan, plan_file)


def _check_funds(plan: Plan, plan_file: PlanFile) -> None:
    told = {entry.number: entry.amount_minor for entry in plan_file.funds}
    for fund in Fund.objects.filter(plan=plan).select_related("document").order_by("pk"):
        if told.get(fund.document.number) != fund.granted_minor:
            sentence = _(
                "The fund %(number)s with its %(amount)s yuan is in use and stays as its document set it up. "
                "More money comes by a document and a fund of its own."
            )
            facts = {"number": fund.document.number, "amount": yuan(fund.granted_minor)}
            raise Refusal("fund_fixed", sentence % facts, fund=fund.pk)


def new_funds(plan: Plan, plan_file: PlanFile) -> Iterable[str]:
    """Return the numbers of the funds that the plan does not have yet."""
    there = set(Fund.objects.filter(plan=plan).values_list("document__number", flat=True))
    return [entry.number for entry in plan_file.funds if entry.number not in there]


def tell_of_amendment(plan: Plan, amendment: Amendment, actor: Actor, at: datetime) -> None:
    """Leave a notice for those whom the plan concerns, once.

    That is the issuing unit, the office, leads and paired units, and whoever has a duty of the plan.
    """
    day = day_of(at)
    units = {plan.unit_id, plan.office_id, *duty_owners(plan.slug)}
    for pair in pairs(plan.slug, day):
        units |= {pair.unit_id, pair.lead_id}
    posts = Post.objects.filter(
        live(day), unit__in=units - {None}, role__in=roles_with(Permission.PLAN_VIEW)
    ).values("user")

    def say() -> tuple[str, str]:
        title = _("Amended and in force from now on: %(title)s")
        body = _("Why: %(reason)s")
        return title % {"title": plan.title[:NAME_SHOWN]}, body % {"reason": amendment.reason}

    tell(
        User.objects.filter(is_active=True, pk__in=posts).exclude(pk=actor.user_id or 0).order_by("pk"),
        say,
        topic="plan.amended",
        key=f"amendment:{amendment.pk}:in_force",
        url=f"/plans/{plan.slug}/compare/?a={amendment.base}&b={amendment.version}",
        plan=plan.title,
        actor=actor,
        at=at,
    )
