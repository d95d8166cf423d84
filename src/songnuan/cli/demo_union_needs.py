"""What families of plan 3 need: put down with its urgency, done, closed with their own words; goods given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from songnuan.casework.actions import NewNeed
from songnuan.casework.case_models import Case, Feedback, Need, NeedClosing
from songnuan.casework.case_rules import FAMILY
from songnuan.cli.demo_union import actor
from songnuan.cli.demo_union_plan import key_of, measure
from songnuan.cli.demo_union_store import give_bought, give_gift
from songnuan.journeys.act_on_need import act_on_need, close_need
from songnuan.journeys.family_feedback import make_link, note_call, take_feedback
from songnuan.journeys.raise_need import raise_need
from songnuan.organisation.models import User
from songnuan.organisation.queries import actor_of

At = Callable[..., datetime]


@dataclass(frozen=True, slots=True)
class _Told:
    """A need: of which family, when, and how far it is: what was done, what came of it."""

    number: int
    day: int
    category: str
    urgency: str
    words: str
    done: str = ""
    outcome: str = ""
    closed: str = ""
    said: str = ""
    by_link: bool = False
    bought: Mapping[str, int] = field(default_factory=dict)
    gift: int = 0


_NEEDS = (
    _Told(2, 9, "goods", "days", "家中消毒液用完，小区封闭买不到。", done="已与物业约好送达时间。", gift=2),
    _Told(
        6, 9, "children", "week", "孩子上网课没有电脑，用手机看不清。",
        done="车间工会协调闲置笔记本一台。", outcome="solved", closed="笔记本电脑已送到家中并调试好。",
        said="电脑很好用，孩子能正常上课了，谢谢工会。", by_link=True,
    ),
    _Told(
        11, 9, "medical", "today", "老人降压药只够两天，不方便去医院。",
        done="社区医生代开处方，专人送药上门。", outcome="solved", closed="一个月的药量当天送到。",
        said="药下午就送到了，很及时。",
    ),
    _Told(
        23, 9, "elders", "days", "婆婆腿脚不便，白天一人在家，希望有人照看。",
        done="正与社区养老服务站联系。",
    ),
    _Told(34, 10, "transport", "week", "夜班下班没有公交，希望安排接送。"),
    _Told(
        48, 10, "goods", "days", "行动不便，希望代买米面油。", done="已列入本周配送。",
        outcome="solved", closed="米面油已送达，家属签收。", said="东西都收到了，谢谢大家。",
        bought={"大米（5千克装）": 1, "食用油（1.8升装）": 1, "蔬菜（时令菜5千克）": 1},
    ),
    _Told(
        59, 10, "mind", "week", "孩子想念妈妈，情绪低落，希望有人开导。",
        done="已联系心理援助热线志愿者。",
    ),
    _Told(72, 13, "schooling", "whenever", "孩子小升初，希望了解医务人员子女入学政策。"),
    _Told(
        90, 13, "medical", "days", "孕晚期产检，希望帮助预约和接送。",
        done="已约定4月17日的号，专车接送。",
    ),
    _Told(118, 13, "goods", "week", "口罩快用完了，需要补充。"),
    _Told(151, 14, "elders", "week", "父亲住院陪护困难，希望调整班次。"),
    _Told(187, 14, "other", "whenever", "家中老旧电线需要检修。"),
    _Told(203, 15, "children", "days", "双方都上班，孩子放学后无人看护。"),
    _Told(
        236, 16, "medical", "today", "孩子发烧，不知去哪家医院就诊。",
        done="已告知定点儿科门诊，专人陪同前往。",
    ),
)  # fmt: skip


def put_down_needs(at: At) -> None:
    """Put down what is needed, and what was done; three needs are closed, one is overdue."""
    for told in _NEEDS:
        case = Case.objects.get(measure=measure("families"), number=told.number)
        helper = actor_of(User.objects.get(pk=case.helper_id or 0))
        place = str(told.number)
        need_id = raise_need(
            case_id=case.pk,
            need=NewNeed(told.category, told.urgency, told.words),
            key=key_of("need", place),
            actor=helper,
            at=at(told.day, 10, told.number % 60),
        )
        if not told.done or NeedClosing.objects.filter(need=need_id).exists():
            continue
        act_on_need(
            need_id=need_id,
            done_on=date(2020, 4, told.day),
            text=told.done,
            key=key_of("done", place),
            actor=helper,
            at=at(told.day, 11, told.number % 60),
        )
        _give(told, need_id, at)
        if told.outcome:
            _heard(told, need_id, at)
            close_need(
                need_id=need_id,
                outcome=told.outcome,
                text=told.closed,
                actor=helper,
                at=at(told.day, 17, told.number % 60),
            )


def _give(told: _Told, need_id: int, at: At) -> None:
    """Let the family have what it needs of the store."""
    need = Need.objects.select_related("case__employee").get(pk=need_id)
    if told.bought:
        give_bought(need, told.bought, at(told.day, 15, told.number % 60))
    if told.gift:
        give_gift(need, told.gift, at(13, 16, 40))


def _heard(told: _Told, need_id: int, at: At) -> None:
    """Let the family say what it thinks: by its own link, or to the union's officer who calls."""
    if Feedback.objects.filter(need=need_id).exists():
        return
    union, moment, key = actor("care-union"), at(told.day, 16, told.number % 60), key_of("said", str(need_id))
    if told.by_link:
        secret = make_link(need_id=need_id, actor=union, at=at(told.day, 15, told.number % 60))
        take_feedback(secret=secret, satisfied="yes", text=told.said, key=key, actor=FAMILY, at=moment)
        return
    note_call(
        need_id=need_id,
        satisfied="yes",
        said_by="职工本人",
        said_on=date(2020, 4, told.day),
        text=told.said,
        key=key,
        actor=union,
        at=moment,
    )
