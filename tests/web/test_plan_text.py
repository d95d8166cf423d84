"""A plan is written in the web: nothing typed is lost, nobody's text is overwritten, keys last."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from people import BUREAU, OFFICE, PLANS, SLUG, Bureau, at, open_plan_1
from songnuan.journeys.load_plan import load_plan
from songnuan.journeys.measures import kinds
from songnuan.organisation.permissions import Role
from songnuan.plans.aligning import Budget
from songnuan.plans.models import Basis, Clause, Measure, Plan, PlanVersion, Question
from test_amend_plan import LATER, begin, elsewhere, sign, write
from web.browsing import as_, on, trail_length

pytestmark = pytest.mark.django_db

SOURCE = (PLANS / f"{SLUG}.yaml").read_text()
TEXT = reverse("plan_text", args=(SLUG,))


@pytest.fixture
def draft(bureau: Bureau) -> Plan:
    """Plan 1 as a draft."""
    return load_plan(source=SOURCE, actor=bureau.officer, at=at(6))


def posted(client: Client, url: str, base: int, **changes: Any) -> Any:
    """Post the form of a page as it stands, with some inputs changed."""
    form = client.get(url).context["form"]
    told = {}
    for field in form:
        value = field.value()
        if value is True:
            told[field.html_name] = "on"
        elif value not in {None, False}:
            told[field.html_name] = str(value)
    return client.post(url, {**told, "key": str(uuid4()), "base": str(base), **changes})


def clause_url(key: str) -> str:
    return reverse("clause_edit", args=(SLUG, key))


def current() -> int:
    return Plan.objects.get(slug=SLUG).version


def clauses() -> list[tuple[str, str, str]]:
    rows = Clause.objects.filter(version__number=current()).order_by("position")
    return list(rows.values_list("key", "number", "title"))


@pytest.mark.usefixtures("draft")
def test_a_clause_is_edited_renumbered_moved_and_keeps_its_key(bureau: Bureau) -> None:
    with on(at(6, 11)):
        client = as_(bureau.officer)
        before = dict.fromkeys(key for key, _number, _title in clauses())
        answer = posted(
            client, clause_url("schedule"), 1, number="（三）", title="走访时限", text="一\r\n\r\n二"
        )
        assert answer.headers["Location"] == f"{TEXT}#clause-schedule"
        row = Clause.objects.get(version__number=2, key="schedule")
        assert (row.number, row.title, row.text) == ("（三）", "走访时限", "一\n二")
        posted(client, clause_url("schedule"), 2, act="up")
        posted(client, clause_url("no_formalism"), 3, act="remove")
    keys = [key for key, _number, _title in clauses()]
    assert keys.index("schedule") < keys.index("pairing")
    assert set(keys) == set(before) - {"no_formalism"}
    assert Measure.objects.get(key="unit_visits").clause_key == "schedule"
    assert current() == 4


@pytest.mark.usefixtures("draft")
def test_a_new_clause_gets_a_key_that_was_never_used(bureau: Bureau) -> None:
    url = reverse("clause_new", args=(SLUG,)) + "?after=findings"
    with on(at(6, 11)):
        client = as_(bureau.officer)
        assert client.get(url).context["form"].initial == {"number": "（二）"}
        posted(client, url, 1, number="（三）", title="甲", text="甲。")
        posted(client, clause_url("clause_1"), 2, act="remove")
        posted(client, url, 3, number="（三）", title="乙", text="乙。")
    assert ("clause_2", "（三）", "乙") in clauses()
    assert [key for key, _number, _title in clauses()].index("clause_2") == 9


@pytest.mark.usefixtures("draft")
def test_what_cannot_be_taken_is_said_beside_its_input_and_stays_typed(bureau: Bureau) -> None:
    with on(at(6, 11)):
        client = as_(bureau.officer)
        page = posted(client, clause_url("schedule"), 1, number="第二", text="新的正文。")
        form = page.context["form"]
        assert page.status_code == 422
        assert set(form.errors) == {"number"}
        assert "新的正文。" in page.content.decode()
        url = reverse("measure_edit", args=(SLUG, "standard", "kit_purchase"))
        page = posted(client, url, 1, **{"kit-1-quantity": "很多", "kit-3-item": "毛巾"}, units="0")
        assert set(page.context["form"].errors) == {
            "kit-1-quantity",
            "kit-3-packing",
            "kit-3-quantity",
            "units",
        }
        assert "很多" in page.content.decode()
        page = posted(
            client, reverse("plan_head_edit", args=(SLUG,)), 1, **{"funds-1-number": "澄水运财〔2020〕19号"}
        )
        assert {"funds-1-title", "funds-1-issuer", "funds-1-dated_on", "funds-1-amount"} <= set(
            page.context["form"].errors
        )
        page = posted(client, reverse("plan_head_edit", args=(SLUG,)), 1, office="没有这个处")
        assert set(page.context["form"].errors) == {"office"}
    assert (current(), PlanVersion.objects.count()) == (1, 1)


@pytest.mark.usefixtures("draft")
def test_the_head_its_lists_and_the_questions_are_written(bureau: Bureau) -> None:
    head, questions = reverse("plan_head_edit", args=(SLUG,)), reverse("plan_questions_edit", args=(SLUG,))
    gone = {f"basis-1-{name}": "" for name in ("title", "number", "issuer", "dated_on")}
    new = {"basis-3-title": "会议纪要", "basis-3-dated_on": "2020-04-04"}
    with on(at(6, 11)):
        client = as_(bureau.officer)
        assert posted(client, head, 1, due_on="2020-04-24", **gone, **new).status_code == 302
        added = {
            "questions-2-text": "雨天怎么办？",
            "questions-2-clause": "schedule",
            "questions-2-blocks": "open",
        }
        page = posted(client, questions, 2, **{"questions-0-answer": "等值实物。", "questions-0-ground": ""})
        assert set(page.context["form"].errors) == {"questions-0-ground"}
        assert "请同时填写答复和依据" in page.content.decode()
        assert "goods_or_cash" not in page.content.decode(), "keys are not for readers"
        assert posted(client, questions, 2, **added).status_code == 302
    plan = Plan.objects.get(slug=SLUG)
    assert plan.due_on is not None
    assert plan.due_on.isoformat() == "2020-04-24"
    titles = Basis.objects.filter(version__number=3).order_by("position").values_list("title", flat=True)
    assert [title[:2] for title in titles] == ["关于", "局主", "会议"]
    row = Question.objects.get(key="question_1")
    assert (row.text, row.clause_key, row.blocks) == ("雨天怎么办？", "schedule", "open")
    assert Question.objects.count() == 3


@pytest.mark.usefixtures("draft")
def test_every_kind_of_measure_has_a_form_that_takes_its_own_settings_back(bureau: Bureau) -> None:
    with on(at(6, 11)):
        client = as_(bureau.officer)
        for measure in Measure.objects.order_by("position"):
            url = reverse("measure_edit", args=(SLUG, measure.clause_key, measure.key))
            assert posted(client, url, 1).status_code == 302, measure.key
        for kind in kinds():
            url = reverse("measure_new", args=(SLUG, "visits")) + f"?kind={kind}"
            assert client.get(url).status_code == 200
        assert client.get(reverse("measure_new", args=(SLUG, "visits")) + "?kind=none").status_code == 404
    assert current() == 1, "the same settings are no new text"


@pytest.mark.usefixtures("draft")
def test_a_measure_is_bound_and_taken_out(bureau: Bureau) -> None:
    with on(at(6, 11)):
        client = as_(bureau.officer)
        url = reverse("measure_new", args=(SLUG, "leaders_and_donations")) + "?kind=fund"
        posted(client, url, 1, number="澄水运财〔2020〕18号")
        assert Measure.objects.get(key="fund_2").clause_key == "leaders_and_donations"
        posted(
            client, reverse("measure_edit", args=(SLUG, "leaders_and_donations", "fund_2")), 2, act="remove"
        )
    assert not Measure.objects.filter(key="fund_2").exists()


@pytest.mark.usefixtures("draft")
def test_the_entries_of_a_measure_are_written_row_by_row_and_their_keys_last(bureau: Bureau) -> None:
    duty = {"items-0-text": "汇总走访情况", "items-0-owner": OFFICE, "items-0-due_on": "2020-04-20"}
    with on(at(6, 11)):
        client = as_(bureau.officer)
        url = reverse("measure_new", args=(SLUG, "no_formalism")) + "?kind=assignments"
        words = client.get(url).content.decode()
        assert 'list="unit-names"' in words
        assert f'<option value="{OFFICE}">' in words, "a unit is chosen, not remembered"
        page = posted(client, url, 1, **duty, **{"items-0-due_workdays": "3"})
        assert set(page.context["form"].errors) == {"items-0-text"}, "one deadline, said beside the duty"
        assert current() == 1
        again = {"items-1-text": "每周通报", "items-1-owner": OFFICE, "items-1-due_workdays": "3"}
        assert posted(client, url, 1, **duty, **again, **{"items-1-every": "week"}).status_code == 302
        first, second = Measure.objects.get(key="assignments").settings["items"]
        assert (first["text"], first["owner"], first["due_on"]) == ("汇总走访情况", OFFICE, "2020-04-20")
        assert (second["due_workdays"], second["every"]) == (3, "week")
        url = reverse("measure_edit", args=(SLUG, "no_formalism", "assignments"))
        emptied = {"items-0-text": "", "items-0-owner": "", "items-0-due_on": ""}
        new = {"items-2-text": "形成总结", "items-2-owner": OFFICE, "items-2-due_on": "2020-04-21"}
        assert posted(client, url, 2, **emptied, **new).status_code == 302
        items = Measure.objects.get(key="assignments").settings["items"]
        assert [row["text"] for row in items] == ["每周通报", "形成总结"]
        assert items[0]["key"] == second["key"]
        assert items[1]["key"] not in {first["key"], second["key"]}, "no key is used again"
        words = client.get(TEXT).content.decode()
        assert f"每周通报 · {OFFICE} · 启动后3个工作日内 · 每周" in words
        assert f"形成总结 · {OFFICE} · 4月21日" in words


@pytest.mark.usefixtures("draft")
def test_a_stale_edit_is_shown_beside_the_other_text_and_can_be_saved_then(bureau: Bureau) -> None:
    with on(at(6, 11)):
        client = as_(bureau.officer)
        posted(client, clause_url("schedule"), 1, text="别人写的。")
        page = posted(client, clause_url("schedule"), 1, text="我写的。")
        assert page.status_code == 409
        words = page.content.decode()
        assert "我写的。" in words
        assert "别人写的。" in words
        assert page.context["theirs"].version.number == 2
        assert current() == 2
        assert 'name="base" value="2"' in words
        assert posted(client, clause_url("schedule"), 2, text="我写的。").status_code == 302
        posted(client, clause_url("no_formalism"), 3, act="remove")
        form = {"number": "（一）", "title": "减负", "text": "减负。", "base": "3", "key": str(uuid4())}
        page = client.post(clause_url("no_formalism"), form)
        assert (page.status_code, page.context["theirs"].rows) == (409, ())
        assert "减负。" in page.content.decode()
    assert Clause.objects.get(version__number=4, key="schedule").text == "我写的。"


@pytest.mark.usefixtures("draft")
def test_a_double_click_is_one_version(bureau: Bureau) -> None:
    form = {"number": "一、", "title": "走访", "text": "走访。", "base": "1", "key": str(uuid4())}
    with on(at(6, 11)):
        client = as_(bureau.officer)
        for _again in range(2):
            assert client.post(clause_url("visits"), form).status_code == 302
    assert PlanVersion.objects.count() == 2


@pytest.mark.usefixtures("draft")
def test_who_may_not_write_sees_no_form_and_changes_nothing(bureau: Bureau) -> None:
    before = trail_length()
    urls = [
        TEXT,
        clause_url("visits"),
        reverse("clause_new", args=(SLUG,)),
        reverse("plan_head_edit", args=(SLUG,)),
        reverse("plan_questions_edit", args=(SLUG,)),
        reverse("plan_file_replace", args=(SLUG,)),
        reverse("measure_edit", args=(SLUG, "pairing", "pairing")),
    ]
    form = {"number": "一、", "title": "改", "text": "改。", "base": "1", "key": str(uuid4())}
    stranger = elsewhere(Role.PROGRAMME_OFFICER)
    before = trail_length()
    with on(at(6, 11)):
        for actor, status in ((bureau.approver, 403), (bureau.finance, 403), (stranger, 404)):
            client = as_(actor)
            for url in urls:
                assert client.get(url).status_code == status, url
                if url != TEXT:
                    assert client.post(url, form).status_code == status, url
        assert as_(bureau.approver).get(reverse("plan_new")).status_code == 403
    assert current() == 1
    assert trail_length() == before


def test_a_text_handed_in_is_not_open_to_writing(bureau: Bureau) -> None:
    open_plan_1(bureau)
    with on(at(10)):
        assert as_(bureau.officer).get(TEXT).headers["Location"] == reverse("plan", args=(SLUG,))


def new_plan(**changes: Any) -> dict[str, Any]:
    return {
        "key": str(uuid4()),
        "begin": SLUG,
        "title": "防汛一线慰问方案",
        "slug": "flood-visits",
        "unit": BUREAU,
        "office": OFFICE,
        "starts_on": "2020-06-01",
        "due_on": "2020-06-12",
        **changes,
    }


def test_a_plan_begins_with_a_template_without_what_was_the_other_plan_s(bureau: Bureau) -> None:
    told = new_plan()
    with on(at(6)):
        client = as_(bureau.officer)
        for _again in range(2):
            answer = client.post(reverse("plan_new"), told)
            assert answer.headers["Location"] == reverse("plan_text", args=("flood-visits",))
        page = client.post(reverse("plan_new"), new_plan(title="另一个"))
        assert set(page.context["form"].errors) == {"slug"}
        page = client.post(reverse("plan_new"), new_plan(slug="No Good"))
        assert set(page.context["form"].errors) == {"slug"}
        assert "No Good" in page.content.decode()
        page = client.post(reverse("plan_new"), new_plan(slug="", unit="审计处"))
        assert set(page.context["form"].errors) == {"slug", "unit"}
    plan = Plan.objects.get()
    assert (plan.title, plan.version, plan.status) == ("防汛一线慰问方案", 1, "draft")
    assert plan.kind == "care"  # as the template
    assert not Basis.objects.exists()
    assert not Question.objects.exclude(answer="").exists()
    assert Measure.objects.get(key="unit_visits").settings["due_on"] == "2020-06-12"


def test_a_plan_begins_with_a_file_and_is_refused_with_its_faults(bureau: Bureau) -> None:
    def upload(text: str) -> SimpleUploadedFile:
        return SimpleUploadedFile("plan.yaml", text.encode())

    bare = {
        "begin": "file",
        "kind": "relief",
        "title": "",
        "slug": "",
        "starts_on": "",
        "due_on": "",
        "office": "",
    }
    with on(at(6)):
        client = as_(bureau.officer)
        page = client.post(reverse("plan_new"), new_plan(**bare))
        assert set(page.context["form"].errors) == {"file"}
        page = client.post(
            reverse("plan_new"), new_plan(**bare, file=upload(SOURCE.replace("（一）", "第一")))
        )
        assert page.status_code == 422
        assert not Plan.objects.exists()
        elsewhere_s = SOURCE.replace(f"unit: {BUREAU}", "unit: 别的局")
        assert elsewhere_s != SOURCE
        answer = client.post(reverse("plan_new"), new_plan(**bare, file=upload(elsewhere_s)))
        assert answer.headers["Location"] == TEXT, "the unit chosen on the page goes before the file's"
        assert Plan.objects.get().unit.records.filter(name=BUREAU).exists()
        assert Plan.objects.get().kind == "relief"
        url = reverse("plan_file_replace", args=(SLUG,))
        other = SOURCE.replace("slug: front-line-visits", "slug: other-plan")
        page = client.post(url, {"key": str(uuid4()), "base": "1", "file": upload(other)})
        assert set(page.context["form"].errors) == {"file"}
        text = SOURCE.replace("走访安排", "走访")
        assert client.post(url, {"key": str(uuid4()), "base": "1", "file": upload(text)}).status_code == 302
    assert current() == 2


@pytest.mark.usefixtures("draft")
def test_versions_stand_side_by_side(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    with on(at(6, 11)):
        client = as_(bureau.officer)
        text = client.get(clause_url("schedule")).context["form"].initial["text"]
        posted(client, clause_url("schedule"), 1, text=text.replace("4月21日", "4月20日"))
        rows = client.get(reverse("plan_versions", args=(SLUG,))).context["versions"]
        assert [(row.number, row.before, row.is_current) for row in rows] == [(2, 1, True), (1, None, False)]
        compare = reverse("plan_compare", args=(SLUG,))
        page = client.get(f"{compare}?a=1&b=2").content.decode()
        assert "<ins>20</ins>" in page
        assert "<del>21</del>" in page
        coarse = "部分内容按整段对照"
        assert coarse not in page
        monkeypatch.setattr("songnuan.plans.comparing.Budget", lambda: Budget(0))
        page = client.get(f"{compare}?a=1&b=2").content.decode()
        assert coarse in page, "what was not compared word by word is said"
        assert "<ins>20</ins>" not in page
        for query in ("", "?a=1", "?a=1&b=9", "?a=x&b=2", "?a=1&b=99999999999"):
            assert client.get(compare + query).status_code == 404


def test_who_carries_a_plan_out_reads_what_is_in_force_and_not_what_is_tried(bureau: Bureau) -> None:
    open_plan_1(bureau)
    begin(bureau)
    write(bureau, LATER)
    compare = reverse("plan_compare", args=(SLUG,)) + "?a=1&b=2"
    with on(at(11)):
        assert as_(bureau.liaison).get(compare).status_code == 404
        assert as_(bureau.liaison).get(reverse("amendment", args=(SLUG,))).status_code == 404
        assert as_(bureau.approver).get(compare).status_code == 200
        page = as_(bureau.officer).get(reverse("plan", args=(SLUG,)))
        assert page.context["text"].amendment is not None
        assert as_(bureau.liaison).get(reverse("plan", args=(SLUG,))).context["text"].amendment is None
    sign(bureau)
    with on(at(11)):
        client = as_(bureau.officer)
        answer = client.post(reverse("amendment", args=(SLUG,)), {"act": "put"})
        assert answer.headers["Location"] == reverse("plan", args=(SLUG,))
        assert as_(bureau.liaison).get(compare).status_code == 200
        page = as_(bureau.liaison).get(reverse("plan", args=(SLUG,)))
    assert page.context["text"].amended.version == 2
    assert "?a=1&amp;b=2" in page.content.decode()


def test_an_amendment_goes_from_hand_to_hand_in_the_web(bureau: Bureau) -> None:
    open_plan_1(bureau)
    page_url, amend = reverse("amendment", args=(SLUG,)), reverse("amendment_new", args=(SLUG,))
    with on(at(10)):
        officer, approver = as_(bureau.officer), as_(bureau.approver)
        assert approver.get(amend).status_code == 403
        page = officer.post(amend, {"base": "1", "reason": ""})
        assert set(page.context["form"].errors) == {"reason"}
        assert officer.post(amend, {"base": "1", "reason": "顺延"}).headers["Location"] == TEXT
        assert officer.get(amend).headers["Location"] == page_url
        posted(officer, clause_url("problems"), 1, act="remove")
        measure = Measure.objects.get(key="problems")
        close = reverse("measure_close", args=(SLUG, measure.pk))
        page = officer.get(page_url)
        assert [row["label"] for row in page.context["to_close"]] == [kinds()["problems"].label()]
        assert close not in page.content.decode(), "it is closed once that is approved"
        posted(officer, clause_url("findings"), 2, number="（一）", title="了解情况")
        assert officer.post(page_url, {"act": "submit"}).status_code == 302
        page = approver.get(page_url)
        assert page.context["may_sign"]
        assert not officer.get(page_url).context["may_sign"]
        seen = {"digest": page.context["new"].digest, "remark": ""}
        returned = approver.post(page_url, {"act": "return", **seen})
        assert returned.status_code == 409
        assert returned.context["remark_error"]
        assert approver.post(page_url, {"act": "approve", **seen, "remark": "同意"}).status_code == 302
        assert not approver.get(page_url).context["may_put"]
        assert officer.get(page_url).context["may_put"]
        assert close in officer.get(page_url).content.decode()
        assert officer.post(page_url, {"act": "put"}).status_code == 409
        assert approver.get(close).status_code == 403
        assert set(officer.post(close, {"reason": ""}).context["form"].errors) == {"reason"}
        assert officer.post(close, {"reason": "并入日常"}).headers["Location"] == page_url
        assert officer.post(page_url, {"act": "put"}).status_code == 302
    assert current() > 1
    with on(at(11)):
        words = as_(bureau.officer).get(reverse("plan", args=(SLUG,))).content.decode()
    assert "problems" not in words


@pytest.mark.usefixtures("draft")
def test_a_double_click_adds_one_clause_and_one_measure(bureau: Bureau) -> None:
    with on(at(6, 11)):
        client = as_(bureau.officer)
        form = {"number": "（三）", "title": "甲", "text": "甲。", "base": "1", "key": str(uuid4())}
        for _again in range(2):
            answer = client.post(reverse("clause_new", args=(SLUG,)) + "?after=findings", form)
            assert (answer.status_code, answer.get("Location")) == (302, f"{TEXT}#clause-clause_1")
        form = {"number": "澄水运财〔2020〕18号", "base": "2", "key": str(uuid4())}
        for _again in range(2):
            url = reverse("measure_new", args=(SLUG, "leaders_and_donations")) + "?kind=fund"
            assert client.post(url, form).status_code == 302
    assert current() == 3
    assert [key for key, _number, _title in clauses() if key.startswith("clause_")] == ["clause_1"]
    assert Measure.objects.filter(kind="fund").count() == 2


@pytest.mark.usefixtures("draft")
def test_what_word_leaves_behind_is_taken_out_of_what_is_pasted(bureau: Bureau) -> None:
    pasted = "\u3000\u3000走访\u200b慰问。\x0b\u3000\u3000当面\u00ad听取\ufeff意见。\r\n \t\r\n"
    with on(at(6, 11)):
        client = as_(bureau.officer)
        form = {"number": " （２） ", "title": "走访\u200b安排", "text": pasted}
        assert posted(client, clause_url("visits"), 1, **form).status_code == 302
    row = Clause.objects.get(version__number=2, key="visits")
    assert (row.number, row.title, row.text) == ("（２）", "走访安排", "走访慰问。\n当面听取意见。")


@pytest.mark.usefixtures("draft")
def test_a_clause_longer_than_any_is_refused_beside_its_text_and_stays_typed(bureau: Bureau) -> None:
    with on(at(6, 11)):
        page = posted(as_(bureau.officer), clause_url("visits"), 1, text="长" * 20_001)
    assert (page.status_code, set(page.context["form"].errors)) == (422, {"text"})
    assert "长" * 20_001 in page.content.decode()
    assert current() == 1


@pytest.mark.usefixtures("draft")
@pytest.mark.parametrize(
    ("measure", "wrong"),
    [
        ("pairing/pairing", {"units": "四十七"}),
        ("schedule/unit_visits", {"due_on": "4月21日", "units": "-1"}),
        (
            "standard/kit_purchase",
            {"standard_yuan": "三百", "ceiling_yuan": "x", "kit-0-quantity": "苹果", "units": ""},
        ),
        ("fund/fund", {"number": ""}),
        ("findings/visit_reports", {"within_hours": "241"}),
        ("problems/problems", {"due_workdays": "1.5"}),
        ("inspection/inspection", {"items-0-text": "测"}),
    ],
)
def test_each_kind_says_what_is_wrong_beside_its_input(
    bureau: Bureau, measure: str, wrong: dict[str, str]
) -> None:
    url = reverse("measure_edit", args=(SLUG, *measure.split("/")))
    with on(at(6, 11)):
        page = posted(as_(bureau.officer), url, 1, **wrong)
    assert (page.status_code, set(page.context["form"].errors)) == (422, set(wrong))
    assert all(value in page.content.decode() for value in wrong.values())
    assert current() == 1


@pytest.mark.usefixtures("draft")
def test_an_amount_that_may_be_left_out_is_a_line_to_type_in(bureau: Bureau) -> None:
    url = reverse("measure_edit", args=(SLUG, "standard", "kit_purchase"))
    with on(at(6, 11)):
        client = as_(bureau.officer)
        field = client.get(url).context["form"]["ceiling_yuan"]
        assert field.widget_type == "text"
        assert posted(client, url, 1, ceiling_yuan="350").status_code == 302
    assert Measure.objects.get(key="kit_purchase").settings["ceiling_yuan"] == "350"
