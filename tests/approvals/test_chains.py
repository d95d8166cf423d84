"""A request goes through the steps that its chain had when it was asked for, each taken once by another."""

import json
from collections.abc import Sequence

import pytest
from django.db import IntegrityError, transaction

from songnuan.approvals import actions, queries
from songnuan.approvals.checks import verify
from songnuan.approvals.models import (
    Act,
    Chain,
    Request,
    RequestAuthor,
    RequestStatus,
    RequestStep,
    StepKind,
    Verb,
)
from songnuan.approvals.rules import Step, default_steps
from songnuan.audit.models import Entry
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.models import Post, Unit, UnitLink, UnitRecord, User
from songnuan.organisation.permissions import Role
from visits.builders import SLUG, Bureau, acting, bureau, give, moment, person, unit

pytestmark = pytest.mark.django_db
SUBJECT = f"plans.plan:{SLUG}@1"
DIGEST = "ab" * 32


@pytest.fixture
def house() -> Bureau:
    return bureau()


@pytest.fixture
def head(house: Bureau) -> Actor:
    """The head of a department, who countersigns for it."""
    return person("柳处长", Role.APPROVER, house.lead)


def steps(house: Bureau) -> list[Step]:
    return [Step(StepKind.REVIEW), Step(StepKind.COUNTERSIGN, house.lead.pk), Step(StepKind.SIGN)]


def set_chain(
    house: Bureau, chain: list[Step], *, day: int = 5, kind: str = "plan.issue", plan_kind: str = ""
) -> Chain:
    with acting():
        return actions.set_chain(
            kind=kind, plan_kind=plan_kind, unit_id=house.bureau.pk, steps=chain, actor=SYSTEM, at=moment(day)
        )


def ask(
    house: Bureau,
    *,
    kind: str = "plan.issue",
    plan_kind: str = "",
    authors: Sequence[Actor] = (),
    day: int = 6,
) -> Request:
    with acting():
        return actions.request(
            kind=kind,
            plan_kind=plan_kind,
            authors=[writer.user_id or 0 for writer in authors],
            subject=SUBJECT,
            stream=house.stream,
            title="走访慰问方案",
            digest=DIGEST,
            unit_id=house.bureau.pk,
            actor=house.officer,
            at=moment(day, 9),
        )


def approve(request: Request, actor: Actor, *, hour: int = 15, step: int | None = None) -> Request:
    with acting():
        return actions.approve(
            request_id=request.pk, digest=DIGEST, step=step, actor=actor, at=moment(6, hour)
        )


def refused(code: str, request: Request, actor: Actor, step: int | None = None) -> None:
    """The act is refused, and nothing is different afterwards."""
    before = (Request.objects.values().get(pk=request.pk), request.acts.count())
    with pytest.raises(Refusal) as caught:
        approve(request, actor, step=step)
    assert caught.value.code == code
    assert (Request.objects.values().get(pk=request.pk), request.acts.count()) == before


def test_three_hands_in_their_order(house: Bureau, head: Actor) -> None:
    set_chain(house, steps(house))
    request = ask(house)
    assert [(row.position, row.kind) for row in request.steps.order_by("position")] == [
        (1, "review"),
        (2, "countersign"),
        (3, "sign"),
    ]
    for place, who in enumerate((house.office, head, house.approver), start=1):
        for other in {house.office, head, house.approver} - {who}:
            assert request.pk not in {row.request_id for row in queries.pending_for(other, moment(6))}
        assert [row.step for row in queries.pending_for(who, moment(6))] == [place]
        request = approve(request, who)
        assert request.status == (RequestStatus.APPROVED if place == 3 else RequestStatus.PENDING)
        assert verify() == []
    assert [(act.step, act.person_name) for act in queries.acts(queries.asked_about([SUBJECT]))] == [
        (None, "田野"),
        (1, "钟守正"),
        (2, "柳处长"),
        (3, "安澜"),
    ]


def test_nobody_acts_out_of_turn_or_twice(house: Bureau, head: Actor) -> None:
    set_chain(house, steps(house))
    request = ask(house)
    refused("not_your_turn", request, head)
    refused("not_your_turn", request, house.approver)
    refused("not_permitted", request, house.stranger)
    approve(request, house.office)
    refused("already_acted", request, house.office, step=1)  # a double click
    refused("step_passed", request, person("另一人", Role.EPIDEMIC_OFFICE, house.bureau), step=1)
    refused("not_your_turn", request, house.approver)
    assert [row.step for row in queries.pending_for(head, moment(6))] == [2]


def test_a_department_countersigns_by_its_own_head_only(house: Bureau, head: Actor) -> None:
    set_chain(house, [Step(StepKind.COUNTERSIGN, house.lead.pk), Step(StepKind.SIGN)])
    request = ask(house)
    above = person("局长", Role.APPROVER, house.bureau)
    beside = person("船闸处长", Role.APPROVER, house.other_lead)
    refused("not_your_turn", request, above)  # may sign, and stands above the department
    refused("not_permitted", request, beside)
    approve(request, head)
    refused("not_permitted", request, beside)


def test_any_step_returns_with_a_remark_and_the_next_request_begins_anew(house: Bureau, head: Actor) -> None:
    set_chain(house, steps(house))
    request = ask(house)
    approve(request, house.office)
    with acting():
        done = actions.return_(
            request_id=request.pk, digest=DIGEST, remark="人数有误。", actor=head, at=moment(6, 16)
        )
    assert (done.status, done.step) == (RequestStatus.RETURNED, 2)
    refused("not_permitted", request, house.stranger)
    refused("not_your_turn", request, house.approver)
    again = ask(house)
    assert (again.step, again.status) == (1, RequestStatus.PENDING)
    assert approve(again, house.office).step == 2
    assert verify() == []


def test_what_waits_keeps_the_chain_it_had(house: Bureau, head: Actor) -> None:
    first = ask(house)
    set_chain(house, steps(house), day=6)
    assert approve(first, house.approver).status == RequestStatus.APPROVED
    second = ask(house)
    set_chain(house, [Step(StepKind.SIGN)], day=7)
    assert second.steps.count() == 3
    refused("not_your_turn", second, house.approver)
    assert head.user_id
    assert list(Chain.objects.order_by("pk").values_list("starts_on__day", "ends_on__day")) == [
        (6, 7),
        (7, None),
    ]


def test_the_nearest_chain_counts_and_an_amendment_follows_that_of_the_issue(
    house: Bureau, head: Actor
) -> None:
    assert head.user_id
    set_chain(house, steps(house))
    day = moment(6).date()
    for kind, place in (
        ("plan.issue", house.bureau),
        ("plan.amend", house.bureau),
        ("plan.amend", house.lead),
    ):
        assert len(queries.steps_of(kind, queries.chain_for(kind, place.pk, day))) == 3
    set_chain(house, [Step(StepKind.REVIEW), Step(StepKind.SIGN)], kind="plan.amend")
    assert len(queries.steps_of("plan.amend", queries.chain_for("plan.amend", house.lead.pk, day))) == 2
    none = queries.chain_for("plan.issue", house.lock.pk, day)
    assert queries.steps_of("plan.issue", none) == default_steps("plan.issue") == (Step(StepKind.SIGN),)
    assert queries.chain_for("plan.issue", house.bureau.pk, moment(4).date()) is None


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ([], "chain_unsigned"),
        ([Step(StepKind.REVIEW)], "chain_unsigned"),
        ([Step(StepKind.SIGN), Step(StepKind.REVIEW)], "chain_unsigned"),
        ([Step(StepKind.SIGN), Step(StepKind.SIGN)], "chain_unsigned"),
        ([Step(StepKind.REVIEW), Step(StepKind.REVIEW), Step(StepKind.SIGN)], "step_twice"),
        ([Step(StepKind.SIGN)], "chain_same"),
    ],
)
def test_a_chain_that_does_not_hold_is_refused(house: Bureau, wanted: list[Step], code: str) -> None:
    with pytest.raises(Refusal) as caught:
        set_chain(house, wanted)
    assert caught.value.code == code
    assert not Chain.objects.exists()


def test_a_chain_names_offices_that_are_held_and_lie_within(house: Bureau) -> None:
    person("外局长", Role.APPROVER, house.gate)
    for place, code in ((house.lead, "step_nobody"), (house.gate, "step_outside")):
        with pytest.raises(Refusal) as caught:
            set_chain(house, [Step(StepKind.COUNTERSIGN, place.pk), Step(StepKind.SIGN)])
        assert caught.value.code == code
    assert not Chain.objects.exists()


@pytest.mark.parametrize("who", ["approver", "liaison", "office", "officer"])
def test_who_does_not_manage_chains_sets_none(house: Bureau, who: str) -> None:
    with pytest.raises(NotPermitted), acting():
        actions.set_chain(
            kind="plan.issue",
            unit_id=house.bureau.pk,
            steps=[Step(StepKind.REVIEW), Step(StepKind.SIGN)],
            actor=getattr(house, who),
            at=moment(5),
        )
    assert not Chain.objects.exists()


def test_the_only_one_who_can_sign_leaves_an_earlier_step_to_another(house: Bureau) -> None:
    assert house.approver.user_id
    reviewer = person("兼任", Role.EPIDEMIC_OFFICE, house.bureau)
    User.objects.filter(pk=house.approver.user_id).update(is_active=False)
    signer = person("独任", Role.APPROVER, house.bureau)
    give(signer, Role.EPIDEMIC_OFFICE, house.bureau)
    set_chain(house, [Step(StepKind.REVIEW), Step(StepKind.SIGN)])
    request = ask(house)
    refused("last_for_step", request, signer)
    approve(request, reviewer)
    assert approve(request, signer).status == RequestStatus.APPROVED


def take_back(request: Request, actor: Actor, remark: str = "", hour: int = 16) -> Request:
    with acting():
        return actions.withdraw(request_id=request.pk, remark=remark, actor=actor, at=moment(6, hour))


def test_the_maker_takes_it_back_at_whatever_step_it_lies(house: Bureau, head: Actor) -> None:
    set_chain(house, steps(house))
    first = ask(house)
    taken = take_back(first, house.officer, hour=10)
    assert (taken.status, taken.withdrawn_at, taken.acts.count()) == ("withdrawn", moment(6, 10), 1)
    refused("wrong_state", first, house.office)
    with pytest.raises(Refusal) as caught:
        take_back(first, house.officer)
    assert caught.value.code == "wrong_state"
    second = ask(house)
    approve(second, house.office)
    approve(second, head)
    taken = take_back(second, house.officer)
    assert (taken.status, taken.step, taken.withdrawn_by_id) == ("withdrawn", 3, house.officer.user_id)
    refused("wrong_state", second, house.approver, step=3)
    assert verify() == []


def test_who_signs_for_the_unit_takes_it_back_saying_why_and_nobody_else(house: Bureau, head: Actor) -> None:
    set_chain(house, steps(house))
    request = ask(house)
    fellow = person("同事", Role.PROGRAMME_OFFICER, house.bureau)
    for other in (house.office, head, fellow, house.liaison):
        with pytest.raises(NotPermitted) as caught:
            take_back(request, other, "核稿处已撤销")
        assert caught.value.code == "not_the_maker"
    with pytest.raises(Refusal) as missing:
        take_back(request, house.approver)
    assert missing.value.code == "remark_missing"
    request.refresh_from_db()
    assert (request.status, request.withdrawn_by_id, request.withdrawn_why) == ("pending", None, "")
    taken = take_back(request, house.approver, "核稿处已撤销")
    assert (taken.status, taken.withdrawn_why) == ("withdrawn", "核稿处已撤销")
    [course] = queries.courses([taken], moment(7))
    assert (course.withdrawn_by, course.withdrawn_why) == ("安澜", "核稿处已撤销")
    entry = Entry.objects.get(stream__name=house.stream, action="approvals.withdraw")
    assert json.loads(entry.facts)["reason"] == "核稿处已撤销"
    with pytest.raises(IntegrityError), transaction.atomic():
        Request.objects.filter(pk=taken.pk).update(withdrawn_by=None)


def test_what_was_decided_is_taken_back_by_nobody(house: Bureau) -> None:
    request = approve(ask(house), house.approver)
    with pytest.raises(Refusal) as caught:
        take_back(request, house.officer)
    assert caught.value.code == "wrong_state"
    request.refresh_from_db()
    assert request.status == RequestStatus.APPROVED


def lock_out(actor: Actor) -> None:
    User.objects.filter(pk=actor.user_id or 0).update(is_active=False)


def test_what_nobody_could_decide_is_not_handed_in(house: Bureau, head: Actor) -> None:
    set_chain(house, steps(house))
    lock_out(head)
    with pytest.raises(Refusal) as caught:
        ask(house)
    assert (caught.value.code, caught.value.facts["unit"]) == ("step_nobody", house.lead.pk)
    for word in ("会签", "航道处"):
        assert word in caught.value.sentence
    assert not Request.objects.exists()


def test_a_step_of_a_dissolved_unit_is_told_by_the_name_it_had(house: Bureau, head: Actor) -> None:
    set_chain(house, steps(house))
    waiting = approve(ask(house), house.office)
    dissolve(house.lead, head)
    [course] = queries.courses([waiting], moment(7))
    assert course.here is not None
    assert (course.here.unit, course.here.is_dissolved, course.here.is_stuck) == ("航道处", True, True)
    take_back(waiting, house.officer)
    with pytest.raises(Refusal) as caught:
        ask(house, day=7)
    assert caught.value.code == "step_nobody"
    assert "航道处已撤销" in caught.value.sentence
    set_chain(house, [Step(StepKind.REVIEW), Step(StepKind.SIGN)], day=7)
    assert ask(house, day=7).steps.count() == 2


def dissolve(place: Unit, head: Actor) -> None:
    """Let the unit stand empty and be closed on the 7th."""
    on = moment(7).date()
    Post.objects.filter(unit=place).update(ends_on=on)
    UnitLink.objects.filter(descendant=place).update(ends_on=on)
    UnitRecord.objects.filter(unit=place).update(ends_on=on)
    Unit.objects.filter(pk=place.pk).update(closed_on=on)
    assert head.user_id


def test_a_step_whose_only_hand_is_needed_elsewhere_is_not_handed_in(house: Bureau) -> None:
    lock_out(house.office)
    give(house.approver, Role.EPIDEMIC_OFFICE, house.bureau)
    set_chain(house, [Step(StepKind.REVIEW), Step(StepKind.SIGN)])
    with pytest.raises(Refusal) as caught:
        ask(house)
    assert caught.value.code == "step_nobody"
    assert not Request.objects.exists()
    person("第二人", Role.APPROVER, house.bureau)
    assert ask(house).steps.count() == 2


def test_who_wrote_the_text_decides_at_no_step(house: Bureau, head: Actor) -> None:
    set_chain(house, steps(house))
    for writer in (house.approver, house.office):
        with pytest.raises(Refusal) as caught:
            ask(house, authors=[writer])
        assert caught.value.code == "step_nobody"
    assert not Request.objects.exists()
    second = person("二审", Role.EPIDEMIC_OFFICE, house.bureau)
    signer = person("副局长", Role.APPROVER, house.bureau)
    request = ask(house, authors=[house.office, house.approver])
    [course] = queries.courses([request], moment(6))
    assert course.here is not None
    assert [one.name for one in course.here.candidates] == ["二审"]
    assert queries.pending_for(house.office, moment(6)) == []
    assert queries.may_act(house.office, request, moment(6)) is None
    refused("own_text", request, house.office)
    approve(request, second)
    approve(request, head)
    refused("own_text", request, house.approver)
    assert approve(request, signer).status == RequestStatus.APPROVED
    assert verify() == []
    row = RequestAuthor.objects.get(person=house.office.user_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.delete()
    RequestAuthor.objects.create(request=request, person_id=second.user_id or 0)
    assert [found.code for found in verify()] == ["request_by_author"]


def test_a_kind_of_plan_goes_before_all_kinds_and_the_nearer_unit_before_both(house: Bureau) -> None:
    day = moment(6).date()

    def chain(plan_kind: str, place: Unit = house.bureau, kind: str = "plan.issue") -> int:
        return len(queries.steps_of(kind, queries.chain_for(kind, place.pk, day, plan_kind)))

    set_chain(house, [Step(StepKind.REVIEW), Step(StepKind.SIGN)])
    set_chain(house, [Step(StepKind.SIGN)], plan_kind="emergency")
    assert (chain("emergency"), chain("care"), chain("")) == (1, 2, 2)
    assert (chain("emergency", house.lead), chain("care", house.lead)) == (1, 2)
    assert chain("emergency", kind="plan.amend") == 1
    person("航道处长", Role.APPROVER, house.lead)
    with acting():
        actions.set_chain(
            kind="plan.issue", unit_id=house.lead.pk, steps=COUNTERSIGNED, actor=SYSTEM, at=moment(5)
        )
    assert (chain("emergency", house.lead), chain("emergency")) == (2, 1)
    assert ask(house, plan_kind="emergency").steps.count() == 1
    assert queries.plan_kinds_at("plan.issue", house.bureau.pk, day) == ["emergency"]


COUNTERSIGNED = [Step(StepKind.COUNTERSIGN), Step(StepKind.SIGN)]


def end_chain(house: Bureau) -> None:
    with acting():
        actions.end_chain(
            kind="plan.issue",
            plan_kind="emergency",
            unit_id=house.bureau.pk,
            actor=SYSTEM,
            at=moment(6),
        )


def test_a_kind_of_plan_follows_all_kinds_again_and_what_waits_keeps_its_steps(house: Bureau) -> None:
    set_chain(house, [Step(StepKind.REVIEW), Step(StepKind.SIGN)])
    set_chain(house, [Step(StepKind.SIGN)], plan_kind="emergency")
    waiting = ask(house, plan_kind="emergency")
    end_chain(house)
    with pytest.raises(Refusal) as caught:
        end_chain(house)
    assert caught.value.code == "chain_same"
    found = queries.chain_for("plan.issue", house.bureau.pk, moment(6).date(), "emergency")
    assert len(queries.steps_of("plan.issue", found)) == 2
    assert waiting.steps.count() == 1
    assert approve(waiting, house.approver).status == RequestStatus.APPROVED


def test_who_hands_in_sets_no_steps_even_as_an_administrator(house: Bureau) -> None:
    both = person("兼任", Role.ADMINISTRATOR, house.bureau)
    give(both, Role.PROGRAMME_OFFICER, house.bureau)
    for who, code in ((both, "chain_own"), (house.officer, "not_permitted")):
        with pytest.raises(NotPermitted) as caught, acting():
            actions.set_chain(
                kind="plan.issue",
                unit_id=house.bureau.pk,
                steps=[Step(StepKind.REVIEW), Step(StepKind.SIGN)],
                actor=who,
                at=moment(5),
            )
        assert caught.value.code == code
    assert not Chain.objects.exists()


def test_where_it_lies_since_when_and_before_whom(house: Bureau, head: Actor) -> None:
    set_chain(house, steps(house))
    request = ask(house)
    approve(request, house.office, hour=17)
    [course] = queries.courses(queries.asked_by(house.officer), moment(9))
    assert course.here is not None
    assert (course.here.position, course.here.kind, course.here.unit) == (2, "countersign", "航道处")
    assert [(one.name, one.user_id) for one in course.here.candidates] == [("柳处长", head.user_id)]
    # From Monday the 6th to Thursday the 9th; what was done before stands with its step.
    assert (course.since, course.workdays) == (moment(6, 17), 3)
    assert [step.act.person_name if step.act else None for step in course.steps] == ["钟守正", None, None]
    assert [course.requested_by, course.requested_by_id] == ["田野", house.officer.user_id]


def test_beyond_the_table_of_holidays_no_days_are_counted(house: Bureau) -> None:
    ask(house)
    assert queries.waited(moment(6), moment(6).replace(year=2120)) is None


@pytest.mark.parametrize("model", [RequestStep, Act])
def test_the_database_itself_keeps_steps_and_acts(house: Bureau, model: type[RequestStep | Act]) -> None:
    ask(house)
    for change in (lambda: model.objects.all().delete(), lambda: model.objects.update(request=None)):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_the_database_itself_lets_a_step_be_taken_once(house: Bureau) -> None:
    request = ask(house)
    approve(request, house.approver)
    other = User.objects.get(pk=house.office.user_id or 0)
    with pytest.raises(IntegrityError), transaction.atomic():
        Act.objects.create(
            request=request, person=other, holder=other, step=1, verb=Verb.APPROVE, at=moment(6)
        )


def test_the_check_names_a_step_that_was_skipped(house: Bureau, head: Actor) -> None:
    assert head.user_id
    set_chain(house, steps(house))
    skipped = ask(house)
    Request.objects.filter(pk=skipped.pk).update(step=2)
    assert [row.code for row in verify()] == ["request_step_skipped"]
    Request.objects.filter(pk=skipped.pk).update(step=4)
    assert [row.code for row in verify()] == ["request_steps"]
    Request.objects.filter(pk=skipped.pk).update(step=1)
    Chain.objects.create(kind="plan.issue", unit=unit("空处"), starts_on=moment(6).date())
    assert [row.code for row in verify()] == ["chain_unsigned"]
