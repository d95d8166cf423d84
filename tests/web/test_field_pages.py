"""Pages beside the form at the door: photos, corrections, leaders' visits, reminders."""

from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext as _
from PIL import Image

from people import SLUG, Bureau, at, buy, open_plan_1
from songnuan.audit.models import Entry
from songnuan.goods.models import Movement
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.create_account import create_account
from songnuan.journeys.give_post import give_post
from songnuan.journeys.record_visit import record_visit
from songnuan.kernel.actor import SYSTEM
from songnuan.organisation.models import User
from songnuan.organisation.permissions import Role
from songnuan.plans.models import Plan
from songnuan.visits.kept import photos, position
from songnuan.visits.models import LeaderVisit, Visit
from songnuan.visits.rules import Member
from songnuan.visits.versions import changed, versions_of
from web.browsing import as_, filled, on, queries_of, record_url, recorded, visits_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plan")]
OFFICE = reverse("office")
LEADERS = reverse("leader_visits", args=(SLUG,))
NEW_LEADER = reverse("leader_visit_new", args=(SLUG,))


@pytest.fixture
def plan(bureau: Bureau) -> Plan:
    """Plan 1 under way, with all its kits in the store."""
    plan = open_plan_1(bureau)
    buy(bureau, plan, {"方便面": (94, 70_00), "苹果": (47, 80_00), "梨": (47, 75_00)}, "08812072")
    return plan


def upload(name: str = "现场.png", colour: str = "red") -> SimpleUploadedFile:
    made = BytesIO()
    Image.new("RGB", (60, 40), colour).save(made, "PNG")
    return SimpleUploadedFile(name, made.getvalue(), "image/png")


def page_of(visit: Visit) -> str:
    return reverse("visit", args=(visit.pk,))


def test_photos_and_place_come_with_the_form_and_are_shown_to_who_sees_the_visit(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    two = [upload(), upload("二.png", "blue")]
    sent = filled(bureau, "2020-04-08T09:30", photos=two, position="31.230416,121.4737,9")
    with on(at(8, 10)):
        answers = [as_(bureau.liaison).post(record_url(visit), sent) for _once in range(1)]
        assert [answer.status_code for answer in answers] == [302]
        page = as_(bureau.office).get(page_of(visit))
        urls = [reverse("visit_photo", args=(visit.pk, number)) for number in (1, 2, 3)]
        small = reverse("visit_photo_small", args=(visit.pk, 2))
        shown = as_(bureau.office).get(urls[0])
        assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/jpeg")
        assert "no-store" in shown.headers["Cache-Control"]
        assert as_(bureau.office).get(small).status_code == 200
        assert as_(bureau.office).get(urls[2]).status_code == 404
        assert as_(bureau.stranger).get(urls[0]).status_code == 404
    text = page.content.decode()
    assert "31.23" in text
    assert "31.2304" not in text
    assert len(photos(visit.pk)) == 2
    assert position(visit.pk) is not None


def test_what_is_no_photo_is_said_beside_the_photos_and_nothing_is_recorded(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    wrong = SimpleUploadedFile("文.pdf", b"%PDF-1.7", "application/pdf")
    with on(at(8, 10)):
        for sent in ([upload(), wrong], [upload(f"{number}.png") for number in range(7)]):
            page = as_(bureau.liaison).post(
                record_url(visit), filled(bureau, "2020-04-08T09:30", photos=sent)
            )
            assert (page.status_code, list(page.context["form"].errors)) == (422, ["photos"])
    visit.refresh_from_db()
    assert visit.status == "planned"


def test_less_than_the_kit_asks_why_and_the_same_post_again_is_one_visit(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    whole = filled(bureau, "2020-04-08T09:30")
    less = {**whole, "handed": whole["handed"][:1]}
    client = as_(bureau.liaison)
    with on(at(8, 10)):
        page = client.post(record_url(visit), less)
        assert list(page.context["form"].errors) == ["short_reason"]
        sent = {**less, "short_reason": "梨未到货"}
        answers = [client.post(record_url(visit), sent) for _again in range(2)]
        assert [answer.status_code for answer in answers] == [302, 302]
        page = client.get(page_of(visit))
    assert page.context["kit_owed"]
    assert "梨未到货" in page.content.decode()
    assert Movement.objects.filter(kind="hand_over").count() == 1
    assert page.context["kit_owed"] == ["苹果 1 箱", "梨 1 箱"]
    assert [part["packs"] for part in page.context["given"]] == [["方便面 2 箱"]]


def test_one_of_two_boxes_is_handed_over_and_the_same_post_again_is_one_visit(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    whole = filled(bureau, "2020-04-08T09:30")
    [name] = [name for name in whole if name.startswith("packs_")]
    client = as_(bureau.liaison)
    with on(at(8, 10)):
        form = client.get(record_url(visit)).context["form"]
        assert (form[name].value(), "方便面 2 箱" in form.signing["text"], form.hands_less) == (
            2,
            True,
            False,
        )
        for packs in ("", "0", "3", "一"):
            page = client.post(record_url(visit), {**whole, name: packs})
            assert list(page.context["form"].errors) == [name], packs
        page = client.post(record_url(visit), {**whole, name: "1"})
        form = page.context["form"]
        assert (list(form.errors), form.hands_less) == (["short_reason"], True)
        assert "方便面 1 箱、" in form.signing["text"]
        sent = {**whole, name: "1", "short_reason": "一箱破损", "signed_text": form.signing["text"]}
        visit.refresh_from_db()
        assert visit.status == "planned"
        answers = [client.post(record_url(visit), sent) for _again in range(2)]
        assert [answer.status_code for answer in answers] == [302, 302]
        page = client.get(page_of(visit))
    assert (page.context["kit_owed"], Movement.objects.filter(kind="hand_over").count()) == (
        ["方便面 1 箱"],
        1,
    )
    assert [part["packs"] for part in page.context["given"]] == [["方便面 1 箱", "苹果 1 箱", "梨 1 箱"]]


def test_the_number_of_what_is_not_ticked_is_not_asked(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    whole = filled(bureau, "2020-04-08T09:30")
    [name] = [name for name in whole if name.startswith("packs_")]
    sent = {**whole, "handed": whole["handed"][1:], name: "", "short_reason": "全部破损"}
    with on(at(8, 10)):
        assert as_(bureau.liaison).post(record_url(visit), sent).status_code == 302
        page = as_(bureau.liaison).get(page_of(visit))
    assert page.context["kit_owed"] == ["方便面 2 箱"]


def test_the_whole_kit_posted_twice_is_handed_over_once(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    sent = filled(bureau, "2020-04-08T09:30")
    with on(at(8, 10)):
        answers = [as_(bureau.liaison).post(record_url(visit), sent) for _again in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Movement.objects.filter(kind="hand_over").count() == 1


def test_a_report_is_corrected_on_its_page_and_both_are_shown(bureau: Bureau) -> None:
    visit = recorded(bureau, at(8, 10))
    url = reverse("visit_correct", args=(visit.pk,))
    client = as_(bureau.liaison)
    with on(at(9)):
        form = client.get(url).context["form"]
        assert form["conditions"].value() == visit.conditions
        assert form["receiver_name"].value() is None, "who received it stays sealed"
        sent = filled(
            bureau, "2020-04-08T10:00", conditions="夜班岗亭偏冷", receiver_name="", signature="",
            version="1", correction_reason="漏记岗亭情况",
        )  # fmt: skip
        missing = client.post(url, {**sent, "correction_reason": ""})
        assert (missing.status_code, list(missing.context["form"].errors)) == (422, ["correction_reason"])
        answers = [client.post(url, sent) for _again in range(2)]
        assert [answer.status_code for answer in answers] == [302, 302]
        page = as_(bureau.office).get(page_of(visit))
        signature = reverse("visit_version_signature", args=(visit.pk, 1))
        assert as_(bureau.office).get(signature).headers["Content-Type"] == "image/png"
        assert as_(bureau.stranger).get(signature).status_code == 404
        assert as_(bureau.office).get(url).status_code == 403
    text = page.content.decode()
    assert "<del>值班三班倒，食宿有保障。</del>" in text
    assert "<ins>夜班岗亭偏冷</ins>" in text
    assert _("corrected report, not signed by the unit") in text
    assert "漏记岗亭情况" in text
    assert Entry.objects.filter(action="visits.correct").count() == 1


def test_a_correction_offers_no_call_where_goods_were_signed_for(bureau: Bureau) -> None:
    visit = recorded(bureau, at(8, 10))
    url, client = reverse("visit_correct", args=(visit.pk,)), as_(bureau.liaison)
    with on(at(9)):
        form = client.get(url).context["form"]
        assert [value for value, _label in form.fields["form"].choices] == ["on_site", "delivery"]
        assert "方便面 2 箱" in form.fields["form"].help_text
        sent = filled(
            bureau, "2020-04-08T10:00", form="call", form_reason="电话慰问", receiver_name="", signature="",
            version="1", correction_reason="记错",
        )  # fmt: skip
        page = client.post(url, sent)
    assert page.status_code == 422
    assert page.context["form"].errors == {"form": [form.fields["form"].help_text]}
    visit.refresh_from_db()
    assert (visit.form, visit.version) == ("on_site", 1)


def test_a_correction_that_changes_one_thing_changes_one_thing(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    second = create_account(username="second", name="周到", password=None, actor=SYSTEM, at=at(1))
    give_post(user_id=second.pk, unit_id=bureau.lead_id, role=Role.LEAD_LIAISON, actor=SYSTEM, at=at(1))
    members = [Member("带队处长"), Member("", second.pk), Member("", bureau.liaison.user_id)]
    report = bureau.report(at(8).replace(second=42), members=members)
    record_visit(visit_id=visit.pk, report=report, key=uuid4(), actor=bureau.liaison, at=at(8, 11))
    went = list(visit.members.order_by("position").values_list("user_id", "name"))
    User.objects.filter(pk=second.pk).update(name="改名后", is_active=False)
    url, client = reverse("visit_correct", args=(visit.pk,)), as_(bureau.liaison)
    with on(at(9)):
        form = client.get(url).context["form"]
        assert [label for _value, label in form.fields["members"].choices][:2] == [went[1][1], went[2][1]]
        sent = filled(
            bureau, "2020-04-08T10:00", members=[str(pk) for pk in form["members"].value()],
            other_members=form["other_members"].value(), conditions="夜班岗亭偏冷", receiver_name="",
            signature="", version="1", correction_reason="漏记岗亭情况",
        )  # fmt: skip
        assert client.post(url, sent).status_code == 302
    now, before = versions_of(visit.pk)
    assert changed(before, now) == ["conditions"]
    assert list(visit.members.order_by("position").values_list("user_id", "name")) == went


def test_a_contact_is_shown_once_when_it_is_asked_for(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    url = reverse("visit_contact", args=(visit.pk,))
    client = as_(bureau.liaison)
    with on(at(8)):
        assert client.get(url).headers["Location"] == page_of(visit)
        page = client.post(url)
        phone = page.context["contact"].phone
        assert phone in page.content.decode()
        assert phone not in client.get(page_of(visit)).content.decode()
        assert as_(bureau.finance).post(url).status_code == 403
    assert Entry.objects.filter(action="visits.show_contact").count() == 1


def test_the_round_says_what_to_take_along_and_what_was_told(bureau: Bureau) -> None:
    visit, other, *_others = visits_of(bureau)
    recorded(bureau, at(8, 10), "岗亭偏冷")
    Visit.objects.filter(pk=other.pk).update(planned_on=at(10).date(), unit_id=other.unit_id)
    with on(at(10, 8)):
        today = as_(bureau.liaison).get(reverse("visits_mine")).context["today"]
    assert [row.id for row in today.rows] == [other.pk]
    assert today.load == ["方便面 2 箱", "苹果 1 箱", "梨 1 箱"]
    assert (today.kits, today.short, today.rows[0].heard) == (1, 0, None)
    assert visit.unit_id


def test_the_board_says_pace_problems_delays_and_reminds(bureau: Bureau) -> None:
    recorded(bureau, at(8, 10), "岗亭偏冷")
    client = as_(bureau.office)
    with on(at(23)):
        feed = client.get(OFFICE).context["feed"]
        (pace,) = feed.paces
        assert pace.late
        assert pace.needed == _("The deadline is over.")
        assert [(row.name, row.open, row.overdue) for row in feed.owners] == [("航道处", 1, 1)]
        assert (feed.delays.count, feed.delays.received, feed.delays.slow) == (1, 0, 0)
        chased = feed.late_units[0].visit_id
        url = reverse("visit_chase", args=(chased,))
        for _again in range(2):
            assert client.post(url).headers["Location"] == OFFICE
        row = next(row for row in client.get(OFFICE).context["feed"].late_units if row.visit_id == chased)
        assert (row.chased, row.today) == (1, True)
        liaison = as_(bureau.liaison).post(reverse("visit_chase", args=(visits_of(bureau)[1].pk,)))
        assert liaison.status_code == 403
    assert OutboxMessage.objects.filter(topic="visit.chased").count() <= 1
    with on(at(9)):
        (pace,) = client.get(OFFICE).context["feed"].paces
    assert not pace.late or pace.forecast


def leader(bureau: Bureau, **changes: object) -> dict[str, object]:
    problems = {f"problems-{place}-{name}": "" for place in range(3) for name in ("title", "answer")}
    office = str(Plan.objects.get().office_id)
    owners = {f"problems-{place}-owner": office for place in range(3)}
    return {
        "key": str(uuid4()),
        "leader_name": "程守山",
        "leader_post": "局长",
        "happened_at": "2020-04-08T09:00",
        "units": [str(visits_of(bureau)[0].unit_id)],
        "company": "林知行",
        "found": "职工情绪稳定",
        "goods": "",
        "problems-TOTAL_FORMS": "3",
        "problems-INITIAL_FORMS": "0",
        **problems,
        **owners,
        **changes,
    }


def test_the_office_records_a_leaders_visit_and_everybody_of_the_plan_reads_it(bureau: Bureau) -> None:
    client = as_(bureau.office)
    with on(at(8, 15)):
        wrong = client.post(NEW_LEADER, leader(bureau, leader_name="", units=[], found=""))
        assert set(wrong.context["form"].errors) == {"leader_name", "units", "found"}
        assert not LeaderVisit.objects.exists()
        sent = leader(bureau, **{"problems-0-title": "行军床不足"})
        answers = [client.post(NEW_LEADER, sent) for _again in range(2)]
        assert [answer.status_code for answer in answers] == [302, 302], answers[0].context["form"].errors
        page = as_(bureau.inspector).get(LEADERS)
        assert "程守山" in page.content.decode()
        assert "行军床不足" in page.content.decode()
        assert not page.context["may_record"]
        assert as_(bureau.liaison).get(NEW_LEADER).status_code == 403
        assert "程守山" not in as_(bureau.stranger).get(LEADERS).content.decode()
        assert "程守山" in client.get(OFFICE).content.decode()
    assert LeaderVisit.objects.count() == 1


def test_on_a_leads_visit_the_form_asks_for_the_leader_alone(bureau: Bureau) -> None:
    visit = recorded(bureau, at(8, 10))
    client = as_(bureau.office)
    url = f"{NEW_LEADER}?visit={visit.pk}"
    with on(at(10)):
        form = client.get(url).context["form"]
        assert set(form.fields) == {"leader_name", "leader_post", "entry_reason", "goods"}
        assert form.asks_entry_reason
        lead = {f"problems-{place}-owner": str(bureau.lead_id) for place in range(3)}
        late = client.post(url, leader(bureau, **lead))
        assert list(late.context["form"].errors) == ["entry_reason"]
        assert client.post(url, leader(bureau, entry_reason="次日补录", **lead)).status_code == 302
        assert "程守山" in client.get(page_of(visit)).content.decode()
        assert "次日补录" in client.get(LEADERS).content.decode()
        for asked in ("x", str(visits_of(bureau)[1].pk), "9" * 30):
            assert client.get(f"{NEW_LEADER}?visit={asked}").status_code == 404


def test_a_wrong_entry_is_withdrawn_with_a_reason(bureau: Bureau) -> None:
    client = as_(bureau.office)
    with on(at(8, 15)):
        client.post(NEW_LEADER, leader(bureau))
        url = reverse("leader_visit_withdraw", args=(LeaderVisit.objects.get().pk,))
        assert client.post(url, {"reason": ""}).status_code == 422
        long = "误录" * 300
        refused = client.post(url, {"reason": long})
        [line] = refused.context["lines"]
        assert (refused.status_code, list(line.withdrawal.errors)) == (422, ["reason"])
        assert f'value="{long}"' in refused.content.decode(), "what was typed stays"
        assert as_(bureau.liaison).post(url, {"reason": "误录"}).status_code == 403
        assert LeaderVisit.objects.get().withdrawn_at is None
        assert client.post(url, {"reason": "误录"}).status_code == 302
        twice = client.post(url, {"reason": "再撤一次"})
        [said] = twice.context["form"].non_field_errors()
        assert (twice.status_code, said in twice.content.decode()) == (422, True)
        assert LeaderVisit.objects.get().withdraw_reason == "误录"
        assert _("withdrawn") in client.get(LEADERS).content.decode()
        assert client.get(OFFICE).context["feed"].leaders == []


def test_the_queries_of_the_list_do_not_grow(bureau: Bureau) -> None:
    client: Client = as_(bureau.office)
    with on(at(8, 15)):
        client.post(NEW_LEADER, leader(bureau, **{"problems-0-title": "行军床不足"}))
        few = queries_of(client, LEADERS)
        for name in ("顾长河", "林远"):
            client.post(NEW_LEADER, leader(bureau, leader_name=name, **{"problems-0-title": "行军床不足"}))
        assert queries_of(client, LEADERS) == few
