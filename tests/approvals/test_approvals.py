"""Asking for approval and giving it: one act per person, on what the person saw."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from songnuan.approvals import actions, queries
from songnuan.approvals.checks import verify
from songnuan.approvals.models import Act, Request, RequestStatus, Verb
from songnuan.approvals.rules import REMARK_LONGEST
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Role
from visits.builders import SLUG, Bureau, acting, bureau, give, moment, person, unit

pytestmark = pytest.mark.django_db
SUBJECT = f"plans.plan:{SLUG}@1"
DIGEST = "ab" * 32


@pytest.fixture
def house() -> Bureau:
    return bureau()


def ask(house: Bureau, *, actor: Actor | None = None, subject: str = SUBJECT, hour: int = 9) -> Request:
    with acting():
        return actions.request(
            kind="plan.issue",
            subject=subject,
            stream=house.stream,
            title="走访慰问方案",
            digest=DIGEST,
            unit_id=house.bureau.pk,
            actor=actor or house.officer,
            at=moment(6, hour),
        )


def approve(request: Request, actor: Actor, digest: str = DIGEST) -> Request:
    with acting():
        return actions.approve(request_id=request.pk, digest=digest, actor=actor, at=moment(6, 15))


def send_back(request: Request, actor: Actor, remark: str = "请补充经费来源。") -> Request:
    with acting():
        return actions.return_(
            request_id=request.pk, digest=DIGEST, remark=remark, actor=actor, at=moment(6, 15)
        )


def refused(request: Request) -> tuple[str, int]:
    """Return what a refusal must have left as it was: pending, with the maker's act alone."""
    request.refresh_from_db()
    return request.status, request.acts.count()


UNTOUCHED = (RequestStatus.PENDING, 1)


def test_a_request_is_its_makers_act_and_waits(house: Bureau) -> None:
    request = ask(house)
    act = request.acts.get()
    assert (request.status, act.verb, act.person_id) == ("pending", "request", house.officer.user_id)
    assert house.trail() == ["approvals.request"]
    assert verify() == []


def test_another_with_the_post_approves(house: Bureau) -> None:
    request = approve(ask(house), house.approver)
    assert request.status == RequestStatus.APPROVED
    assert [act.verb for act in queries.acts(queries.asked_about([SUBJECT]))] == ["request", "approve"]
    assert house.trail() == ["approvals.request", "approvals.approve"]
    assert verify() == []


def test_the_maker_never_approves_even_with_the_approvers_post(house: Bureau) -> None:
    give(house.officer, Role.APPROVER, house.bureau)
    request = ask(house)
    with pytest.raises(Refusal) as caught:
        approve(request, house.officer)
    assert caught.value.code == "already_acted"
    assert refused(request) == UNTOUCHED


def test_the_database_itself_keeps_one_act_for_each_person(house: Bureau) -> None:
    request = ask(house)
    maker = request.acts.get().person
    with pytest.raises(IntegrityError), transaction.atomic():
        Act.objects.create(
            request=request, person=maker, holder=maker, step=1, verb=Verb.APPROVE, at=moment(6, 15)
        )
    assert refused(request) == UNTOUCHED


@pytest.mark.parametrize("statement", ["update", "delete"])
def test_the_database_itself_keeps_acts_as_they_were(house: Bureau, statement: str) -> None:
    act = ask(house).acts.get()
    rows = Act.objects.filter(pk=act.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        _ = rows.update(remark="x") if statement == "update" else rows.delete()
    assert rows.get().remark == ""


def test_what_was_not_seen_is_not_approved(house: Bureau) -> None:
    request = ask(house)
    with pytest.raises(Refusal) as caught:
        approve(request, house.approver, digest="cd" * 32)
    assert caught.value.code == "subject_changed"
    assert refused(request) == UNTOUCHED


@pytest.mark.parametrize("who", ["officer", "office", "liaison"])
def test_who_lacks_the_post_neither_approves_nor_returns(house: Bureau, who: str) -> None:
    maker = person("余下", Role.PROGRAMME_OFFICER, house.bureau)
    request = ask(house, actor=maker)
    for act in (approve, send_back):
        with pytest.raises(NotPermitted):
            act(request, getattr(house, who))
    assert refused(request) == UNTOUCHED


def test_an_approver_of_another_bureau_has_no_say(house: Bureau) -> None:
    other = person("旁观", Role.APPROVER, unit("另一局", kind="bureau"))
    request = ask(house)
    with pytest.raises(NotPermitted):
        approve(request, other)
    assert queries.pending_for(other, moment(7)) == []
    assert refused(request) == UNTOUCHED


@pytest.mark.parametrize("who", ["approver", "liaison"])
def test_who_does_not_write_plans_does_not_ask(house: Bureau, who: str) -> None:
    with pytest.raises(NotPermitted):
        ask(house, actor=getattr(house, who))
    assert not Request.objects.exists()


def test_the_system_neither_asks_nor_approves(house: Bureau) -> None:
    with pytest.raises(NotPermitted) as caught:
        ask(house, actor=SYSTEM)
    assert caught.value.code == "person_needed"
    request = ask(house)
    with pytest.raises(NotPermitted):
        approve(request, SYSTEM)
    assert refused(request) == UNTOUCHED
    assert queries.pending_for(SYSTEM, moment(7)) == []


def test_a_second_decision_comes_too_late(house: Bureau) -> None:
    second = person("安稳", Role.APPROVER, house.bureau)
    request = approve(ask(house), house.approver)
    for act in (approve, send_back):
        with pytest.raises(Refusal) as caught:
            act(request, second)
        assert caught.value.code == "wrong_state"
    request.refresh_from_db()
    assert (request.status, request.acts.count()) == (RequestStatus.APPROVED, 2)


def test_a_subject_waits_once(house: Bureau) -> None:
    ask(house)
    with pytest.raises(Refusal) as caught:
        ask(house)
    assert caught.value.code == "already_requested"
    assert Request.objects.count() == 1


def test_the_database_itself_keeps_one_pending_request(house: Bureau) -> None:
    request = ask(house)
    request.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        request.save(force_insert=True)


def test_a_return_says_why(house: Bureau) -> None:
    request = ask(house)
    for remark in ("", "  ", "改"):
        with pytest.raises(Refusal) as caught:
            send_back(request, house.approver, remark)
        assert (caught.value.code, caught.value.field) == ("remark_missing", "remark")
    with pytest.raises(Refusal) as caught:
        send_back(request, house.approver, "长" * (REMARK_LONGEST + 1))
    assert caught.value.code == "remark_too_long"
    assert refused(request) == UNTOUCHED


def test_what_was_returned_can_be_asked_for_again(house: Bureau) -> None:
    first = send_back(ask(house), house.approver)
    second = ask(house, hour=16)
    assert (first.status, second.status) == (RequestStatus.RETURNED, RequestStatus.PENDING)
    latest = queries.latest(SUBJECT)
    assert latest is not None
    assert latest.pk == second.pk
    assert [(act.verb, act.remark) for act in queries.acts(queries.asked_about([SUBJECT]))] == [
        ("request", ""),
        ("return", "请补充经费来源。"),
        ("request", ""),
    ]
    assert approve(second, house.approver).status == RequestStatus.APPROVED
    assert verify() == []


def test_a_request_that_is_not_there_is_refused(house: Bureau) -> None:
    with pytest.raises(Refusal) as caught, acting():
        actions.approve(request_id=999, digest=DIGEST, actor=house.approver, at=moment(6))
    assert caught.value.code == "request_unknown"


def test_pending_lists_what_the_actor_may_decide_longest_first(house: Bureau) -> None:
    newer = ask(house, subject="plans.plan:b@1", hour=12)
    older = ask(house, subject="plans.plan:a@1", hour=8)
    mine = queries.pending_for(house.approver, moment(7))
    assert [row.request_id for row in mine] == [older.pk, newer.pk]
    assert (mine[0].requested_by, mine[0].requested_at) == ("田野", moment(6, 8))
    assert queries.pending_for(house.officer, moment(7)) == []
    approve(older, house.approver)
    assert [row.request_id for row in queries.pending_for(house.approver, moment(7))] == [newer.pk]


def test_the_makers_own_request_is_not_among_those_pending(house: Bureau) -> None:
    give(house.officer, Role.APPROVER, house.bureau)
    ask(house)
    assert queries.pending_for(house.officer, moment(7)) == []
    assert len(queries.pending_for(house.approver, moment(7))) == 1


def test_nothing_was_ever_asked(house: Bureau) -> None:
    assert queries.latest(SUBJECT) is None
    assert list(queries.acts(queries.asked_about([SUBJECT]))) == []
    assert queries.pending_for(house.approver, moment(7)) == []


def test_the_check_names_decisions_without_acts(house: Bureau) -> None:
    forged = ask(house)
    Request.objects.filter(pk=forged.pk).update(status=RequestStatus.APPROVED)
    nobodys = Request.objects.create(
        kind="plan.issue",
        subject="plans.plan:x@1",
        stream=house.stream,
        title="x",
        digest=DIGEST,
        unit=house.bureau,
        requested_at=moment(6) + timedelta(days=1),
    )
    decided = approve(ask(house, subject="plans.plan:y@1"), house.approver)
    Request.objects.filter(pk=decided.pk).update(status=RequestStatus.PENDING)
    assert [(row.code, row.where) for row in verify()] == [
        ("request_undecided", f"approvals.request:{forged.pk}"),
        ("request_without_maker", f"approvals.request:{nobodys.pk}"),
        ("request_steps", f"approvals.request:{nobodys.pk}"),
        ("request_decided_twice", f"approvals.request:{decided.pk}"),
    ]
