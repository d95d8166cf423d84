"""What every page knows: who reads it, on which day, and where one can go from here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from songnuan.emergency.report_queries import KIND as REPORTS
from songnuan.emergency.returnee_queries import KIND as RETURNEES
from songnuan.jobs.queries import notices
from songnuan.journeys.pickup_settings import PICKUPS
from songnuan.kernel.clock import CHINA
from songnuan.organisation.models import InstallationKind, User
from songnuan.organisation.permissions import ROLE_PERMISSIONS, Permission
from songnuan.organisation.queries import PostRow, actor_of, installation, now, posts_held
from songnuan.outreach.event_queries import KIND as EVENTS
from songnuan.outreach.lesson_queries import KIND as LESSONS
from songnuan.plans.queries import kinds_around

_NAV: tuple[tuple[str, str, Promise, frozenset[Permission]], ...] = (
    ("home", "home", _("To do"), frozenset()),
    ("plans", "plan", _("Plans"), frozenset({Permission.PLAN_VIEW})),
    (
        "approvals",
        "pen",
        _("Approvals"),
        frozenset({Permission.PLAN_APPROVE, Permission.PLAN_REVIEW, Permission.CHAIN_MANAGE}),
    ),
    ("visits_mine", "visit", _("My visits"), frozenset({Permission.VISIT_RECORD})),
    (
        "office",
        "office",
        _("Reports in"),
        frozenset({Permission.PLAN_OPEN, Permission.PROBLEM_CLOSE, Permission.VISIT_ALLOW}),
    ),
    (
        "instructions",
        "file",
        _("Instructions"),
        frozenset({Permission.INSTRUCTION_MANAGE, Permission.INSTRUCTION_ANSWER, Permission.PLAN_APPROVE}),
    ),
    (
        "emergencies",
        "alert",
        _("Emergency"),
        frozenset({Permission.EMERGENCY_MANAGE, Permission.PLAN_APPROVE}),
    ),
    (
        "situation",
        "check",
        _("Situation reports"),
        frozenset({Permission.SITUATION_REPORT, Permission.EMERGENCY_MANAGE, Permission.PLAN_APPROVE}),
    ),
    (
        "returnees",
        "people",
        _("Returnees"),
        frozenset({Permission.RETURNEE_KEEP, Permission.EMERGENCY_MANAGE}),
    ),
    (
        "pickups",
        "box",
        _("Pickups"),
        frozenset({Permission.PICKUP_MANAGE, Permission.PICKUP_RECORD, Permission.RECEIPT_CHECK}),
    ),
    ("lessons", "bell", _("Publicity"), frozenset({Permission.OUTREACH_VIEW})),
    ("events", "visit", _("Events"), frozenset({Permission.OUTREACH_VIEW})),
    ("inspection", "check", _("Supervision"), frozenset({Permission.RECEIPT_CHECK})),
    ("funds", "fund", _("Funds"), frozenset({Permission.FUND_VIEW})),
    ("standards", "check", _("Standards"), frozenset({Permission.BENEFIT_VIEW})),
    ("flexible", "visit", _("Flexible work"), frozenset({Permission.FLEXIBLE_VIEW})),
    ("families", "people", _("Families"), frozenset({Permission.CASE_VIEW})),
    ("rosters", "roster", _("Rosters"), frozenset({Permission.PEOPLE_VIEW})),
    ("corrections", "pen", _("Corrections"), frozenset({Permission.PEOPLE_SHOW})),
    ("assessment", "lock", _("Privacy"), frozenset({Permission.PRIVACY_MANAGE})),
    # Units are brought in for a plan, by who writes it: to others the page would be a dead end.
    ("import_units", "units", _("Units"), frozenset({Permission.PLAN_WRITE})),
    ("robots", "bell", _("Robots of groups"), frozenset({Permission.ACCOUNT_MANAGE})),
    ("accounts", "people", _("Accounts"), frozenset({Permission.ACCOUNT_MANAGE})),
    (
        "burden",
        "trail",
        _("Burden"),
        frozenset({Permission.PLAN_APPROVE, Permission.PROBLEM_CLOSE, Permission.TRAIL_VIEW}),
    ),
    ("trail", "trail", _("Trail"), frozenset({Permission.TRAIL_VIEW})),
)

# Places that are of use where a plan around has such a measure; to others they would be dead ends.
_OF_MEASURE: Mapping[str, frozenset[str]] = {
    "situation": frozenset({REPORTS}),
    "returnees": frozenset({RETURNEES}),
    "lessons": frozenset({LESSONS}),
    "pickups": frozenset({PICKUPS}),
    "events": frozenset({EVENTS}),
    "flexible": frozenset({"flexible_work"}),
    "families": frozenset({"families", "special_families"}),
}

# The place a page belongs to whose address is not below that of the place: the first that is open.
_UNDER: Mapping[str, tuple[str, ...]] = {
    "notices": ("home",),
    "reminders": ("home",),
    "visits": ("visits_mine", "office", "plans"),
    "problems": ("office", "visits_mine", "plans"),
    "purchases": ("funds",),
    "bank-layouts": ("funds",),
    "new-bank-layout": ("funds",),
    "holds": ("inspection", "funds"),
    "samples": ("inspection",),
    "measures": ("funds",),
    "lots": ("plans",),
    "counts": ("plans",),
    "disposals": ("plans",),
    "donations": ("plans",),
    "issues": ("plans",),
    "kits": ("plans",),
    "purchase-requests": ("funds", "approvals"),
    "quotations": ("funds", "approvals"),
    "people": ("rosters",),
    "new-plan": ("plans",),
    "new-standard": ("standards",),
    "grants": ("plans", "standards"),
    "families": ("home",),
    "emergency": ("emergencies", "home"),
    "musters": ("emergencies", "home"),
    "situation": ("home",),
    "warnings": ("situation", "emergencies", "home"),
    "returnees": ("home",),
    "screening": ("emergencies", "situation", "plans"),
    "lists": ("funds", "plans"),
    "callbacks": ("inspection", "plans"),
    "known-dead": ("funds", "plans"),
    "leader-visits": ("plans",),
    "lessons": ("home",),
    "pickups": ("plans",),
    "courses": ("lessons", "home"),
    "events": ("home",),
    "questions": ("plans",),
}


@dataclass(frozen=True, slots=True)
class NavItem:
    """One place to go. `icon` is a name in the sprite."""

    label: str
    url: str
    current: bool
    icon: str


@dataclass(frozen=True, slots=True)
class Site:
    """What the frame of a page shows.

    `today` is the day in China, moved by a demo's offset. `person`, the `posts` held and the unit of the
    first of them are empty where nobody is signed in. `notices` is how many are unread.
    """

    name: str
    demo: bool
    today: date
    nav: tuple[NavItem, ...]
    unit_label: str
    person: str
    posts: tuple[str, ...]
    notices: int


def site(request: HttpRequest) -> dict[str, object]:
    """Return `house` for templates; nothing is read from the database until a page uses it.

    The name is not `site`: the sign-in library gives its own pages a `site` of another kind.
    """
    return {"house": SimpleLazyObject(lambda: _build(request))}


def _build(request: HttpRequest) -> Site:
    own = installation()
    today = now(own).astimezone(CHINA).date()
    frame = Site(
        name=str(settings.SITE_NAME),
        demo=own.kind == InstallationKind.DEMO,
        today=today,
        nav=(),
        unit_label="",
        person="",
        posts=(),
        notices=0,
    )
    # A request refused before the sign-in was looked at has no user; its page needs none.
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return frame
    actor = actor_of(user)
    posts = posts_held(today, user_id=user.pk)
    held = frozenset[Permission]().union(*(ROLE_PERMISSIONS[post.role] for post in posts))
    return replace(
        frame,
        # Whoever has to change the password first can go nowhere else yet.
        nav=() if user.must_change_password else tuple(_nav(request.path, held, posts, today)),
        unit_label=posts[0].unit_name if posts else "",
        person=actor.label,
        posts=tuple(dict.fromkeys(post.role_name for post in posts)),
        notices=notices(user.pk, unread=True).count(),
    )


def _nav(path: str, held: frozenset[Permission], posts: Sequence[PostRow], today: date) -> Iterator[NavItem]:
    """Yield the places open to the reader; one of the wanted permissions is enough."""
    places = [place for place in _NAV if not place[-1] or place[-1] & held]
    wanted = frozenset[str]().union(*(_OF_MEASURE.get(place[0], ()) for place in places))
    found = kinds_around([post.unit_id for post in posts], wanted, today) if wanted else frozenset()
    places = [place for place in places if place[0] not in _OF_MEASURE or _OF_MEASURE[place[0]] & found]
    here = _place(path, [name for name, *_rest in places])
    for name, icon, label, _wanted in places:
        yield NavItem(label=str(label), url=reverse(name), current=name == here, icon=icon)


def _place(path: str, names: Sequence[str]) -> str:
    """Return which of the places the page at `path` belongs to; nothing for pages of one's own account."""
    if path == reverse("home"):
        return "home"
    below = (name for name in names if name != "home" and path.startswith(reverse(name)))
    near = (name for name in _UNDER.get(path.split("/")[1], ()) if name in names)
    return next(below, "") or next(near, "")
