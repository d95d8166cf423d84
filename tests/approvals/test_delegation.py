"""An office handed over: by its holder, to a named person, for named days; one act for one office."""

import json
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from songnuan.approvals import actions, queries
from songnuan.approvals.checks import verify
from songnuan.approvals.models import Act, Delegation, Request, RequestStatus, StepKind
from songnuan.approvals.rules import Step
from songnuan.audit.models import Entry
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.models import Post, User
from songnuan.organisation.permissions import Role
from visits.builders import SLUG, Bureau, acting, bureau, give, moment, person, unit

pytestmark = pytest.mark.django_db
SUBJECT = f"plans.plan:{SLUG}@1"
DIGEST = "ab" * 32


@pytest.fixture
def house() -> Bureau:
    return bureau()


@pytest.fixture
def deputy(house: Bureau) -> Actor:
    """Who stands in: a liaison, whose post goes together with the approver's."""
    return person("副手", Role.LEAD_LIAISON, house.lead)


def offer(house: Bureau, delegate: Actor, **changes: Any) -> Delegation:
    told: dict[str, Any] = {
        "delegate_id": delegate.user_id,
        "permission": "plan.approve",
        "unit_id": house.bureau.pk,
        "starts_on": date(2020, 4, 7),
        "last_day": date(2020, 4, 9),
        "reason": "外出调研",
        "actor": house.approver,
        "at": moment(6),
    }
    with acting():
        return actions.offer_delegation(**{**told, **changes})


def accept(row: Delegation, actor: Actor, day: int = 6) -> Delegation:
    with acting():
        return actions.accept_delegation(delegation_id=row.pk, actor=actor, at=moment(day, 12))


def ask(house: Bureau, *, actor: Actor | None = None, author: Actor | None = None) -> Request:
    with acting():
        return actions.request(
            kind="plan.issue",
            subject=SUBJECT,
            stream=house.stream,
            title="走访慰问方案",
            digest=DIGEST,
            unit_id=house.bureau.pk,
            authors=[author.user_id or 0] if author else [],
            actor=actor or house.officer,
            at=moment(6, 9),
        )


def approve(request: Request, actor: Actor, day: int) -> Request:
    with acting():
        return actions.approve(request_id=request.pk, digest=DIGEST, actor=actor, at=moment(day, 15))


def refused(code: str, request: Request, actor: Actor, day: int) -> None:
    before = (Request.objects.values().get(pk=request.pk), request.acts.count())
    with pytest.raises(Refusal) as caught:
        approve(request, actor, day)
    assert caught.value.code == code
    assert queries.pending_for(actor, moment(day)) == []
    assert (Request.objects.values().get(pk=request.pk), request.acts.count()) == before


def test_a_delegate_signs_in_the_givers_stead_within_the_days(house: Bureau, deputy: Actor) -> None:
    request = ask(house)
    row = offer(house, deputy)
    refused("not_permitted", request, deputy, 7)  # not yet accepted
    accept(row, deputy)
    refused("not_permitted", request, deputy, 6)  # the day before
    refused("not_permitted", request, deputy, 10)  # the day after
    [waiting] = queries.pending_for(deputy, moment(7))
    assert (waiting.request_id, waiting.holder_name) == (request.pk, "安澜")
    assert approve(request, deputy, 9).status == RequestStatus.APPROVED
    act = queries.acts(queries.asked_about([SUBJECT]))[-1]
    assert (act.person_name, act.holder_name) == ("副手", "安澜")
    facts = json.loads(Entry.objects.get(action="approvals.approve").facts)
    assert facts["for"] == f"organisation.user:{house.approver.user_id}"
    assert verify() == []


def test_one_act_for_one_office(house: Bureau, deputy: Actor) -> None:
    with acting():
        actions.set_chain(
            kind="plan.issue",
            unit_id=house.bureau.pk,
            steps=[Step(StepKind.COUNTERSIGN, house.bureau.pk), Step(StepKind.SIGN)],
            actor=SYSTEM,
            at=moment(6),
        )
    second = person("另一局长", Role.APPROVER, house.bureau)
    accept(offer(house, deputy), deputy)
    request = ask(house)
    approve(request, deputy, 7)
    refused("already_acted", request, house.approver, 7)  # the deputy acted in that office
    refused("not_permitted", request, deputy, 7)  # and the office is used up for the deputy too
    user = User.objects.get(pk=house.approver.user_id or 0)
    with pytest.raises(IntegrityError), transaction.atomic():
        Act.objects.create(request=request, person=user, holder=user, step=2, verb="approve", at=moment(7))
    assert approve(request, second, 7).status == RequestStatus.APPROVED


def test_nobody_decides_in_the_office_of_who_asked(house: Bureau, deputy: Actor) -> None:
    give(house.approver, Role.PROGRAMME_OFFICER, house.bureau)  # whatever else the person holds
    person("另一局长", Role.APPROVER, house.bureau)  # without whom it could not be handed in
    accept(offer(house, deputy), deputy)
    request = ask(house, actor=house.approver)
    refused("not_permitted", request, deputy, 7)


def test_nobody_decides_in_the_office_of_who_wrote_it(house: Bureau, deputy: Actor) -> None:
    person("另一局长", Role.APPROVER, house.bureau)
    accept(offer(house, deputy), deputy)
    request = ask(house, author=house.approver)
    refused("not_permitted", request, deputy, 7)
    assert queries.pending_for(deputy, moment(7)) == []
    refused("own_text", request, house.approver, 7)


def test_who_wrote_it_does_not_become_the_approver_by_delegation(house: Bureau, deputy: Actor) -> None:
    accept(offer(house, deputy), deputy)
    request = ask(house, author=deputy)
    refused("own_text", request, deputy, 7)
    assert queries.pending_for(deputy, moment(7)) == []
    assert approve(request, house.approver, 7).status == RequestStatus.APPROVED


def test_the_maker_does_not_become_the_approver_by_delegation(house: Bureau) -> None:
    with pytest.raises(Refusal) as caught:
        offer(house, house.officer)
    assert caught.value.code == "posts_incompatible"
    assert not Delegation.objects.exists()
    # And where the post that excludes it came later, it carries nothing.
    maker = person("新人", Role.LEAD_LIAISON, house.lead)
    accept(offer(house, maker), maker)
    give(maker, Role.PROGRAMME_OFFICER, house.bureau)
    request = ask(house, actor=maker)
    refused("not_permitted", request, maker, 7)


@pytest.mark.parametrize("role", [Role.PROGRAMME_OFFICER, Role.FINANCE, Role.INSPECTOR, Role.ADMINISTRATOR])
def test_posts_that_exclude_the_office_are_respected(house: Bureau, role: Role) -> None:
    other = person("某", role, house.bureau)
    with pytest.raises(Refusal) as caught:
        offer(house, other)
    assert (caught.value.code, caught.value.field) == ("posts_incompatible", "delegate")
    assert not Delegation.objects.exists()


def test_an_inspector_by_the_time_of_accepting_does_not_accept(house: Bureau, deputy: Actor) -> None:
    row = offer(house, deputy)
    give(deputy, Role.INSPECTOR, house.bureau)
    with pytest.raises(Refusal) as caught:
        accept(row, deputy)
    assert caught.value.code == "posts_incompatible"


@pytest.mark.parametrize("by", ["giver", "delegate"])
def test_what_was_ended_carries_nothing_and_what_was_done_stays(
    house: Bureau, deputy: Actor, by: str
) -> None:
    row = accept(offer(house, deputy), deputy)
    first = approve(ask(house), deputy, 7)
    with acting():
        who = house.approver if by == "giver" else deputy
        ended = actions.end_delegation(delegation_id=row.pk, actor=who, at=moment(8))
    assert (ended.status, ended.ended_by_id) == ("ended", who.user_id)
    request = ask(house)
    refused("not_permitted", request, deputy, 8)
    first.refresh_from_db()
    assert first.status == RequestStatus.APPROVED
    with pytest.raises(Refusal) as caught, acting():
        actions.end_delegation(delegation_id=row.pk, actor=who, at=moment(8))
    assert caught.value.code == "wrong_state"


def test_the_office_is_lent_only_as_long_as_it_is_held(house: Bureau, deputy: Actor) -> None:
    accept(offer(house, deputy), deputy)
    request = ask(house)
    Post.objects.filter(user_id=house.approver.user_id or 0).update(ends_on=date(2020, 4, 8))
    assert len(queries.pending_for(deputy, moment(7))) == 1
    refused("not_permitted", request, deputy, 8)


def test_it_reaches_no_further_than_the_unit_it_was_given_for(house: Bureau, deputy: Actor) -> None:
    accept(offer(house, deputy, unit_id=house.lead.pk), deputy)
    refused("not_permitted", ask(house), deputy, 7)
    elsewhere = unit("另一局", kind="bureau")
    with pytest.raises(NotPermitted):
        offer(house, deputy, unit_id=elsewhere.pk)


def test_it_is_not_handed_on(house: Bureau, deputy: Actor) -> None:
    accept(offer(house, deputy), deputy)
    third = person("第三人", Role.LEAD_LIAISON, house.lead)
    with pytest.raises(NotPermitted):
        offer(house, third, actor=deputy, at=moment(7), starts_on=date(2020, 4, 8))
    assert Delegation.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"starts_on": date(2020, 4, 5)}, "delegation_past"),
        ({"last_day": date(2020, 4, 6)}, "delegation_days"),
        ({"last_day": date(2020, 12, 31)}, "delegation_long"),
        ({"reason": " "}, "reason_missing"),
        ({"reason": "长" * 201}, "text_too_long"),
        ({"delegate_id": 99_999}, "delegate_unknown"),
        ({"permission": "account.manage"}, "permission_unknown"),
        ({"permission": "plan.review"}, "not_permitted"),
        ({"actor": SYSTEM}, "person_needed"),
    ],
)
def test_an_offer_that_does_not_hold_is_refused(
    house: Bureau, deputy: Actor, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refusal) as caught:
        offer(house, deputy, **changes)
    assert caught.value.code == code
    assert not Delegation.objects.exists()


def test_for_a_day_an_office_is_handed_over_once(house: Bureau, deputy: Actor) -> None:
    first = offer(house, deputy)
    with pytest.raises(Refusal) as caught:
        offer(house, person("丙", Role.LEAD_LIAISON, house.lead), starts_on=date(2020, 4, 9))
    assert caught.value.code == "delegation_stands"
    offer(house, deputy, starts_on=date(2020, 4, 10), last_day=date(2020, 4, 11))
    with acting():
        actions.decline_delegation(delegation_id=first.pk, actor=deputy, at=moment(6))
    offer(house, deputy)
    assert Delegation.objects.count() == 3


def test_only_who_was_asked_answers_and_others_are_told_nothing(house: Bureau, deputy: Actor) -> None:
    row = offer(house, deputy)
    for act, actor in (
        (actions.accept_delegation, house.approver),
        (actions.decline_delegation, house.stranger),
        (actions.end_delegation, house.stranger),
    ):
        with pytest.raises(Refusal) as caught, acting():
            act(delegation_id=row.pk, actor=actor, at=moment(6))
        assert caught.value.code == "delegation_unknown"
    with pytest.raises(Refusal) as caught:
        accept(row, deputy, day=10)
    assert caught.value.code == "delegation_over"
    row.refresh_from_db()
    assert row.status == "offered"


def test_the_trail_keeps_who_gave_what_to_whom_and_when(house: Bureau, deputy: Actor) -> None:
    row = accept(offer(house, deputy), deputy)
    with acting():
        actions.end_delegation(delegation_id=row.pk, actor=house.approver, at=moment(8))
    told = list(Entry.objects.filter(stream__name="delegations").order_by("seq"))
    assert [entry.action for entry in told] == [
        "approvals.offer_delegation",
        "approvals.accept_delegation",
        "approvals.end_delegation",
    ]
    assert json.loads(told[0].facts) == {
        "giver": house.approver.user_id,
        "delegate": deputy.user_id,
        "permission": "plan.approve",
        "unit": house.bureau.pk,
        "from": "2020-04-07",
        "to": "2020-04-09",
    }


def test_whoever_may_act_now_is_named_with_whoever_stands_in(house: Bureau, deputy: Actor) -> None:
    accept(offer(house, deputy), deputy)
    ask(house)
    [course] = queries.courses(queries.pending(), moment(8))
    assert course.here is not None
    assert [(one.name, one.holder_name) for one in course.here.candidates] == [("安澜", ""), ("副手", "安澜")]
