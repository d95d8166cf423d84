"""Who is looked after in plan 2 of the demo: a round of screening, returnees, special families."""

from datetime import date, timedelta

from songnuan.casework.actions import NewNeed, Touch
from songnuan.casework.case_models import Case, HelperState
from songnuan.casework.special_rules import SpecialWords
from songnuan.cli.demo_emergency import (
    TODAY,
    Scale,
    actor,
    at,
    draw,
    key_of,
    liaison_of,
    station,
    stations,
    unit,
)
from songnuan.cli.demo_emergency_plan import measure
from songnuan.cli.demo_invented import phone
from songnuan.emergency.actions.screening import Days
from songnuan.emergency.models import Returnee, ScreeningShare
from songnuan.emergency.returnee_rules import Found, Told
from songnuan.journeys.act_on_need import act_on_need
from songnuan.journeys.answer_help import accept_family
from songnuan.journeys.enter_returnees import enter_returnee
from songnuan.journeys.name_deputy import name_deputy
from songnuan.journeys.observe_returnees import release_returnee
from songnuan.journeys.offer_helpers import offer_helpers
from songnuan.journeys.raise_need import raise_need
from songnuan.journeys.record_contact import record_contact
from songnuan.journeys.record_daily_status import record_daily_status
from songnuan.journeys.register_special_family import register_special_family
from songnuan.journeys.remind_of_families import remind_of_families
from songnuan.journeys.remind_of_returnees import remind_of_returnees
from songnuan.journeys.screening import open_screening, report_screening
from songnuan.kernel.actor import SYSTEM
from songnuan.organisation.models import User

_SCREENED_FROM = date(2020, 4, 6)
_FROM = ("江北省浦江市", "南岭省梅川市", "江北省沙洲县", "西陵省青石市", "东湾省海宁港区")
_RETURNED = (
    "祁连 沙晓 水清 韦一鸣 温暖 项前 向阳 萧然 谢芳 辛勤 徐行 严冬 叶知秋 易安 游历 余晖 元宵 臧青 支援 祖光"
)
_UNWELL, _OVERDUE = 5, 7
"""Which returnee is unwell since yesterday, and of which nothing was said for two days."""
_FAMILIES = ("汪素云", "鲍国栋", "史慧珍", "唐永年")


def screen(scale: Scale) -> None:
    """Open a round over the people of all stations; most say how far they are, some are done."""
    office = actor("duty-office")
    people = {number: 80 + draw(120, "people", number) for _place, number in stations(scale)}
    lines = ["单位,人数", *(f"{station(number)},{count}" for number, count in people.items())]
    opened = open_screening(
        measure_id=measure("screening").pk,
        days=Days("第二轮职工和服务对象排查", _SCREENED_FROM, TODAY + timedelta(days=1)),
        file=("应排查人数.csv", "\n".join(lines).encode()),
        key=key_of("screening"),
        actor=office,
        at=at(_SCREENED_FROM, 9),
    )
    shares = dict(ScreeningShare.objects.filter(round=opened).values_list("unit__records__name", "pk"))
    for number, count in people.items():
        how = draw(100, "screened", number)
        if how < 12:
            continue
        done = count if how < 62 else count * how // 110
        moment = at(TODAY - timedelta(days=1 + how % 6), 10 + how % 7, how % 60)
        report_screening(
            share_id=shares[station(number)],
            screened=done,
            unwell=1 if how % 23 == 5 else 0,
            reason="",
            key=key_of("screened", number),
            actor=actor(liaison_of(number)),
            at=moment,
        )


def observe(scale: Scale) -> None:
    """Enter who came back and ask after them each day; one is overdue, one unwell, some are released."""
    homes = stations(scale)
    yesterday = TODAY - timedelta(days=1)
    for place, name in enumerate(_RETURNED.split()):
        _place, number = homes[place * len(homes) // len(_RETURNED.split())]
        arrived = TODAY - timedelta(days=17 - place * 4 // 5)
        who = actor(liaison_of(number))
        told = Told(
            name,
            phone(42_100 + place),
            _FROM[place % len(_FROM)],
            arrived,
            f"{station(number)[:2]}小区{place + 1}号楼",
        )
        pk = enter_returnee(
            measure_id=measure("returnees").pk,
            unit_id=unit(station(number)).pk,
            told=told,
            helper_id=who.user_id,
            key=key_of("returnee", place),
            actor=who,
            at=at(arrived, 11, place),
        )
        row = Returnee.objects.get(pk=pk)
        last = yesterday - timedelta(days=2 * (place == _OVERDUE))
        for day in range((min(last, row.until_on) - arrived).days + 1):
            on = arrived + timedelta(days=day)
            is_unwell = place == _UNWELL and on == yesterday
            outcome = (
                "unwell"
                if is_unwell
                else ("not_reached" if draw(29, "asked", place, day) == 0 and on < last else "well")
            )
            words = {
                "unwell": "体温37.9℃，咽痛，昨晚起。",
                "not_reached": "两次拨打无人接听，次日再联系。",
            }.get(outcome, "")
            moment = at(on, 14, 5 + place)
            found = Found(on, outcome, moment, words)
            record_daily_status(
                returnee_id=pk, found=found, key=key_of("status", place, on), actor=who, at=moment
            )
        if row.until_on <= yesterday and row.status == "observed":
            release_returnee(returnee_id=pk, actor=who, at=at(row.until_on, 16, 40))
    remind_of_returnees(actor=SYSTEM, at=at(yesterday, 17))


def look_after_special(scale: Scale) -> None:
    """Let the section that leads put special families down; each has a contact person who keeps in touch."""
    lead, special = actor("duty-family"), measure("special_families")
    homes = stations(scale)
    for place, name in enumerate(_FAMILIES):
        _place, number = homes[place * 2]
        home = unit(station(number))
        begun = date(2020, 3, 30) + timedelta(days=place)
        told = SpecialWords(name, phone(43_100 + place), f"{station(number)[:2]}小区", "独居，白天联系为宜。")
        pk = register_special_family(
            measure_id=special.pk,
            unit_id=home.pk,
            told=told,
            key=key_of("special", place),
            actor=lead,
            at=at(begun, 9),
        )
        helper, deputy = liaison_of(number), liaison_of(homes[place * 2 + 1][1])
        who = User.objects.get(username=helper).pk
        case = Case.objects.get(pk=pk)
        if case.helper_state == HelperState.NONE:
            offer_helpers(measure_id=special.pk, chosen={pk: who}, actor=lead, at=at(begun, 10))
            case.refresh_from_db()
        if case.helper_state == HelperState.OFFERED:
            accept_family(case_id=pk, actor=actor(helper), at=at(begun, 11))
        if case.deputy_id is None:
            name_deputy(
                case_id=pk, deputy_id=User.objects.get(username=deputy).pk, actor=lead, at=at(begun, 14)
            )
        _keep_in_touch(pk, place, begun, helper)
    remind_of_families(actor=SYSTEM, at=at(TODAY, 8))


def _keep_in_touch(case_id: int, place: int, begun: date, helper: str) -> None:
    """Contact a family each week; the last one was missed. The first has a worry that is being seen to."""
    who = actor(helper)
    for week in range(2 - (place == len(_FAMILIES) - 1)):
        on = begun + timedelta(days=2 + 6 * week)
        touch = Touch(
            happened_on=on, way="phone", reached=True, words="通话一刻钟，身体尚好，生活用品已代购。"
        )
        record_contact(
            case_id=case_id, touch=touch, key=key_of("touch", place, week), actor=who, at=at(on, 16, 20)
        )
    if place == 0:
        on = begun + timedelta(days=3)
        need = raise_need(
            case_id=case_id,
            need=NewNeed("medical", "days", "慢性病药剩五天，行动不便，希望代配。"),
            key=key_of("need", place),
            actor=who,
            at=at(on, 10),
        )
        act_on_need(
            need_id=need,
            done_on=on,
            text="已联系社区医院代配，明日送达。",
            key=key_of("done", place),
            actor=who,
            at=at(on, 15),
        )
