"""The pages of call-backs: who sees them, drawing, a call on a phone, the sign, the hold, the record."""

import io
import re
import zipfile
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from goods.builders import make_person, make_unit, snapshot
from payments.calling import ASKED, BACK, CALLED, DAY, FINE, call, draw, paid_house, payment_of
from payments.releasing import AFTER, ReleaseHouse, make_release_house
from songnuan.approvals.hold_models import Hold
from songnuan.audit.models import Entry
from songnuan.journeys.place_hold import place_hold
from songnuan.kernel.actor import Actor
from songnuan.organisation.permissions import Role
from songnuan.payments.models import CallBack, PaymentSample, PersonAccount, SampledPayment
from songnuan.payments.rules import subject_of
from songnuan.people.columns import index
from songnuan.people.models import LookPurpose, Person
from songnuan.web.due import desk_of, due_of
from songnuan.web.views.shared import Reader
from web.browsing import as_, on, user_of

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (PaymentSample, SampledPayment, CallBack, LookPurpose)
ACCOUNT = "6217001234567890123"


@pytest.fixture
def house() -> ReleaseHouse:
    return paid_house()


def page(actor: Actor, name: str, *args: Any, told: dict[str, Any] | None = None, query: str = "") -> Any:
    """Open a page, or post to it, two days after the release."""
    with on(CALLED):
        browser, url = as_(actor), reverse(name, args=args)
        if told is None:
            return browser.get(url + query)
        return browser.post(url, {"key": str(uuid4()), **told})


def drawing(**changes: Any) -> dict[str, Any]:
    return {"confidence": "95", "margin": "10", "size": "", **changes}


def saying(**changes: Any) -> dict[str, Any]:
    return {"received": "whole", "kept": "kept", "happened_on": DAY.isoformat(), **changes}


def due(actor: Actor) -> list[Any]:
    reader = Reader(user_of(actor), actor, CALLED, DAY)
    return [one for one in due_of(desk_of(reader)) if "/callbacks/" in one.url]


def pages(house: ReleaseHouse, sample: PaymentSample) -> list[tuple[str, tuple[Any, ...], Any]]:
    one = payment_of(sample, 1).pk
    return [
        ("payment_callbacks", (house.list_id,), None),
        ("plan_callbacks", (sample.plan.slug,), None),
        ("callback_sample", (sample.pk,), None),
        ("callback", (one,), None),
        ("callback_phone", (one,), {}),
        ("callback_record", (sample.pk,), {"form": "docx"}),
        ("payment_callbacks", (house.list_id,), drawing(reason="另抽")),
        ("callback", (one,), saying()),
    ]


def test_only_an_inspector_of_the_unit_has_these_pages(house: ReleaseHouse) -> None:
    sample = draw(house)
    strangers = [
        house.lists.officer,
        house.lists.checker,
        house.lists.approver,
        house.lists.finance,
        make_person("外单位纪检", Role.INSPECTOR, make_unit("另一单位")),
    ]
    before = snapshot(TABLES)
    for actor in strangers:
        for name, args, told in pages(house, sample):
            assert page(actor, name, *args, told=told).status_code == 404, (actor.label, name)
        assert due(actor) == []
    assert snapshot(TABLES) == before
    for name, args, told in pages(house, sample):
        assert page(house.lists.inspector, name, *args, told=told).status_code in {200, 302}, name


def test_nobody_who_is_not_signed_in_comes_in(house: ReleaseHouse) -> None:
    from django.test import Client  # noqa: PLC0415

    for name, args, told in pages(house, draw(house)):
        url = reverse(name, args=args)
        found = Client().get(url) if told is None else Client().post(url, told)
        assert found.status_code == 302
        assert found.headers["Location"].startswith(reverse("account_login"))


def test_the_page_of_a_list_leads_its_inspector_here(house: ReleaseHouse) -> None:
    url = reverse("payment_callbacks", args=(house.list_id,))
    assert url in page(house.lists.inspector, "payment_list", house.list_id).content.decode()
    assert url not in page(house.lists.finance, "payment_list", house.list_id).content.decode()
    plan = house.row.measure.plan.slug
    assert (
        reverse("plan_callbacks", args=(plan,))
        in page(house.lists.inspector, "inspection_plan", plan).content.decode()
    )


def test_a_period_that_is_none_is_told_where_it_is_worked_out_too(house: ReleaseHouse) -> None:
    told = drawing(since=DAY.isoformat(), until=AFTER.date().isoformat(), check="1")
    found = page(house.lists.inspector, "plan_callbacks", house.row.measure.plan.slug, told=told)
    assert found.status_code == 422
    assert set(found.context["form"].errors) == {"until"}


def test_what_is_not_released_says_so_and_has_no_form() -> None:
    house = make_release_house()
    shown = page(house.lists.inspector, "payment_callbacks", house.list_id).content.decode()
    assert "这份清单还没有支付任何一笔" in shown
    assert 'name="confidence"' not in shown
    found = page(house.lists.inspector, "payment_callbacks", house.list_id, told=drawing())
    assert (found.status_code, PaymentSample.objects.count()) == (422, 0)


def test_it_is_worked_out_and_drawn(house: ReleaseHouse) -> None:
    inspector, args = house.lists.inspector, ("payment_callbacks", house.list_id)
    shown = page(inspector, *args, told=drawing(check="1", size="2")).content.decode()
    assert PaymentSample.objects.count() == 0
    assert "抽2笔，误差±" in shown
    key = str(uuid4())
    for _ in range(2):  # clicked twice
        found = page(inspector, *args, told=drawing(key=key))
        assert found.status_code == 302
    sample = PaymentSample.objects.get()
    assert (sample.size, found.headers["Location"]) == (3, reverse("callback_sample", args=(sample.pk,)))
    again = page(inspector, *args, told=drawing())
    assert again.status_code == 422
    assert "前一次抽查还有人没有回访" in again.content.decode()
    assert 'name="reason"' in again.content.decode()
    shown = page(inspector, "callback_sample", sample.pk).content.decode()
    for words in (sample.seed, sample.digest, "重抽结果一致", "第1次抽查"):
        assert words in shown, words
    assert ACCOUNT not in shown


def test_all_lists_of_a_plan_are_drawn_by_days(house: ReleaseHouse) -> None:
    inspector, slug = house.lists.inspector, house.row.measure.plan.slug
    period = {"since": AFTER.date().isoformat(), "until": DAY.isoformat(), "measure": ""}
    wrong = page(inspector, "plan_callbacks", slug, told=drawing(**{**period, "until": "2020-04-01"}))
    assert wrong.status_code == 422
    assert "起止日期" in wrong.content.decode()
    found = page(inspector, "plan_callbacks", slug, told=drawing(**period))
    assert found.status_code == 302
    sample = PaymentSample.objects.get()
    assert (sample.payment_list_id, sample.population) == (None, 3)
    assert page(inspector, "callback_sample", sample.pk).status_code == 200
    listed = page(inspector, "plan_callbacks", slug).content.decode()
    assert reverse("callback_sample", args=(sample.pk,)) in listed


def test_who_is_paid_by_the_list_is_told_on_the_page(house: ReleaseHouse) -> None:
    other = make_person("纪检乙", Role.INSPECTOR, house.lists.register.union.unit)
    person = Person.objects.get(name="张小三")
    PersonAccount.objects.create(user_id=other.user_id or 0, person=person, found_at=AFTER)
    payment = payment_of(draw(house), 1)
    before = snapshot(TABLES)
    for name, args, told in (
        ("payment_callbacks", (house.list_id,), drawing(reason="另抽")),
        ("callback", (payment.pk,), saying()),
        ("callback_phone", (payment.pk,), {}),
    ):
        found = page(other, name, *args, told=told)
        assert found.status_code in {409, 422}, name
        assert "经办人应当回避，请由他人办理" in found.content.decode(), name
    assert snapshot(TABLES) == before


# A call ------------------------------------------------------------------------------------------


def test_the_phone_is_shown_once_and_the_look_is_noted(house: ReleaseHouse) -> None:
    payment = payment_of(draw(house), 2)
    person = Person.objects.get(name="张小三")
    person.phone, person.phone_index = "13912345678", index("phone", "13912345678")
    person.save()
    inspector = house.lists.inspector
    shown = page(inspector, "callback", payment.pk).content.decode()
    assert "13912345678" not in shown
    assert ACCOUNT not in shown
    told = page(inspector, "callback_phone", payment.pk, told={}).content.decode()
    assert 'href="tel:13912345678"' in told
    assert Entry.objects.filter(action="people.show_person").count() == 1
    assert "13912345678" not in page(inspector, "callback", payment.pk).content.decode()
    assert page(inspector, "callback_phone", payment.pk).status_code == 302, "a look is asked for"


def test_who_has_no_phone_says_so(house: ReleaseHouse) -> None:
    payment = payment_of(draw(house), 2)
    told = page(house.lists.inspector, "callback_phone", payment.pk, told={}).content.decode()
    assert "花名册里没有此人的电话" in told


def test_a_call_leads_to_the_next_one_and_the_last_one_back(house: ReleaseHouse) -> None:
    sample, inspector = draw(house), house.lists.inspector
    todo = list(SampledPayment.objects.filter(sample=sample).order_by("position"))
    for place, payment in enumerate(todo):
        cash = {"signed": "yes"} if payment.instruction.batch.channel == "cash" else {}
        found = page(inspector, "callback", payment.pk, told=saying(**cash))
        after = todo[place + 1].pk if place + 1 < len(todo) else None
        where = reverse("callback", args=(after,)) if after else reverse("callback_sample", args=(sample.pk,))
        assert (found.status_code, found.headers["Location"]) == (302, where)
    shown = page(inspector, "callback_sample", sample.pk).content.decode()
    assert "3笔已全部回访：3笔足额收到并留存（100.0%）" in shown
    assert due(inspector) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"received": ""}, "received"),
        ({"received": "other"}, "received_minor"),
        ({"received": "other", "received_minor": "2000"}, "received_minor"),
        ({"received": "other", "received_minor": "两千"}, "received_minor"),
        ({"kept": ""}, "kept"),
        ({"kept": "gave_back", "words": "说了"}, "back_minor"),
        ({"kept": "gave_back", "back_minor": "300", "words": "说了"}, "back_to"),
        ({"kept": "asked"}, "words"),
        ({"words": "电话13800138000"}, "words"),
        ({"happened_on": "2020-04-30"}, "happened_on"),
        ({"happened_on": ""}, "happened_on"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
    house: ReleaseHouse, changes: dict[str, str], field: str
) -> None:
    payment = payment_of(draw(house), 2)
    before = snapshot(TABLES)
    found = page(house.lists.inspector, "callback", payment.pk, told=saying(**changes))
    assert found.status_code == 422
    assert list(found.context["form"].errors) == [field]
    assert snapshot(TABLES) == before
    for words in {"2000", "两千", "说了", "电话13800138000"} & set(changes.values()):
        assert words in found.content.decode()


def test_cash_alone_is_asked_who_signed(house: ReleaseHouse) -> None:
    sample, inspector = draw(house), house.lists.inspector
    assert 'name="signed"' not in page(inspector, "callback", payment_of(sample, 1).pk).content.decode()
    cash = payment_of(sample, 3).pk
    assert 'name="signed"' in page(inspector, "callback", cash).content.decode()
    missing = page(inspector, "callback", cash, told=saying())
    assert list(missing.context["form"].errors) == ["signed"]


def test_who_was_not_reached_is_called_again(house: ReleaseHouse) -> None:
    sample, inspector = draw(house), house.lists.inspector
    page(inspector, "callback", payment_of(sample, 3).pk, told=saying(received="not_reached", kept=""))
    assert CallBack.objects.get().reached is False
    [one] = due(inspector)
    assert one.title == "2人待回访 · 1人未接通，需再次回访"


def test_what_is_amiss_is_a_sign_a_thing_to_do_and_one_click_from_a_hold(house: ReleaseHouse) -> None:
    sample, inspector = draw(house), house.lists.inspector
    payment, slug = payment_of(sample, 2), sample.plan.slug
    told = saying(kept="gave_back", back_minor="300", back_to="车间主任", words="说是多发了")
    found = page(inspector, "callback", payment.pk, told=told)
    assert found.headers["Location"] == reverse("callback", args=(payment.pk,))
    shown = page(inspector, "callback", payment.pk).content.decode()
    assert "车间主任" in shown
    [link] = re.findall(r'href="(/holds/new/\?[^"]+)"', shown)
    with on(CALLED):
        form = as_(inspector).get(link.replace("&amp;", "&"))
    assert form.status_code == 200
    assert "发-0001" in form.content.decode()
    assert "交回了" in form.content.decode(), "the reason is begun"
    signs = page(inspector, "inspection_plan", slug).content.decode()
    assert "有领款人在回访中反映：交回了全部或部分。" in signs
    assert reverse("callback", args=(payment.pk,)) in signs
    assert "张小三" not in signs
    [look] = [one for one in due(inspector) if one.url == reverse("callback", args=(payment.pk,))]
    assert "发-0001" in look.detail
    [flag] = re.findall(r'name="flag" value="(callback_amiss:[^"]+)"', signs)
    page(inspector, "inspection_note", slug, told={"flag": flag, "remark": "已约谈车间主任"})
    assert all(one.url != look.url for one in due(inspector))
    assert "已约谈车间主任" in page(inspector, "inspection_plan", slug).content.decode()
    assert page(house.lists.finance, "home").content.decode().count("车间主任") == 0


def test_a_hold_from_here_stops_what_is_left_to_pay(house: ReleaseHouse) -> None:
    sample, inspector = draw(house), house.lists.inspector
    call(house, payment_of(sample, 2), ASKED)
    shown = page(inspector, "callback", payment_of(sample, 2).pk).content.decode()
    [link] = re.findall(r'href="(/holds/new/\?[^"]+)"', shown)
    with on(CALLED):
        url = link.replace("&amp;", "&")
        as_(inspector).post(url, {"key": str(uuid4()), "reason": "回访反映要收回"})
    assert Hold.objects.get().subject == subject_of(house.list_id)


# The trail and the paper -------------------------------------------------------------------------


def test_the_trail_says_what_was_done_in_words(house: ReleaseHouse) -> None:
    sample = draw(house)
    call(house, payment_of(sample, 2), BACK)
    stream = f"plan:{sample.plan.slug}"
    shown = page(house.lists.inspector, "trail", query=f"?stream={stream}").content.decode()
    for words in ("抽取发放记录进行回访", "回访了领款人", "第1次发放抽查", "交回了全部或部分"):
        assert words in shown, words


def text_of(content: bytes) -> str:
    """Return everything that a Word file or a workbook says."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return "".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())


@pytest.mark.parametrize("form", ["docx", "xlsx"])
def test_the_record_says_everything_and_nobody_in_full(house: ReleaseHouse, form: str) -> None:
    sample, inspector = draw(house, reason="群众来信"), house.lists.inspector
    call(house, payment_of(sample, 1), FINE)
    call(house, payment_of(sample, 2), BACK)
    place_hold(
        subject=subject_of(house.list_id),
        reason="回访反映交回三百元",
        key=uuid4(),
        actor=inspector,
        at=CALLED,
    )
    found = page(inspector, "callback_record", sample.pk, told={"form": form})
    assert found.status_code == 200
    text = text_of(b"".join(found.streaming_content) if found.streaming else found.content)
    told = re.sub(r"<[^>]+>", "", text)
    for words in (
        "资金发放监督检查记录",
        "监督检查时间",
        "发-0001",
        "9,000.00",
        "人民币玖仟元整",
        "置信度95%",
        "误差±0.0%",
        "欧阳**",
        "张*三",
        "交回300.00元，交给：车间主任",
        "说是多发了，要交回三百",
        "未回访",
        "回访反映交回三百元",
        "未解除",
        "群众来信",
        sample.seed,
        sample.digest,
        "检查人",
    ):
        assert words in told, words
    for name in ("欧阳娜娜", "张小三", ACCOUNT):
        assert name not in told
    assert Entry.objects.filter(action="records.make_paper").count() == 1


def test_the_record_is_a_pdf_too_and_nothing_else(house: ReleaseHouse) -> None:
    sample = draw(house)
    found = page(house.lists.inspector, "callback_record", sample.pk, told={"form": "pdf"})
    assert found.content[:5] == b"%PDF-"
    assert page(house.lists.inspector, "callback_record", sample.pk, told={"form": "exe"}).status_code == 400
    led = page(house.lists.inspector, "callback_record", sample.pk)
    assert led.headers["Location"] == reverse("callback_sample", args=(sample.pk,))
