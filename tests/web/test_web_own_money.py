"""What people see and do about their own money with a code, and what the list and the inspector see of it."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from goods.builders import make_person
from payments.noticing import later
from payments.releasing import AFTER, ReleaseHouse, make_release_house
from songnuan.audit.models import Entry
from songnuan.journeys.answer_objection import answer_objection
from songnuan.journeys.issue_access_code import issue_access_code
from songnuan.journeys.say_received import say_received
from songnuan.organisation.permissions import Role
from songnuan.payments.models import Objection, PayeeWord, PaymentLine
from songnuan.people.access_codes import oneself
from songnuan.people.columns import index
from songnuan.people.models import Person
from web.browsing import as_, on

pytestmark = pytest.mark.django_db(transaction=True)
FIRST, SECOND, THIRD = "欧阳娜娜", "张小三", "阿依古丽·买买提"
ENDINGS = {FIRST: "123X", SECOND: "0014", THIRD: "011X"}
NOTICE_DAY = later(1)


@pytest.fixture(autouse=True)
def uncounted() -> Iterator[None]:
    """Nobody said anything before."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def house() -> ReleaseHouse:
    """A list in public notice from 10 to 16 April."""
    return make_release_house()


@pytest.fixture
def released(house: ReleaseHouse) -> ReleaseHouse:
    """The list, released on 20 April."""
    house.release()
    return house


def inside(house: ReleaseHouse, name: str = FIRST, at: Any = AFTER) -> Client:
    """Return a browser in which a payee came in with a code."""
    clerk = make_person(f"工会给码{name[:1]}", Role.UNION_OFFICER, house.lists.register.union.unit)
    person = Person.objects.get(name=name)
    code = issue_access_code(person_key=person.key, actor=clerk, at=at).code
    client = Client()
    with on(at):
        answer = client.post(reverse("own_view"), {"code": code, "ending": ENDINGS[name]})
    assert answer.status_code == 302
    return client


def see(client: Client, name: str = "own_view", *args: object, at: Any = AFTER) -> Any:
    """Return a page."""
    with on(at):
        return client.get(reverse(name, args=args))


def send(client: Client, name: str, fields: dict[str, Any], *args: object, at: Any = AFTER) -> Any:
    """Post a form."""
    with on(at):
        return client.post(reverse(name, args=args), {"key": str(uuid4()), **fields})


def line(position: int = 1) -> int:
    """Return the id of a line."""
    return PaymentLine.objects.get(position=position).pk


def text_of(page: Any) -> str:
    found: str = page.content.decode()
    return found


# What they see ------------------------------------------------------------------------------------


def test_the_page_says_how_much_for_whom_why_and_where_it_stands(released: ReleaseHouse) -> None:
    page = see(inside(released))
    text = text_of(page)
    for told in (
        "5,000.00",
        "配偶甲*",
        "一线医务人员家属慰问金",
        "尾号3445",
        "临澄市总工会",
        "2020年4月20日",
    ):
        assert told in text, told
    for hidden in (SECOND, THIRD, "甲妻", "2,000.00"):
        assert hidden not in text, hidden
    [card] = page.context["money"]
    assert (card.may_say, card.may_object) == (True, False)
    assert "no-store" in page.headers["Cache-Control"]


def test_to_see_the_own_money_is_no_look_of_others(released: ReleaseHouse) -> None:
    client = inside(released)
    before = Entry.objects.count()
    see(client)
    assert Entry.objects.count() == before
    assert Entry.objects.filter(action="people.open_own_view").count() == 1
    assert not Entry.objects.filter(action="people.show").exists()


def test_who_is_due_nothing_is_told_what_to_expect(house: ReleaseHouse) -> None:
    clerk = make_person("工会壬", Role.UNION_OFFICER, house.lists.register.union.unit)
    served = Person.objects.get(name="甲妻")
    served.phone, served.phone_index = "13800010001", index("phone", "13800010001")
    served.save()
    code = issue_access_code(person_key=served.key, actor=clerk, at=AFTER).code
    client = Client()
    with on(AFTER):
        client.post(reverse("own_view"), {"code": code, "ending": "0001"})
    page = see(client)
    assert page.context["money"] == []
    assert "目前还没有您的款项" in text_of(page)
    assert "5,000.00" not in text_of(page)


def test_the_copy_to_take_away_holds_the_money_too(released: ReleaseHouse) -> None:
    told = json.loads(send(inside(released), "own_data", {}).content)
    [one] = told["money"]["payments"]
    assert (one["amount_minor"], one["stage"], one["ending"]) == (5000_00, "sent", "3445")


def test_without_a_code_nothing_is_seen_or_said(released: ReleaseHouse) -> None:
    for name in ("own_missing", "own_objection"):
        assert see(Client(), name, line()).headers["Location"] == reverse("own_view")
    for name in ("own_got", "own_missing", "own_objection"):
        answer = send(Client(), name, {"said": "not", "text": "没有收到"}, line())
        assert answer.headers["Location"] == reverse("own_view")
    assert not PayeeWord.objects.exists()
    assert released.row.status == "released"


# Whether it came ----------------------------------------------------------------------------------


def test_one_tap_says_that_it_came(released: ReleaseHouse) -> None:
    client = inside(released)
    assert send(client, "own_got", {}, line()).status_code == 302
    assert PayeeWord.objects.get().said == "got"
    text = text_of(see(client))
    assert "您在2020年4月20日反映：已收到" in text
    assert reverse("own_got", args=(line(),)) not in text


def test_a_double_tap_says_it_once(released: ReleaseHouse) -> None:
    client, key = inside(released), str(uuid4())
    for _ in range(2):
        assert send(client, "own_got", {"key": key}, line()).status_code == 302
    assert PayeeWord.objects.count() == 1


def test_what_did_not_come_goes_to_the_inspector_and_comes_back_answered(released: ReleaseHouse) -> None:
    client = inside(released)
    assert see(client, "own_missing", line()).status_code == 200
    answer = send(client, "own_missing", {"said": "less", "text": "只到了3000元"}, line())
    assert answer.status_code == 302
    inspector = as_(released.lists.inspector)
    home = text_of(see(inspector, "home"))
    assert f"{reverse('payment_list', args=(released.list_id,))}#payees" in home
    page = see(inspector, "payment_list", released.list_id)
    word = PayeeWord.objects.get()
    link = reverse("payee_word", args=(released.list_id, word.pk))
    assert "只到了3000元" in text_of(page)
    assert link in text_of(page)
    assert send(inspector, "payee_word", {"text": ""}, released.list_id, word.pk).status_code == 422
    done = send(inspector, "payee_word", {"text": "已与银行核对，其余次日到账。"}, released.list_id, word.pk)
    assert done.status_code == 302
    assert "已与银行核对，其余次日到账。" in text_of(see(client))
    [copied] = json.loads(send(client, "own_data", {}).content)["money"]["payments"]
    assert copied["word"]["text"] == "只到了3000元"
    assert copied["word"]["answer"] == "已与银行核对，其余次日到账。"
    assert "#payees" not in text_of(see(inspector, "home"))
    assert see(inspector, "payee_word", released.list_id, word.pk).context["form"] is None


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"said": "", "text": ""}, "said"),
        ({"said": "got", "text": ""}, "said"),
        ({"said": "less", "text": ""}, "text"),
        ({"said": "not", "text": "长" * 501}, "text"),
    ],
)
def test_what_lacks_is_said_beside_its_input(
    released: ReleaseHouse, fields: dict[str, str], wrong: str
) -> None:
    page = send(inside(released), "own_missing", fields, line())
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [wrong]
    assert not PayeeWord.objects.exists()


def test_somebody_elses_line_is_not_there(released: ReleaseHouse) -> None:
    client = inside(released)
    for name in ("own_missing", "own_objection"):
        assert see(client, name, line(2)).headers["Location"] == reverse("own_view")
    for name in ("own_got", "own_missing"):
        assert send(client, name, {"said": "not", "text": "没有收到"}, line(2)).status_code == 302
    assert not PayeeWord.objects.exists()


def test_nobody_says_it_more_than_twenty_times_an_hour(released: ReleaseHouse) -> None:
    client = inside(released)
    for _ in range(25):
        send(client, "own_got", {}, line())
    assert PayeeWord.objects.count() == 20


def test_who_reads_no_payments_sees_nothing_of_it_on_the_list(released: ReleaseHouse) -> None:
    key = Person.objects.get(name=FIRST).key
    who: dict[str, Any] = {"person_key": key, "key": uuid4(), "actor": oneself(key), "at": AFTER}
    say_received(line_id=line(), said="not", text="没有到账", **who)
    for actor, sees in (
        (released.lists.inspector, True),
        (released.lists.finance, True),
        (released.lists.officer, False),
    ):
        assert ("没有到账" in text_of(see(as_(actor), "payment_list", released.list_id))) == sees
    word = PayeeWord.objects.get()
    assert see(as_(released.lists.officer), "payee_word", released.list_id, word.pk).status_code == 404
    assert see(as_(released.lists.inspector), "payee_word", 0, word.pk).status_code == 404
    releaser = as_(released.lists.finance)
    assert see(releaser, "payee_word", released.list_id, word.pk).context["form"] is None
    assert send(releaser, "payee_word", {"text": "已到账"}, released.list_id, word.pk).status_code == 403


# Objections ---------------------------------------------------------------------------------------


def object_(client: Client, text: str = "金额应为6000元", *, named: bool = True) -> Any:
    fields = {"text": text, **({"named": "on"} if named else {})}
    return send(client, "own_objection", fields, line(), at=NOTICE_DAY)


def test_while_the_notice_runs_the_own_line_is_objected_to_by_name(house: ReleaseHouse) -> None:
    client = inside(house, at=NOTICE_DAY)
    page = see(client, at=NOTICE_DAY)
    assert reverse("own_objection", args=(line(),)) in text_of(page)
    assert "2020年4月16日" in text_of(page)
    assert object_(client).status_code == 302
    made = Objection.objects.select_related("line", "objector").get()
    assert made.line is not None
    assert (made.text, made.line.position, made.objector.name) == ("金额应为6000元", 1, FIRST)
    entry = Entry.objects.get(action="payments.object")
    assert Person.objects.get(name=FIRST).key not in repr(vars(entry)), "the trail does not say who objects"


@pytest.mark.parametrize("named", [True, False])
def test_an_objection_stands_on_the_page_of_all_it_stops_without_who_it_was(
    house: ReleaseHouse, *, named: bool
) -> None:
    client, other = inside(house, at=NOTICE_DAY), inside(house, SECOND, at=NOTICE_DAY)
    for one in (client, other):
        assert "已收到异议" not in text_of(see(one, at=NOTICE_DAY))
    assert object_(client, named=named).status_code == 302
    assert "请记下编号" in text_of(see(client, at=NOTICE_DAY))
    told = set()
    for one in (client, other):
        [card] = see(one, at=NOTICE_DAY).context["money"]
        assert card.row.notice.phone in card.standing
        told.add(card.standing)
    [standing] = told
    assert "已收到异议" in standing
    assert "没有异议" not in standing
    assert "不显示异议由谁提出" in standing
    objection = Objection.objects.get()
    answer_objection(
        list_id=house.list_id,
        objection_id=objection.pk,
        text="已核对，金额无误。",
        is_upheld=False,
        actor=house.lists.checker,
        at=NOTICE_DAY,
    )
    [card] = see(client, at=NOTICE_DAY).context["money"]
    assert "已收到异议" not in card.standing
    assert "没有异议" not in card.standing


def test_who_does_not_want_to_be_named_is_not(house: ReleaseHouse) -> None:
    assert object_(inside(house, at=NOTICE_DAY), named=False).status_code == 302
    assert not hasattr(Objection.objects.get(), "objector")


def test_an_empty_objection_is_refused_and_none_is_taken_after_the_notice(house: ReleaseHouse) -> None:
    client = inside(house, at=NOTICE_DAY)
    page = object_(client, "错")
    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["text"]
    late = inside(house, SECOND)
    assert see(late, "own_objection", line(2)).status_code == 302
    assert send(late, "own_objection", {"text": "金额不对不对"}, line(2)).status_code == 302
    assert not Objection.objects.exists()


def test_a_wrong_account_leads_to_its_correction(released: ReleaseHouse) -> None:
    released.hand({2: (False, "账号户名不符")})
    client = inside(released, SECOND)
    text = text_of(see(client))
    assert "账号户名不符" in text
    assert f"{reverse('own_correction')}?field=account" in text
    with on(AFTER):
        page = client.get(reverse("own_correction"), {"field": "account"})
    assert page.context["form"]["field"].value() == "account"
