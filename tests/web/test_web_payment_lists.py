"""The pages of payment lists: the whole way through four people, what is refused, and who may not."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from benefits.union import DECIDED, write
from goods.builders import make_person, snapshot
from payments.house import FAMILIES, NOW, ListHouse, make_list_house
from songnuan.approvals.hold_models import Hold
from songnuan.audit.models import Entry
from songnuan.funds import models as funds_tables
from songnuan.journeys.decide_list import withdraw_list
from songnuan.journeys.held_measures import held_measures
from songnuan.journeys.lift_hold import lift_hold
from songnuan.journeys.living_plan import evidence_of, progress_of
from songnuan.journeys.place_hold import place_hold
from songnuan.journeys.reverse_entry import reverse_entry
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.kernel.sealing import seal_text
from songnuan.organisation.models import Post, User
from songnuan.organisation.permissions import Role
from songnuan.payments.models import ListAct, ListStatus, PaymentLine, PaymentList
from songnuan.people.columns import PLACES, index
from songnuan.people.models import Person
from songnuan.plans.models import Blocks, Measure, Plan, Question
from songnuan.web.approval_page import url_of
from songnuan.web.due import desk_of, due_of
from songnuan.web.trail_subjects import look_up
from songnuan.web.views.shared import Reader
from web.browsing import as_, on, user_of

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (PaymentList, PaymentLine, ListAct, funds_tables.Entry, funds_tables.Fund)
ACCOUNT, NUMBER = "6222020200112233445", "110101199003070337"


@pytest.fixture
def house() -> ListHouse:
    found = make_list_house()
    for name, account in (("甲", ACCOUNT), ("乙", "6222020200112233446")):
        person = Person.objects.get(name=name)
        person.account, person.account_index = account, index("account", account)
        person.bank = "临澄银行"
        if name == "甲":
            person.id_number, person.id_index = NUMBER, index("id_number", NUMBER)
        person.save()
    return found


def grants(house: ListHouse) -> str:
    return reverse("grants", args=(house.register.measure.pk,))


def url(list_id: int) -> str:
    return reverse("payment_list", args=(list_id,))


def get(path: str, actor: Actor) -> Any:
    with on(NOW):
        return as_(actor).get(path)


def post(path: str, actor: Actor, **told: Any) -> Any:
    with on(NOW):
        return as_(actor).post(path, told, follow=True)


def put_up(house: ListHouse, actor: Actor | None = None, **told: str) -> Any:
    reckoning = told.pop("put_up", None) or str(house.reckon())
    return post(grants(house), actor or house.officer, key=str(uuid4()), put_up=reckoning, **told)


def decide(list_id: int, actor: Actor, act: str = "approve", **told: Any) -> Any:
    """Post what the page of the list shows to the actor: its digest, and the step at which it lies."""
    page = get(url(list_id), actor)
    sent = {"act": act, "digest": page.context["row"].digest, "step": page.context["step"] or "", **told}
    return post(url(list_id), actor, **sent)


def unchanged(act: Callable[[], Any]) -> Any:
    before = snapshot(TABLES)
    answer = act()
    assert snapshot(TABLES) == before
    return answer


def titles(actor: Actor) -> set[str]:
    with on(NOW):
        user = user_of(actor)
        return {item.title for item in due_of(desk_of(Reader(user, actor, NOW, NOW.date())))}


def the_list() -> PaymentList:
    return PaymentList.objects.latest("pk")


def test_four_people_take_a_list_from_the_reckoning_to_the_inspectors_signature(house: ListHouse) -> None:
    made = put_up(house)
    row = the_list()
    assert made.redirect_chain[-1][0] == url(row.pk)
    page = made.content.decode()
    for words in ("发放清单发-0001", "待审批", "9,000.00", "人民币玖仟元整", "一线慰问专项资金", row.digest):
        assert words in page, words
    assert "本清单由您制表，复核、审批和纪检监察签字由他人办理。" in page
    checked = decide(row.pk, house.checker)
    assert "已记录复核意见，清单转审批人。" in checked.content.decode()
    assert "本清单由您复核" in checked.content.decode()
    shown = get(url(row.pk), house.approver)
    assert "批准后，资金中预留" in shown.content.decode()
    decide(row.pk, house.approver)
    assert house.fund.committed_minor == 9000_00
    shown = get(url(row.pk), house.inspector)
    assert shown.context["inspector"].waits_for == ("纪检丁",)
    assert "未经纪检监察签字，清单一律不得发放。" in shown.content.decode()
    signed = decide(row.pk, house.inspector, "sign", remark="账表相符")
    assert the_list().status == ListStatus.SIGNED
    assert "账表相符" in signed.content.decode()
    assert [(rung.label, rung.people) for rung in signed.context["ladder"]] == [
        ("制表", ("工会甲",)),
        ("复核", ("专班己",)),
        ("审批", ("审批乙",)),
        ("纪检监察", ("纪检丁",)),
        ("放款", ()),
    ]


def test_each_line_says_whom_for_and_why_and_no_number_stands_in_full(house: ListHouse) -> None:
    list_id = house.put_up()
    page = get(url(list_id), house.officer)
    told = [(line.position, line.payee, line.qualifier, line.relation) for line in page.context["lines"]]
    assert told == [(1, "甲", "甲妻", "配偶"), (2, "乙", "乙父", "父母"), (3, "丙", "丙母", "父母")]
    first, _second, last = page.context["lines"]
    assert (first.account, first.bank, last.account) == ("****3445", "临澄银行", "")
    assert first.why.startswith("支援湖北：")
    for actor in (house.officer, house.checker, house.approver, house.inspector, house.finance):
        text = get(url(list_id), actor).content.decode()
        assert "3445" in text
        assert ACCOUNT not in text
        assert NUMBER not in text
    assert ACCOUNT not in get(grants(house), house.officer).content.decode()


def test_of_a_minor_neither_name_nor_account_is_told(house: ListHouse) -> None:
    Person.objects.filter(name="甲").update(restricted=True)
    line = get(url(house.put_up()), house.officer).context["lines"][0]
    assert (line.payee, line.account) == ("*", "****")


def test_lines_are_paged_by_their_place_and_found_by_name(house: ListHouse) -> None:
    for at in range(53):
        house.register.employ(f"职工{at}")
        house.register.relate(f"职工{at}", "spouse", f"家属{at}")
        house.register.serve([f"家属{at}"])
    list_id = house.put_up()
    first = get(url(list_id), house.officer)
    assert ([line.position for line in first.context["lines"]], first.context["older"]) == (
        list(range(1, 51)),
        50,
    )
    rest = get(f"{url(list_id)}?before=50", house.officer)
    assert (len(rest.context["lines"]), rest.context["older"]) == (6, None)
    assert "course" not in rest.context
    found = get(f"{url(list_id)}?q=家属7", house.officer)
    assert [line.payee for line in found.context["lines"]] == ["职工7"]
    assert get(f"{url(list_id)}?q=无此人", house.officer).context["lines"] == []


def test_the_page_of_the_clause_lists_its_lists_and_offers_the_next_one(house: ListHouse) -> None:
    assert "put-up" not in get(grants(house), house.officer).content.decode()
    house.reckon()
    page = get(grants(house), house.officer).content.decode()
    assert "冻结名单并报批" in page
    assert "最后由纪检监察签字" in page
    assert "冻结名单并报批" not in get(grants(house), house.finance).content.decode()
    list_id = house.put_up()
    page = get(grants(house), house.officer)
    assert [(one.number, one.people, one.total_minor) for one in page.context["payments"]] == [
        ("发-0001", 3, 9000_00)
    ]
    assert url(list_id) in page.content.decode()
    assert page.context["listed"].id == list_id
    house.reckon()
    page = get(grants(house), house.officer)
    assert (page.context["listed"], page.context["pending"].id) == (None, list_id)
    assert "发放清单发-0001待审批" in page.content.decode()
    assert 'name="put_up"' not in page.content.decode()


def test_the_same_form_twice_makes_one_list_and_leads_to_it(house: ListHouse) -> None:
    reckoning, key = str(house.reckon()), str(uuid4())
    post(grants(house), house.officer, put_up=reckoning, key=key)
    again = unchanged(lambda: post(grants(house), house.officer, put_up=reckoning, key=key))
    assert again.redirect_chain[-1][0] == url(the_list().pk)
    other = unchanged(lambda: put_up(house, put_up=reckoning))
    assert other.redirect_chain[-1][0] == url(the_list().pk)
    assert "这份清单已经制作，现为您打开。" in other.content.decode()


def _waits(house: ListHouse) -> None:
    house.put_up()


def _stale(house: ListHouse) -> None:
    write(house.register.union, FAMILIES.replace("2000}", "2500}"), base=1, **DECIDED)


def _open_question(house: ListHouse) -> None:
    Question.objects.create(
        plan_id=house.register.measure.plan_id,
        position=0,
        key="amounts",
        text="金额多少？",
        blocks=Blocks.PAYMENT,
        asked_at=NOW,
    )


def _no_fund(house: ListHouse) -> None:
    settings = {"standard": "family-money", "roster": "staff", "fund": "〔2020〕99号"}
    Measure.objects.filter(pk=house.register.measure.pk).update(settings=settings)


def _nobody_checks(house: ListHouse) -> None:
    Post.objects.filter(user=house.checker.user_id).delete()


def _pays_the_maker(house: ListHouse) -> None:
    _is(house.officer, "甲")


def _is(actor: Actor, name: str) -> None:
    """Let a user of the house be a person of the register: of one name and phone."""
    phone = "13900000001"
    User.objects.filter(pk=actor.user_id or 0).update(name=name, phone=phone)
    person = Person.objects.get(name=name)
    person.phone, person.phone_index = phone, index("phone", phone)
    person.save()


@pytest.mark.parametrize(
    ("arrange", "status", "words"),
    [
        (_waits, 409, "本条款另有一份清单待审批"),
        (_stale, 409, "标准或方案的答复已有变动"),
        (_open_question, 409, "金额多少？"),
        (_no_fund, 409, "〔2020〕99号"),
        (_nobody_checks, 409, "复核"),
        (_pays_the_maker, 403, "本清单向经办人本人发放"),
    ],
)
def test_what_keeps_a_list_from_being_made_is_said_on_the_page(
    house: ListHouse, arrange: Callable[[ListHouse], None], status: int, words: str
) -> None:
    if arrange is _waits:
        arrange(house)
    reckoning = str(house.reckon())
    if arrange is not _waits:
        arrange(house)
    answer = unchanged(lambda: put_up(house, put_up=reckoning))
    assert answer.status_code == status
    assert words in answer.context["refusal"].sentence
    assert answer.context["refusal"].sentence in answer.content.decode().replace("&quot;", '"')


def test_a_list_beyond_the_fund_says_both_figures(house: ListHouse) -> None:
    write(house.register.union, FAMILIES.replace("5000", "300000"), base=1, **DECIDED)
    answer = unchanged(lambda: put_up(house))
    assert answer.status_code == 409
    for figure in ("304,000.00", "260,000.00"):
        assert figure in answer.context["refusal"].sentence


def test_a_list_that_pays_nobody_is_refused_and_not_offered(house: ListHouse) -> None:
    house.approved()
    reckoning = str(house.reckon())
    assert "冻结名单并报批" not in get(grants(house), house.officer).content.decode()
    answer = unchanged(lambda: put_up(house, put_up=reckoning))
    assert (answer.status_code, answer.context["refusal"].code) == (409, "list_empty")


def test_what_no_reckoning_is_and_who_may_not_write_make_nothing(house: ListHouse) -> None:
    for told in ("0", "x", "9" * 30):
        assert unchanged(partial(put_up, house, put_up=told)).status_code == 409
    for actor, status in ((house.finance, 403), (house.inspector, 403), (house.register.union.stranger, 404)):
        assert unchanged(partial(put_up, house, actor)).status_code == status


def test_a_second_click_is_told_what_is_recorded(house: ListHouse) -> None:
    list_id = house.put_up()
    digest = the_list().digest
    for actor, act, step in (
        (house.checker, "approve", 1),
        (house.approver, "approve", 2),
        (house.inspector, "sign", ""),
    ):
        post(url(list_id), actor, act=act, digest=digest, step=step)
        again = unchanged(partial(post, url(list_id), actor, act=act, digest=digest, step=step))
        assert again.redirect_chain[-1][0] == url(list_id)
        assert "已有记录" in again.content.decode(), act
    post(url(list_id), house.finance, act="cancel", why="名单有误")
    again = unchanged(lambda: post(url(list_id), house.finance, act="cancel", why="名单有误"))
    assert (again.status_code, len(again.redirect_chain)) == (200, 1)


def test_another_page_than_the_list_is_refused_there(house: ListHouse) -> None:
    list_id = house.put_up()
    answer = unchanged(lambda: decide(list_id, house.checker, digest="0" * 64))
    assert (answer.status_code, answer.context["refusal"].code) == (409, "subject_changed")
    house.approve(list_id, house.checker)
    house.approve(list_id, house.approver)
    answer = unchanged(lambda: decide(list_id, house.inspector, "sign", digest="0" * 64))
    assert (answer.status_code, answer.context["refusal"].code) == (409, "subject_changed")


def test_a_return_says_why_beside_its_remark_and_its_maker_hears_of_it(house: ListHouse) -> None:
    list_id = house.put_up()
    answer = unchanged(lambda: decide(list_id, house.checker, "return"))
    assert answer.status_code == 409
    assert 'aria-describedby="remark_error"' in answer.content.decode()
    decide(list_id, house.checker, "return", remark="丙的账号缺失")
    assert the_list().status == ListStatus.RETURNED
    assert "丙的账号缺失" in get(url(list_id), house.officer).content.decode()
    assert "发放清单发-0001被退回：请重新核算、重新制作" in titles(house.officer)
    house.put_up()
    assert not any("被退回" in title for title in titles(house.officer))


def test_its_maker_withdraws_it_and_who_signs_says_why(house: ListHouse) -> None:
    list_id = house.put_up()
    page = get(url(list_id), house.approver)
    assert page.context["may_withdraw"]
    answer = unchanged(lambda: post(url(list_id), house.approver, act="withdraw"))
    assert "take_back_error" in answer.content.decode()
    post(url(list_id), house.officer, act="withdraw")
    assert the_list().status == ListStatus.WITHDRAWN
    again = unchanged(lambda: post(url(list_id), house.officer, act="withdraw"))
    assert again.status_code == 200
    second = house.put_up()
    post(url(second), house.approver, act="withdraw", remark="名单不全")
    assert the_list().status == ListStatus.WITHDRAWN


def test_finance_cancels_with_a_reason(house: ListHouse) -> None:
    list_id = house.approved()
    answer = unchanged(lambda: post(url(list_id), house.finance, act="cancel", why=" "))
    assert "why_error" in answer.content.decode()
    post(url(list_id), house.finance, act="cancel", why="名单有误")
    assert (the_list().status, house.fund.committed_minor) == (ListStatus.CANCELLED, 0)
    assert "名单有误" in get(url(list_id), house.officer).content.decode()
    assert not get(url(list_id), house.finance).context["may_cancel"]


def test_what_differs_is_said_and_nothing_is_offered_but_the_way_back(house: ListHouse) -> None:
    list_id = house.put_up()
    Person.objects.filter(name="甲").update(bank="另一家银行")
    house.register.serve(["乙父"], "湖北", post="援助", starts_on="2020-01-25")
    page = get(url(list_id), house.checker)
    assert page.context["differ"].sentences == (
        "第1行 甲：名册中的开户银行已变更。",
        "乙（依据人乙父）：清单为2,000.00元，现在核算为5,000.00元。",
    )
    assert 'value="approve"' not in page.content.decode()
    assert 'value="return"' in page.content.decode()
    answer = unchanged(lambda: decide(list_id, house.checker))
    assert (answer.status_code, answer.context["refusal"].code) == (409, "list_differs")
    house.return_(list_id, house.checker)
    assert get(url(list_id), house.officer).context["differ"] is None


def test_at_most_fifty_differences_are_spelled_out(house: ListHouse) -> None:
    for at in range(53):
        house.register.employ(f"职工{at}")
        house.register.relate(f"职工{at}", "spouse", f"家属{at}")
        house.register.serve([f"家属{at}"])
    list_id = house.put_up()
    Person.objects.filter(name__startswith="职工").update(bank="另一家银行")
    differ = get(url(list_id), house.officer).context["differ"]
    assert (differ.people, len(differ.sentences), differ.more) == (53, 50, 3)
    assert "另有3项未在此列出" in get(url(list_id), house.officer).content.decode()


def test_whom_a_list_pays_is_told_why_there_is_no_button(house: ListHouse) -> None:
    _is(house.checker, "甲")
    list_id = house.put_up()
    page = get(url(list_id), house.checker)
    assert not page.context["may_decide"]
    assert "本清单向您本人发放，您应当回避" in page.content.decode()
    answer = unchanged(
        lambda: post(url(list_id), house.checker, act="approve", digest=the_list().digest, step=1)
    )
    assert (answer.status_code, answer.context["refusal"].code) == (403, "payee_acts")


def test_who_may_not_changes_nothing_and_strangers_see_nothing(house: ListHouse) -> None:
    list_id = house.put_up()
    digest = the_list().digest
    other = make_person("外人庚", Role.INSPECTOR, house.register.union.unit)
    sent = {"digest": digest, "remark": "不妥", "why": "不妥"}
    for actor, act in (
        (house.finance, "approve"),
        (house.inspector, "approve"),
        (other, "return"),
        (house.finance, "withdraw"),
        (house.finance, "sign"),
        (house.officer, "cancel"),
    ):
        page = get(url(list_id), actor)
        assert f'value="{act}"' not in page.content.decode()
        answer = unchanged(partial(post, url(list_id), actor, act=act, **sent))
        assert answer.status_code in {403, 409}
    stranger = house.register.union.stranger
    assert get(url(list_id), stranger).status_code == 404
    assert unchanged(lambda: post(url(list_id), stranger, act="approve", **sent)).status_code == 404
    assert get(url(10**9), house.officer).status_code == 404
    assert unchanged(lambda: post(url(list_id), house.checker, act="nothing")).status_code == 200
    liaison = make_person("联络员", Role.UNIT_LIAISON, house.register.union.unit)
    assert get(url(list_id), liaison).status_code == 404


def test_who_checks_reads_it_while_it_waits_for_them_and_afterwards(house: ListHouse) -> None:
    list_id = house.put_up()
    assert get(grants(house), house.checker).status_code == 404
    assert get(url(list_id), house.checker).status_code == 200
    house.approve(list_id, house.checker)
    assert get(url(list_id), house.checker).status_code == 200


def test_a_hold_stops_checking_approving_and_signing_until_it_is_lifted(house: ListHouse) -> None:
    list_id = house.put_up()
    page = get(url(list_id), house.inspector)
    assert f"subject=payments.list:{list_id}" in page.context["mark"].place_url
    form = get(page.context["mark"].place_url, house.inspector)
    assert "发放清单发-0001" in form.content.decode()
    post(page.context["mark"].place_url, house.inspector, key=str(uuid4()), reason="名单与考勤不符")
    hold = Hold.objects.get()
    page = get(url(list_id), house.checker)
    assert "名单与考勤不符" in page.content.decode()
    assert (page.context["may_decide"], page.context["may_approve"]) == (True, False)
    answer = unchanged(lambda: decide(list_id, house.checker))
    assert (answer.status_code, answer.context["refusal"].code) == (409, "held")
    plan = Plan.objects.get(pk=house.register.measure.plan_id)
    [sentence] = held_measures(plan)[house.register.measure.pk]
    assert "发放清单发-0001" in sentence
    lift_hold(hold_id=hold.pk, findings="考勤已核对一致", actor=house.inspector, at=NOW)
    decide(list_id, house.checker)
    decide(list_id, house.approver)
    _hold(house, f"payments.list:{list_id}")
    page = get(url(list_id), house.inspector)
    assert (page.context["may_sign"], page.context["sign_open"]) == (True, False)
    answer = unchanged(lambda: decide(list_id, house.inspector, "sign"))
    assert answer.context["refusal"].code == "held"


def _hold(house: ListHouse, subject: str) -> int:
    return place_hold(subject=subject, reason="名单需要核实", key=uuid4(), actor=house.inspector, at=NOW)


def test_a_held_list_can_be_returned_and_a_held_fund_approves_nothing(house: ListHouse) -> None:
    list_id = house.put_up()
    _hold(house, f"payments.list:{list_id}")
    decide(list_id, house.checker, "return", remark="重做")
    assert the_list().status == ListStatus.RETURNED
    assert not get(url(list_id), house.inspector).context["mark"].place_url
    second = house.put_up()
    house.approve(second, house.checker)
    _hold(house, f"funds.fund:{house.fund_id}")
    page = get(url(second), house.approver)
    assert not page.context["may_approve"]
    answer = unchanged(lambda: decide(second, house.approver))
    assert answer.context["refusal"].code == "held"
    plan = Plan.objects.get(pk=house.register.measure.plan_id)
    told = held_measures(plan)[house.register.measure.pk]
    assert any("不审批发放清单" in sentence for sentence in told)


def test_approvals_and_the_first_page_know_lists(house: ListHouse) -> None:
    list_id = house.put_up()
    assert url_of(f"payments.list:{list_id}", "payments.list") == url(list_id)
    page = get(reverse("approvals"), house.checker).content.decode()
    for words in ("发-0001 一线医务人员家属慰问金", "9,000.00", url(list_id)):
        assert words in page, words
    assert any("发-0001" in title for title in titles(house.checker))
    house.approve(list_id, house.checker)
    house.approve(list_id, house.approver)
    assert "发放清单发-0001待签字" in titles(house.inspector)
    house.sign(list_id, house.inspector)
    assert not any("待签字" in title for title in titles(house.inspector))


def test_the_chain_of_lists_keeps_its_check(house: ListHouse) -> None:
    admin = make_person("管理辛", Role.ADMINISTRATOR, house.register.union.unit)
    page = get(reverse("approval_chains"), admin).content.decode()
    assert "发放清单" in page
    steps = reverse("approval_chain", args=("payments.list", house.register.union.unit.pk))
    assert get(steps, admin).context["form"].initial["review"] is True
    answer = post(steps, admin)
    assert answer.status_code == 422
    assert "此类事项须先由另一人复核再审批，请保留复核环节。" in answer.content.decode()


def test_the_living_plan_the_ledger_and_the_trail_tell_of_lists(house: ListHouse) -> None:
    measure = house.register.measure_now()
    headlines = []

    def note() -> None:
        headlines.append(progress_of([house.register.measure_now()], NOW)[measure.pk].headline)

    list_id = house.put_up()
    note()
    house.approve(list_id, house.checker)
    house.approve(list_id, house.approver)
    note()
    house.sign(list_id, house.inspector)
    note()
    assert headlines == [
        f"发放清单发-0001{state}：3人，9,000.00元" for state in ("待审批", "已批准", "纪检监察已签字")
    ]
    [piece] = [one for one in evidence_of(measure, NOW) if one.kind == "payment_list"]
    assert (piece.ref, piece.label) == (str(list_id), "发-0001，3人，9,000.00元 · 纪检已签字")
    shown = get(reverse("evidence", args=(measure.plan.slug, measure.pk, "payment_list")), house.officer)
    assert url(list_id) in shown.content.decode()
    ledger = get(reverse("fund", args=(house.fund_id,)), house.finance).content.decode()
    assert "发放清单发-0001" in ledger
    assert url(list_id) in ledger
    reader = Reader(user_of(house.inspector), house.inspector, NOW, NOW.date())
    named = look_up([f"payments.list:{list_id}"], reader)[f"payments.list:{list_id}"]
    assert (named.text, named.url) == ("发放清单发-0001", url(list_id))
    trail = get(reverse("trail"), house.inspector).content.decode()
    assert "作为纪检监察在发放清单上签字" in trail
    house.cancel(list_id, house.finance)
    house.reckon()
    second = house.put_up()
    withdraw_list(list_id=second, actor=house.officer, at=NOW)
    note()
    assert headlines[-1] == "发放清单发-0002已退回或撤回：3人，9,000.00元"
    house.reckon()
    note()
    assert "已核算" in headlines[-1] or "核算" in headlines[-1]


def test_money_set_aside_for_a_list_is_freed_with_the_list_alone(house: ListHouse) -> None:
    list_id = house.approved()
    entry = PaymentList.objects.get(pk=list_id).commitment_id or 0

    def reverse_it() -> None:
        with pytest.raises(Refusal) as found:
            reverse_entry(
                entry_id=entry,
                reason="记错了",
                key=uuid4(),
                actor=house.finance,
                at=NOW,
            )
        assert found.value.code == "entry_of_list"

    unchanged(reverse_it)
    house.cancel(list_id, house.finance)
    assert house.fund.committed_minor == 0
    assert Entry.objects.filter(action="payments.cancel_list").count() == 1


def test_a_sealed_number_of_another_place_does_not_open(house: ListHouse) -> None:
    """The account of a line is sealed for its place in the register, and opens for that alone."""
    list_id = house.put_up()
    line = PaymentLine.objects.get(payment_list=list_id, position=1)
    assert line.account is not None
    assert ACCOUNT not in line.account
    assert seal_text(PLACES["account"], ACCOUNT) != line.account
