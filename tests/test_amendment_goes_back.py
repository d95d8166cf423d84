"""An amendment goes back: taken back while it waits, sent back once approved; who decided looks on."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils.translation import gettext as _

from hands import together
from people import SLUG, START, Bureau, at, make_bureau, open_plan_1
from songnuan.approvals.checks import verify as check_approvals
from songnuan.approvals.models import Request, StepKind
from songnuan.approvals.rules import Step
from songnuan.audit.checks import verify
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.answer_delegation import answer_delegation
from songnuan.journeys.approve_amendment import approve_amendment
from songnuan.journeys.create_account import create_account
from songnuan.journeys.give_post import give_post
from songnuan.journeys.offer_delegation import offer_delegation
from songnuan.journeys.put_amendment_in_force import put_amendment_in_force
from songnuan.journeys.reopen_amendment import reopen_amendment
from songnuan.journeys.return_amendment import return_amendment
from songnuan.journeys.set_chain import set_chain
from songnuan.journeys.submit_amendment import submit_amendment
from songnuan.journeys.withdraw_amendment_request import withdraw_amendment_request
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of
from songnuan.plans import rewriting
from songnuan.plans.checks import verify as check_plans
from songnuan.plans.models import Amendment, AmendmentStatus, Plan, PlanKind
from test_amend_plan import CONTACT, LATER, amendment, begin, code_of, sign, write
from web.browsing import as_, on

PAGE = reverse("amendment", args=(SLUG,))


def send_back(bureau: Bureau, actor: Actor | None = None, remark: str = "请补充理由。") -> None:
    reopen_amendment(
        slug=SLUG,
        version=amendment().version,
        remark=remark,
        actor=actor or bureau.approver,
        at=at(10, 16),
    )


def take_back(actor: Actor, remark: str = "") -> None:
    withdraw_amendment_request(slug=SLUG, remark=remark, actor=actor, at=at(10, 16))


def head_of_lead(bureau: Bureau) -> Actor:
    """Return the head of a department, who countersigns and otherwise sees nothing of the bureau's plans."""
    user = create_account(username="headofone", name="航道处处长", password=None, actor=SYSTEM, at=START)
    give_post(user_id=user.pk, unit_id=bureau.lead_id, role=Role.APPROVER, actor=SYSTEM, at=START)
    return actor_of(user)


def by_steps(bureau: Bureau, *steps: Step) -> None:
    set_chain(kind="plan.amend", unit_id=bureau.bureau_id, steps=steps, actor=SYSTEM, at=at(8))


@pytest.mark.django_db
def test_what_was_approved_is_sent_back_changed_and_approved_anew(bureau: Bureau) -> None:
    open_plan_1(bureau)
    begin(bureau)
    write(bureau, LATER)
    sign(bureau)
    for actor in (bureau.liaison, bureau.finance, bureau.office):
        with pytest.raises(NotPermitted):
            send_back(bureau, actor)
    assert code_of(lambda: send_back(bureau, remark=" ")) == "reason_missing"
    assert (amendment().status, amendment().sent_back_at) == (AmendmentStatus.APPROVED, None)
    send_back(bureau)
    found = amendment()
    assert (found.status, found.sent_back_by_id, found.sent_back_why) == (
        AmendmentStatus.DRAFT,
        bureau.approver.user_id,
        "请补充理由。",
    )
    told = OutboxMessage.objects.get(topic="approval.returned")
    assert (told.recipient_id, told.body) == (bureau.officer.user_id, "请补充理由。")
    assert code_of(lambda: send_back(bureau)) == "wrong_state"
    assert code_of(lambda: put_amendment_in_force(slug=SLUG, actor=bureau.officer, at=at(10, 17))) == (
        "wrong_state"
    )
    write(bureau, CONTACT)
    # The approval of the earlier text passes the newer one no more.
    digest = Request.objects.get(kind="plan.amend").digest
    assert code_of(
        lambda: approve_amendment(slug=SLUG, digest=digest, actor=bureau.approver, at=at(10, 17))
    ) in {"nothing_requested", "subject_changed"}
    sign(bureau)
    assert amendment().sent_back_why == ""
    put_amendment_in_force(slug=SLUG, actor=bureau.officer, at=at(10, 18))
    assert Plan.objects.get().version == 3
    assert [*verify(), *check_plans(), *check_approvals()] == []


@pytest.mark.django_db
def test_the_same_text_handed_in_again_waits_for_a_new_approval(bureau: Bureau) -> None:
    open_plan_1(bureau)
    begin(bureau)
    write(bureau, LATER)
    sign(bureau)
    send_back(bureau, bureau.officer, "先不生效")
    assert not OutboxMessage.objects.filter(topic="approval.returned").exists()  # the maker knows
    submit_amendment(slug=SLUG, actor=bureau.officer, at=at(10, 17))
    assert code_of(lambda: put_amendment_in_force(slug=SLUG, actor=bureau.officer, at=at(10, 17))) == (
        "wrong_state"
    )
    assert Request.objects.filter(kind="plan.amend").count() == 2


@pytest.mark.django_db
def test_a_request_is_taken_back_at_any_step_and_the_amendment_is_written_on(bureau: Bureau) -> None:
    open_plan_1(bureau)
    by_steps(bureau, Step(StepKind.REVIEW), Step(StepKind.SIGN))
    begin(bureau)
    write(bureau, LATER)
    request = submit_amendment(slug=SLUG, actor=bureau.officer, at=at(10, 14))
    approve_amendment(slug=SLUG, digest=request.digest, actor=bureau.office, at=at(10, 15))
    for actor in (bureau.office, bureau.liaison):
        with pytest.raises(NotPermitted):
            take_back(actor, "停一停")
    assert amendment().status == AmendmentStatus.SUBMITTED
    take_back(bureau.officer)
    assert amendment().status == AmendmentStatus.DRAFT
    write(bureau, CONTACT)
    submit_amendment(slug=SLUG, actor=bureau.officer, at=at(10, 17))
    assert code_of(lambda: take_back(bureau.approver)) == "remark_missing"
    take_back(bureau.approver, "核稿人调离")
    assert amendment().status == AmendmentStatus.DRAFT
    assert [row.status for row in Request.objects.filter(kind="plan.amend")] == ["withdrawn"] * 2
    assert [*verify(), *check_approvals()] == []


@pytest.mark.django_db
def test_who_amends_is_not_the_only_one_to_review_it(bureau: Bureau) -> None:
    open_plan_1(bureau)
    by_steps(bureau, Step(StepKind.REVIEW), Step(StepKind.SIGN))
    give_post(
        user_id=bureau.office.user_id or 0,
        unit_id=bureau.bureau_id,
        role=Role.PROGRAMME_OFFICER,
        actor=SYSTEM,
        at=at(8),
    )
    begin(bureau)
    write(bureau, LATER, actor=bureau.office)
    for maker in (bureau.office, bureau.officer):  # who wrote it, and a colleague who only hands it in
        with pytest.raises(Refusal) as refused:
            submit_amendment(slug=SLUG, actor=maker, at=at(10, 14))
        assert (refused.value.code, refused.value.facts["step"]) == ("step_nobody", "review")
    assert amendment().status == AmendmentStatus.DRAFT
    assert not Request.objects.filter(kind="plan.amend").exists()


@pytest.mark.django_db
def test_a_new_kind_of_plan_is_approved_by_the_steps_of_the_old_one(bureau: Bureau) -> None:
    open_plan_1(bureau)
    by_steps(bureau, Step(StepKind.REVIEW), Step(StepKind.SIGN))
    set_chain(
        kind="plan.amend",
        plan_kind="emergency",
        unit_id=bureau.bureau_id,
        steps=[Step(StepKind.SIGN)],
        actor=SYSTEM,
        at=at(8),
    )
    begin(bureau)
    write(bureau, rewriting.head({"kind": "emergency"}))
    request = submit_amendment(slug=SLUG, actor=bureau.officer, at=at(10, 14))
    assert request.steps.count() == 2
    approve_amendment(slug=SLUG, digest=request.digest, actor=bureau.office, at=at(10, 15))
    approve_amendment(slug=SLUG, digest=request.digest, actor=bureau.approver, at=at(10, 15))
    assert Plan.objects.get().kind == PlanKind.CARE
    put_amendment_in_force(slug=SLUG, actor=bureau.officer, at=at(10, 16))
    assert Plan.objects.get().kind == PlanKind.EMERGENCY


@pytest.mark.django_db
def test_who_decided_looks_what_became_of_it_and_a_stranger_does_not(bureau: Bureau) -> None:
    head = head_of_lead(bureau)
    open_plan_1(bureau)
    by_steps(bureau, Step(StepKind.COUNTERSIGN, bureau.lead_id), Step(StepKind.SIGN))
    begin(bureau)
    write(bureau, LATER)
    request = submit_amendment(slug=SLUG, actor=bureau.officer, at=at(10, 14))
    with on(at(10, 15)):
        approve_amendment(slug=SLUG, digest=request.digest, actor=head, at=at(10, 15))
        assert as_(head).get(PAGE).status_code == 200
        for stranger in (bureau.liaison, bureau.stranger):
            assert as_(stranger).get(PAGE).status_code == 404
    return_amendment(slug=SLUG, digest=request.digest, remark="请写明", actor=bureau.approver, at=at(10, 16))
    write(bureau, CONTACT)
    with on(at(10, 17)):
        page = as_(head).get(PAGE)
        assert page.status_code == 200
        rights = ("write", "sign", "put", "withdraw", "take_back", "send_back")
        assert [name for name in rights if page.context[f"may_{name}"]] == []


@pytest.mark.django_db
def test_the_page_takes_back_and_sends_back_with_remarks(bureau: Bureau) -> None:
    open_plan_1(bureau)
    begin(bureau)
    write(bureau, LATER)
    submit_amendment(slug=SLUG, actor=bureau.officer, at=at(10, 14))
    with on(at(10, 15)):
        officer, approver = as_(bureau.officer), as_(bureau.approver)
        assert officer.get(PAGE).context["may_take_back"]
        assert not approver.get(PAGE).context["may_take_back"]  # it lies with the approver, who returns it
        assert officer.post(PAGE, {"act": "take_back"}).status_code == 302
        assert amendment().status == AmendmentStatus.DRAFT
        assert officer.post(PAGE, {"act": "submit"}).status_code == 302
        seen = {"digest": approver.get(PAGE).context["new"].digest, "step": 1}
        assert approver.post(PAGE, {"act": "approve", **seen}).status_code == 302
        page = approver.get(PAGE)
        assert page.context["may_send_back"]
        posted = {"act": "send_back", "version": page.context["new"].number}
        wrong = approver.post(PAGE, {**posted, "remark": ""})
        assert (wrong.status_code, bool(wrong.context["remark_error"])) == (409, True)
        assert approver.post(PAGE, {**posted, "version": 1, "remark": "请改"}).status_code == 409
        assert amendment().status == AmendmentStatus.APPROVED
        assert as_(bureau.finance).post(PAGE, {**posted, "remark": "请改"}).status_code == 404
        assert approver.post(PAGE, {**posted, "remark": "期限再议"}).status_code == 302
        assert "期限再议" in officer.get(PAGE).content.decode()
    assert amendment().status == AmendmentStatus.DRAFT


@pytest.mark.django_db
def test_who_signed_in_another_s_office_sends_back_from_the_page_as_long_as_it_is_theirs(
    bureau: Bureau,
) -> None:
    open_plan_1(bureau)
    begin(bureau)
    write(bureau, LATER)
    digest = submit_amendment(slug=SLUG, actor=bureau.officer, at=at(10, 14)).digest
    deputy, today = head_of_lead(bureau), at(10).date()
    office = {"permission": "plan.approve", "unit_id": bureau.bureau_id, "delegate_id": deputy.user_id}
    days = {"starts_on": today, "last_day": today, "reason": "外出"}
    offered = offer_delegation(**office, **days, key=uuid4(), actor=bureau.approver, at=at(10))  # type: ignore[arg-type]
    answer_delegation(delegation_id=offered, accept=True, actor=deputy, at=at(10))
    approve_amendment(slug=SLUG, digest=digest, actor=deputy, at=at(10, 15))
    with on(at(11)):
        assert not as_(deputy).get(PAGE).context["may_send_back"]
    with on(at(10, 16)):
        page = as_(deputy).get(PAGE)
        assert page.context["may_send_back"]
        posted = {"act": "send_back", "version": page.context["new"].number, "remark": "期限再议"}
        assert as_(deputy).post(PAGE, posted).status_code == 302
    assert amendment().status == AmendmentStatus.DRAFT


@pytest.mark.django_db
def test_whose_office_was_used_is_told_and_may_look(bureau: Bureau) -> None:
    """The head of a department, who otherwise sees nothing of it, finds what was countersigned for them."""
    head = head_of_lead(bureau)
    by_steps(bureau, Step(StepKind.COUNTERSIGN, bureau.lead_id), Step(StepKind.SIGN))
    open_plan_1(bureau)
    begin(bureau)
    write(bureau, LATER)
    digest = submit_amendment(slug=SLUG, actor=bureau.officer, at=at(10, 14)).digest
    office = {"permission": "plan.approve", "unit_id": bureau.lead_id, "delegate_id": bureau.stranger.user_id}
    days = {"starts_on": at(10).date(), "last_day": at(10).date(), "reason": "外出"}
    offered = offer_delegation(**office, **days, key=uuid4(), actor=head, at=at(10))  # type: ignore[arg-type]
    answer_delegation(delegation_id=offered, accept=True, actor=bureau.stranger, at=at(10))
    approve_amendment(slug=SLUG, digest=digest, actor=bureau.stranger, at=at(10, 15))
    [told] = OutboxMessage.objects.filter(topic="approval.in_your_office")
    assert told.recipient_id == head.user_id
    with on(at(10, 16)):
        assert as_(head).get(PAGE).status_code == 200


@pytest.mark.django_db
def test_another_order_alone_is_said_to_be_one_and_can_be_handed_in(bureau: Bureau) -> None:
    open_plan_1(bureau)
    begin(bureau)
    with on(at(10, 15)):
        client = as_(bureau.officer)
        assert 'value="submit"' not in client.get(PAGE).content.decode(), "nothing is changed yet"
        write(bureau, lambda entries: entries["basis"].reverse())
        page = client.get(PAGE)
        assert page.context["comparison"].is_same
        text = page.content.decode()
        assert 'value="submit"' in text
        assert _("The two texts say the same.") not in text
        assert client.post(PAGE, {"act": "submit"}).status_code == 302
    assert amendment().status == AmendmentStatus.SUBMITTED


@pytest.mark.django_db(transaction=True)
def test_an_amendment_is_sent_back_or_put_in_force_at_one_moment_but_not_both() -> None:
    bureau = make_bureau()
    open_plan_1(bureau)
    begin(bureau)
    write(bureau, LATER)
    sign(bureau)
    outcomes = together(
        lambda: send_back(bureau),
        lambda: put_amendment_in_force(slug=SLUG, actor=bureau.officer, at=at(10, 16)),
    )
    assert outcomes["done"] == 1
    assert outcomes.keys() <= {"done", "wrong_state", "amendment_none"}
    stands = (Amendment.objects.get().status, Plan.objects.get().version)
    assert stands in {("draft", 1), ("in_force", 2)}
    assert [*verify(), *check_plans(), *check_approvals()] == []
