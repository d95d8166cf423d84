"""The rosters of the demo: the staff as an office sends them, and a newer list."""

from collections.abc import Callable
from datetime import date, datetime
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings

from songnuan.journeys import import_roster
from songnuan.journeys.create_roster import create_roster
from songnuan.kernel.actor import Actor
from songnuan.organisation.models import Unit
from songnuan.people import queries
from songnuan.people.models import RosterImport

NOTICE = (
    "我局为开展防疫一线职工走访慰问，收集姓名、证件号码、联系方式、银行卡号和住址，仅用于核对身份、联系本人和发放慰问，"
    "不作他用，不对外提供。您可以查阅、更正本人信息，到期后一律删除。"
)


def bring_rosters(officer: Actor, bureau: Unit, at: Callable[..., datetime]) -> None:
    """Bring the list of the staff, nine rows of it with mistakes; a newer one waits to be looked at."""
    if queries.roster("people") is None:
        create_roster(
            title="在岗职工名册",
            kind="people",
            unit_id=bureau.pk,
            purpose="防疫一线职工走访慰问与关心关爱",
            legal_ground="emergency",
            notice=NOTICE,
            retain_until=date(2021, 4, 30),
            key=uuid5(NAMESPACE_URL, "demo/roster"),
            actor=officer,
            at=at(10, 9),
        )
    _bring("staff-roster.xlsx", officer, at(10, 9, 20), apply=True)
    _bring("staff-roster-newer.xlsx", officer, at(16, 9, 5), apply=False)


def _bring(name: str, officer: Actor, moment: datetime, *, apply: bool) -> None:
    if RosterImport.objects.filter(file_name=name, status__in=("applied", "staged")).exists():
        return
    with (settings.ROOT / "plans/samples" / name).open("rb") as file:
        key = import_roster.bring(
            roster_key="people",
            file=file,
            name=name,
            options=import_roster.Options(ask=False),
            actor=officer,
            at=moment,
        )
    import_roster.read(import_key=key, actor=officer, at=moment)
    if apply:
        import_roster.apply(import_key=key, end_missing=False, actor=officer, at=moment)
