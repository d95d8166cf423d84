from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from people import PLANS, SLUG, START, Bureau, at, buy, open_plan_1, raised
from songnuan.approvals.models import Act
from songnuan.funds.models import Entry
from songnuan.goods.models import Purchase
from songnuan.journeys.create_account import create_account
from songnuan.journeys.import_units import import_units
from songnuan.journeys.living_plan import LivingPlan, Margin
from songnuan.journeys.load_plan import load_plan
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.organisation.queries import actor_of
from songnuan.plans.models import Measure, Plan, Question
from songnuan.visits.models import Visit
from web.browsing import as_, on, queries_of, recorded, trail_length, visits_of

pytestmark = pytest.mark.django_db

PLAN = reverse("plan", args=(SLUG,))


@pytest.fixture
def draft(bureau: Bureau) -> Plan:
    """Plan 1 as it was brought: a draft, its units paired."""
    plan = load_plan(source=(PLANS / f"{SLUG}.yaml").read_text(), actor=bureau.officer, at=at(6))
    workbook = (PLANS / "samples/front-line-units.xlsx").read_bytes()
    import_units(
        content=workbook, slug=SLUG, create_leads=False, dry_run=False, actor=bureau.officer, at=at(6)
    )
    return plan


@pytest.fixture
def plan(bureau: Bureau) -> Plan:
    """Plan 1 under way, with all its kits in the store."""
    plan = open_plan_1(bureau)
    buy(bureau, plan, {"方便面": (94, 70_00), "苹果": (47, 80_00), "梨": (47, 75_00)}, "08812072")
    return plan


def outsider() -> Actor:
    """Return somebody with an account and no post."""
    return actor_of(create_account(username="outsider", name="外人", password=None, actor=SYSTEM, at=START))


def status() -> str:
    """Return where plan 1 stands."""
    return Plan.objects.get(slug=SLUG).status


def margins(page: LivingPlan) -> dict[str, Margin]:
    """Return what stands in the margin, by kind of measure."""
    return {mark.kind: mark for clause in page.clauses for mark in clause.margins}


def _listed(actor: Actor) -> list[tuple[str, str]]:
    """Return the plans on the page of all plans, each with its group."""
    groups = as_(actor).get(reverse("plans")).context["groups"]
    return [(group.key, strip.slug) for group in groups for strip in group.plans]


@pytest.mark.usefixtures("plan")
def test_everyone_who_takes_part_reads_the_plan_and_nobody_else(bureau: Bureau) -> None:
    with on(at(8)):
        for actor in (bureau.officer, bureau.approver, bureau.finance, bureau.inspector, bureau.liaison):
            page = as_(actor).get(PLAN)
            assert page.status_code == 200
            assert "走访慰问防疫一线工作方案" in page.content.decode()
            assert _listed(actor) == [("open", SLUG)]
        stranger = as_(outsider())
        assert stranger.get(reverse("plans")).context["groups"] == []
        for url in (PLAN, reverse("pairing", args=(SLUG,)), reverse("plan", args=("no-such-plan",))):
            assert stranger.get(url).status_code == 404
        for url in (PLAN, reverse("plans"), reverse("pairing", args=(SLUG,))):
            assert Client().get(url).headers["Location"] == f"{reverse('account_login')}?next={url}"


@pytest.mark.usefixtures("plan")
def test_reading_changes_nothing(bureau: Bureau) -> None:
    before = trail_length()
    with on(at(8)):
        client = as_(bureau.officer)
        for url in (PLAN, reverse("plans"), reverse("pairing", args=(SLUG,))):
            client.get(url)
        for name in ("plan_submit", "plan_approve", "plan_return", "plan_open"):
            answer = client.get(reverse(name, args=(SLUG,)))
            assert (answer.status_code, answer.headers["Location"]) == (302, PLAN)
    assert trail_length() == before
    assert status() == "open"


@pytest.mark.usefixtures("draft")
def test_a_plan_goes_from_hand_to_hand(bureau: Bureau) -> None:
    officer, approver = as_(bureau.officer), as_(bureau.approver)
    with on(at(6, 11)):
        standing = officer.get(PLAN).context["standing"]
        assert (standing.may_submit, standing.may_approve, standing.may_open) == (True, False, False)
        assert standing.open_questions == 1
        assert not approver.get(PLAN).context["standing"].may_submit
        assert officer.post(reverse("plan_submit", args=(SLUG,))).headers["Location"] == PLAN
    with on(at(6, 15)):
        assert not officer.get(PLAN).context["standing"].may_approve
        standing = approver.get(PLAN).context["standing"]
        assert standing.may_approve
        assert (standing.course.asked_by, standing.course.asked_at) == ("测试officer", at(6, 11))
        seen = {"digest": standing.digest, "remark": "同意"}
        assert approver.post(reverse("plan_approve", args=(SLUG,)), seen).headers["Location"] == PLAN
    assert status() == "approved"
    with on(at(7, 9)):
        assert not approver.get(PLAN).context["standing"].may_open
        page = officer.get(PLAN)
        assert page.context["standing"].may_open
        assert "同意" in page.content.decode()
        assert officer.post(reverse("plan_open", args=(SLUG,))).headers["Location"] == PLAN
        page = officer.get(PLAN)
    assert status() == "open"
    assert Visit.objects.count() == 47
    assert page.context["standing"] is None
    assert page.context["messages"]


@pytest.mark.usefixtures("draft")
def test_a_plan_is_returned_with_a_reason_and_not_without(bureau: Bureau) -> None:
    url = reverse("plan_return", args=(SLUG,))
    with on(at(6, 11)):
        as_(bureau.officer).post(reverse("plan_submit", args=(SLUG,)))
        approver = as_(bureau.approver)
        digest = approver.get(PLAN).context["standing"].digest
        words = approver.get(PLAN).content.decode()
        assert "标准（元）：300.00" in words, "who signs reads what the measures set in motion"
        assert "完成期限：4月21日" in words
        assert "下一步：" not in words
        page = approver.post(url, {"digest": digest, "remark": " "})
        assert page.status_code == 422
        assert page.context["tried"]["remark_error"] in page.content.decode()
        assert (status(), Act.objects.count()) == ("submitted", 1)
        approver.post(url, {"digest": digest, "remark": "请补充时限"})
        page = as_(bureau.officer).get(PLAN)
    assert status() == "draft"
    assert list(Act.objects.order_by("pk").values_list("remark", flat=True)) == ["", "请补充时限"]
    assert "请补充时限" in page.content.decode()
    assert page.context["standing"].may_submit


@pytest.mark.usefixtures("draft")
def test_what_was_said_on_returning_stays_while_the_text_is_mended(bureau: Bureau) -> None:
    officer, approver = as_(bureau.officer), as_(bureau.approver)
    since = reverse("plan_compare", args=(SLUG,)) + "?a=1&amp;b=2"
    with on(at(6, 11)):
        officer.post(reverse("plan_submit", args=(SLUG,)))
        digest = approver.get(PLAN).context["standing"].digest
        approver.post(reverse("plan_return", args=(SLUG,)), {"digest": digest, "remark": "请补充时限"})
        due = officer.get(reverse("home")).content.decode()
        assert "已退回：请补充时限" in due
        assert "草稿，尚未提交报批" not in due
        mended = {"number": "（二）", "title": "走访时限", "text": "4月20日前完成。", "base": "1"}
        officer.post(reverse("clause_edit", args=(SLUG, "schedule")), {**mended, "key": str(uuid4())})
        page = officer.get(PLAN)
        assert "请补充时限" in page.content.decode(), "a mended text still says why it was returned"
        assert since in page.content.decode()
        assert "已退回：请补充时限" in officer.get(reverse("home")).content.decode()
        officer.post(reverse("plan_submit", args=(SLUG,)))
        page = approver.get(PLAN)
        standing = page.context["standing"]
        assert (status(), standing.may_approve, standing.changed_since) == ("submitted", True, 1)
        assert [act.remark for act in standing.earlier] == ["", "请补充时限"]
        assert since in page.content.decode()
        approver.post(reverse("plan_approve", args=(SLUG,)), {"digest": standing.digest})
        assert status() == "approved"
        officer.post(reverse("plan_reopen", args=(SLUG,)))
        mended["base"] = "2"
        officer.post(
            reverse("clause_edit", args=(SLUG, "schedule")),
            {**mended, "text": "4月19日前完成。", "key": str(uuid4())},
        )
        standing = officer.get(PLAN).context["standing"]
    assert standing.course is None, "an approval says nothing about another text"
    assert standing.changed_since == 2


@pytest.mark.usefixtures("draft")
def test_an_approval_holds_for_the_text_that_was_seen(bureau: Bureau) -> None:
    with on(at(6, 11)):
        as_(bureau.officer).post(reverse("plan_submit", args=(SLUG,)))
        for digest in ("", "0" * 64):
            answer = as_(bureau.approver).post(reverse("plan_approve", args=(SLUG,)), {"digest": digest})
            assert (answer.status_code, answer.headers["X-Songnuan-Refusal"]) == (409, "subject_changed")
    assert (status(), Act.objects.count()) == ("submitted", 1)


@pytest.mark.usefixtures("draft")
def test_nobody_moves_a_plan_without_the_post_for_it(bureau: Bureau) -> None:
    stranger = as_(outsider())
    with on(at(6, 11)):
        assert as_(bureau.approver).post(reverse("plan_submit", args=(SLUG,))).status_code == 403
        assert stranger.post(reverse("plan_submit", args=(SLUG,))).status_code == 404
        assert status() == "draft"
        as_(bureau.officer).post(reverse("plan_submit", args=(SLUG,)))
        digest = as_(bureau.officer).get(PLAN).context["standing"].digest
        approve = reverse("plan_approve", args=(SLUG,))
        for actor in (bureau.officer, bureau.finance, bureau.liaison, bureau.inspector):
            assert as_(actor).post(approve, {"digest": digest}).status_code == 403
        assert stranger.post(approve, {"digest": digest}).status_code == 404
        forged = as_(bureau.approver, enforce_csrf_checks=True).post(approve, {"digest": digest})
        assert forged.status_code == 403
        assert Client().post(approve, {"digest": digest}).status_code == 302
        assert (status(), Act.objects.count()) == ("submitted", 1)
        as_(bureau.approver).post(approve, {"digest": digest})
        assert as_(bureau.finance).post(reverse("plan_open", args=(SLUG,))).status_code == 403
    assert status() == "approved"


def test_what_the_check_found_is_told_to_who_writes_and_signs_only(bureau: Bureau, draft: Plan) -> None:
    Question.objects.filter(plan=draft, answer="").update(blocks="open")
    with on(at(6, 11)):
        assert as_(bureau.officer).get(PLAN).context["standing"].findings
        assert as_(bureau.liaison).get(PLAN).context["standing"].findings == ()


def test_a_question_is_answered_with_its_ground(bureau: Bureau, plan: Plan) -> None:
    url = reverse("question_answer", args=(SLUG, "money_left"))
    question = Question.objects.get(plan=plan, key="money_left")
    with on(at(8)):
        assert as_(bureau.officer).get(PLAN).context["may_answer"]
        assert not as_(bureau.liaison).get(PLAN).context["may_answer"]
        page = as_(bureau.officer).post(url, {"answer": "结余交回。", "ground": ""})
        assert page.status_code == 422
        assert page.context["tried"]["answer"] == "结余交回。"
        assert page.context["tried"]["ground_error"] in page.content.decode()
        given = {"answer": "结余交回。", "ground": "会议纪要〔2020〕9号"}
        assert as_(bureau.liaison).post(url, given).status_code == 403
        assert as_(outsider()).post(url, given).status_code == 404
        question.refresh_from_db()
        assert question.answer == ""
        assert as_(bureau.officer).post(url, given).headers["Location"] == PLAN
    question.refresh_from_db()
    assert (question.answer, question.ground) == ("结余交回。", "会议纪要〔2020〕9号")


@pytest.mark.usefixtures("plan")
def test_behind_each_figure_stands_its_evidence(bureau: Bureau) -> None:
    visit = recorded(bureau, at(8, 10), "夜班岗亭缺取暖设备")
    its_visit = {reverse("visit", args=(visit.pk,))}
    leads_to = {
        ("pairing", "pair"): {reverse("visit", args=(row.pk,)) for row in Visit.objects.all()},
        ("unit_visits", "visit"): its_visit,
        ("inspection", "inspection"): its_visit,
        ("visit_reports", "report"): its_visit,
        ("kit_purchase", "purchase"): {reverse("purchase", args=(Purchase.objects.get().pk,))},
        ("fund", "entry"): {reverse("fund_entry", args=(row.pk,)) for row in Entry.objects.all()},
        ("problems", "problem"): {reverse("problem", args=(raised().get().pk,))},
    }
    with on(at(8, 11)):
        client = as_(bureau.officer)
        marks = margins(client.get(PLAN).context["plan"])
        for (measure, kind), urls in leads_to.items():
            (group,) = marks[measure].evidence
            page = client.get(group.url)
            items = page.context["items"]
            assert (page.status_code, group.kind, len(items)) == (200, kind, group.count)
            assert {item.url for item in items} == urls, kind
            times = [item.at for item in items]
            assert times == sorted(times, reverse=True), kind


def test_evidence_leads_only_where_the_reader_may_go(bureau: Bureau, plan: Plan) -> None:
    recorded(bureau, at(8, 10), "夜班岗亭缺取暖设备")
    rows = {row.kind: row for row in Measure.objects.filter(plan=plan)}

    def url(measure: str, kind: str) -> str:
        return reverse("evidence", args=(SLUG, rows[measure].pk, kind))

    with on(at(8, 11)):
        stranger, none = as_(bureau.stranger), as_(outsider())
        for measure, kind in (("unit_visits", "visit"), ("problems", "problem")):
            assert [item.url for item in stranger.get(url(measure, kind)).context["items"]] == [""]
        pairs = stranger.get(url("pairing", "pair")).context["items"]
        assert 0 < sum(bool(item.url) for item in pairs) < 47
        for measure, kind in (("kit_purchase", "purchase"), ("fund", "entry")):
            assert stranger.get(url(measure, kind)).status_code == 403
            assert none.get(url(measure, kind)).status_code == 404
        offered = margins(stranger.get(PLAN).context["plan"])
        assert (offered["fund"].evidence, offered["kit_purchase"].evidence) == ((), ())
        assert offered["unit_visits"].evidence
        officer = as_(bureau.officer)
        assert officer.get(url("fund", "no-such-kind")).status_code == 404
        assert officer.get(reverse("evidence", args=(SLUG, 10_000, "visit"))).status_code == 404
        assert officer.get(url("fund", "visit")).context["items"] == []


def test_evidence_is_paged_by_its_key(bureau: Bureau, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songnuan.web.views.evidence.PAGE", 20)
    url = reverse("evidence", args=(SLUG, Measure.objects.get(plan=plan, kind="pairing").pk, "pair"))
    seen: list[str] = []
    older: str | None = ""
    with on(at(8)):
        client = as_(bureau.officer)
        while older is not None:
            page = client.get(url, {"before": older})
            seen += [item.url for item in page.context["items"]]
            older = page.context["older"]
    assert len(seen) == len(set(seen)) == 47
    assert "00:00</time>" not in page.content.decode(), "a pair has a day, and no time of day"


@pytest.mark.usefixtures("plan")
def test_the_pairing_table_is_the_whole_annex_or_one_leads(bureau: Bureau) -> None:
    first, *_others = visits_of(bureau)
    recorded(bureau, at(8, 10))
    url = reverse("pairing", args=(SLUG,))
    with on(at(8, 11)):
        page = as_(bureau.liaison).get(url)
        one = as_(bureau.liaison).get(url, {"lead": bureau.lead_id})
        odd = as_(bureau.liaison).get(url, {"lead": "x"})
    rows = page.context["pairs"]
    assert (page.context["units"], page.context["leads"], page.context["visited"]) == (47, 18, 1)
    assert len(odd.context["pairs"]) == 47
    mine = {visit.pk for visit in visits_of(bureau)}
    assert {row.visit_id for row in rows if row.visit_id} == mine, "only one's own visits open"
    assert {row.visit_id for row in one.context["pairs"]} == mine
    assert [row.state for row in rows if row.visit_id == first.pk] == ["done"]
    assert [choice["id"] for choice in one.context["lead_choices"] if choice["current"]] == [
        str(bureau.lead_id)
    ]


@pytest.mark.usefixtures("draft")
def test_before_it_is_opened_the_table_shows_the_pairs_alone(bureau: Bureau) -> None:
    with on(at(6, 11)):
        page = as_(bureau.officer).get(reverse("pairing", args=(SLUG,)))
    assert len(page.context["pairs"]) == 47
    assert {(row.state, row.visit_id) for row in page.context["pairs"]} == {("none", None)}


@pytest.mark.usefixtures("plan")
def test_the_queries_of_the_living_plan_do_not_grow_with_its_visits(bureau: Bureau) -> None:
    pages = (PLAN, reverse("plans"), reverse("pairing", args=(SLUG,)))
    with on(at(8, 11)):
        client = as_(bureau.officer)
        recorded(bureau, at(8, 10), "夜班岗亭缺取暖设备")
        few = [queries_of(client, url) for url in pages]
        Visit.objects.filter(status="planned").update(
            status="recorded", happened_at=at(8, 9), received_at=at(8, 10), form="on_site", prevention="good"
        )
        many = [queries_of(client, url) for url in pages]
    assert many == few
    assert max(many) < 70
