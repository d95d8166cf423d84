"""What visitors are told at the door and after it: days long ago, what is not in order, what stands where."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils.translation import gettext as _

from people import LEAD, Bureau, at, buy, checklist, open_plan_1
from songnuan.audit.models import Entry
from songnuan.cli.drawing import signature
from songnuan.goods.models import Movement
from songnuan.journeys.create_account import create_account
from songnuan.journeys.visit_paper_rows import visit_rows
from songnuan.kernel.actor import SYSTEM
from songnuan.organisation.models import Post, UnitRecord
from songnuan.organisation.queries import first_names, unit_names
from songnuan.plans.models import Plan
from songnuan.tasks.models import Task
from songnuan.visits.models import InspectionResult, LaterDay, UnitHours, Visit, VisitStatus
from songnuan.web.templatetags.songnuan import together
from songnuan.web.visit_fields import TOO_SHORT
from web.browsing import as_, data_url, dot, filled, on, record_url, recorded, visits_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plan")]


@pytest.fixture
def plan(bureau: Bureau) -> Plan:
    """Plan 1 under way, with all its kits in the store."""
    plan = open_plan_1(bureau)
    buy(bureau, plan, {"方便面": (94, 70_00), "苹果": (47, 80_00), "梨": (47, 75_00)}, "08812072")
    return plan


def page_of(visit: Visit) -> str:
    return reverse("visit", args=(visit.pk,))


def test_a_visit_before_our_record_of_the_unit_begins_names_it_as_it_was_called_first(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    [record] = UnitRecord.objects.filter(unit=visit.unit_id)
    # Nothing was in the store by then: the kit follows.
    sent = filled(bureau, "2020-04-02T09:30", entry_reason="先走访后立方案", handed=[])
    with on(at(8, 10)):
        assert as_(bureau.liaison).post(record_url(visit), sent).status_code == 302
        page = as_(bureau.liaison).get(page_of(visit))
    day = at(2).date()
    assert record.starts_on > day
    assert unit_names([visit.unit_id], day) == {}, "it stays unknown to whoever asks which units are open"
    assert first_names([visit.unit_id], day) == {visit.unit_id: record.name}
    assert page.context["visit"]["unit_name"] == record.name


def test_a_year_mistyped_is_said_beside_the_time_alone(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    with on(at(8, 10)):
        page = as_(bureau.liaison).post(record_url(visit), filled(bureau, "2019-04-15T09:30"))
    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["happened_at"]
    assert not page.context["form"].asks_entry_reason
    visit.refresh_from_db()
    assert visit.status == VisitStatus.PLANNED
    assert not Entry.objects.filter(action="visits.record").exists()


def test_what_is_not_in_order_says_what_beside_its_note(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    sent = filled(bureau, "2020-04-08T09:30", check_duty="fail", note_duty=" ")
    with on(at(8, 10)):
        page = as_(bureau.liaison).post(record_url(visit), sent)
        assert (page.status_code, list(page.context["form"].errors)) == (422, ["note_duty"])
        visit.refresh_from_db()
        assert visit.status == VisitStatus.PLANNED
        assert not InspectionResult.objects.exists()
        again = as_(bureau.liaison).post(record_url(visit), {**sent, "note_duty": "值班表未上墙"})
    assert again.status_code == 302
    assert InspectionResult.objects.get(item_key="duty").note == "值班表未上墙"


def test_a_report_posted_from_a_second_window_is_told_who_recorded_the_visit_and_where(
    bureau: Bureau,
) -> None:
    visit = recorded(bureau, at(8, 10))
    client, sent = as_(bureau.liaison), filled(bureau, "2020-04-08T09:45", conditions="另一份报告")
    with on(at(8, 11)):
        page = client.post(record_url(visit), sent)
        part = client.post(record_url(visit), sent, headers={"X-Songnuan-Field": "1"})
    for answer in (page, part):
        said = answer.content.decode()
        assert (answer.status_code, answer.headers["X-Songnuan-Refusal"]) == (409, "wrong_state")
        assert f'href="{page_of(visit)}"' in said
        assert bureau.liaison.label in said.split("<main")[-1]
    assert Visit.objects.get(pk=visit.pk).conditions == visit.conditions


def test_a_second_phone_signs_for_nothing_it_is_told_first_that_the_visit_is_recorded(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    client = as_(bureau.liaison)
    with on(at(8, 10)):
        text = client.get(record_url(visit)).context["form"].signing["text"]
        signed = filled(bureau, "2020-04-08T09:30", signature=data_url(signature(1)), signed_text=text)
        wrong = {**filled(bureau, "2020-04-08T09:45"), "conditions": ""}
        recorded(bureau, at(8, 10))
        before = Entry.objects.exclude(stream__name__in=["refusals", "trail"]).count()
        for sent in (signed, wrong):
            page = client.post(record_url(visit), sent)
            assert (page.status_code, page.headers["X-Songnuan-Refusal"]) == (409, "wrong_state")
            assert bureau.liaison.label in page.content.decode().split("<main")[-1]
    assert Entry.objects.exclude(stream__name__in=["refusals", "trail"]).count() == before


def test_who_had_no_post_on_the_day_is_named_and_those_who_had_are_offered(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    Post.objects.filter(user=bureau.liaison.user_id).update(starts_on=at(9).date())
    gone = create_account(username="gone", name="测试前任", password=None, actor=SYSTEM, at=at(6))
    Post.objects.create(
        user=gone, unit_id=visit.lead_id, role="lead_liaison", starts_on=at(6).date(), ends_on=at(9).date()
    )
    client, sent = as_(bureau.liaison), filled(bureau, "2020-04-08T09:30", entry_reason="交接后补录")
    with on(at(10)):
        assert list(client.get(record_url(visit)).context["form"].door.colleagues) == [bureau.liaison.user_id]
        page = client.post(record_url(visit), sent)
        form = page.context["form"]
        assert (page.status_code, list(form.errors)) == (422, ["members"])
        assert bureau.liaison.label in str(form.errors["members"])
        assert set(form.door.colleagues) == {gone.pk, bureau.liaison.user_id}
        visit.refresh_from_db()
        assert visit.status == VisitStatus.PLANNED
        whole = {**sent, "members": [str(gone.pk)], "other_members": bureau.liaison.label}
        assert client.post(record_url(visit), whole).status_code == 302
    assert list(visit.members.values_list("user_id", "name")) == [
        (gone.pk, "测试前任"), (None, bureau.liaison.label)
    ]  # fmt: skip


def test_the_day_s_card_and_the_form_say_what_is_open_at_a_unit_that_was_never_visited(
    bureau: Bureau,
) -> None:
    visit = visits_of(bureau)[0]
    day = at(15).date()
    Task.objects.create(
        source="visits.receipt:7", title="回访称少一箱", plan_slug=visit.measure.plan.slug, raised_at=at(6),
        unit_id=visit.unit_id, owner_id=bureau.lead_id, due_on=day, original_due_on=day,
    )  # fmt: skip
    assert visit.planned_on is not None
    with on(at(visit.planned_on.day)):
        for url in (reverse("visits_mine"), page_of(visit), record_url(visit)):
            said = as_(bureau.liaison).get(url).content.decode()
            assert "回访称少一箱" in said, url
            assert _("%(owner)s, due %(day)s") % {"owner": LEAD, "day": "4月15日"} in said, url


def test_the_list_of_mistakes_names_the_item_and_the_problem(bureau: Bureau) -> None:
    fails = {f"check_{key}": "fail" for key in checklist()}
    sent = filled(bureau, "2020-04-08T09:30", **fails, **{"problems-1-answer": "只写了答复"})
    with on(at(8, 10)):
        said = as_(bureau.liaison).post(record_url(visits_of(bureau)[0]), sent).content.decode()
    named = re.findall(r'<a href="#id_(?:note|problems)[^>]*>([^<]*)', said)
    assert len(named) == len(set(named)) == len(fails) + 1
    assert _("problem %(number)s") % {"number": 2} in named[-1]
    assert _("To be mended") in said.split("</title>")[0]
    assert re.search(r'name="receiver_name"[^>]*aria-required="true"', said)
    assert re.search(r'name="happened_at"[^>]*aria-required="true"', said)
    assert not re.search(r'name="other_members"[^>]*aria-required', said)


def test_what_a_later_hand_over_lacks_is_asked_for_at_once(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    sent = filled(bureau, "2020-04-08T09:30", handed=[], short_reason="改日送达")
    with on(at(8, 10)):
        client = as_(bureau.liaison)
        assert client.post(record_url(visit), sent).status_code == 302
        page = client.post(reverse("visit_hand_over", args=(visit.pk,)), {"key": str(uuid4())})
        assert (page.status_code, set(page.context["form"].errors)) == (422, {"receiver_name", "signature"})
        one_tap = {"key": str(uuid4()), "receiver_name": "赵守江", "signature": data_url(dot())}
        page = client.post(reverse("visit_hand_over", args=(visit.pk,)), one_tap)
        assert page.context["form"].errors == {"signature": [TOO_SHORT]}
        assert not Movement.objects.filter(kind="hand_over").exists()
        # Who is still to bring goods may look whom to call.
        (row,) = client.get(reverse("visits_mine")).context["owed"]
        assert row.may_call
        assert client.get(page_of(visit)).context["may_call"]
        assert client.post(reverse("visit_contact", args=(visit.pk,))).context["contact"] is not None
        assert not as_(bureau.finance).get(page_of(visit)).context["may_call"]


def test_the_day_s_card_says_where_the_unit_is_and_when_it_is_open(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    UnitRecord.objects.filter(unit=visit.unit_id).update(address="东港路18号")
    UnitHours.objects.create(unit_id=visit.unit_id, weekdays="01234", opens=13 * 60, closes=16 * 60)
    assert visit.planned_on is not None
    with on(at(visit.planned_on.day)):
        page = as_(bureau.liaison).get(reverse("visits_mine"))
    row = next(row for row in page.context["today"].rows if row.id == visit.pk)
    assert (row.address, row.hours.endswith("13:00–16:00")) == ("东港路18号", True)
    assert "东港路18号" in page.content.decode()


def correct(bureau: Bureau, visit: Visit, **changes: object) -> None:
    """Correct the report on its page, without a new receipt."""
    told = {"receiver_name": "", "signature": "", "version": str(visit.version), **changes}
    with on(at(9)):
        answer = as_(bureau.liaison).post(
            reverse("visit_correct", args=(visit.pk,)),
            filled(bureau, "2020-04-08T09:30", correction_reason="形式填错", **told),
        )
    assert answer.status_code == 302
    visit.refresh_from_db()


def test_a_corrected_report_still_says_what_the_unit_signed_to_have_received(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    with on(at(8, 10)):
        page = as_(bureau.liaison).get(record_url(visit))
        sent = filled(
            bureau, "2020-04-08T09:30", signature=data_url(signature(1)),
            signed_text=page.context["form"].signing["text"],
        )  # fmt: skip
        assert as_(bureau.liaison).post(record_url(visit), sent).status_code == 302
    visit.refresh_from_db()
    signed_for = visit.signed_for
    assert "方便面 2 箱" in signed_for
    correct(bureau, visit, conditions="夜班岗亭偏冷")
    with on(at(9)):
        said = as_(bureau.office).get(page_of(visit)).content.decode()
    assert visit.signed_for == ""
    assert together(signed_for) in said.split('id="versions"')[0]


def test_checks_left_out_by_another_form_are_said_and_come_back(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    sent = filled(bureau, "2020-04-08T09:30", check_duty="fail", note_duty="值班表未上墙")
    with on(at(8, 10)):
        assert as_(bureau.liaison).post(record_url(visit), sent).status_code == 302
    url, client = reverse("visit_correct", args=(visit.pk,)), as_(bureau.liaison)
    visit.refresh_from_db()
    with on(at(9)):
        assert client.get(url).context["form"].drops_checks
    correct(bureau, visit, form="delivery", form_reason="卡口封闭管理")
    assert not InspectionResult.objects.exists()
    with on(at(9)):
        form = client.get(url).context["form"]
    assert (form.drops_checks, form.checks_of) == (False, 1)
    assert (form["check_duty"].value(), form["note_duty"].value()) == ("fail", "值班表未上墙")
    correct(bureau, visit, check_duty="fail", note_duty="值班表未上墙")
    assert InspectionResult.objects.get(item_key="duty").note == "值班表未上墙"


def test_the_reason_for_a_later_day_that_was_not_needed_is_not_shown(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    told = {"planned_on": "2020-04-24", "late_reason": "汛期停航"}
    with on(at(8)):
        as_(bureau.liaison).post(reverse("visit_replan", args=(visit.pk,)), told)
    asked = LaterDay.objects.get(visit=visit)
    with on(at(8, 11)):
        allow = {"later_day": asked.pk, "remark": ""}
        assert (
            as_(bureau.approver).post(reverse("visit_allow_late", args=(visit.pk,)), allow).status_code == 302
        )
        sent = filled(bureau, "2020-04-08T09:30")
        assert as_(bureau.liaison).post(record_url(visit), sent).status_code == 302
    visit.refresh_from_db()
    assert (visit.late, visit.late_reason) == (False, "汛期停航")
    correct(bureau, visit, conditions="夜班岗亭偏冷")
    with on(at(9)):
        page = as_(bureau.office).get(page_of(visit))
    [version] = page.context["versions"]
    assert _("Why it is late") not in [row.label for row in version.said]
    assert visit_rows([visit.pk], at(9).date())[0].late_reason == ""


def test_what_is_wrong_is_listed_in_the_order_of_the_page(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    sent = filled(bureau, "2020-04-08T09:30", check_duty="", conditions="", receiver_name="", signature="")
    with on(at(8, 10)):
        page = as_(bureau.liaison).post(record_url(visit), sent)
    wrong = [field.name for field in page.context["form"] if field.errors]
    assert wrong == ["conditions", "check_duty", "receiver_name", "signature"]
    said = page.content.decode()
    places = [
        said.index(f'href="#{anchor}"') for anchor in ("id_conditions", "id_check_duty_0", "id_signature")
    ]
    assert places == sorted(places)


def test_before_setting_out_the_page_says_what_to_take_where_to_and_what_was_told(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    UnitRecord.objects.filter(unit=visit.unit_id).update(address="东港路18号")
    client = as_(bureau.liaison)
    with on(at(8)):
        page = client.get(page_of(visit))
        other = as_(bureau.finance).get(page_of(visit))
    before = page.context["before"]
    assert before.kit == ("方便面 2 箱", "苹果 1 箱", "梨 1 箱")
    assert (before.heard, before.address) == (None, "东港路18号")
    assert "东港路18号" in page.content.decode()
    assert "*" in before.contact, "the whole is shown once it is asked for, and noted"
    assert (other.context["before"].address, other.context["before"].contact) == ("", "")


def test_the_round_says_what_to_take_for_late_visits_and_for_tomorrow(bureau: Bureau) -> None:
    late, tomorrow, later = visits_of(bureau)
    for visit, day in ((late, 8), (tomorrow, 10), (later, 14)):
        Visit.objects.filter(pk=visit.pk).update(planned_on=at(day).date())
    with on(at(9)):
        page = as_(bureau.liaison).get(reverse("visits_mine"))
    packs = ("方便面 2 箱", "苹果 1 箱", "梨 1 箱")
    assert [(row.id, row.kit) for row in page.context["late"]] == [(late.pk, packs)]
    assert [(row.id, row.kit) for row in page.context["coming"]] == [(tomorrow.pk, packs), (later.pk, ())]
    assert (page.context["tomorrow"].kits, page.context["tomorrow"].load) == (1, list(packs))


def test_a_number_stays_on_one_line_with_its_word() -> None:
    assert together("方便面 2 箱、苹果 12 箱") == "方便面 2\u00a0箱、苹果 12\u00a0箱"
    assert together("2 boxes, 4月8日 10:00") == "2 boxes, 4月8日 10:00"
