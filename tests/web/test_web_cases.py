"""The pages of families: the officer's board, helpers, a helper's own families, needs; and who may not."""

import io
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from casework.house import GOODS, NOW, CareHouse, day, make_care
from goods.builders import make_person, snapshot
from songnuan.audit.models import Entry
from songnuan.casework.actions import HomeVisitWords
from songnuan.casework.case_models import (
    Case,
    CaseText,
    Contact,
    Feedback,
    HelperAct,
    HelperState,
    HomeVisit,
    Need,
    NeedAction,
    NeedClosing,
    NeedGoods,
    NeedReopening,
)
from songnuan.casework.case_rules import LINK_DAYS
from songnuan.goods.gifts import Gift, GiftLine, Handing
from songnuan.goods.models import Item
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.living_plan import evidence_of, progress_of
from songnuan.journeys.measures.base import State
from songnuan.journeys.record_donation import record_donation
from songnuan.journeys.remind_of_families import remind_of_families
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.organisation.permissions import Role
from songnuan.people.columns import index
from songnuan.people.models import LookPurpose, Person, Service
from songnuan.plans.models import Measure, MeasureStatus
from songnuan.web.due import desk_of, due_of
from songnuan.web.logs import _clean
from songnuan.web.views.shared import Reader
from web.browsing import as_, on, user_of

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (
    *(Case, CaseText, HelperAct, Contact, HomeVisit, Need, NeedAction, Feedback, NeedClosing, NeedReopening),
    *(Entry, LookPurpose, OutboxMessage),
)


@pytest.fixture
def house() -> CareHouse:
    cache.clear()
    return make_care()


def page(
    actor: Actor, name: str, *args: Any, at: Any = NOW, told: dict[str, Any] | None = None, query: str = ""
) -> Any:
    """Open a page, or post to it."""
    with on(at):
        browser, url = as_(actor), reverse(name, args=args)
        if told is None:
            return browser.get(url + query)
        return browser.post(url, {"key": str(uuid4()), **told})


def due(actor: Actor, at: Any = NOW) -> list[str]:
    """Return the titles of what is due from somebody."""
    with on(at):
        desk = desk_of(Reader(user_of(actor), actor, at, at.date()))
        return [item.title for item in due_of(desk)]


def phone(name: str, number: str) -> Person:
    """Give somebody a phone."""
    person = Person.objects.get(name=name)
    person.phone, person.phone_index = number, index("phone", number)
    person.save()
    return person


def test_new_families_are_taken_in_by_one_click_and_given_to_helpers_by_another(house: CareHouse) -> None:
    board = page(house.officer, "families_board", house.measure.pk).content.decode()
    assert "2户" in board
    answer = page(house.officer, "families_take_in", house.measure.pk, told={})
    assert answer.url == reverse("families_board", args=(house.measure.pk,))
    assert "没有联系人" in "".join(due(house.officer))
    proposal = page(house.officer, "families_helpers", house.measure.pk)
    fields = {bound.html_name: str(bound.initial) for _row, bound in proposal.context["lines"]}
    assert len(fields) == 2
    assert len(set(fields.values())) == 2
    answer = page(house.officer, "families_helpers", house.measure.pk, told=fields)
    assert answer.status_code == 302
    assert list(Case.objects.values_list("helper_state", flat=True)) == [HelperState.OFFERED] * 2
    again = page(house.officer, "families_helpers", house.measure.pk, told=fields)
    assert again.status_code == 302
    assert HelperAct.objects.count() == 2, "a second click asks nobody twice"


def test_who_is_asked_sees_it_accepts_and_finds_the_family(house: CareHouse) -> None:
    case = house.open()[0]
    page(house.officer, "family_helper", case.pk, told={"helper": str(house.first.user_id), "reason": ""})
    assert any("台-0001" in title for title in due(house.first))
    asked = page(house.first, "family_case", case.pk).content.decode()
    assert "甲妻" not in asked, "who was only asked sees no more than whose family it is"
    wrong = page(house.first, "family_answer", case.pk, told={"answer": "decline", "reason": ""})
    assert wrong.status_code == 422
    page(house.first, "family_answer", case.pk, told={"answer": "accept"})
    whole = page(house.first, "family_case", case.pk).content.decode()
    for words in ("甲妻", "湖北", "联系人一"):
        assert words in whole, words
    mine = page(house.first, "families").content.decode()
    assert "台-0001" in mine
    told = {"answer": "decline", "reason": "本人即将出征"}
    assert page(house.first, "family_answer", case.pk, told=told).url == reverse("families")
    assert OutboxMessage.objects.filter(
        topic="families.declined", recipient_id=house.officer.user_id
    ).exists()


def test_a_contact_is_recorded_with_the_need_that_came_up(house: CareHouse) -> None:
    house.open()
    case = house.helped()
    told = {"happened_on": "2020-03-02", "way": "wechat", "reached": "yes", "words": "一切安好"}
    half = page(house.first, "family_contact", case.pk, told={**told, "need": GOODS})
    assert half.status_code == 422
    assert Contact.objects.count() == 0
    need = {"need": GOODS, "category": "goods", "urgency": "days"}
    both = {"key": str(uuid4()), **told, **need}
    for _click in (1, 2):
        assert page(house.first, "family_contact", case.pk, told=both).status_code == 302
    assert (Contact.objects.count(), Need.objects.count()) == (1, 1)
    shown = page(house.first, "family_case", case.pk).content.decode()
    assert GOODS in shown
    assert "一切安好" in shown


def test_a_phone_is_shown_once_and_the_look_is_noted(house: CareHouse) -> None:
    house.open()
    case = house.helped()
    person, other = phone("甲妻", "13800138000"), phone("乙夫", "13900139000")
    masked = page(house.first, "family_case", case.pk).content.decode()
    assert "13800138000" not in masked
    assert "138****8000" in masked
    before = snapshot(TABLES)
    for actor in (house.second, house.stranger):
        assert page(actor, "family_phone", case.pk, person.key, told={}).status_code == 404
    assert page(house.inspector, "family_phone", case.pk, person.key, told={}).status_code == 403
    assert page(house.first, "family_phone", case.pk, other.key, told={}).status_code == 409
    assert [row for row in snapshot(TABLES[-2:-1]) if row] == []
    assert before[:-3] == snapshot(TABLES)[:-3]
    shown = page(house.first, "family_phone", case.pk, person.key, told={})
    assert "13800138000" in shown.content.decode()
    assert "台-0001" in LookPurpose.objects.get().purpose


def test_a_need_goes_from_words_to_closing(house: CareHouse) -> None:
    house.open()
    case = house.helped()
    told = {"need": GOODS, "category": "goods", "urgency": "today", "promised_on": ""}
    answer = page(house.first, "family_need_new", case.pk, told=told)
    need = Need.objects.get()
    assert answer.url == reverse("family_need", args=(need.pk,))
    assert any("台-0001-1" in title for title in due(house.first))
    do = {"act": "do", "done_on": "2020-03-02", "text": "已送米面油", "promised_on": ""}
    assert page(house.first, "family_need", need.pk, told=do).status_code == 302
    close = {"act": "close", "outcome": "solved", "text": "已送到"}
    early = page(house.first, "family_need", need.pk, told=close)
    assert early.status_code == 422
    assert not NeedClosing.objects.exists()
    call = {"act": "call", "satisfied": "yes", "said_by": "甲", "said_on": "2020-03-02", "text": "谢谢"}
    assert page(house.first, "family_need", need.pk, told=call).status_code == 302
    assert page(house.first, "family_need", need.pk, told=close).status_code == 422
    assert any("台-0001-1" in title for title in due(house.officer))
    assert page(house.officer, "family_need", need.pk, told=close).status_code == 302
    reopen = {"act": "reopen", "why": "又断货了"}
    assert page(house.first, "family_need", need.pk, told=reopen).status_code == 302
    shown = page(house.inspector, "family_need", need.pk).content.decode()
    for words in ("已送米面油", "谢谢", "又断货了", "已送到"):
        assert words in shown, words


def family(secret: str, told: dict[str, Any] | None = None, at: Any = NOW) -> Any:
    """Open the family's page without an account, or answer there."""
    with on(at):
        browser, url = Client(), reverse("family_feedback", args=(secret,))
        return browser.get(url) if told is None else browser.post(url, {"key": str(uuid4()), **told})


def test_the_family_answers_by_its_link_without_an_account(house: CareHouse) -> None:
    house.open()
    need = house.need(house.helped())
    made = page(house.first, "family_need", need.pk, told={"act": "link"})
    secret = made.context["link"].rstrip("/").rsplit("/", 1)[1]
    assert secret not in page(house.first, "family_need", need.pk).content.decode(), "it is shown once"
    shown = family(secret)
    assert shown.status_code == 200
    for words in ("甲", "米面油", "台-0001"):
        assert words not in shown.content.decode().replace("甲级", ""), words
    assert shown.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert family(secret, {"satisfied": "", "text": ""}).status_code == 422
    assert family(secret, {"satisfied": "partly", "text": "还缺菜"}).status_code == 302
    assert "感谢" in family(secret).content.decode()
    assert Feedback.objects.count() == 1
    family(secret, {"satisfied": "no", "text": "x"})
    assert Feedback.objects.count() == 1
    assert family("0" * 32).status_code == 404
    later = house.link(need)
    assert family(later, at=day(LINK_DAYS + 1)).status_code == 404
    assert _clean(f"GET /feedback/{secret}/ 200") == "GET /feedback/…/ 200"


def test_by_a_link_so_much_is_tried_and_no_more(house: CareHouse) -> None:
    house.open()
    secret = house.link(house.need(house.helped()))
    empty = {"satisfied": "", "text": ""}
    assert {family(secret, empty).status_code for _turn in range(30)} == {422}
    assert family(secret, {"satisfied": "yes", "text": ""}).status_code == 429
    assert not Feedback.objects.exists()


def test_who_may_not_finds_nothing_and_the_inspector_changes_nothing(house: CareHouse) -> None:
    house.open()
    need = house.need(house.helped())
    before = snapshot(TABLES[:-1])
    reads: tuple[tuple[str, int], ...] = (
        ("families_board", house.measure.pk),
        ("families_ledger", house.measure.pk),
        ("families_helpers", house.measure.pk),
        ("family_case", need.case_id),
        ("family_contact", need.case_id),
        ("family_visit", need.case_id),
        ("family_need_new", need.case_id),
        ("family_need", need.pk),
    )
    for name, pk in reads:
        for actor in (house.stranger, house.second):
            assert page(actor, name, pk).status_code == 404, name
    acts = {
        "family_answer": {"answer": "accept"},
        "family_helper": {"helper": str(house.second.user_id), "reason": "岗位调整"},
        "family_contact": {"happened_on": "2020-03-02", "way": "phone", "reached": "yes"},
        "family_need_new": {"need": GOODS, "category": "goods", "urgency": "days"},
    }
    for name, told in acts.items():
        assert page(house.inspector, name, need.case_id, told=told).status_code == 403, name
    for act in ({"act": "link"}, {"act": "do", "done_on": "2020-03-02", "text": "已办"}):
        assert page(house.inspector, "family_need", need.pk, told=act).status_code == 403
    after = snapshot(TABLES[:-1])
    assert before[:10] == after[:10]
    for name in ("families_board", "family_case", "family_need"):
        pk = {"families_board": house.measure.pk, "family_case": need.case_id}.get(name, need.pk)
        assert page(house.inspector, name, pk).status_code == 200


def test_the_ledger_has_its_columns_masked_and_neutral(house: CareHouse) -> None:
    house.open()
    phone("甲", "13800138000")
    case = house.helped()
    need = house.need(case, words="=1+1 需要菜")
    house.answer(house.link(need), text="@谢谢")
    house.close(need, text="-已送到")
    house.contact(case, words="+平安")
    answer = page(house.officer, "families_ledger", house.measure.pk)
    content = b"".join(answer.streaming_content)
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    [heading] = [row for row in book.get_sheet_by_index(0).to_python() if "档案号" in row]
    assert heading == [
        *(
            "档案号",
            "姓名",
            "身份证号",
            "单位",
            "手机",
            "家庭住址",
            "家庭成员",
            "一线情况",
            "需求",
            "帮扶措施",
        ),
        *("责任人", "帮扶金额（元）", "办结", "回访"),
    ]
    text = str(book.get_sheet_by_index(0).to_python()) + str(book.get_sheet_by_index(1).to_python())
    for words in ("=1+1 需要菜", "@谢谢", "-已送到", "+平安", "138****8000", "台-0002", "配偶 甲妻"):
        assert words in text, words
    assert "13800138000" not in text
    assert Entry.objects.filter(action="casework.take_ledger").count() == 1


def test_missed_contacts_are_chased_and_the_officer_hears_of_them(house: CareHouse) -> None:
    house.open()
    case = house.helped()
    house.contact(case)
    assert remind_of_families(actor=SYSTEM, at=day(3)) == 0
    assert remind_of_families(actor=SYSTEM, at=day(7)) == 1
    assert remind_of_families(actor=SYSTEM, at=day(8)) == 1
    remind_of_families(actor=SYSTEM, at=day(8, 15))
    mine = OutboxMessage.objects.filter(topic="families.due", recipient_id=house.first.user_id)
    assert mine.count() == 2, "once a day"
    assert not OutboxMessage.objects.filter(topic="families.missed").exists()
    for turn in (9, 10):
        remind_of_families(actor=SYSTEM, at=day(turn))
    missed = OutboxMessage.objects.filter(topic="families.missed")
    assert [row.recipient_id for row in missed] == [house.officer.user_id]
    assert any("台-0001" in title for title in due(house.first, day(9)))
    assert any("1户" in title for title in due(house.officer, day(9)))


def test_a_visit_at_home_is_due_when_service_ended(house: CareHouse) -> None:
    house.open()
    case = house.helped()
    house.contact(case)
    Service.objects.filter(person__name="甲妻").update(ends_on=day(1).date())
    assert any("上门" in title or "走访" in title for title in due(house.first, day(2)))
    told = {"happened_on": "2020-03-04", "went": "工会主席", "received_by": "甲", "living": "安好"}
    assert page(house.first, "family_visit", case.pk, at=day(2), told=told).status_code == 302
    assert not any("上门" in title or "走访" in title for title in due(house.first, day(2)))
    shown = page(house.first, "family_case", case.pk, at=day(2)).content.decode()
    assert "工会主席" in shown
    assert HomeVisitWords("a", "b", "c").brought == ""


def test_the_living_plan_tells_how_far_it_is_without_names(house: CareHouse) -> None:
    house.open()
    case = house.helped()
    house.contact(case)
    need = house.need(case, words="老人用药")
    progress = progress_of([house.measure], NOW)[house.measure.pk]
    assert (progress.due, progress.done, progress.late) == (2, 1, 0)
    late = progress_of([house.measure], day(8))[house.measure.pk]
    assert (late.late, late.late_names, late.state) == (1, ("台-0001",), State.LATE)
    house.family("丙", "丙妻")
    assert progress_of([house.measure], NOW)[house.measure.pk].due == 3
    Measure.objects.filter(pk=house.measure.pk).update(status=MeasureStatus.CLOSED, closed_at=day(8))
    ended = progress_of([house.measure], day(8))[house.measure.pk]
    assert (ended.due, "新" in "".join(ended.notes)) == (2, False), "nobody is taken in any more"
    Measure.objects.filter(pk=house.measure.pk).update(status=MeasureStatus.OPEN, closed_at=None)
    house.answer(house.link(need))
    house.close(need)
    pieces = evidence_of(house.measure, NOW)
    assert [piece.kind for piece in pieces] == ["contact", "need"]
    assert "甲" not in "".join(piece.label + piece.note for piece in pieces)
    slug = house.measure.plan.slug
    for kind in ("contact", "need"):
        assert page(house.officer, "evidence", slug, house.measure.pk, kind).status_code == 200


def test_goods_out_of_the_store_are_given_for_a_need_and_signed_for(house: CareHouse) -> None:
    house.open()
    need = house.need(house.helped())
    plan = house.measure.plan
    line = GiftLine("大米", "袋", 10, 50_00)
    gift = Gift("市粮油公司", "organisation", NOW.date(), "invoiced", (line,), Handing("何库生"))
    keeper = make_person("库管庚", Role.PROGRAMME_OFFICER, plan.unit)
    record_donation(plan_id=plan.pk, gift=gift, signature=b"", key=uuid4(), actor=keeper, at=NOW)
    [item] = Item.objects.all()
    told = {
        "unit": str(need.case.unit_id),
        "happened_on": "2020-03-02",
        "reason_late": "",
        "receiver_name": "甲",
        "confirmed_by_name": "on",
        "signature": "",
        f"item-{item.pk}": "2",
    }
    assert page(house.first, "family_goods", need.pk, told=told).status_code == 403
    assert page(house.stranger, "family_goods", need.pk, told=told).status_code == 404
    assert not NeedGoods.objects.exists()
    both = {**told, "key": str(uuid4())}
    for _click in (1, 2):
        assert page(house.officer, "family_goods", need.pk, told=both).status_code == 302
    linked = NeedGoods.objects.get()
    assert (linked.need_id, linked.issue.unit_id) == (need.pk, need.case.unit_id)
    assert "大米" in page(house.first, "family_need", need.pk).content.decode()
    answer = page(house.officer, "families_ledger", house.measure.pk)
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(
        0
    )
    assert 100.0 in [cell for row in sheet.to_python() for cell in row]
    again = page(house.officer, "family_goods", need.pk, told={**told, f"item-{item.pk}": "9"})
    assert again.status_code == 422
    assert NeedGoods.objects.count() == 1
