"""Flexible work in plan 3: asked for, approved by department and staff office, returned, withdrawn."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from songnuan.approvals.models import RequestStatus
from songnuan.casework.flexible_models import FlexibleRequest
from songnuan.casework.flexible_rules import Terms, Wish
from songnuan.cli.demo_union import actor, head_of
from songnuan.cli.demo_union_plan import key_of, measure
from songnuan.cli.demo_union_staff import Employee, employees
from songnuan.journeys.ask_flexible import ask_flexible
from songnuan.journeys.decide_flexible import approve_flexible, return_flexible, withdraw_flexible
from songnuan.journeys.flexible import approval_of
from songnuan.people.columns import index
from songnuan.people.models import FamilyLink, Person

At = Callable[..., datetime]

_HOURS = Terms("hours", "12345", 9 * 60 + 30, 15 * 60 + 30)
_HOME = Terms("remote", "24")
_ROTA = Terms("rota", pattern="上二休二，不排夜班")
_RETURNED = "夜班由谁顶替没有写明，请与班组长商定后重新提出。"
_DAYS = 45


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request: the employee's place in the staff, when it was made, what for, and how far it went."""

    place: int
    day: int
    terms: Terms
    why: str
    way: str
    exception: str = ""


# In the order of asking. The spouse of the second has come back since: it has to be looked at again.
_ASKED = (
    _Asked(1323, 3, _ROTA, "配偶在一线，父母在外地，孩子上网课无人照看。", "stands"),
    _Asked(836, 3, _HOURS, "孩子年幼，小区托管停办，早晚无人接送。", "stands"),
    _Asked(1069, 7, _HOME, "配偶在武汉，孩子居家上课，需要有人辅导。", "stands"),
    _Asked(1329, 9, _ROTA, "夜班期间孩子一人在家。", "returned"),
    _Asked(409, 13, _HOURS, "孩子居家上课，午饭无人照料。", "office"),
    _Asked(909, 13, _HOME, "孩子放学后无人看护。", "withdrawn"),
    _Asked(1349, 14, _ROTA, "配偶长期在隔离病区值班，孩子晚上无人照看。", "department"),
    _Asked(
        536, 15, _HOURS, "孩子三餐和上网课无人照看。", "department",
        exception="母亲未满六十岁，但近期术后休养，无法照看孩子，有住院小结。",
    ),
)  # fmt: skip


def ask_for_flexible_work(at: At) -> None:
    """Ask for eight employees: some requests stand, one came back, one was withdrawn, three wait."""
    for asked in _ASKED:
        one = employees()[asked.place]
        moment = at(asked.day, 10, asked.place % 60)
        starts = date(2020, 4, asked.day) + timedelta(days=4)
        wish = Wish(
            terms=asked.terms,
            starts_on=starts,
            ends_on=starts + timedelta(days=_DAYS),
            dependants=_children(one),
            why=asked.why,
            exception=asked.exception,
        )
        pk = ask_flexible(
            measure_id=measure("flexible_work").pk,
            person_key=_person(one).key,
            wish=wish,
            key=key_of("flexible", str(asked.place)),
            actor=actor("care-company"),
            at=moment,
        )
        _decide(pk, one, asked, at)


def _decide(pk: int, one: Employee, asked: _Asked, at: At) -> None:
    """Let department and staff office decide, or the company take the request back."""
    row = FlexibleRequest.objects.get(pk=pk)
    approval = approval_of(row)
    if approval.status != RequestStatus.PENDING or asked.way == "department":
        return
    head, minute = actor(head_of(one.department)), asked.place % 60
    if asked.way == "returned":
        return_flexible(
            request_id=pk, digest=row.digest, remark=_RETURNED, actor=head, at=at(asked.day, 14, minute)
        )
    elif asked.way == "withdrawn":
        remark = "社区已开办托管班，不再需要。"
        withdraw_flexible(
            request_id=pk, remark=remark, actor=actor("care-company"), at=at(asked.day, 16, minute)
        )
    else:
        if not approval.acts.filter(person=head.user_id).exists():
            approve_flexible(request_id=pk, digest=row.digest, actor=head, at=at(asked.day, 14, minute))
        if asked.way == "stands":
            office = actor("care-hr")
            approve_flexible(request_id=pk, digest=row.digest, actor=office, at=at(asked.day, 16, minute))


def _person(one: Employee) -> Person:
    return Person.objects.get(id_index=index("id_number", one.number))


def _children(one: Employee) -> tuple[str, ...]:
    links = FamilyLink.objects.filter(person=_person(one), relation="child")
    return tuple(links.order_by("pk").values_list("relative__key", flat=True))
