"""The warmth money of plan 3: the first list from reckoning to call-backs, the second one held."""

from collections.abc import Callable
from datetime import date, datetime

from songnuan.benefits.double_models import DoubleVerb
from songnuan.benefits.double_queries import open_findings
from songnuan.benefits.doubling import Decision
from songnuan.benefits.models import Reckoning, Settlement, StandardVersion
from songnuan.cli.demo_invented import phone
from songnuan.cli.demo_union import UNION, actor, unit
from songnuan.cli.demo_union_plan import SLUG, key_of, measure
from songnuan.cli.demo_union_staff import paid_elsewhere_book
from songnuan.journeys.answer_objection import answer_objection
from songnuan.journeys.decide_doubles import decide_doubles
from songnuan.journeys.decide_list import approve_list
from songnuan.journeys.look_for_doubles import look_for_doubles
from songnuan.journeys.object_to_notice import object_to_notice
from songnuan.journeys.place_hold import place_hold
from songnuan.journeys.publish_notice import publish_notice
from songnuan.journeys.put_up_list import put_up_list
from songnuan.journeys.reckon_list import reckon_list
from songnuan.journeys.release_list import release_list
from songnuan.journeys.settled_upload import look, record_looked
from songnuan.journeys.sign_list import sign_list
from songnuan.journeys.write_standard import write_standard
from songnuan.payments.actions.notices import Said
from songnuan.payments.models import ListStatus, Notice, NoticeLine, Objection, ObjectionAnswer, PaymentList
from songnuan.payments.notice_rules import VISITOR
from songnuan.payments.rules import subject_of

LAYOUT = "workbook-five"
# What another union pays to the same people; what it told is held against the list.
_OTHER = """\
# 其他工会、其他方案发放的同类慰问金。只登记对方告知的已发情况，用于比对重复领取。
slug: other-unions
title: 其他工会发放的一线家属慰问金
starts_on: 2020-01-20
basis:
  title: 关于工会组织做好一线医务人员家属服务工作的意见
  number: 澄工发〔2020〕3号
payee: relative
parts:
  - by: once
    rows:
      - {key: family, title: 一线医务人员家属, amount: 800, relations: [spouse, parent, child]}
"""
_WHY_OUT = "已由市卫健系统工会发放同类慰问金800元，按方案不重复发放。"
_OBJECTION = "公示中此人的亲属2月中旬才到发热门诊，是否符合一线岗位标准，请核实。"
_ANSWER = "经向所在医院核实，其亲属自2月上旬起在隔离病区值班，有排班表和医院证明，符合发放标准，名单无误。"
_HELD = "名单中7人的亲属承担的是后勤保障工作，是否属于一线岗位，请补充派出医院的岗位证明后再审。"

At = Callable[..., datetime]


def make_first_list(at: At) -> None:
    """Reckon what the first come to, take one out who has it already, and bring the list to its notice."""
    _told_by_others(at)
    listed = _made("1", date(2020, 4, 2), at(2, 14, 10), at(2, 16))
    _approved(listed, "care-check", at(3, 9, 10))
    _approved(listed, "care-approver", at(3, 10, 30))
    row = PaymentList.objects.get(pk=listed)
    if row.status == ListStatus.APPROVED:
        inspector, remark = actor("care-inspector"), "抽核30人的服务经历和亲属关系，未见异常。"
        sign_list(list_id=listed, digest=row.digest, remark=remark, actor=inspector, at=at(3, 15))
    _notice(listed, at)


def release_first_list(at: At) -> None:
    """Release the list whose notice is over."""
    row = first_list()
    if row.status == ListStatus.SIGNED:
        finance = actor("care-finance")
        release_list(list_id=row.pk, digest=row.digest, layout=LAYOUT, actor=finance, at=at(13, 9, 30))


def make_second_list(at: At) -> None:
    """Reckon what those come to who were found since; the inspector stops that list before it is approved."""
    listed = _made("2", date(2020, 4, 14), at(14, 14, 10), at(14, 15, 30))
    _approved(listed, "care-check", at(15, 9, 20))
    place_hold(
        subject=subject_of(listed),
        reason=_HELD,
        key=key_of("hold"),
        actor=actor("care-inspector"),
        at=at(15, 14, 30),
    )


def first_list() -> PaymentList:
    """Return the list that was paid."""
    return PaymentList.objects.filter(measure__plan__slug=SLUG).order_by("number")[0]


def _told_by_others(at: At) -> None:
    """Write down what another union has paid, of which one is in the list."""
    union = actor("care-union")
    if not StandardVersion.objects.filter(standard__slug="other-unions").exists():
        write_standard(
            unit_id=unit(UNION).pk,
            base=0,
            source=_OTHER,
            decision="市卫健系统工会3月18日函告",
            decided_on=date(2020, 3, 18),
            key=key_of("standard", "others"),
            actor=union,
            at=at(2, 13, 40),
        )
    if Settlement.objects.filter(standard__slug="other-unions").exists():
        return
    moment = at(2, 13, 50)
    looked = look(
        content=paid_elsewhere_book(),
        name="市卫健系统工会已发名单.xlsx",
        slug="other-unions",
        source="市卫健系统工会",
        actor=union,
        at=moment,
    )
    record_looked(looked, slug="other-unions", key=key_of("settled"), actor=union, at=moment)


def _made(number: str, as_of: date, reckoned: datetime, handed_in: datetime) -> int:
    """Return a list, made of what was reckoned on a day; each double payment in it is taken out."""
    grants, union = measure("grants"), actor("care-union")
    known = PaymentList.objects.filter(measure=grants, number=int(number)).first()
    if known is not None:
        return known.pk
    pk = reckon_list(
        measure_id=grants.pk, as_of=as_of, key=key_of("reckon", number), actor=union, at=reckoned
    )
    look_for_doubles(measure_id=grants.pk, actor=union, at=reckoned)
    for found in open_findings(Reckoning.objects.get(pk=pk)):
        decide_doubles(
            measure_id=grants.pk,
            decision=Decision(DoubleVerb.OUT, _WHY_OUT, finding=found.pk),
            key=key_of("double", number, str(found.pk)),
            actor=union,
            at=reckoned,
        )
    return put_up_list(
        measure_id=grants.pk, reckoning_id=pk, key=key_of("list", number), actor=union, at=handed_in
    )


def _approved(list_id: int, username: str, moment: datetime) -> None:
    """Let somebody check or approve a list who has not done so."""
    row, decider = PaymentList.objects.get(pk=list_id), actor(username)
    if not row.acts.filter(person=decider.user_id).exists():
        approve_list(list_id=list_id, digest=row.digest, actor=decider, at=moment)


def _notice(list_id: int, at: At) -> None:
    """Put the list up for five working days."""
    if not Notice.objects.filter(payment_list=list_id).exists():
        publish_notice(
            list_id=list_id,
            begins_on=date(2020, 4, 3),
            place="市总工会一楼公示栏、澄湖集团厂务公开栏",
            phone=phone(49_999),
            email="jjz@lincheng-union.example",
            actor=actor("care-union"),
            at=at(3, 15, 40),
        )


def object_to_first_list(at: At) -> None:
    """Let somebody object to a line, which is looked into and answered."""
    notice = Notice.objects.get(payment_list=first_list())
    line = NoticeLine.objects.filter(notice=notice).order_by("position")[41]
    said = Said(_OBJECTION, position=line.position)
    object_to_notice(
        notice_key=notice.key, said=said, key=key_of("objection"), actor=VISITOR, at=at(8, 20, 15)
    )
    objection = Objection.objects.get(notice=notice)
    if not ObjectionAnswer.objects.filter(objection=objection).exists():
        answer_objection(
            list_id=notice.payment_list_id,
            objection_id=objection.pk,
            text=_ANSWER,
            is_upheld=False,
            actor=actor("care-check"),
            at=at(10, 10, 40),
        )
