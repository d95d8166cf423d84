import re
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext as _

from goods.builders import GOODS, MONEY, snapshot
from people import Bureau, at, buy, checklist, open_plan_1, raised
from songnuan.audit.models import Entry
from songnuan.cli.drawing import signature
from songnuan.goods.models import StockLevel
from songnuan.organisation.models import Assignment, Installation
from songnuan.organisation.queries import units_of
from songnuan.plans.models import Plan
from songnuan.visits.models import LaterDay, Visit, VisitStatus
from songnuan.visits.queries import detail
from songnuan.web.problem_form import ProblemForm
from songnuan.web.sentences import REQUIRED
from songnuan.web.visit_form import ReportForm
from web.browsing import (
    as_,
    data_url,
    dot,
    filled,
    on,
    queries_of,
    record_url,
    recorded,
    trail_length,
    visits_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plan")]

LABELS = [
    *(str(field.label) for form in (ReportForm, ProblemForm) for field in form.base_fields.values()),
    "人员、车辆、船舶进出登记完整",
    _("Note"),
]


@pytest.fixture
def plan(bureau: Bureau) -> Plan:
    """Plan 1 under way, with all its kits in the store."""
    plan = open_plan_1(bureau)
    buy(bureau, plan, {"方便面": (94, 70_00), "苹果": (47, 80_00), "梨": (47, 75_00)}, "08812072")
    return plan


def untouched(visit: Visit) -> bool:
    """Return whether nothing at all was recorded of the visit."""
    visit.refresh_from_db()
    return visit.status == VisitStatus.PLANNED and visit.happened_at is None and not raised().exists()


def test_the_form_opens_with_what_is_known_and_asks_for_six_things_at_most(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    before = trail_length()
    with on(at(8, 10, 5)):
        page = as_(bureau.liaison).get(record_url(visit))
    assert page.status_code == 200
    form = page.context["form"]
    needed = {name for name, field in form.fields.items() if field.required}
    assert needed == {"happened_at", "form", "members", "prevention", "conditions", "receiver_name"}
    assert 'value="2020-04-08T10:05"' in page.content.decode()
    assert form["form"].value() == "on_site"
    assert form["members"].value() == [bureau.liaison.user_id]
    assert form.checklist[0].result.label == "人员、车辆、船舶进出登记完整"
    assert list(form.door.goods.values()) == ["方便面 2 箱", "苹果 1 箱", "梨 1 箱"]
    owners = page.context["problems"].forms[0].fields["owner"].choices
    assert owners[0] == (bureau.lead_id, "航道处")
    assert "局疫情防控办公室" in dict(owners).values()
    assert trail_length() == before, "a page that is only read writes nothing"


def test_a_visit_is_recorded_with_all_that_was_put_down(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    sent = filled(
        bureau,
        "2020-04-08T09:30",
        other_members="贺 明远、李水生，测试liaison",
        prevention="partial",
        prevention_note="登记不全。\r\n已提醒。",
        check_duty="fail",
        note_duty="值班表未上墙",
        **{"problems-1-title": "缺取暖设备", "problems-1-answer": "已记下"},
    )
    with on(at(8, 10)):
        answer = as_(bureau.liaison).post(record_url(visit), sent)
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("visit", args=(visit.pk,)))
    found = detail(visit.pk, unmasked=True)
    assert found is not None
    assert [(row.name, row.user_id) for row in found.members] == [
        ("测试liaison", bureau.liaison.user_id), ("贺明远", None), ("李水生", None),
    ]  # fmt: skip
    assert (found.happened_at, found.received_at) == (at(8, 9, 30), at(8, 10))
    assert (found.prevention, found.prevention_note) == ("partial", "登记不全。\n已提醒。")
    assert found.receiver_name == "赵守江"
    assert {row.item_key: row.result for row in found.inspection}["duty"] == "fail"
    assert [(row.title, row.answer, row.owner_id) for row in found.problems] == [
        ("缺取暖设备", "已记下", bureau.lead_id)
    ]
    assert found.signature_id is not None


def test_the_same_post_twice_is_one_visit(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    sent = filled(bureau, "2020-04-08T09:30", **{"problems-0-title": "缺取暖设备"})
    client = as_(bureau.liaison)
    with on(at(8, 10)):
        answers = [client.post(record_url(visit), sent) for _again in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Visit.objects.filter(status=VisitStatus.RECORDED).count() == 1
    assert raised().count() == 1
    assert Entry.objects.filter(action="visits.record").count() == 1


def test_another_report_of_a_recorded_visit_is_refused(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    client = as_(bureau.liaison)
    with on(at(8, 10)):
        client.post(record_url(visit), filled(bureau, "2020-04-08T09:30"))
        answer = client.post(record_url(visit), filled(bureau, "2020-04-08T09:45", conditions="另一份报告"))
        page = client.get(record_url(visit))
    assert answer.status_code == 409
    assert answer.headers["X-Songnuan-Refusal"] == "wrong_state"
    visit.refresh_from_db()
    assert visit.happened_at == at(8, 9, 30)
    assert page.headers["Location"] == reverse("visit", args=(visit.pk,)), "there is nothing left to fill in"


def test_the_list_of_mistakes_leads_to_the_place_to_sign(bureau: Bureau) -> None:
    with on(at(8, 10)):
        page = as_(bureau.liaison).post(
            record_url(visits_of(bureau)[0]), filled(bureau, "2020-04-08T09:30", signature="")
        )
    said = page.content.decode()
    assert (said.count('href="#id_signature"'), said.count('id="id_signature"')) == (1, 1)


def test_what_is_missing_is_said_beside_every_input_and_nothing_typed_is_lost(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    sent = filled(
        bureau, "", form="call", prevention="", conditions=" ", receiver_name="", signature="",
        other_members="李水生", **{"problems-2-answer": "只写了答复"},
    )  # fmt: skip
    sent["members"] = []
    before = trail_length()
    with on(at(8, 10)):
        page = as_(bureau.liaison).post(record_url(visit), sent)
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {
        "happened_at", "form_reason", "prevention", "conditions", "receiver_name"
    }  # fmt: skip
    assert all(len(said) == 1 for said in page.context["form"].errors.values()), "each is said once"
    assert [set(row) for row in page.context["problems"].errors] == [set(), set(), {"title"}]
    text = page.content.decode()
    assert 'value="李水生"' in text
    assert "只写了答复" in text
    assert re.search(r'name="form" value="call"[^>]*checked', text)
    assert 'aria-describedby="id_conditions_helptext id_conditions_error"' in text
    assert untouched(visit)
    assert trail_length() == before


def test_nobody_went_is_said_where_the_names_are(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    sent = filled(bureau, "2020-04-08T09:30")
    sent["members"] = []
    with on(at(8, 10)):
        page = as_(bureau.liaison).post(record_url(visit), sent)
        too_long = as_(bureau.liaison).post(
            record_url(visit), filled(bureau, "2020-04-08T09:30", other_members="长" * 61)
        )
    assert list(page.context["form"].errors) == ["members"]
    assert list(too_long.context["form"].errors) == ["other_members"]
    assert untouched(visit)


def test_a_time_still_to_come_is_not_taken(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    client = as_(bureau.liaison)
    with on(at(8, 10)):
        pages = [
            client.post(record_url(visit), filled(bureau, moment)) for moment in ("2020-04-08T10:30", "never")
        ]
    assert [page.status_code for page in pages] == [422, 422]
    assert [list(page.context["form"].errors) for page in pages] == [["happened_at"]] * 2
    assert untouched(visit)


def test_on_site_every_item_of_the_checklist_is_asked_for(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    _first, *others = checklist()
    for keys in (others, checklist()):
        none = {f"check_{key}": "" for key in keys}
        with on(at(8, 10)):
            page = as_(bureau.liaison).post(record_url(visit), filled(bureau, "2020-04-08T09:30", **none))
        assert page.status_code == 422
        assert page.context["form"].errors == {name: [REQUIRED] for name in none}
    assert untouched(visit)


@pytest.mark.parametrize("form", ["call", "delivery"])
def test_elsewhere_the_checklist_is_not_asked_for(bureau: Bureau, form: str) -> None:
    visit = visits_of(bureau)[0]
    _first, *others = checklist()
    none = {f"check_{key}": "" for key in others}
    sent = filled(bureau, "2020-04-08T09:30", form=form, form_reason="卡口封闭管理", **none)
    with on(at(8, 10)):
        answer = as_(bureau.liaison).post(record_url(visit), sent)
    assert answer.status_code == 302
    assert not visit.inspection.exists(), "what was ticked before the form was changed is no answer"


def test_what_has_to_be_filled_in_is_not_called_optional(bureau: Bureau) -> None:
    with on(at(8, 10)):
        text = as_(bureau.liaison).get(record_url(visits_of(bureau)[0])).content.decode()
    optional = _("(optional)")
    marked = {
        label for label in LABELS if re.search(rf"{re.escape(label)} <small>{re.escape(optional)}", text)
    }
    assert marked == {
        _("Others who went"),
        _("What was answered on the spot"),
        _("Photos"),
    }


def test_what_is_not_in_order_asks_for_its_note_and_never_calls_it_optional(bureau: Bureau) -> None:
    """Without a script: the note is announced as what it is, and comes back open once it is asked for."""
    visit, (failed, *fine) = visits_of(bureau)[0], checklist()
    when = _("(needed if not in order)")
    client = as_(bureau.liaison)
    with on(at(8, 10)):
        fresh = client.get(record_url(visit)).content.decode()
        sent = filled(bureau, "2020-04-08T09:30", **{f"check_{failed}": "fail"})
        answer = client.post(record_url(visit), sent)
    assert answer.context["form"].errors.keys() == {f"note_{failed}"}
    page = answer.content.decode()
    for text in (fresh, page):
        for key in (failed, *fine):
            (label,) = re.findall(rf'(?s)<label for="id_note_{key}">(.*?)</label>', text)
            assert when in label
            assert _("(optional)") not in label
    folds = {key: re.findall(rf'<details[^>]*"id_note_{key}_add"[^>]*>', page) for key in (failed, *fine)}
    assert [" open" in fold for (fold,) in folds.values()] == [True] + [False] * len(fine)
    (note,) = re.findall(rf'<input[^>]*id="id_note_{failed}"[^>]*>', page)
    assert 'aria-required="true"' in note
    assert 'aria-invalid="true"' in note
    assert page.count('aria-required="true"') == fresh.count('aria-required="true"') + 1
    assert untouched(visit)


def test_an_empty_input_is_called_so_in_the_same_words_everywhere(bureau: Bureau) -> None:
    sent = filled(
        bureau, "", form="delivery", form_reason=" ", prevention="partial", conditions="", receiver_name="",
    )  # fmt: skip
    with on(at(8, 10)):
        page = as_(bureau.liaison).post(record_url(visits_of(bureau)[0]), sent)
    said = page.context["form"].errors
    assert set(said) == {"happened_at", "form_reason", "prevention_note", "conditions", "receiver_name"}
    assert {sentence for sentences in said.values() for sentence in sentences} == {REQUIRED}


def test_who_went_or_enters_it_receives_nothing(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    before = snapshot((*MONEY, *GOODS, Visit))
    for receiver in (bureau.liaison.label, "李水生"):
        sent = filled(bureau, "2020-04-08T09:30", other_members="李水生", receiver_name=receiver)
        with on(at(8, 10)):
            page = as_(bureau.liaison).post(record_url(visit), sent)
        [sentence] = page.context["form"].errors["receiver_name"]
        assert (page.status_code, receiver in sentence) == (422, True)
    assert snapshot((*MONEY, *GOODS, Visit)) == before


def test_a_note_without_an_answer_is_not_dropped(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    none = {f"check_{key}": "" for key in checklist()}
    with on(at(8, 10)):
        page = as_(bureau.liaison).post(
            record_url(visit), filled(bureau, "2020-04-08T09:30", **none, note_duty="值班表未上墙")
        )
    assert page.status_code == 422
    assert set(page.context["form"].errors) == set(none)
    assert "值班表未上墙" in page.content.decode()


NO_SIGNATURES = {
    "none": "",
    "no picture": "data:image/png;base64,bm90IGEgcGljdHVyZQ==",
    "no base64": "data:image/png;base64,***",
    "a drawing program": "data:image/svg+xml;base64,PHN2Zy8+",
    "too large": data_url(b"\x89PNG\r\n\x1a\n" + b"\x00" * 500_000),
    "damaged": data_url(b"\x89PNG\r\n\x1a\n broken off"),
    "one tap": data_url(dot()),
    "broken inside": data_url(signature(1)[:60] + b"x" * 200),
}


def test_a_signature_that_is_none_is_said_beside_its_place(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    client = as_(bureau.liaison)
    with on(at(8, 10)):
        for name, sent in NO_SIGNATURES.items():
            page = client.post(record_url(visit), filled(bureau, "2020-04-08T09:30", signature=sent))
            assert page.status_code == 422, name
            assert list(page.context["form"].errors) == ["signature"], name
            assert len(page.context["form"].errors["signature"]) == 1, name
    assert untouched(visit)


def test_a_call_needs_its_reason_and_no_signature(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    sent = filled(bureau, "2020-04-08T09:30", form="call", form_reason="卡口封闭管理", signature="")
    with on(at(8, 10)):
        answer = as_(bureau.liaison).post(record_url(visit), sent)
        page = as_(bureau.liaison).get(reverse("visit", args=(visit.pk,)))
    assert answer.status_code == 302
    assert page.context["visit"]["signature_url"] == ""
    whole = ["方便面 2 箱", "苹果 1 箱", "梨 1 箱"]
    assert (page.context["given"], page.context["kit_owed"]) == ([], whole)
    assert page.context["may_hand_over"], "it can be handed over afterwards"


def test_by_telephone_nobody_signs_and_no_tick_stands_for_it(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    sent = filled(bureau, "2020-04-08T09:30", form="call", form_reason="卡口封闭管理", confirmed_by_name="on")
    with on(at(8, 10)):
        assert as_(bureau.liaison).post(record_url(visit), sent).status_code == 302
    visit.refresh_from_db()
    assert (visit.form, visit.signature_id, visit.confirmed_by_name, visit.signed_for) == (
        "call", None, False, ""
    )  # fmt: skip


def test_who_is_late_can_say_why(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    client = as_(bureau.liaison)
    with on(at(8)):
        assert "late_reason" not in client.get(record_url(visit)).context["form"].fields
    with on(at(23)):
        page = client.get(record_url(visit))
        why = {"late_reason": "江面大雾停航", "entry_reason": "返程后才有信号"}
        sent = filled(bureau, "2020-04-22T09:30", **why)
        assert client.post(record_url(visit), sent).status_code == 302
        shown = client.get(reverse("visit", args=(visit.pk,)))
    assert "late_reason" in page.context["form"].fields
    assert page.context["visit"]["late"]
    assert (shown.context["visit"]["late"], shown.context["visit"]["late_reason"]) == (True, "江面大雾停航")
    assert shown.context["visit"]["late_entry"]


def test_three_times_are_kept_apart(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    times = {"device_at": "2020-04-08T01:45:00.250Z", "device_sent_at": "2020-04-08T02:00:42.000Z"}
    with on(at(8, 10)):
        as_(bureau.liaison).post(record_url(visit), filled(bureau, "2020-04-08T09:30", **times))
    visit.refresh_from_db()
    assert visit.device_at == at(8, 9, 45) + timedelta(milliseconds=250)
    assert visit.clock_skew_seconds == 42
    assert visit.received_at == at(8, 10)


def test_a_device_that_says_nothing_readable_of_its_clock_is_believed(bureau: Bureau) -> None:
    visits = visits_of(bureau)
    client = as_(bureau.liaison)
    said = ("yesterday", "2020-04-08T01:45:00", "0001-01-01T00:00:00Z")
    with on(at(8, 10)):
        for visit, words in zip(visits, said, strict=False):
            sent = filled(bureau, "2020-04-08T09:30", device_at=words, device_sent_at=words[:9])
            assert client.post(record_url(visit), sent).status_code == 302
    kept = Visit.objects.filter(status=VisitStatus.RECORDED).values_list("device_at", "clock_skew_seconds")
    assert list(kept) == [(None, 0)] * min(len(visits), len(said))


def test_a_clock_that_is_years_off_is_to_be_set_first(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    sent = filled(bureau, "2020-04-08T09:30", device_sent_at="1970-01-01T00:00:00Z")
    with on(at(8, 10)):
        page = as_(bureau.liaison).post(record_url(visit), sent)
    assert page.status_code == 422
    assert len(page.context["form"].non_field_errors()) == 1
    assert untouched(visit)


def test_a_demo_moves_the_clock_of_the_device_as_well(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    real = datetime(2026, 4, 8, 2, tzinfo=UTC)
    offset = at(8, 10) - real
    seconds = int(offset.total_seconds())
    Installation.objects.create(kind="demo", clock_offset_seconds=seconds, created_at=real)
    times = {"device_at": "2026-04-08T01:59:00Z", "device_sent_at": "2026-04-08T02:00:03Z"}
    with on(real):
        as_(bureau.liaison).post(record_url(visit), filled(bureau, "2020-04-08T09:30", **times))
    visit.refresh_from_db()
    assert (visit.received_at, visit.device_at) == (at(8, 10), at(8, 9, 59))
    assert visit.clock_skew_seconds == 3


def test_only_the_lead_of_the_unit_records_its_visit(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    sent = filled(bureau, "2020-04-08T09:30")
    with on(at(8, 10)):
        for actor, status in ((bureau.stranger, 404), (bureau.officer, 403), (bureau.inspector, 403)):
            client = as_(actor)
            assert client.get(record_url(visit)).status_code == status
            assert client.post(record_url(visit), sent).status_code == status
        assert as_(bureau.liaison).get(reverse("visit_record", args=(10_000,))).status_code == 404
        anonymous = Client().post(record_url(visit), sent)
    assert anonymous.headers["Location"].startswith(reverse("account_login"))
    assert untouched(visit)


def test_a_form_from_elsewhere_and_a_form_without_a_key_change_nothing(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    sent = filled(bureau, "2020-04-08T09:30")
    with on(at(8, 10)):
        forged = as_(bureau.liaison, enforce_csrf_checks=True).post(record_url(visit), sent)
        keyless = as_(bureau.liaison).post(record_url(visit), {**sent, "key": "1"})
    assert (forged.status_code, keyless.status_code) == (403, 400)
    assert untouched(visit)


def test_the_script_of_the_form_learns_where_to_go_and_hears_refusals_alone(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    client = as_(bureau.liaison)
    field = {"X-Songnuan-Field": "1"}
    url = reverse("visit", args=(visit.pk,))
    with on(at(8, 10)):
        answer = client.post(record_url(visit), filled(bureau, "2020-04-08T09:30"), headers=field)
        assert (answer.status_code, answer.headers["X-Songnuan-Location"]) == (204, url)
        page = client.get(url)
        refused = client.post(record_url(visit), filled(bureau, "2020-04-08T09:40"), headers=field)
    assert [str(message) for message in page.context["messages"]], "what is to be said waits for the reader"
    assert refused.headers["X-Songnuan-Refusal"] == "wrong_state"
    assert "<html" not in refused.content.decode()


def test_a_visit_is_shown_to_who_may_look_with_the_receiver_masked(bureau: Bureau) -> None:
    visit = recorded(bureau, at(8, 10), "夜班岗亭缺取暖设备")
    url = reverse("visit", args=(visit.pk,))
    with on(at(8, 11)):
        for actor in (bureau.liaison, bureau.officer, bureau.office, bureau.inspector, bureau.finance):
            page = as_(actor).get(url)
            assert page.status_code == 200
            assert "赵守江" not in page.content.decode()
        assert as_(bureau.stranger).get(url).status_code == 404
        assert Client().get(url).status_code == 302
    shown = page.context["visit"]
    assert shown["receiver"].startswith("赵")
    assert page.context["given"] == [{"packs": ["方便面 2 箱", "苹果 1 箱", "梨 1 箱"], "later": None}]
    assert [row["title"] for row in shown["problems"]] == ["夜班岗亭缺取暖设备"]
    assert shown["checklist"][0]["label"] == "人员、车辆、船舶进出登记完整"
    assert shown["report_minutes"] == 0


def test_a_visit_to_make_is_offered_to_its_lead_alone(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    url = reverse("visit", args=(visit.pk,))
    with on(at(8)):
        assert as_(bureau.liaison).get(url).context["may_record"]
        assert not as_(bureau.officer).get(url).context["may_record"]


def test_a_signature_is_given_to_who_may_look_and_kept_by_no_cache(bureau: Bureau) -> None:
    first, second = visits_of(bureau)[:2]
    url = reverse("visit_signature", args=(first.pk,))
    with on(at(8, 10)):
        assert as_(bureau.liaison).get(url).status_code == 404
        recorded(bureau, at(8, 10))
        picture = as_(bureau.office).get(url)
        assert as_(bureau.stranger).get(url).status_code == 404
        assert as_(bureau.liaison).get(reverse("visit_signature", args=(second.pk,))).status_code == 404
        assert Client().get(url).status_code == 302
    assert picture.content == signature(1)
    assert picture.headers["Content-Type"] == "image/png"
    assert "private" in picture.headers["Cache-Control"]
    assert "no-store" in picture.headers["Cache-Control"]


def test_a_lead_sees_its_own_round_in_order(bureau: Bureau) -> None:
    visits = visits_of(bureau)
    day = visits[-1].planned_on
    assert day is not None
    before = trail_length()
    with on(at(day.day, 8)):
        page = as_(bureau.liaison).get(reverse("visits_mine"))
        assert as_(bureau.officer).get(reverse("visits_mine")).context["late"] == []
        assert Client().get(reverse("visits_mine")).status_code == 302
    listed = {name: [row.id for row in page.context[name]] for name in ("late", "coming", "done")}
    listed["today"] = [row.id for row in page.context["today"].rows]
    assert sorted(listed["today"] + listed["late"] + listed["coming"]) == sorted(row.pk for row in visits)
    assert listed["today"] == [row.pk for row in visits if row.planned_on == day]
    assert listed["late"] == [row.pk for row in visits if row.planned_on and row.planned_on < day]
    assert listed["done"] == []
    assert trail_length() == before
    recorded(bureau, at(8, 10))
    with on(at(8, 11)):
        page = as_(bureau.liaison).get(reverse("visits_mine"))
    assert [row.id for row in page.context["done"]] == [visits[0].pk]
    assert page.context["done"][0].unit_name


def test_the_queries_of_a_round_do_not_grow_with_it(bureau: Bureau) -> None:
    client = as_(bureau.liaison)
    with on(at(8, 9)):
        few = queries_of(client, reverse("visits_mine"))
        Visit.objects.update(lead_id=bureau.lead_id)
        many = queries_of(client, reverse("visits_mine"))
    assert many == few
    assert many <= 29


def test_another_lead_of_the_unit_sees_its_visit_and_records_nothing(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    Assignment.objects.create(
        purpose="another",
        holder=units_of(bureau.stranger, None, at(8)).get(),
        subject_id=visit.unit_id,
        starts_on=at(6).date(),
    )
    client = as_(bureau.stranger)
    with on(at(8, 10)):
        page = client.get(reverse("visit", args=(visit.pk,)))
        assert (page.context["may_record"], page.context["replan"]) == (False, None)
        assert client.get(record_url(visit)).status_code == 403
        assert client.post(record_url(visit), filled(bureau, "2020-04-08T09:30")).status_code == 403
        recorded_url = reverse("visits_mine")
        assert untouched(visit)
        recorded(bureau, at(8, 10))
        assert client.get(recorded_url).context["done"] == []


def test_a_kit_that_is_not_in_the_store_is_said_before_and_after_and_booked_later(bureau: Bureau) -> None:
    levels = dict(StockLevel.objects.values_list("pk", "quantity"))
    StockLevel.objects.update(quantity=0)
    visit = visits_of(bureau)[0]
    url, book = (reverse(name, args=(visit.pk,)) for name in ("visit", "visit_hand_over"))
    client = as_(bureau.liaison)
    with on(at(8, 10)):
        page = client.get(record_url(visit))
        assert (page.context["form"].door.goods, 'name="handed"' in page.content.decode()) == ({}, False)
        lacking = page.context["form"].door.lacking.values()
        assert [one.words for one in lacking] == ["方便面 2 箱", "苹果 1 箱", "梨 1 箱"]
        assert all(one.why in page.content.decode() for one in lacking)
        client.post(record_url(visit), filled(bureau, "2020-04-08T09:30", handed=[]))
        page = client.get(url)
        (message,) = page.context["messages"]
        assert (message.level_tag, str(message)) == (
            "warning",
            _(
                "The visit is recorded. No kit is in the store: hand it over once the goods have come, and"
                " book that on this page."
            ),
        )
    with on(at(9)):
        assert (len(page.context["kit_owed"]), page.context["kit_where"]) == (3, "missing")
        assert not page.context["may_hand_over"]
        client.post(book)
        assert client.get(url).context["kit_owed"]
        (owed,) = client.get(reverse("visits_mine")).context["owed"]
        assert (owed.id, owed.where) == (visit.pk, "missing")
        for pk, quantity in levels.items():
            StockLevel.objects.filter(pk=pk).update(quantity=quantity)
        assert client.get(url).context["may_hand_over"]
        assert client.get(reverse("visits_mine")).context["owed"][0].where == "ready"
        assert not as_(bureau.office).get(url).context["may_hand_over"]
        signed = {"key": str(uuid4()), "receiver_name": "赵守江", "confirmed_by_name": "on"}
        assert client.post(book, signed).status_code == 302
        page = client.get(url)
        assert client.get(reverse("visits_mine")).context["owed"] == []
    assert not page.context["kit_owed"]
    later = {"at": at(9), "person": bureau.liaison.label}
    assert page.context["given"] == [{"packs": ["方便面 2 箱", "苹果 1 箱", "梨 1 箱"], "later": later}]
    assert bureau.liaison.label in page.content.decode()
    assert raised().get().status == "done"


def test_what_a_lead_owes_is_shown_to_that_lead_alone(bureau: Bureau) -> None:
    StockLevel.objects.update(quantity=0)
    recorded(bureau, at(8, 10))
    with on(at(9)):
        assert as_(bureau.stranger).get(reverse("visits_mine")).context["owed"] == []


def test_a_visit_of_the_round_leads_to_its_page_and_to_its_form(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    LaterDay.objects.create(visit=visit, day=date(2020, 4, 24), reason="汛期停航", asked_at=at(8))
    with on(at(8)):
        page = as_(bureau.liaison).get(reverse("visits_mine"))
    text = page.content.decode()
    url = reverse("visit", args=(visit.pk,))
    assert {f'href="{url}"', f'href="{url}#day"', f'href="{record_url(visit)}"'} <= set(
        re.findall(r'href="[^"]+"', text)
    )
    assert _("%(day)s awaits approval") % {"day": "4月24日"} in text


def test_within_a_later_day_that_was_allowed_nobody_is_late(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    Visit.objects.filter(pk=visit.pk).update(
        planned_on=date(2020, 4, 24), late_reason="汛期停航", late_approved=True
    )
    client = as_(bureau.liaison)
    with on(at(24)):
        assert not client.get(record_url(visit)).context["form"].door.late
        client.post(record_url(visit), filled(bureau, "2020-04-24T09:30"))
        page = client.get(reverse("visit", args=(visit.pk,)))
    assert page.context["visit"]["state_label"] == _("visited on the later day")
    assert page.context["visit"]["late_reason"] == "汛期停航"
