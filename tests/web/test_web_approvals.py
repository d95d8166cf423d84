"""Pages of approvals: where a plan lies, who may decide, who stands in, and the steps that are set."""

from collections import Counter
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from people import BUREAU, PLANS, SLUG, START, Bureau, at
from songnuan.approvals.checks import verify
from songnuan.approvals.models import Act, Chain, Delegation, Request, StepKind
from songnuan.approvals.rules import Step
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.answer_delegation import answer_delegation
from songnuan.journeys.create_account import create_account
from songnuan.journeys.give_post import give_post
from songnuan.journeys.load_plan import load_plan
from songnuan.journeys.offer_delegation import offer_delegation
from songnuan.journeys.remind_approvals import remind_approvals
from songnuan.journeys.set_chain import set_chain
from songnuan.journeys.submit_plan import submit_plan
from songnuan.journeys.withdraw_plan import withdraw_plan
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.organisation.models import User
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of
from songnuan.plans.models import Plan
from web.browsing import as_, on, trail_length

pytestmark = pytest.mark.django_db
PLAN, LIST = reverse("plan", args=(SLUG,)), reverse("approvals")
DELEGATIONS = reverse("delegations")


@pytest.fixture
def head(bureau: Bureau) -> Actor:
    """The head of the liaison's department, who sees plans of the own department only."""
    return named("headofone", "航道处处长", Role.APPROVER, bureau.lead_id)


@pytest.fixture
def waiting(bureau: Bureau, head: Actor) -> Request:
    """Plan 1 handed in: reviewed by the office, countersigned by a department, signed."""
    assert head.user_id
    steps = [Step(StepKind.REVIEW), Step(StepKind.COUNTERSIGN, bureau.lead_id), Step(StepKind.SIGN)]
    set_chain(kind="plan.issue", unit_id=bureau.bureau_id, steps=steps, actor=SYSTEM, at=at(6))
    load_plan(source=(PLANS / f"{SLUG}.yaml").read_text(), actor=bureau.officer, at=at(6))
    return submit_plan(slug=SLUG, actor=bureau.officer, at=at(6, 11))


def named(username: str, name: str, role: Role, unit_id: int) -> Actor:
    user = create_account(username=username, name=name, password=None, actor=SYSTEM, at=START)
    give_post(user_id=user.pk, unit_id=unit_id, role=role, actor=SYSTEM, at=START)
    return actor_of(user)


def status() -> str:
    return Plan.objects.get(slug=SLUG).status


def decide(actor: Actor, name: str = "plan_approve", *, remark: str = "", step: int | None = None) -> int:
    """Open the plan, post what the page shows, and return the answer's code."""
    client = as_(actor)
    standing = client.get(PLAN).context["standing"]
    seen = {"digest": standing.digest, "step": standing.step if step is None else step, "remark": remark}
    return client.post(reverse(name, args=(SLUG,)), seen).status_code


def stand_in(bureau: Bureau, deputy: Actor) -> int:
    """Let the deputy stand in for the approver from the 6th to the 9th."""
    pk = offer_delegation(
        delegate_id=deputy.user_id or 0,
        permission="plan.approve",
        unit_id=bureau.bureau_id,
        starts_on=date(2020, 4, 6),
        last_day=date(2020, 4, 9),
        reason="外出调研",
        key=uuid4(),
        actor=bureau.approver,
        at=at(6),
    )
    answer_delegation(delegation_id=pk, accept=True, actor=deputy, at=at(6))
    return pk


def test_the_plan_goes_through_three_hands_and_everybody_sees_where_it_lies(
    bureau: Bureau, head: Actor, waiting: Request
) -> None:
    with on(at(9, 9)):
        for other in (head, bureau.approver):
            assert as_(other).get(LIST).context["courses"] == []
        [course] = as_(bureau.officer).get(LIST, {"list": "asked"}).context["courses"]
        assert [(step.label, step.unit, step.state) for step in course.steps] == [
            ("核稿", "", "waiting"),
            ("会签", "航道处", "none"),
            ("签发", "", "none"),
        ]
        assert course.steps[0].waits_for == (f"测试office（{BUREAU} 疫情防控办公室）",)
        assert course.waited == "已 3 个工作日"
        assert decide(bureau.office, remark="文字已核") == 302
        assert status() == "submitted"
        # It is a plan of above: the head of the department reads it now that it waits for the department.
        assert decide(head, remark="无意见") == 302
        assert status() == "submitted"
        assert decide(bureau.approver) == 302
    assert status() == "approved"
    with on(at(9, 10)):
        page = as_(bureau.officer).get(PLAN).content.decode()
        for words in ("文字已核", "无意见", "航道处处长", "核稿", "会签", "签发"):
            assert words in page
        assert as_(head).get(PLAN).status_code == 200
    assert OutboxMessage.objects.filter(topic="approval.approved").count() == 1
    assert waiting.acts.count() == 4
    assert verify() == []


@pytest.mark.usefixtures("waiting")
def test_out_of_turn_and_twice_nothing_changes(bureau: Bureau, head: Actor) -> None:
    with on(at(6, 12)):
        assert as_(head).get(PLAN).status_code == 404  # a plan of above, not yet the department's turn
        for other in (bureau.approver, bureau.officer):
            before = Act.objects.count()
            assert not as_(other).get(PLAN).context["standing"].may_approve
            assert decide(other, step=1) in {403, 409}
            assert Act.objects.count() == before
        assert decide(bureau.office) == 302
        assert decide(bureau.office, step=1) == 409
        assert (Act.objects.count(), status()) == (2, "submitted")


@pytest.mark.usefixtures("waiting")
def test_a_countersigner_returns_it_and_the_writer_is_told_why(bureau: Bureau, head: Actor) -> None:
    with on(at(6, 12)):
        decide(bureau.office)
        assert decide(head, "plan_return") == 422  # without a word
        assert status() == "submitted"
        assert decide(head, "plan_return", remark="结对单位有误") == 302
        assert status() == "draft"
        page = as_(bureau.officer).get(PLAN)
        assert "结对单位有误" in page.content.decode()
    told = OutboxMessage.objects.get(topic="approval.returned")
    assert (told.recipient_id, told.body) == (bureau.officer.user_id, "结对单位有误")


@pytest.mark.usefixtures("waiting")
def test_the_maker_takes_it_back_at_a_later_step_and_no_stranger_does(bureau: Bureau, head: Actor) -> None:
    url = reverse("plan_withdraw", args=(SLUG,))
    with on(at(6, 12)):
        for other, code in ((bureau.office, 403), (bureau.finance, 403), (head, 404)):
            assert as_(other).post(url, {"remark": "撤销"}).status_code == code
        decide(bureau.office)
        assert (status(), Request.objects.get().step) == ("submitted", 2)
        client = as_(bureau.officer)
        standing = client.get(PLAN).context["standing"]
        assert (standing.may_withdraw, standing.withdraw_needs_reason) == (True, False)
        assert client.post(url).status_code == 302
        assert status() == "draft"
        assert client.post(url).status_code == 409
        assert "已撤回" in client.get(PLAN).content.decode()
    assert Request.objects.get().status == "withdrawn"
    assert not OutboxMessage.objects.filter(topic="approval.withdrawn").exists()


def test_a_step_nobody_can_take_is_told_and_who_signs_takes_it_back_with_a_reason(
    bureau: Bureau, head: Actor, waiting: Request
) -> None:
    url = reverse("plan_withdraw", args=(SLUG,))
    with on(at(6, 12)):
        decide(bureau.office)
        User.objects.filter(pk=head.user_id or 0).update(is_active=False)
        for reader in (bureau.officer, bureau.approver):
            assert "本环节无人可办" in as_(reader).get(PLAN).content.decode()
        assert "本环节无人可办" in as_(bureau.officer).get(LIST, {"list": "asked"}).content.decode()
        client = as_(bureau.approver)
        assert client.get(PLAN).context["standing"].withdraw_needs_reason
        assert client.post(url, {"remark": " "}).status_code == 422
        assert status() == "submitted"
        assert client.post(url, {"remark": "会签处室已无人"}).status_code == 302
        assert status() == "draft"
        page = as_(bureau.officer).get(PLAN).content.decode()
        assert "会签处室已无人" in page
        assert as_(bureau.officer).post(reverse("plan_submit", args=(SLUG,))).status_code == 409
    assert Request.objects.get() == waiting
    told = OutboxMessage.objects.get(topic="approval.withdrawn")
    assert (told.recipient_id, told.body) == (bureau.officer.user_id, "会签处室已无人")


def test_where_nobody_can_take_the_step_who_asked_is_reminded(
    bureau: Bureau, head: Actor, waiting: Request
) -> None:
    assert head.user_id
    assert waiting.step == 1
    User.objects.filter(pk=bureau.office.user_id or 0).update(is_active=False)
    assert remind_approvals(actor=SYSTEM, at=at(8, 8)) == 1
    told = OutboxMessage.objects.get(topic="approval.stuck")
    assert told.recipient_id == bureau.officer.user_id
    assert told.title.startswith("当前环节无人可办")


@pytest.mark.usefixtures("waiting")
def test_a_deputy_decides_in_the_stead_and_it_is_marked(bureau: Bureau, head: Actor) -> None:
    deputy = named("deputyone", "副手甲", Role.LEAD_LIAISON, bureau.lead_id)
    pk = stand_in(bureau, deputy)
    with on(at(6, 15)):
        decide(bureau.office)
        decide(head)
        home = as_(deputy).get(reverse("home"))
        assert "代测试approver" in home.content.decode()
        assert "代测试approver" in as_(bureau.officer).get(LIST, {"list": "all"}).content.decode()
        assert as_(deputy).get(PLAN).context["standing"].in_stead_of == "测试approver"
    with on(at(10, 9)):  # the last day was yesterday
        assert as_(deputy).get(PLAN).status_code == 404
        assert as_(deputy).get(LIST).context["courses"] == []
    with on(at(9, 9)):
        assert decide(deputy) == 302
        assert status() == "approved"
        assert "副手甲代测试approver" in as_(bureau.officer).get(PLAN).content.decode()
    act = Act.objects.get(step=3)
    assert (act.person_id, act.holder_id, act.delegation_id) == (deputy.user_id, bureau.approver.user_id, pk)


@pytest.mark.usefixtures("waiting")
def test_an_office_is_handed_over_on_the_page_once(bureau: Bureau) -> None:
    deputy = named("deputyone", "副手甲", Role.LEAD_LIAISON, bureau.lead_id)
    form: dict[str, Any] = {
        "office": f"plan.approve@{bureau.bureau_id}",
        "delegate": deputy.user_id,
        "starts_on": "2020-04-07",
        "last_day": "2020-04-09",
        "reason": "外出调研",
        "key": str(uuid4()),
    }
    with on(at(6, 12)):
        client = as_(bureau.approver)
        page = client.get(DELEGATIONS)
        offered = [pk for pk, _label in page.context["form"].fields["delegate"].choices]
        assert deputy.user_id in offered
        for out in (bureau.officer, bureau.finance, bureau.inspector, bureau.approver):
            assert out.user_id not in offered
        for changes, code in (({"last_day": "2020-04-06"}, 422), ({"delegate": bureau.officer.user_id}, 422)):
            assert client.post(DELEGATIONS, {**form, **changes, "key": str(uuid4())}).status_code == code
        assert as_(bureau.liaison).get(DELEGATIONS).context["form"] is None
        assert as_(bureau.liaison).post(DELEGATIONS, form).status_code == 403
        assert not Delegation.objects.exists()
        for _click in range(2):
            assert client.post(DELEGATIONS, form).status_code == 302
        row = Delegation.objects.get()
        for stranger in (bureau.liaison, bureau.officer):
            for name in ("delegation_accept", "delegation_decline", "delegation_end"):
                assert as_(stranger).post(reverse(name, args=(row.pk,))).status_code == 409
        row.refresh_from_db()
        assert row.status == "offered"
        assert as_(deputy).get(DELEGATIONS).context["delegations"][0].may_answer
        home = reverse("home")
        assert "接受或谢绝" in as_(deputy).get(home).content.decode()
        assert "接受或谢绝" not in as_(bureau.liaison).get(home).content.decode()
        assert as_(deputy).post(reverse("delegation_accept", args=(row.pk,))).status_code == 302
        assert "接受或谢绝" not in as_(deputy).get(home).content.decode()
        assert client.post(reverse("delegation_end", args=(row.pk,))).status_code == 302
        row.refresh_from_db()
        assert (row.status, row.ended_by_id) == ("ended", bureau.approver.user_id)
    topics = Counter(OutboxMessage.objects.values_list("topic", flat=True))
    assert (topics["delegation.offered"], topics["delegation.answered"]) == (1, 1)


def test_who_may_not_is_told_why_and_the_log_says_it_in_a_line(
    bureau: Bureau, caplog: pytest.LogCaptureFixture
) -> None:
    with on(at(6, 12)):
        answers = [
            as_(bureau.finance).get(reverse("approval_chains")),
            as_(bureau.liaison).post(DELEGATIONS, {"key": str(uuid4())}),
        ]
    assert [one.status_code for one in answers] == [403, 403]
    assert [one.headers["X-Songnuan-Refusal"] for one in answers] == ["not_permitted"] * 2
    told = [record for record in caplog.records if record.name == "django.request"]
    assert [record.exc_info for record in told] == [None, None]
    assert not Delegation.objects.exists()


def test_the_steps_are_set_on_the_page_by_who_may(bureau: Bureau, head: Actor) -> None:
    assert head.user_id
    admin = named("keeper", "管有序", Role.ADMINISTRATOR, bureau.bureau_id)
    url = reverse("approval_chain", args=("plan.issue", bureau.bureau_id))
    form = {"review": "on", "countersign": [bureau.lead_id]}
    before = trail_length()
    with on(at(6, 12)):
        for other in (bureau.officer, bureau.approver, bureau.office, bureau.liaison):
            assert as_(other).get(reverse("approval_chains")).status_code == 403
            assert as_(other).post(url, form).status_code == 403
        client = as_(admin)
        assert f'href="{LIST}"' in client.get(reverse("home")).content.decode()
        assert reverse("approval_chains") in client.get(LIST).content.decode()
        for elsewhere in (
            reverse("approval_chain", args=("plan.issue", bureau.lead_id)),
            url.replace("issue", "x"),
            f"{url}nothing/",
        ):
            assert client.post(elsewhere, form).status_code == 404
        assert (Chain.objects.count(), trail_length()) == (0, before)
        assert client.get(url).context["form"].fields["countersign"].choices == [(bureau.lead_id, "航道处")]
        assert client.post(url, form).status_code == 302
        assert client.post(url, form).status_code == 422  # a double click: it stands so already
        page = client.get(reverse("approval_chains"))
        long, short = ("核稿", "会签 · 航道处", "签发"), ("签发",)
        assert [group.common.steps for group in page.context["chains"]] == [
            long,
            long,
            short,
            ("复核", "审批"),
            ("所在部门审批", "人事部门审批"),
        ]
        assert [group.special for group in page.context["chains"]] == [()] * 5

        of_kind = reverse("approval_chain_of", args=("plan.issue", bureau.bureau_id, "emergency"))
        assert client.post(of_kind, {}).status_code == 302
        page = client.get(reverse("approval_chains"))
        [issue, amend, _purchase, _list, _flexible] = page.context["chains"]
        assert [(row.plan_kind, row.steps) for row in issue.special] == [("emergency", short)]
        assert [(row.plan_kind, row.is_own) for row in amend.special] == [("emergency", False)]
        assert "应急处置" in page.content.decode()
        assert client.post(of_kind, {"act": "end"}).status_code == 302
        assert client.post(of_kind, {"act": "end"}).status_code == 409
        page = client.get(reverse("approval_chains"))
        assert [group.special for group in page.context["chains"]] == [()] * 5
    assert Chain.objects.filter(ends_on=None).count() == 1


def test_a_plan_goes_the_way_of_its_kind(bureau: Bureau) -> None:
    def chain(plan_kind: str, *kinds: StepKind) -> None:
        steps = [Step(kind) for kind in kinds]
        set_chain(
            kind="plan.issue",
            plan_kind=plan_kind,
            unit_id=bureau.bureau_id,
            steps=steps,
            actor=SYSTEM,
            at=at(6),
        )

    chain("", StepKind.REVIEW, StepKind.SIGN)
    chain("emergency", StepKind.SIGN)
    source = (PLANS / f"{SLUG}.yaml").read_text()
    load_plan(source=source, actor=bureau.officer, at=at(6))
    assert Plan.objects.get().kind == "care"
    assert submit_plan(slug=SLUG, actor=bureau.officer, at=at(6, 11)).steps.count() == 2
    withdraw_plan(slug=SLUG, actor=bureau.officer, at=at(6, 12))
    with on(at(6, 13)):
        client = as_(bureau.officer)
        head = client.get(reverse("plan_head_edit", args=(SLUG,)))
        form = {field.html_name: field.value() or "" for field in head.context["form"]}
        assert form["kind"] == "care"
        posted = {**form, "kind": "emergency", "key": str(uuid4()), "base": 1}
        assert client.post(reverse("plan_head_edit", args=(SLUG,)), posted).status_code == 302
        page = client.get(PLAN).content.decode()
        assert "方案类别：应急处置" in page
        compared = client.get(reverse("plan_compare", args=(SLUG,)), {"a": 1, "b": 2}).content.decode()
        assert "<del>走访慰问与关心关爱</del>" in compared
    assert submit_plan(slug=SLUG, actor=bureau.officer, at=at(6, 14)).steps.count() == 1


def test_whom_it_waits_for_is_reminded_once_for_each_two_working_days(
    bureau: Bureau, waiting: Request
) -> None:
    def told() -> list[tuple[int, str]]:
        rows = OutboxMessage.objects.filter(topic="approval.waiting").order_by("pk")
        return list(rows.values_list("recipient_id", "key"))

    office = bureau.office.user_id or 0
    key = f"approval:{waiting.pk}:1"
    assert remind_approvals(actor=SYSTEM, at=at(7, 8)) == 0
    assert told() == []
    for _again in range(2):
        assert remind_approvals(actor=SYSTEM, at=at(8, 8)) == 1
    assert remind_approvals(actor=SYSTEM, at=at(9, 8)) == 1
    assert told() == [(office, f"{key}:1:{office}")]
    # From Monday the 6th: the 10th is the fourth working day, the weekend counts for nothing.
    for day in (10, 11, 12):
        remind_approvals(actor=SYSTEM, at=at(day, 8))
    assert told() == [(office, f"{key}:1:{office}"), (office, f"{key}:2:{office}")]


@pytest.mark.usefixtures("waiting")
def test_lists_show_the_own_scope_only(bureau: Bureau) -> None:
    outsider = named("outsider1", "外人", Role.ADMINISTRATOR, bureau.lead_id)
    with on(at(6, 12)):
        assert [tab.key for tab in as_(outsider).get(LIST).context["tabs"]] == ["mine", "asked"]
        assert as_(outsider).get(LIST, {"list": "all"}).context["courses"] == []
        assert as_(bureau.liaison).get(LIST, {"list": "all"}).context["courses"] == []
        assert len(as_(bureau.inspector).get(LIST, {"list": "all"}).context["courses"]) == 1
