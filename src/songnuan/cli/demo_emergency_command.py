"""Who commands plan 2 in the demo: the group, the call tree, a drill, the response, musters, tasks."""

from datetime import date, timedelta
from uuid import UUID

from songnuan.cli.demo_emergency import (
    SECTIONS,
    SICK,
    TODAY,
    Scale,
    actor,
    at,
    clerk_of,
    draw,
    key_of,
    liaison_of_street,
    street,
    unit,
)
from songnuan.cli.demo_emergency_plan import BEGUN, measure
from songnuan.cli.demo_invented import phone
from songnuan.emergency.actions.after_action import Lessons
from songnuan.emergency.actions.command import Launch
from songnuan.emergency.actions.muster import Arrival, Call
from songnuan.emergency.actions.order_tasks import NewTask
from songnuan.emergency.actions.orders import Ordered
from songnuan.emergency.models import (
    Activation,
    ActivationAct,
    ActVerb,
    AfterAction,
    CallLine,
    CallTree,
    Member,
    Muster,
    OrderTask,
    StandIn,
)
from songnuan.journeys.activate_plan import activate_plan
from songnuan.journeys.appoint_member import appoint_member, end_member
from songnuan.journeys.call_muster import call_muster, close_muster
from songnuan.journeys.chase_muster import note_call
from songnuan.journeys.check_in import check_in_another, check_in_by_code, check_in_oneself
from songnuan.journeys.order_tasks import acknowledge_task, answer_task, assign_task
from songnuan.journeys.set_call_tree import set_call_tree
from songnuan.journeys.stand_down import stand_down
from songnuan.journeys.stand_in import record_stand_in
from songnuan.journeys.steer_response import assess_response
from songnuan.journeys.take_in_order import take_in_order
from songnuan.journeys.write_after_action import write_after_action
from songnuan.kernel.actor import SYSTEM
from songnuan.organisation.models import User

SUPERIOR = "临澄市疫情防控工作指挥部"
DRILL_ON = date(2020, 3, 4)
_HEADS = SECTIONS[:5]
_STAFF = (
    "安和 毕小川 岑立 丁一鸣 范青 葛晓东 侯亮 计春生 康乐 黎明远 "
    "马小军 倪红 潘安宁 秦川 任远 宋雨 田禾 万里 夏至 于田"
)


def name_group(_scale: Scale) -> None:
    """Name the leading group: leader, deputy, heads of sections; one of them left, another came."""
    office, response = actor("duty-office"), measure("response")
    rows = [("duty-leader", "leader", 1, "全面负责"), ("duty-deputy", "deputy", 1, "代行组长职责，分管集结")]
    rows += [(clerk_of(one), "member", place, one) for place, one in enumerate(_HEADS, 2)]
    for username, position, turn, duty in rows:
        _appoint(username, position, turn, duty, BEGUN)
    leaving = Member.objects.get(measure=response, user__username=clerk_of(_HEADS[-1]))
    moved = date(2020, 3, 10)
    if leaving.ends_on is None:
        end_member(member_id=leaving.pk, ends_on=moved, actor=office, at=at(moved - timedelta(days=1), 17))
    _appoint(clerk_of("信息统计科"), "member", 6, "信息汇总", moved)


def _appoint(username: str, position: str, turn: int, duty: str, day: date) -> None:
    if Member.objects.filter(measure=measure("response"), user__username=username).exists():
        return
    appoint_member(
        measure_id=measure("response").pk,
        member_id=User.objects.get(username=username).pk,
        position=position,
        turn=turn,
        duty=duty,
        starts_on=day,
        actor=actor("duty-office"),
        at=at(day, 9),
    )


def bring_call_tree(_scale: Scale) -> None:
    """Bring in the call tree: the leader calls the deputy and the heads, each head their section."""
    response = measure("response")
    if CallTree.objects.filter(measure=response).exists():
        return
    rows = [
        ("孟广澜", phone(41_001), "中心领导", "", "duty-leader"),
        ("柯静川", phone(41_002), "中心领导", "孟广澜", "duty-deputy"),
    ]
    rows += [("尹守夜", phone(41_003), "中心应急办公室", "孟广澜", "duty-office")]
    rows += [
        (User.objects.get(username=clerk_of(one)).name, phone(41_100 + place), one, "柯静川", clerk_of(one))
        for place, one in enumerate(SECTIONS)
    ]
    heads = {section: name for name, _phone, section, *_rest in rows}
    rows += [
        (name, phone(41_200 + place), one := SECTIONS[place % len(SECTIONS)], heads[one], "")
        for place, name in enumerate(_STAFF.split())
    ]
    lines = ["姓名,手机号,科室,由谁通知,账号", *(",".join(row) for row in rows)]
    set_call_tree(
        measure_id=response.pk,
        content="\n".join(lines).encode(),
        name="通讯联络表.csv",
        actor=actor("duty-office"),
        at=at(date(2020, 2, 6), 10),
    )


def launch_drill(_scale: Scale) -> None:
    """Set a drill in motion, and call everybody together: three are late, one does not come."""
    leader = actor("duty-leader")
    launch = Launch("three", "中心机关和全部社区服务站", "按预案开展首次集结和信息报告演练。", is_drill=True)
    pk = activate_plan(
        measure_id=measure("response").pk,
        launch=launch,
        key=key_of("drill"),
        actor=leader,
        at=at(DRILL_ON, 8, 30),
    )
    _muster(pk, DRILL_ON, "中心一楼大厅", late=3)


def end_drill(_scale: Scale) -> None:
    """Stand the drill down, and write what it taught."""
    row = Activation.objects.filter(measure=measure("response"), is_drill=True).order_by("pk")[0]
    leader = actor("duty-leader")
    stand_down(
        activation_id=row.pk,
        reason="演练科目全部完成。",
        key=key_of("drill", "end"),
        actor=leader,
        at=at(DRILL_ON, 17, 30),
    )
    if not AfterAction.objects.filter(activation=row).exists():
        lessons = Lessons(
            went_well="集结命令十分钟内通知到全体人员，绝大多数按时到位。",
            shortcomings="三人迟到，均因接到通知后未及时出发；个别站点不熟悉填报页面。",
            improvements="更新通讯联络表，对各站联络员补训填报方法。",
            seen=0,
        )
        write_after_action(
            activation_id=row.pk, lessons=lessons, actor=actor("duty-office"), at=at(date(2020, 3, 6), 16)
        )


def launch_response(scale: Scale) -> None:
    """Take in the superior's order, and set the response in motion by it; everybody is called together."""
    day, office = scale.first, actor("duty-office")
    ordered = Ordered(
        asks="activate",
        way="document",
        issuer=SUPERIOR,
        number="临澄防指〔2020〕18号",
        text="即日起启动社区防控应急响应，各单位实行日报告，做好返程人员健康观察和排查。",
        received_at=at(day, 8, 5),
        received_where="中心值班室",
        due_at=at(day, 12),
    )
    response = measure("response").pk
    order = take_in_order(
        measure_id=response, ordered=ordered, key=key_of("order"), actor=office, at=at(day, 8, 10)
    )
    launch = Launch("two", "全市各街道服务中心和社区服务站", "按市指挥部命令启动。", order_id=order)
    pk = activate_plan(
        measure_id=response,
        launch=launch,
        key=key_of("response"),
        actor=actor("duty-leader"),
        at=at(day, 8, 30),
    )
    _muster(pk, day, "中心三楼会议室", late=2)


def _muster(activation: int, day: date, place: str, late: int) -> None:
    """Call a muster, let people come, have it noted who does not, and close it."""
    if Muster.objects.filter(activation=activation).exclude(closed_at=None).exists():
        return
    leader, office = actor("duty-leader"), actor("duty-office")
    call = Call(place, at(day, 9, 10), 10)
    pk = call_muster(
        activation_id=activation, call=call, key=key_of("muster", activation), actor=leader, at=at(day, 8, 35)
    )
    muster = Muster.objects.get(pk=pk)
    lines = list(CallLine.objects.filter(tree=muster.tree).select_related("user").order_by("position"))
    absent, excused, alone, *tardy = lines[-1], lines[-2], lines[-3], *lines[-3 - late : -3]
    for number, line in enumerate(lines):
        if line in (absent, excused, alone):
            continue
        hour, minute = (9, 14 + number % 7) if line in tardy else (8, 40 + draw(20, "muster", pk, number))
        _arrive(muster, line, day, hour, minute)
    check_in_another(muster_id=pk, line_id=alone.pk, actor=office, at=at(day, 9, 5))
    note_call(
        muster_id=pk,
        line_id=excused.pk,
        outcome="excused",
        text="外地出差，已向科室负责人请假。",
        actor=office,
        at=at(day, 8, 50),
    )
    note_call(
        muster_id=pk,
        line_id=absent.pk,
        outcome="absent",
        text="电话接通，家中有急事，不能到场。",
        actor=office,
        at=at(day, 9, 25),
    )
    close_muster(muster_id=pk, actor=leader, at=at(day, 10))


def _arrive(muster: Muster, line: CallLine, day: date, hour: int, minute: int) -> None:
    moment = at(day, hour, minute)
    if line.user is not None:
        check_in_oneself(muster_id=muster.pk, arrival=Arrival(), actor=actor(line.user.username), at=moment)
    else:
        check_in_by_code(code=muster.code, phone=line.phone or "", arrival=Arrival(), actor=SYSTEM, at=moment)


def stand_in(_scale: Scale) -> None:
    """Let the deputy act for the leader over two days; the group assesses that the response goes on."""
    response = measure("response")
    row = Activation.objects.filter(measure=response, is_drill=False).order_by("pk")[0]
    if ActivationAct.objects.filter(activation=row, verb=ActVerb.GO_ON).exists():
        return
    rows = Member.objects.filter(measure=response, ends_on__isnull=True).exclude(position="member")
    member = dict(rows.values_list("user__username", "pk"))
    if not StandIn.objects.filter(absent__measure=response).exists():
        record_stand_in(
            measure_id=response.pk,
            absent_id=member["duty-leader"],
            deputy_id=member["duty-deputy"],
            starts_at=at(date(2020, 4, 8), 8),
            ends_at=at(date(2020, 4, 9), 18),
            reason="参加市指挥部集中办公。",
            actor=actor("duty-leader"),
            at=at(date(2020, 4, 7), 17),
        )
    assess_response(
        activation_id=row.pk,
        should_end=False,
        text="返程人员仍在增加，报告总体平稳，响应继续。",
        actor=actor("duty-deputy"),
        at=at(date(2020, 4, 9), 17, 30),
    )


def give_tasks(_scale: Scale) -> None:
    """Take in what the superior asks, give its parts out: one is done, one answered, one open."""
    office, day = actor("duty-office"), TODAY - timedelta(days=2)
    ordered = Ordered(
        asks="other",
        way="phone",
        issuer=SUPERIOR,
        number="",
        text="核报返程人员健康观察、防护物资和望湖街道发热情况，17日下班前答复。",
        received_at=at(day, 9, 20),
        due_at=at(TODAY + timedelta(days=1), 17),
    )
    order = take_in_order(
        measure_id=measure("response").pk,
        ordered=ordered,
        key=key_of("order", 2),
        actor=office,
        at=at(day, 9, 30),
    )
    last = at(TODAY + timedelta(days=1), 12)
    parts = (
        (
            "流动人口服务科",
            "核报返程人员登记、观察和解除人数。",
            clerk_of("流动人口服务科"),
            "登记和观察人数已与各站核对，表已报送。",
        ),
        (
            "综合办公室",
            "核报口罩、消毒液库存和七日需求。",
            clerk_of("综合办公室"),
            "库存可用九日，需求表已编好，请审核。",
        ),
        (street(SICK), "核报辖区发热人员逐人情况和处置。", liaison_of_street(SICK), ""),
    )
    for place, (name, what, who, said) in enumerate(parts):
        new = NewTask(what, last, unit_id=unit(name).pk)
        task = assign_task(order_id=order, new=new, key=_task_key(place), actor=office, at=at(day, 10, place))
        row = OrderTask.objects.get(pk=task)
        if said and row.status == "open":
            answer_task(
                order_task_id=task,
                text=said,
                key=_task_key(place, "said"),
                actor=actor(who),
                at=at(day, 16, place),
            )
        if place == 0 and OrderTask.objects.get(pk=task).status == "answered":
            acknowledge_task(order_task_id=task, text="已核对。", actor=office, at=at(day, 17))


def _task_key(*told: object) -> UUID:
    return key_of("task", *told)
