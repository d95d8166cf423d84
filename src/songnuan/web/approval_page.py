"""Where a request lies, as pages show it: its steps with who decided, or whom it waits for and since when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from songnuan.approvals.authority import Candidate
from songnuan.approvals.models import Request, RequestStatus, Verb
from songnuan.approvals.queries import ActRow, Course, RequestRow, StepRow, acts, asked_about, courses
from songnuan.approvals.rules import step_label
from songnuan.casework.flexible_rules import SUBJECT as FLEXIBLE
from songnuan.goods.request_queries import AskedSum, asked_sums
from songnuan.payments.queries import ListSum, list_sums
from songnuan.payments.rules import SUBJECT as LIST
from songnuan.web.views.shared import Reader, names_on

KIND_WORDS: Mapping[str, Promise] = {
    "plan.issue": gettext_lazy("issuing a plan"),
    "plan.amend": gettext_lazy("amending a plan"),
    "goods.purchase": gettext_lazy("a purchase"),
    "payments.list": gettext_lazy("a payment list"),
    "casework.flexible": gettext_lazy("flexible work"),
}
_PLAN = "plans.plan:"
_PURCHASE = "goods.request:"
_LIST = f"{LIST}:"
_FLEXIBLE = f"{FLEXIBLE}:"
_STATES: Mapping[str, str] = {
    RequestStatus.PENDING.value: "waiting",
    RequestStatus.APPROVED.value: "done",
    RequestStatus.RETURNED.value: "late",
    RequestStatus.WITHDRAWN.value: "none",
}


@dataclass(frozen=True, slots=True)
class ActLine:
    """What one person did; the name says in whose stead."""

    person: str
    verb_label: str
    at: datetime
    remark: str


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step; `state` is done, late (returned), waiting (here) or none (to come).

    `waits_for` names whoever may decide now, as "name, post". `stuck` says why nobody can, where it lies.
    """

    label: str
    unit: str
    state: str
    act: ActLine | None
    waits_for: tuple[str, ...] = ()
    stuck: str = ""


@dataclass(frozen=True, slots=True)
class CourseLine:
    """A request with its steps; `url` is the page of what is asked about, empty where there is none.

    `total_minor` is what a purchase may cost at the most or a list pays, `is_held` that it is on hold.
    """

    request_id: int
    title: str
    kind_label: str
    unit: str
    url: str
    state: str
    status_label: str
    asked_by: str
    asked_at: datetime
    withdrawn_at: datetime | None
    withdrawn_by: str
    withdrawn_why: str
    since: datetime
    waited: str
    is_waiting: bool
    steps: tuple[StepLine, ...]
    total_minor: int | None
    is_held: bool


@dataclass(frozen=True, slots=True)
class History:
    """What was asked about a text over its versions.

    `request` is the newest that still says something about the text: the one about this version, or one
    that was returned or taken back, until the text is handed in anew. `acts` are all that was done,
    `changed_since` is the version handed in before, where the text is another one now.
    """

    request: Request | None
    course: CourseLine | None
    acts: tuple[ActRow, ...]
    earlier: tuple[ActLine, ...]
    changed_since: int | None


def history_of(slug: str, numbers: range, reader: Reader, since: datetime | None = None) -> History:
    """Return what was asked about a plan's text, the versions `numbers` of it, at `since` or later."""
    asked = asked_about([f"{_PLAN}{slug}@{number}" for number in numbers], since)
    about = {row.pk: int(row.subject.rpartition("@")[2]) for row in asked}
    newest = asked[0] if asked else None
    ended = {RequestStatus.RETURNED, RequestStatus.WITHDRAWN}
    if newest is not None and about[newest.pk] != numbers[-1] and newest.status not in ended:
        newest = None  # what was approved is no longer what stands there
    done = tuple(acts(asked))
    shown = newest.pk if newest is not None else 0
    return History(
        request=newest,
        course=course_lines([newest], reader)[0] if newest is not None else None,
        acts=done,
        earlier=tuple(act_line(act) for act in done if act.request_id != shown),
        changed_since=next((about[row.pk] for row in asked if about[row.pk] != numbers[-1]), None),
    )


def course_lines(requests: Iterable[Request], reader: Reader) -> list[CourseLine]:
    """Return the requests as pages show them, in the order given."""
    found = courses(requests, reader.at)
    units = names_on((course.unit_id for course in found), reader.day)
    subjects = {course.subject for course in found}
    sums: dict[str, AskedSum | ListSum] = {**asked_sums(subjects), **list_sums(subjects)}
    return [_course(course, units[course.unit_id], sums.get(course.subject)) for course in found]


def kind_label(kind: str) -> str:
    """Return what is asked for, in words; a kind that has none stands as it is."""
    return str(KIND_WORDS.get(kind, kind))


def url_of(subject: str, kind: str) -> str:
    """Return the page of what a request of this kind is about; empty where there is none."""
    if subject.startswith(_PURCHASE):
        return reverse("purchase_request", args=(int(subject.removeprefix(_PURCHASE)),))
    if subject.startswith(_LIST):
        return reverse("payment_list", args=(int(subject.removeprefix(_LIST)),))
    if subject.startswith(_FLEXIBLE):
        return reverse("flexible_request", args=(int(subject.removeprefix(_FLEXIBLE)),))
    if not subject.startswith(_PLAN):
        return ""
    page = "amendment" if kind == "plan.amend" else "plan"
    return reverse(page, args=(subject.removeprefix(_PLAN).rpartition("@")[0],))


def asked_words(row: RequestRow) -> str:
    """Return who asks, for which step, and in whose stead the reader would decide."""
    facts = {
        "person": row.requested_by,
        "step": step_label(row.kind, row.step_kind),
        "holder": row.holder_name,
    }
    if row.holder_name:
        return _("%(person)s asked for approval. Step: %(step)s, in the stead of %(holder)s.") % facts
    if row.steps > 1:
        return _("%(person)s asked for approval. Step: %(step)s.") % facts
    return _("%(person)s asked for approval.") % facts


def person_words(name: str, holder: str) -> str:
    """Return who did it, marked where it was done in somebody's stead (代)."""
    return (
        _("%(person)s, in the stead of %(holder)s") % {"person": name, "holder": holder} if holder else name
    )


def act_line(act: ActRow) -> ActLine:
    """Return one act in words."""
    return ActLine(
        person=person_words(act.person_name, act.holder_name),
        verb_label=str(Verb(act.verb).label),
        at=act.at,
        remark=act.remark,
    )


def waited_words(workdays: int | None) -> str:
    """Return for how long, in words; empty on the first day and where the calendar does not reach."""
    if not workdays:
        return ""
    sentence = ngettext("for %(count)s working day", "for %(count)s working days", workdays)
    return sentence % {"count": workdays}


def _course(course: Course, unit: str, asked: AskedSum | ListSum | None) -> CourseLine:
    return CourseLine(
        request_id=course.request_id,
        title=course.title,
        kind_label=kind_label(course.kind),
        unit=unit,
        url=url_of(course.subject, course.kind),
        state=_STATES[course.status],
        status_label=str(RequestStatus(course.status).label),
        asked_by=course.requested_by,
        asked_at=course.requested_at,
        withdrawn_at=course.withdrawn_at,
        withdrawn_by=course.withdrawn_by,
        withdrawn_why=course.withdrawn_why,
        since=course.since,
        waited=waited_words(course.workdays),
        is_waiting=course.status == RequestStatus.PENDING,
        steps=tuple(_step(course.kind, step) for step in course.steps),
        total_minor=asked.total_minor if asked else None,
        is_held=asked is not None and asked.is_held,
    )


def _step(kind: str, step: StepRow) -> StepLine:
    state = "waiting" if step.is_here else "none"
    if step.act is not None:
        state = "late" if step.act.verb == Verb.RETURN else "done"
    return StepLine(
        label=step_label(kind, step.kind),
        unit=step.unit,
        state=state,
        act=act_line(step.act) if step.act else None,
        waits_for=tuple(map(_candidate, step.candidates)),
        stuck=_stuck(step),
    )


def _stuck(step: StepRow) -> str:
    """Return why nobody can take the step, and the way out; empty where somebody can."""
    if not step.is_stuck:
        return ""
    if step.is_dissolved:
        sentence = _(
            "Nobody can take this step: %(unit)s was dissolved. Take the request back, have the steps of "
            "approvals changed by an administrator, and hand it in again."
        )
        return sentence % {"unit": step.unit}
    return _(
        "Nobody can take this step: nobody who neither wrote the text nor acted holds the post. "
        "Have it given by an administrator; or take the request back, and hand it in again once the steps "
        "are changed."
    )


def _candidate(one: Candidate) -> str:
    who = person_words(one.name, one.holder_name)
    return _("%(person)s (%(post)s)") % {"person": who, "post": one.post} if not one.holder_name else who
