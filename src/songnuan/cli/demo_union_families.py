"""Families of plan 3: helpers are asked, keep in touch, write down what is needed; some is overdue."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from songnuan.casework.actions import Touch
from songnuan.casework.actions.contacts import HomeVisitWords
from songnuan.casework.case_models import Case, Contact, HelperAct, HelperState
from songnuan.casework.case_queries import cases_of, proposal, standings
from songnuan.casework.case_rules import visit_owed
from songnuan.cli.demo_union import actor
from songnuan.cli.demo_union_plan import key_of, measure
from songnuan.journeys.answer_help import accept_family, decline_family
from songnuan.journeys.offer_helpers import offer_helpers
from songnuan.journeys.open_families import open_families
from songnuan.journeys.record_contact import record_contact
from songnuan.journeys.remind_of_families import remind_of_families
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.organisation.models import User
from songnuan.organisation.queries import actor_of

At = Callable[..., datetime]

_FIRST_LOT, _DECLINED = 250, 17
_WHY_NOT = "本人4月中旬起驻厂封闭值守，难以每周联系，请另派专人。"
# Of the families that came later: up to which number somebody is asked, and has accepted.
_ASKED, _ACCEPTED = 290, 276
_SAID = (
    "家中平安，老人身体稳定，孩子居家上网课。",
    "每晚与前方亲属视频，情绪稳定，请单位放心。",
    "买菜由社区代购，暂无困难。",
    "孩子网课用手机看不清，想借一台平板。",
    "口罩够用两周，消毒液快用完了。",
    "老人慢性病药已开一个月的量。",
    "担心亲属防护，已转告医院方面防护物资充足。",
    "夜班较多，接送孩子有些吃力，正与班组协调。",
    "收到慰问信，感谢工会惦记。",
    "亲属轮休在家隔离观察，一切正常。",
    "家中下水道堵塞，已请物业上门。",
)
_TRIED = "两次拨打无人接听，已发短信说明身份，改日再联系。"
_WAYS = ("phone", "phone", "phone", "wechat", "wechat", "visit", "message")
_VISITS = (
    HomeVisitWords(
        went="专人、车间工会主席",
        living="队员平安返回，正在集中休整；家中老人孩子都好。",
        received_by="队员家属",
        brought="慰问信一封、水果一箱",
        difficulties="",
        answered="说明休整结束后可以申请补休。",
        follow_up="休整期满后再上门看望队员本人。",
    ),
    HomeVisitWords(
        went="专人、公司工会副主席",
        living="队员已返回本市，家中生活正常，孩子准备复课。",
        received_by="队员的母亲",
        brought="慰问信一封、牛奶两箱",
        difficulties="老人膝盖疼痛，想去市里医院检查。",
        answered="当场联系预约挂号。",
        follow_up="专人陪同就诊并回访。",
    ),
)


def ask_helpers(at: At) -> None:
    """Ask a helper for each of the first families; all accept but one, whose family another one takes."""
    _offer_first(1, _FIRST_LOT, at(8, 9, 20))
    for case in _cases(1, _FIRST_LOT):
        if case.helper_state != HelperState.OFFERED:
            continue
        helper = _helper(case)
        if case.number == _DECLINED and case.helper_id is not None:
            decline_family(case_id=case.pk, reason=_WHY_NOT, actor=helper, at=at(8, 10, 40))
        else:
            accept_family(case_id=case.pk, actor=helper, at=_moment(at, 8, case.number))
    declined = [case for case in _cases(_DECLINED, _DECLINED) if case.helper_state == HelperState.NONE]
    for pk in _offer(declined, at(9, 8, 40)):
        accept_family(case_id=pk, actor=_helper(Case.objects.get(pk=pk)), at=at(9, 9, 30))


def keep_in_touch(at: At) -> None:
    """Record the first contacts; twelve families are missed, at eight nobody answered."""
    for case in _cases(1, _FIRST_LOT):
        if case.number % 21 != 5:
            _contact(case, "1", _moment(at, 9 + case.number % 3, case.number))


def go_on(at: At) -> None:
    """Take later families in, let most have a helper, visit who came back, and contact a third once more."""
    if not _cases(_FIRST_LOT + 1, _ASKED):
        remind_of_families(actor=SYSTEM, at=at(13, 8))
        open_families(measure_id=measure("families").pk, actor=actor("care-union"), at=at(13, 14, 30))
    _offer_first(_FIRST_LOT + 1, _ASKED, at(13, 15, 10))
    for case in _cases(_FIRST_LOT + 1, _ACCEPTED):
        if case.helper_state == HelperState.OFFERED:
            accept_family(case_id=case.pk, actor=_helper(case), at=_moment(at, 14, case.number))
    for case in _cases(_FIRST_LOT + 1, _ACCEPTED):
        if case.number % 4:
            _contact(case, "1", _moment(at, 15, case.number))
    _visit(at)
    for case in _cases(1, _FIRST_LOT):
        if case.number % 3 == 0 and case.number % 21 != 5 and case.number % 31 != 7:
            _contact(case, "2", _moment(at, 15, case.number))


def remind_helpers(at: At) -> None:
    """Let the house remind of what is due today and missed, as it does every morning."""
    remind_of_families(actor=SYSTEM, at=at(16, 8))


def _offer_first(first: int, last: int, moment: datetime) -> None:
    """Ask a helper for those of the families with these numbers for whom nobody was asked before."""
    asked = set(HelperAct.objects.values_list("case", flat=True))
    _offer([case for case in _cases(first, last) if case.pk not in asked], moment)


def _cases(first: int, last: int) -> list[Case]:
    """Return the families with these numbers."""
    return list(cases_of([measure("families").pk]).filter(number__range=(first, last)))


def _helper(case: Case) -> Actor:
    return actor_of(User.objects.get(pk=case.helper_id or 0))


def _moment(at: At, day: int, number: int) -> datetime:
    """Return a moment of a working day that is each family's own."""
    return at(day, 9 + number % 8, number * 7 % 60)


def _offer(cases: Iterable[Case], moment: datetime) -> Mapping[int, int]:
    """Ask those who are proposed; return who was asked by id of the case."""
    some, families = list(cases), measure("families")
    chosen = proposal(some, families.plan.unit_id, moment)
    if chosen:
        offer_helpers(measure_id=families.pk, chosen=chosen, actor=actor("care-union"), at=moment)
    return chosen


def _contact(case: Case, time: str, moment: datetime) -> None:
    """Record that the helper got in touch with a family, or tried to."""
    tried = case.number % 31 == 7
    touch = Touch(
        happened_on=moment.date(),
        way="phone" if tried else _WAYS[case.number % len(_WAYS)],
        reached=not tried,
        words=_TRIED if tried else _SAID[(case.number + 4 * int(time)) % len(_SAID)],
    )
    key = key_of("contact", str(case.number), time)
    record_contact(case_id=case.pk, touch=touch, key=key, actor=_helper(case), at=moment)


def _visit(at: At) -> None:
    """Let two helpers go to see a family whose medic came back from Hubei."""
    cases = [case for case in _cases(1, _FIRST_LOT) if case.helper_state == HelperState.ACCEPTED]
    stand = standings(cases, at(14, 12).date())
    owed = [case for case in cases if visit_owed(stand[case.pk]) is not None]
    if Contact.objects.filter(home_visit__isnull=False, case__in=[case.pk for case in cases]).exists():
        return
    for place, (case, told) in enumerate(zip(owed, _VISITS, strict=False)):
        moment = at(14, 15 + place, 20)
        touch = Touch(
            happened_on=moment.date(), way="visit", reached=True, words="登门看望。", home_visit=told
        )
        key = key_of("visit", str(case.number))
        record_contact(case_id=case.pk, touch=touch, key=key, actor=_helper(case), at=moment)
