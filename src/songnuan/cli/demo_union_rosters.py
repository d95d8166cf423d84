"""The rosters of the demo's company come in: staff, families, service at the front; later what changed."""

from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO

from songnuan.cli import demo_union_staff as staff
from songnuan.cli.demo_union import COMPANY, actor, unit
from songnuan.journeys import import_roster
from songnuan.journeys.change_roster import change_roster
from songnuan.kernel.actor import Actor
from songnuan.people import queries
from songnuan.people.models import RosterImport

STAFF, FAMILIES, SERVICE = "staff", "staff-families", "staff-service"
"""The first stands so in the plan."""
_NOTICE = (
    "公司工会为落实关心关爱一线医务人员家属各项措施，收集职工及其家属的姓名、证件号码、联系方式、银行卡号和一线服务情况，"
    "仅用于核实服务对象、联系家庭和发放慰问金，不作他用，不对外提供。您可以查阅、更正本人信息，到期后一律删除。"
)
_TITLES = {
    STAFF: "澄湖集团职工名册",
    FAMILIES: "澄湖集团职工家属登记表",
    SERVICE: "一线医务人员服务情况表",
}
_KINDS = {STAFF: "people", FAMILIES: "families", SERVICE: "service"}
_PURPOSE = "关心关爱防疫一线医务人员家属"

At = Callable[..., datetime]


def bring_staff(at: At) -> None:
    """Bring staff and families, and who served by the beginning of April."""
    liaison = actor("care-company")
    _bring(STAFF, "职工名册.xlsx", staff.staff_book, liaison, at(1, 10, 30))
    _bring(FAMILIES, "职工家属登记表.xlsx", staff.families_book, liaison, at(1, 11))
    _bring(SERVICE, "一线服务情况-第一批.xlsx", _first_service, liaison, at(1, 11, 20))


def bring_later_service(at: At) -> None:
    """Bring who was found to serve since, and who came back from Hubei."""
    liaison = actor("care-company")
    _bring(SERVICE, "一线服务情况-第二批.xlsx", _later_service, liaison, at(13, 10, 40))


def bring_changed_account(at: At) -> None:
    """Bring the account that somebody told whose payment the bank sent back."""
    _bring(STAFF, "银行卡变更.xlsx", staff.changed_book, actor("care-company"), at(15, 15, 20))


def _first_service() -> bytes:
    return staff.service_book(later=False)


def _later_service() -> bytes:
    return staff.service_book(later=True)


def _bring(key: str, name: str, made: Callable[[], bytes], liaison: Actor, moment: datetime) -> None:
    """Bring a workbook in, as far as that was not done; the first one makes the roster."""
    unit_id = unit(COMPANY).pk
    source = RosterImport.objects.filter(roster_key=key, file_name=name).order_by("-pk").first()
    if source is None or source.status == "failed":
        import_key = import_roster.bring(
            roster_key=key,
            kind=_KINDS[key],
            unit_id=unit_id,
            file=BytesIO(made()),
            name=name,
            options=import_roster.Options(ask=False),
            actor=liaison,
            at=moment,
        )
        source = RosterImport.objects.get(key=import_key)
    if source.status in {"received", "reading"}:
        import_roster.read(import_key=source.key, actor=liaison, at=moment)
    if source.status != "applied":
        import_roster.apply(import_key=source.key, end_missing=False, actor=liaison, at=moment)
    roster = queries.roster(key)
    if roster is not None and not roster.purpose:
        change_roster(
            roster_id=roster.pk,
            title=_TITLES[key],
            purpose=_PURPOSE,
            legal_ground="emergency",
            notice=_NOTICE,
            retain_until=date(2021, 4, 30),
            actor=liaison,
            at=moment,
        )
