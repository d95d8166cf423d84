"""The demo: plan 1 with invented people, carried half way out by their own acts."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.utils.translation import gettext as _

from songnuan.cli import demo_burden, demo_emergency, demo_school, demo_union
from songnuan.cli.demo_accounts import Person, make_accounts
from songnuan.cli.demo_emergency import FULL, Scale
from songnuan.cli.demo_emergency_story import ACTS as EMERGENCY_ACTS
from songnuan.cli.demo_field import go_along, put_right
from songnuan.cli.demo_inspection import supervise
from songnuan.cli.demo_instruction import follow_up, hand_on
from songnuan.cli.demo_notice import send_notice
from songnuan.cli.demo_plans import bring_plans
from songnuan.cli.demo_purchases import buy_goods
from songnuan.cli.demo_rosters import bring_rosters
from songnuan.cli.demo_school import SCHOOL, Site
from songnuan.cli.demo_school_story import ACTS as SCHOOL_ACTS
from songnuan.cli.demo_school_story import teacher
from songnuan.cli.demo_sign_ins import (
    Demo,
    SignIn,
    claim_folder,
    made_whole,
    note_whole,
    passwords_of,
    way_in,
)
from songnuan.cli.demo_store import fill_store
from songnuan.cli.demo_union_story import ACTS as UNION_ACTS
from songnuan.cli.demo_union_story import payee
from songnuan.cli.demo_words import PROBLEMS, WORDS
from songnuan.cli.drawing import signature
from songnuan.cli.guard import installed, refuse_half_migrated, refuse_other_keys
from songnuan.cli.output import Out
from songnuan.goods.queries import kit_of
from songnuan.journeys.appropriate_fund import appropriate_fund
from songnuan.journeys.approve_plan import approve_plan
from songnuan.journeys.close_problem import close_problem
from songnuan.journeys.create_units import NewUnit, create_units
from songnuan.journeys.found_installation import found_installation
from songnuan.journeys.import_units import import_units
from songnuan.journeys.load_plan import load_plan
from songnuan.journeys.open_plan import open_plan
from songnuan.journeys.record_visit import Problem, VisitReport, record_visit
from songnuan.journeys.submit_plan import submit_plan
from songnuan.kernel import keys
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.clock import CHINA, wall
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import Installation, InstallationKind, Unit, User
from songnuan.organisation.permissions import Role, role_label
from songnuan.organisation.queries import actor_of, today, unit_by_name
from songnuan.plans.models import Measure, Plan
from songnuan.tasks.models import Task
from songnuan.visits.models import Visit, VisitStatus
from songnuan.visits.rules import InspectionAnswer, Member

SLUG = "front-line-visits"
BUREAU = "澄江省水运管理局"
OFFICE = "局疫情防控办公室"
DEPARTMENTS = (
    "办公室", "人事处", "财务处", "规划处", "建设处", "航道处", "船闸处",
    "安全监督处", "法规处", "科技信息处", "审计处", "机关党委", "离退休干部处",
)  # fmt: skip
SUBORDINATES = ("东江航道中心", "西江航道中心", "船闸运行中心", "水上搜救中心", "后勤服务中心")
NOW = datetime(2020, 4, 16, 14, 30, tzinfo=CHINA)
# The sign-ins that are printed: username, name, role, unit.
PEOPLE = (
    ("officer", "林知行", Role.PROGRAMME_OFFICER, BUREAU),
    ("approver", "贺明远", Role.APPROVER, BUREAU),
    ("finance", "秦如数", Role.FINANCE, BUREAU),
    ("visitor", "方巡河", Role.LEAD_LIAISON, "航道处"),
    ("office", "苏知安", Role.EPIDEMIC_OFFICE, BUREAU),
    ("inspector", "严自明", Role.INSPECTOR, BUREAU),
    ("admin", "管有序", Role.ADMINISTRATOR, BUREAU),
    ("union", "沈暖心", Role.UNION_OFFICER, BUREAU),
    ("privacy", "卫知密", Role.PRIVACY_OFFICER, BUREAU),
)
LIAISON_NAMES = (
    "江望舒 何听雨 罗守正 唐行舟 宋知水 于向前 董长安 程致远 袁初心 "
    "邓立新 傅远山 曾从容 彭如初 吕知秋 苏望海 卢行健 蒋思源"
)


def demo_folder(out: Out) -> None:
    """Refuse to make a demo in a database or a folder that holds real work; note that the folder is a demo's.

    It is noted before there are keys: a run that is broken off before the demo is begun can be gone on with.
    """
    row = installed()
    if row is not None and row.kind != InstallationKind.DEMO:
        sentence = _("The database holds an installation that is no demo. Name another in DATABASE_URL.")
        raise Refusal("not_a_demo", sentence)
    if not (keys.home() / "keys.json").exists() or (keys.home() / "demo.json").exists():
        refuse_other_keys()
        refuse_half_migrated()
        claim_folder()
        return
    out.note(_("The data folder %(folder)s was not made by a demo.") % {"folder": keys.home()})
    raise Refusal(
        "not_a_demo",
        _("%(folder)s holds an installation that is no demo. Name another: SONGNUAN_HOME=… songnuan demo")
        % {"folder": keys.home()},
    )


def make_demo(out: Out, scale: Scale = FULL, site: Site = SCHOOL) -> Demo:
    """Make the demo, or go on where an earlier run was broken off, and return its sign-ins.

    `scale` is how large plan 2 is made, `site` where plan 4 is carried out; what was begun goes on as it was.
    A house that was made whole is its users': nothing is done there again.
    """
    asked = site, scale
    site, scale = demo_school.site_of(site), demo_emergency.scale_of(scale)
    if asked[0] not in (site, SCHOOL) or asked[1] not in (scale, FULL):
        sentence = _(
            "This demo was begun in another size and keeps it. For one as you ask, name another folder:"
        )
        out.note(f"{sentence} SONGNUAN_HOME=… songnuan demo")
    houses = (
        (BUREAU, PEOPLE),
        (demo_union.UNION, demo_union.PEOPLE),
        (demo_emergency.CENTRE, demo_emergency.PEOPLE),
        (demo_school.TOP, demo_school.people_of(site)),
    )
    passwords = passwords_of(row[0] for _house, people in houses for row in people)
    found_installation(
        kind=InstallationKind.DEMO,
        administrator=None,
        clock_offset_seconds=_offset(),
        actor=SYSTEM,
        at=wall(),
    )
    whole = made_whole()
    lacking = {house: acts for house, acts in _houses(passwords, scale, site).items() if house not in whole}
    with out.progress(_("Making the demo"), sum(map(len, lacking.values()))) as step:
        for house, acts in lacking.items():
            for act in acts:
                act()
                step()
            note_whole(house)
    there = set(User.objects.values_list("username", flat=True))
    return Demo(
        sign_ins=[
            SignIn(role.value, str(role_label(role)), username, passwords[username], name, house)
            for house, people in houses
            for username, name, role, _unit in people
            if username in there
        ],
        payee=way_in(payee(), "care-union", "/my/"),
        teacher=way_in(teacher(site), "school-union", "/my/teacher/"),
        today=today(),
    )


def _houses(passwords: dict[str, str], scale: Scale, site: Site) -> dict[str, list[Callable[[], None]]]:
    """Return what is done in each house, act by act, in the order in which the houses are made."""
    return {
        BUREAU: [partial(act, passwords) for act in _STEPS],
        demo_union.UNION: [partial(_union, passwords), *(partial(tell, at) for tell in UNION_ACTS)],
        demo_emergency.CENTRE: [
            partial(demo_emergency.found_centre, passwords, scale),
            demo_emergency.watch_over_centre,
            *(partial(command, scale) for command in EMERGENCY_ACTS),
        ],
        demo_school.TOP: [
            partial(demo_school.found_school, passwords, site, at),
            *(partial(carry, site, at) for carry in SCHOOL_ACTS),
        ],
    }


def _offset() -> int:
    row = Installation.objects.first()
    return row.clock_offset_seconds if row else round((NOW - wall()).total_seconds())


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a moment of April 2020 in China, in UTC."""
    return datetime(2020, 4, day, hour, minute, tzinfo=CHINA).astimezone(UTC)


def _union(passwords: dict[str, str]) -> None:
    demo_union.found_union(passwords, at)
    demo_union.watch_over_both(at)


def _unit(name: str) -> Unit:
    top = unit_by_name(BUREAU, NOW.date())
    found = unit_by_name(name, NOW.date(), under=top.pk if top else None)
    if found is None:
        raise Unit.DoesNotExist(name)
    return found


def _actor(username: str) -> Actor:
    return actor_of(User.objects.get(username=username))


def _units(_passwords: dict[str, str]) -> None:
    if Unit.objects.exists():
        return
    rows = [NewUnit(BUREAU, "bureau", ""), NewUnit(OFFICE, "department", BUREAU)]
    rows += [NewUnit(name, "department", BUREAU) for name in DEPARTMENTS]
    rows += [NewUnit(name, "subordinate", BUREAU) for name in SUBORDINATES]
    create_units(rows=rows, opened_on=date(2020, 1, 1), actor=SYSTEM, at=at(1, 9))


def _people(passwords: dict[str, str]) -> None:
    liaisons = zip(
        [name for name in (*DEPARTMENTS, *SUBORDINATES) if name != "航道处"],
        LIAISON_NAMES.split(),
        strict=True,
    )
    people: list[Person] = [(*row, passwords[row[0]]) for row in PEOPLE]
    people += [
        (f"liaison{index:02d}", name, Role.LEAD_LIAISON, unit, None)
        for index, (unit, name) in enumerate(liaisons, 1)
    ]
    make_accounts(people, _unit, at(1, 10))


def _rosters(_passwords: dict[str, str]) -> None:
    bring_rosters(_actor("officer"), _actor("union"), _unit(BUREAU), at)


def _plan(_passwords: dict[str, str]) -> None:
    """The officer loads plan and workbook, the leader signs, the officer opens it."""
    officer, approver = _actor("officer"), _actor("approver")
    folder = settings.ROOT / "plans"
    plan = Plan.objects.filter(slug=SLUG).first()
    if plan is None:
        source = (folder / f"{SLUG}.yaml").read_text(encoding="utf-8")
        plan = load_plan(source=source, actor=officer, at=at(6, 9, 10))
    content = (folder / "samples/front-line-units.xlsx").read_bytes()
    import_units(
        content=content, slug=SLUG, create_leads=False, dry_run=False, actor=officer, at=at(6, 9, 40)
    )
    if plan.status == "draft":
        submit_plan(slug=SLUG, actor=officer, at=at(6, 11))
    plan.refresh_from_db()
    if plan.status == "submitted":
        version = plan.versions.get(number=plan.version)
        approve_plan(slug=SLUG, digest=version.digest, actor=approver, at=at(6, 16, 20))
    send_notice(SLUG, officer, at)
    plan.refresh_from_db()
    if plan.status == "approved":
        open_plan(slug=SLUG, actor=officer, at=at(7, 8, 50))


def _money(_passwords: dict[str, str]) -> None:
    finance = _actor("finance")
    plan = Plan.objects.get(slug=SLUG)
    measure = Measure.objects.get(plan=plan, kind="kit_purchase")
    kit = kit_of(measure.pk)
    if kit is None:
        raise Measure.DoesNotExist(SLUG)
    appropriate_fund(
        fund_id=kit.fund_id,
        amount_minor=14_100_00,
        voucher="记-2020-0407-01",
        happened_on=date(2020, 4, 7),
        key=uuid5(NAMESPACE_URL, "demo/appropriation"),
        actor=finance,
        at=at(7, 9, 30),
    )
    buy_goods(measure, finance, _actor("approver"), at)


# Visits that were due by now and have not been made: their place in the workbook, from 0.
LEFT_OUT = (20, 23)
# Visits entered two days later, and why: their place in the workbook, from 0.
ENTERED_LATE = {11: "走访当日水上站点没有信号，返岗后补录。"}


def _visits(_passwords: dict[str, str]) -> None:
    """Every visit planned before today is made by its lead's liaison, two excepted; today's first too."""
    plan = Plan.objects.get(slug=SLUG)
    items = [item["key"] for item in Measure.objects.get(plan=plan, kind="inspection").settings["items"]]
    visits = Visit.objects.filter(measure__plan=plan).order_by("planned_on", "unit_id")
    order = {
        unit: index for index, unit in enumerate(visits.order_by("unit_id").values_list("unit_id", flat=True))
    }
    made_today = False
    for visit in visits:
        index = order[visit.unit_id]
        if visit.planned_on is None or visit.planned_on > NOW.date() or index in LEFT_OUT:
            continue
        if visit.planned_on == NOW.date() and made_today:
            continue
        made_today = made_today or visit.planned_on == NOW.date()
        if visit.status == VisitStatus.PLANNED:
            _visit(visit, index, items)
    go_along(SLUG, _actor("office"), at)
    put_right(SLUG, at)


def _visit(visit: Visit, index: int, items: Sequence[str]) -> None:
    liaison = User.objects.get(posts__unit_id=visit.lead_id, posts__role=Role.LEAD_LIAISON)
    assert visit.planned_on is not None  # noqa: S101 - the caller chose visits with a day
    happened = at(visit.planned_on.day, 9 + index % 5, index * 7 % 60)
    weak = index % 7 == 3
    at_gate = index % 11 == 6  # nobody was let in, so nobody inspected
    report = VisitReport(
        form="delivery" if at_gate else "on_site",
        form_reason="卡口封闭管理，慰问品在门岗交接。" if at_gate else "",
        happened_at=happened,
        device_at=happened + timedelta(minutes=25),
        clock_skew_seconds=index % 4,
        prevention="partial" if weak else "good",
        prevention_note="外来人员登记不够完整，已当场提醒。" if weak else "",
        conditions=WORDS[index % len(WORDS)],
        receiver_name=f"站长{'赵钱孙李周吴郑王'[index % 8]}守{'岸江河湖'[index % 4]}"[2:],
        members=[Member(name=liaison.name, user_id=liaison.pk)],
        inspection=[]
        if at_gate
        else [
            InspectionAnswer(key, "fail", "中班测温缺一次记录，已当场补测、登记。")
            if weak and place == 1
            else InspectionAnswer(key, "pass")
            for place, key in enumerate(items)
        ],
        problems=[Problem(PROBLEMS[index])] if index in PROBLEMS else [],
        signature=signature(index),
        entry_reason=ENTERED_LATE.get(index, ""),
    )
    received = happened + timedelta(days=2 * (index in ENTERED_LATE), minutes=30 + index * 13 % 200)
    record_visit(
        visit_id=visit.pk,
        report=report,
        key=uuid5(NAMESPACE_URL, f"demo/visit/{visit.unit_id}"),
        actor=actor_of(liaison),
        at=received,
    )
    demo_burden.count(report, user_id=liaison.pk, at=received)


def _problems(_passwords: dict[str, str]) -> None:
    """The office closes what was dealt with."""
    office = _actor("office")
    done = {
        "夜班岗亭缺取暖设备": "已调拨油汀四台，岗亭现场确认。",
        "岗位排水不畅，雨天积水": "后勤中心疏通排水沟并配发雨靴。",
        "连续值守人员轮休安排": "已从机关抽调三人顶岗，轮休表已排定。",
    }
    for title, feedback in done.items():
        task = Task.objects.filter(plan_slug=SLUG, title=title, status="open").first()
        if task is not None:
            close_problem(task_id=task.pk, feedback=feedback, actor=office, at=at(15, 17, 20))
            demo_burden.count_asked([demo_burden.CLOSING], actor=office, at=at(15, 17, 20))


def _store(_passwords: dict[str, str]) -> None:
    fill_store(SLUG, _actor("office"), at)


def _inspection(_passwords: dict[str, str]) -> None:
    supervise(SLUG, _actor("inspector"), _actor("finance"), at)


def _plans(_passwords: dict[str, str]) -> None:
    bring_plans(_actor("officer"), _actor("approver"), at)


def _instructions(_passwords: dict[str, str]) -> None:
    follow_up(_actor("office"), _unit, at)
    hand_on(_actor("office"), _unit, at)


_STEPS = (
    _units,
    _people,
    _rosters,
    _plan,
    _money,
    _visits,
    _problems,
    _store,
    _inspection,
    _plans,
    _instructions,
)
