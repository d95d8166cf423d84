"""The demo's instructions: the leader's words that plan 1 rests on, and a fresh one from above."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from uuid import NAMESPACE_URL, uuid5

from songnuan.cli.demo_burden import DECISION, EXTENSION, ITEM_CLOSING, REPORT, count_asked
from songnuan.journeys.accept_item import accept_item
from songnuan.journeys.answer_extension import answer_extension
from songnuan.journeys.ask_extension import ask_extension
from songnuan.journeys.ask_item_closing import ask_item_closing
from songnuan.journeys.close_item import close_item
from songnuan.journeys.record_instruction import record_instruction
from songnuan.journeys.report_item import report_item
from songnuan.kernel.actor import Actor
from songnuan.organisation.models import Unit, User
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of
from songnuan.tasks.instruction_rules import Head, NewItem
from songnuan.tasks.models import Instruction, Task

TITLE = "局主要负责同志关于开展走访慰问的批示"
TEXT = """防疫一线的同志连续奋战，十分辛苦。请疫情防控办公室牵头，尽快组织一次走访慰问。
要专款专用、统一标准，不搞形式主义；走访中发现的困难，能办的马上办，一时办不了的说明原因、明确时限。
值守条件和轮休问题要逐项解决，先进典型要及时宣传。办理情况请按项反馈。"""
# What is to be done, who owns it, who helps, and the day in April.
ITEMS = (
    ("落实慰问专项资金，核定统一的慰问标准", "财务处", (), 8),
    ("逐一排查一线岗亭取暖、照明、排水等值守条件并整改", "航道处", ("后勤服务中心",), 14),
    ("安排连续值守十四天以上人员轮休", "人事处", ("船闸运行中心", "水上搜救中心"), 17),
    ("推荐一批一线先进典型，及时宣传", "机关党委", (), 25),
)

FRESH = "关于做好防汛准备和防疫值守衔接工作的通知"
FRESH_TEXT = """各单位要统筹防疫值守和入汛准备。请排查防汛物资储备和一线值守力量，4月17日前报送缺口清单；
入汛前完成趸船、缆绳和排水设施检修，检修期间防疫岗位不得空岗。"""
FRESH_ITEMS = (
    ("排查防汛物资和值守力量，报送缺口清单", "航道处", (), 17),
    ("完成趸船、缆绳和排水设施检修，检修期间防疫岗位不空岗", "船闸处", ("船闸运行中心",), 28),
)

At = Callable[[int, int, int], datetime]


def follow_up(office: Actor, unit: Callable[[str], Unit], at: At) -> None:
    """Record the instruction, and let each unit and the office do their part until the demo's day."""
    if Instruction.objects.filter(title=TITLE).exists():
        return
    pk = record_instruction(
        head=Head("leader", TITLE, "局主要负责同志", "", date(2020, 4, 2), TEXT),
        unit_id=unit("澄江省水运管理局").pk,
        items=_items(ITEMS, unit),
        received_at=at(2, 14, 20),
        plan_slug="front-line-visits",
        basis=TITLE,
        key=uuid5(NAMESPACE_URL, "demo/instruction"),
        actor=office,
        at=at(6, 9, 30),
    )
    tasks = list(Task.objects.filter(instruction=pk).order_by("position"))
    liaisons = User.objects.filter(posts__role=Role.LEAD_LIAISON)
    owners = [actor_of(liaisons.get(posts__unit=item.owner_id)) for item in tasks]
    for place, (item, owner) in enumerate(zip(tasks, owners, strict=True)):
        accept_item(task_id=item.pk, actor=owner, at=at(6, 10 + place, 5))
    (money, posts, rest, praise), (finance, channels, staff, party) = tasks, owners

    def report(item: Task, text: str, actor: Actor, when: datetime) -> None:
        key = uuid5(NAMESPACE_URL, f"demo/report/{item.position}/{when}")
        report_item(task_id=item.pk, text=text, key=key, actor=actor, at=when)
        count_asked([REPORT], actor=actor, at=when)

    done = "专项资金14,100元已按澄水运财〔2020〕18号文拨入，慰问标准统一为每单位300元，实物发放。"
    ask_item_closing(task_id=money.pk, text=done, actor=finance, at=at(7, 16, 10))
    count_asked([ITEM_CLOSING], actor=finance, at=at(7, 16, 10))
    close_item(task_id=money.pk, remark="文件和到账凭证已核对。", actor=office, at=at(8, 9, 15))
    count_asked([DECISION], actor=office, at=at(8, 9, 15))
    report(posts, "已排查31处岗亭，缺取暖设备4处、排水不畅2处，正在整改。", channels, at(10, 17, 0))
    report(rest, "摸底名单27人，已排出两批轮休。", staff, at(9, 15, 30))
    ask_extension(
        task_id=rest.pk,
        due_on=date(2020, 4, 22),
        reason="船闸运行中心春季检修，第二批轮休须待检修结束。",
        actor=staff,
        at=at(14, 9, 40),
    )
    count_asked([EXTENSION], actor=staff, at=at(14, 9, 40))
    answer_extension(
        task_id=rest.pk,
        due_on=date(2020, 4, 22),
        allowed=True,
        remark="同意，第一批须按原时限完成。",
        actor=office,
        at=at(14, 15, 0),
    )
    count_asked([DECISION], actor=office, at=at(14, 15, 0))
    told = "各单位推荐典型12名，经审核并征得本人同意，首批5名已在局网站宣传。"
    ask_item_closing(task_id=praise.pk, text=told, actor=party, at=at(16, 10, 20))
    count_asked([ITEM_CLOSING], actor=party, at=at(16, 10, 20))


def _items(
    told: Sequence[tuple[str, str, tuple[str, ...], int]], unit: Callable[[str], Unit]
) -> list[NewItem]:
    """Return items of what, who, who helps, and the day of April by which."""
    return [
        NewItem(matter, unit(owner).pk, date(2020, 4, day), tuple(unit(name).pk for name in helpers))
        for matter, owner, helpers, day in told
    ]


def hand_on(office: Actor, unit: Callable[[str], Unit], at: At) -> None:
    """Record what came from above yesterday: one item is due tomorrow, one nobody has accepted yet."""
    if Instruction.objects.filter(title=FRESH).exists():
        return
    pk = record_instruction(
        head=Head("superior", FRESH, "澄江省交通运输厅", "澄交函〔2020〕26号", date(2020, 4, 14), FRESH_TEXT),
        unit_id=unit("澄江省水运管理局").pk,
        items=_items(FRESH_ITEMS, unit),
        received_at=at(15, 10, 20),
        plan_slug="",
        basis="",
        key=uuid5(NAMESPACE_URL, "demo/instruction/fresh"),
        actor=office,
        at=at(15, 11, 0),
    )
    due = Task.objects.filter(instruction=pk).order_by("position")[0]
    owner = User.objects.get(posts__role=Role.LEAD_LIAISON, posts__unit=due.owner_id)
    accept_item(task_id=due.pk, actor=actor_of(owner), at=at(15, 14, 30))
