"""The first page: what is due from the reader today. And the switch of languages."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.decorators import login_not_required, login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from django.views.i18n import set_language

from songnuan.approvals.queries import pending_for
from songnuan.funds.queries import of_plan as funds_of_plan
from songnuan.jobs.queries import notices
from songnuan.journeys.hand_over_later import visit_of
from songnuan.journeys.living_plan import progress_of
from songnuan.journeys.measures.unit_visits import owed_words
from songnuan.kernel.days import written
from songnuan.organisation.permissions import Permission, Role
from songnuan.organisation.queries import units_of
from songnuan.people.models import ImportStatus
from songnuan.people.queries import corrections_waiting, imports_to_decide
from songnuan.people.queries.assessment import concerns_on, is_stale, reaches_whole, versions
from songnuan.plans.models import Measure, Plan, PlanStatus
from songnuan.plans.queries import open_questions, visible_plans
from songnuan.tasks.models import TaskStatus
from songnuan.tasks.queries import of_units
from songnuan.visits.owed import in_store, kit_of_visits, owed
from songnuan.visits.queries import WaitingDay, waiting_for
from songnuan.visits.rules import last_day
from songnuan.web.privacy_words import concerns_title
from songnuan.web.views.issue import waiting_for_receipt
from songnuan.web.views.shared import Reader, cards, names_on, reader_of
from songnuan.web.views.visits import to_do, to_hand_over

_NOTICES = 8
_PARTS = 6


@dataclass(frozen=True, slots=True)
class Part:
    """One of several things that stand together as one."""

    title: str
    detail: str
    url: str


@dataclass(frozen=True, slots=True)
class Due:
    """One thing due from the reader; `action` is the word on its button, empty where it has none.

    `parts` are the things it stands for, each with an address of its own.
    """

    title: str
    detail: str
    url: str
    action: str
    today: date
    due_on: date | None = None
    parts: tuple[Part, ...] = ()

    @property
    def days_left(self) -> int | None:
        """Return how many days are left, negative when it is late."""
        return (self.due_on - self.today).days if self.due_on else None

    @property
    def state(self) -> str:
        """Return the mark."""
        return "late" if self.due_on and self.due_on < self.today else "waiting"

    @property
    def order(self) -> tuple[bool, date]:
        """Late ones first, then by day; what has no day comes before what is still to come."""
        return self.state != "late", self.due_on or date.min


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what is due from the reader, the plans under way, and what is new."""
    reader = reader_of(request)
    plans = list(visible_plans(reader.actor, reader.at))
    due = [
        *_to_sign(reader),
        *_to_allow(reader, plans),
        *_to_acknowledge(reader),
        *_to_move_on(reader, plans),
        *_to_watch(reader, plans),
        *_to_pay(reader, plans),
        *_to_supply(reader, plans),
        *_to_visit(reader),
        *_to_hand_over(reader),
        *_to_solve(reader),
        *_to_bring_in(reader),
        *_to_correct(reader),
        *_to_assess(reader),
    ]
    unread = notices(reader.user.pk, unread=True)
    context = {
        "due": sorted(due, key=lambda item: item.order),
        "plans": cards((plan for plan in plans if plan.status == PlanStatus.OPEN), reader),
        "notices": list(unread[:_NOTICES]),
        "unread": unread.count(),
    }
    return render(request, "web/home.html", context)


def _to_sign(reader: Reader) -> Iterator[Due]:
    for request in pending_for(reader.actor, reader.at):
        slug = request.subject.removeprefix("plans.plan:").rpartition("@")[0]
        yield Due(
            title=request.title,
            detail=_("%(person)s asked for approval.") % {"person": request.requested_by},
            url=reverse("plan", args=(slug,)),
            action=_("Read and decide"),
            today=reader.day,
        )


def _to_allow(reader: Reader, plans: Iterable[Plan]) -> Iterator[Due]:
    """Yield the later days of visits that wait for the reader, those of one plan together."""
    reach = reader.reach_ids(Permission.VISIT_ALLOW)
    running = {plan.pk: plan for plan in plans if plan.status == PlanStatus.OPEN and plan.unit_id in reach}
    waiting: dict[int, list[WaitingDay]] = {}
    for row in waiting_for(reader.user.pk, running):
        waiting.setdefault(row.plan_id, []).append(row)
    names = names_on((row.unit_id for rows in waiting.values() for row in rows), reader.day)
    for plan_id, rows in waiting.items():
        count = len(rows)
        title = ngettext(
            "%(count)s later day waits for approval", "%(count)s later days wait for approval", count
        )
        yield Due(
            title=title % {"count": count},
            detail=running[plan_id].title,
            url=reverse("pairing", args=(running[plan_id].slug,)) + "?state=asked",
            action=_("See which"),
            today=reader.day,
            parts=tuple(
                Part(names[row.unit_id], _asked(row), reverse("visit", args=(row.visit_id,)))
                for row in rows[:_PARTS]
            ),
        )


def _asked(row: WaitingDay) -> str:
    """Return who asks for which day, and why."""
    facts = {"person": row.asked_by, "day": written(row.day), "reason": row.reason}
    return _("%(person)s asks for %(day)s: %(reason)s") % facts


def _to_acknowledge(reader: Reader) -> Iterator[Due]:
    """Yield the notices that wait until the reader says they have arrived."""
    for document, count, due_on in waiting_for_receipt(reader):
        slug = document.subject.partition(":")[2].partition("@")[0]
        units = ngettext("for %(count)s unit", "for %(count)s units", count) % {"count": count}
        yield Due(
            title=_("Acknowledge %(number)s") % {"number": document.number},
            detail=f"{document.title} · {units}",
            url=reverse("plan_issue", args=(slug,)) + "#acknowledge",
            action=_("Acknowledge"),
            today=reader.day,
            due_on=due_on,
        )


def _to_move_on(reader: Reader, plans: Iterable[Plan]) -> Iterator[Due]:
    """Yield the plans that wait for the reader to hand them in, or to open them."""
    steps = {
        PlanStatus.DRAFT.value: (
            Permission.PLAN_WRITE,
            _("Ask for approval"),
            _("A draft, not yet handed in."),
        ),
        PlanStatus.APPROVED.value: (Permission.PLAN_OPEN, _("Open the plan"), _("Approved, not yet opened.")),
    }
    reach = {permission: reader.reach_ids(permission) for permission, _action, _detail in steps.values()}
    for plan in plans:
        if plan.status not in steps:
            continue
        permission, action, detail = steps[plan.status]
        if plan.unit_id in reach[permission]:
            url = reverse("plan", args=(plan.slug,))
            yield Due(plan.title, detail, url, action, reader.day, plan.starts_on)


def _to_watch(reader: Reader, plans: Iterable[Plan]) -> Iterator[Due]:
    """Yield what an officer chases in the plans under way: late visits, and questions still open."""
    reach = reader.reach_ids(Permission.PLAN_OPEN)
    running = [plan for plan in plans if plan.status == PlanStatus.OPEN and plan.unit_id in reach]
    measures = list(Measure.objects.filter(plan__in=running, kind="unit_visits").select_related("plan"))
    progress = progress_of(measures, reader.at)
    for measure in measures:
        how_far = progress[measure.pk]
        if how_far.late:
            url = reverse("pairing", args=(measure.plan.slug,)) + "?state=overdue"
            detail = f"{measure.plan.title} · {how_far.headline}"
            yield Due(how_far.next, detail, url, _("See which"), reader.day, measure.plan.due_on)
    for plan in running:
        for question in open_questions(plan.pk):
            url = reverse("plan", args=(plan.slug,)) + (
                f"#clause-{question.clause_key}" if question.clause_key else ""
            )
            yield Due(
                question.text,
                _("%(plan)s · an open question") % {"plan": plan.title},
                url,
                _("Answer"),
                reader.day,
            )


def _to_pay(reader: Reader, plans: Iterable[Plan]) -> Iterator[Due]:
    """Yield the funds to appropriate, and the purchases still to make from funds that have money."""
    steps = {
        "fund": (Permission.FUND_APPROPRIATE, "number", _("Enter the appropriation")),
        "kit_purchase": (Permission.PURCHASE_RECORD, "fund", _("Record a purchase")),
    }
    reach = {permission: reader.reach_ids(permission) for permission, _number, _action in steps.values()}
    open_plans = [
        plan
        for plan in plans
        if plan.status == PlanStatus.OPEN and any(plan.unit_id in ids for ids in reach.values())
    ]
    measures = list(Measure.objects.filter(plan__in=open_plans, kind__in=steps).select_related("plan"))
    progress = progress_of(measures, reader.at)
    funds = {(plan.pk, fund.document_number): fund for plan in open_plans for fund in funds_of_plan(plan.pk)}
    for measure in measures:
        permission, number, action = steps[measure.kind]
        fund = funds.get((measure.plan_id, measure.settings[number]))
        how_far = progress[measure.pk]
        if fund is None or not how_far.next or measure.plan.unit_id not in reach[permission]:
            continue
        if measure.kind == "fund" or fund.balance.available > 0:
            yield Due(
                title=how_far.next,
                detail=f"{measure.plan.title} · {how_far.headline}",
                url=reverse("fund", args=(fund.fund_id,)),
                action=action,
                today=reader.day,
                due_on=measure.plan.due_on,
            )


def _to_supply(reader: Reader, plans: Iterable[Plan]) -> Iterator[Due]:
    """Yield the kits owed to units visited: to who watches the plan, and while they lack to who buys them."""
    watched, bought = (reader.reach_ids(one) for one in (Permission.PLAN_OPEN, Permission.PURCHASE_RECORD))
    running = [plan for plan in plans if plan.status == PlanStatus.OPEN and plan.unit_id in watched | bought]
    measures = list(Measure.objects.filter(plan__in=running, kind="unit_visits").select_related("plan"))
    counts = Counter(row.measure_id for row in owed(measures))
    for measure in measures:
        kit = kit_of_visits(measure) if counts[measure.pk] else None
        if kit is None:
            continue
        there, plan = in_store(kit), measure.plan
        lists = reverse("pairing", args=(plan.slug,)) + "?state=owed"
        buys = plan.unit_id in bought
        if buys and there >= counts[measure.pk]:
            continue
        yield Due(
            title=owed_words(counts[measure.pk]),
            detail=f"{plan.title} · " + _("%(count)s in the store") % {"count": there},
            url=reverse("fund", args=(kit.fund_id,)) if buys else lists,
            action=_("Record a purchase") if buys else _("See which"),
            today=reader.day,
        )


def _to_visit(reader: Reader) -> Iterator[Due]:
    """Yield the reader's visits that are late or planned for today."""
    plans, rows = to_do(reader)
    rows = [row for row in rows if row.overdue or row.planned_on == reader.day]
    names = names_on((row.unit_id for row in rows), reader.day)
    for row in rows:
        yield Due(
            title=_("Visit %(unit)s") % {"unit": names[row.unit_id]},
            detail=plans[row.measure_id].title,
            url=reverse("visit_record", args=(row.visit_id,)),
            action=_("Record the visit"),
            today=reader.day,
            due_on=last_day(row.planned_on, row.due_on),
        )


def _to_hand_over(reader: Reader) -> Iterator[Due]:
    """Yield the kits that the reader's visits still owe and that are in the store now."""
    rows = [row for row, is_there in to_hand_over(reader).items() if is_there]
    names = names_on((row.unit_id for row in rows), reader.day)
    for row in rows:
        yield Due(
            title=_("Hand over the kit: %(unit)s") % {"unit": names[row.unit_id]},
            detail=_("Visited already; kits are in the store."),
            url=reverse("visit", args=(row.visit_id,)) + "#kit",
            action=_("Book the hand-over"),
            today=reader.day,
        )


def _to_solve(reader: Reader) -> Iterator[Due]:
    """Yield the open problems that the reader may close, or that the reader's lead office has to solve."""
    may_close = reader.reach_ids(Permission.PROBLEM_CLOSE)
    own = set(units_of(reader.actor, Role.LEAD_LIAISON, reader.at).values_list("pk", flat=True))
    # What a hand-over closes stands among the kits owed.
    open_ones = (row for row in of_units(may_close | own) if row.status == TaskStatus.OPEN)
    rows = [row for row in open_ones if visit_of(row.source) is None]
    names = names_on((pk for row in rows for pk in (row.unit_id, row.owner_id)), reader.day)
    for row in rows:
        yield Due(
            title=row.title,
            detail=_("raised by %(unit)s; %(owner)s answers for it")
            % {"unit": names[row.unit_id], "owner": names[row.owner_id]},
            url=reverse("problem", args=(row.task_id,)),
            action=_("Close") if row.owner_id in may_close else "",
            today=reader.day,
            due_on=row.due_on,
        )


def _to_bring_in(reader: Reader) -> Iterator[Due]:
    """Yield the imports into rosters that wait for a decision that the reader may take."""
    if not reader.may(Permission.PEOPLE_IMPORT):
        return
    words = {
        ImportStatus.ASKING.value: (_("Columns to confirm: %(roster)s"), _("Check the columns")),
        ImportStatus.STAGED.value: (_("Ready to be taken over: %(roster)s"), _("Check the people")),
    }
    for row in imports_to_decide(reader.reach_ids(Permission.PEOPLE_IMPORT)):
        title, action = words[row.status]
        who = row.created_by.name if row.created_by else ""
        yield Due(
            title=title % {"roster": row.roster_title},
            detail=" · ".join(filter(None, (row.file_name, who))),
            url=reverse("roster_import", args=(row.key,)),
            action=action,
            today=reader.day,
        )


def _to_correct(reader: Reader) -> Iterator[Due]:
    """Yield that people asked for something to be corrected or erased, by the day the first answer is due."""
    if not reader.may(Permission.PEOPLE_SHOW):
        return
    number, due_on = corrections_waiting(reader.actor, reader.at)
    if due_on is None:
        return
    title = ngettext(
        "%(number)s request of a person about their own data waits for an answer",
        "%(number)s requests of people about their own data wait for an answer",
        number,
    )
    yield Due(
        title=title % {"number": number},
        detail=_("They ask for something to be corrected or erased; the law asks for a prompt answer."),
        url=reverse("corrections"),
        action=_("Read and answer"),
        today=reader.day,
        due_on=due_on,
    )


def _to_assess(reader: Reader) -> Iterator[Due]:
    """Yield to who watches over the rosters what is to be mended, and the assessment that is to be signed."""
    if not reader.may(Permission.PRIVACY_MANAGE) or not reaches_whole(reader.actor, reader.at):
        return
    url, found = reverse("assessment"), concerns_on(reader.at)
    if found:
        yield Due(concerns_title(found), found[0].matter, url, _("Look at them"), reader.day)
    newest = versions().first()
    if is_stale(newest, reader.at):
        detail = _("No version is signed yet.") if newest is None else _("The newest is older than a year.")
        title, action = _("Judge the risks to personal data"), _("Judge and sign")
        yield Due(title, detail, f"{url}#judge", action, reader.day)


urlpatterns: list[URLPattern] = [
    path("", home, name="home"),
    # Open to everybody: the page of the sign-in has the switch as well.
    path("language/", login_not_required(set_language), name="set_language"),
]
