"""The rosters of the demo: the staff as an office sends them, a newer list, and the union's volunteers."""

from collections.abc import Callable
from datetime import date, datetime
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings

from songnuan.journeys import import_roster
from songnuan.journeys.create_roster import create_roster
from songnuan.journeys.find_duplicates import find_duplicates
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.organisation.models import Unit
from songnuan.people import queries
from songnuan.people.models import RosterImport

NOTICE = (
    "我局为开展防疫一线职工走访慰问，收集姓名、证件号码、联系方式、银行卡号和住址，仅用于核对身份、联系本人和发放慰问，"
    "不作他用，不对外提供。您可以查阅、更正本人信息，到期后一律删除。"
)
STAFF, VOLUNTEERS = "people", "people-2"


def bring_rosters(officer: Actor, union: Actor, bureau: Unit, at: Callable[..., datetime]) -> None:
    """Bring the staff, nine rows of it with mistakes, and the volunteers; a newer list of the staff waits.

    Three volunteers are told so that they are taken for somebody new, and their roster says neither with
    what notice nor until when it is kept: that is for the union officer and the privacy officer to mend.
    """
    _open(STAFF, officer, bureau, at(10, 9), title="在岗职工名册", purpose="防疫一线职工走访慰问与关心关爱")
    _bring(STAFF, "staff-roster.xlsx", officer, at(10, 9, 20), apply=True)
    _open(VOLUNTEERS, union, bureau, at(14, 15), title="防疫志愿者名册", purpose="组织志愿者轮换一线值守")
    if _bring(VOLUNTEERS, "volunteers.xlsx", union, at(14, 15, 10), apply=True):
        find_duplicates(actor=SYSTEM, at=at(14, 15, 12))
    _bring(STAFF, "staff-roster-newer.xlsx", officer, at(16, 9, 5), apply=False)


def _open(key: str, actor: Actor, bureau: Unit, moment: datetime, *, title: str, purpose: str) -> None:
    if queries.roster(key) is not None:
        return
    of_staff = key == STAFF
    create_roster(
        title=title,
        kind="people",
        unit_id=bureau.pk,
        purpose=purpose,
        legal_ground="emergency" if of_staff else "consent",
        notice=NOTICE if of_staff else "",
        retain_until=date(2021, 4, 30) if of_staff else None,
        key=uuid5(NAMESPACE_URL, f"demo/roster/{key}"),
        actor=actor,
        at=moment,
    )


def _bring(roster_key: str, name: str, actor: Actor, moment: datetime, *, apply: bool) -> bool:
    """Bring a workbook in unless it is there; return whether it was brought now."""
    if RosterImport.objects.filter(file_name=name, status__in=("applied", "staged")).exists():
        return False
    with (settings.ROOT / "plans/samples" / name).open("rb") as file:
        key = import_roster.bring(
            roster_key=roster_key,
            file=file,
            name=name,
            options=import_roster.Options(ask=False),
            actor=actor,
            at=moment,
        )
    import_roster.read(import_key=key, actor=actor, at=moment)
    if apply:
        import_roster.apply(import_key=key, end_missing=False, actor=actor, at=moment)
    return True
