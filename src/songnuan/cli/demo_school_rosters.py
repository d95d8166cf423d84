"""The rosters of the demo's teachers come in: one, and a newer one as a difference; a double is merged."""

from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO

from django.conf import settings

from songnuan.cli import demo_school_staff as staff
from songnuan.cli.demo_school import Site, actor, unit
from songnuan.journeys import import_roster
from songnuan.journeys.change_roster import change_roster
from songnuan.journeys.find_duplicates import find_duplicates
from songnuan.journeys.merge_persons import merge_persons
from songnuan.kernel.actor import SYSTEM
from songnuan.people import queries
from songnuan.people.columns import index
from songnuan.people.models import DuplicatePair, Person, RosterImport
from songnuan.people.models.duplicates import PairStatus

ROSTER = "teachers"
"""As the plan names it."""
FIRST, NEWER = "teachers-roster.xlsx", "teachers-roster-newer.xlsx"
_NOTICE = (
    "校工会为落实返校复学教师关爱工作，收集姓名、证件号码、联系方式和所在部门，仅用于核对领取人、通知领取和组织学习，"
    "不作他用，不对外提供。您可以查阅、更正本人信息，到期后一律删除。"
)

At = Callable[..., datetime]


def bring_teachers(site: Site, at: At) -> None:
    """Bring the first roster; somebody stands on it twice."""
    _bring(site, FIRST, staff.roster_book, at(7, 15))
    roster = queries.roster(ROSTER)
    if roster is None or roster.purpose:
        return
    change_roster(
        roster_id=roster.pk,
        title=site.title,
        purpose="返校复学教师关爱包发放和返校学习",
        legal_ground="emergency",
        notice=_NOTICE,
        retain_until=date(2021, 4, 30),
        actor=actor("school-union"),
        at=at(7, 15, 20),
    )
    find_duplicates(since=at(7, 15), actor=SYSTEM, at=at(7, 15, 30))


def merge_double(site: Site, at: At) -> None:
    """Let the union decide that the two are one."""
    keep = Person.objects.get(id_index=index("id_number", staff.teachers(site)[staff.TWICE].number))
    pairs = DuplicatePair.objects.filter(status=PairStatus.OPEN, first__name=keep.name)
    pair = next((one for one in pairs if keep.pk in {one.first_id, one.second_id}), None)
    if pair is None:
        return
    drop = pair.second if pair.first_id == keep.pk else pair.first
    merge_persons(
        keep_key=keep.key,
        drop_key=drop.key,
        choices={"phone": "keep"},
        remark="已向本人核实，总务处一行为调动前的旧记录。",
        actor=actor("school-union"),
        at=at(14, 8, 50),
    )


def bring_newer(site: Site, at: At) -> None:
    """Bring the newer roster: who is not on it has left."""
    _bring(site, NEWER, staff.newer_book, at(14, 9, 20), whole=True)


def _bring(
    site: Site, name: str, made: Callable[[Site], bytes], moment: datetime, *, whole: bool = False
) -> None:
    """Bring a workbook in, as far as that was not done; the first one makes the roster."""
    by = actor("school-union")
    source = RosterImport.objects.filter(roster_key=ROSTER, file_name=name).order_by("-pk").first()
    if source is None or source.status == "failed":
        shipped = settings.ROOT / "plans/samples" / name
        key = import_roster.bring(
            roster_key=ROSTER,
            kind="people",
            unit_id=unit(site, site.unit).pk,
            file=BytesIO(shipped.read_bytes() if site.is_small else made(site)),
            name=name,
            options=import_roster.Options(whole=whole, ask=False),
            actor=by,
            at=moment,
        )
        source = RosterImport.objects.get(key=key)
    if source.status in {"received", "reading"}:
        import_roster.read(import_key=source.key, actor=by, at=moment)
    if source.status != "applied":
        import_roster.apply(import_key=source.key, end_missing=whole, actor=by, at=moment)
