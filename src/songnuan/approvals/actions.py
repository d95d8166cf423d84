"""The only writers of requests and acts; chains, delegations and holds are written in files of their own."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from songnuan.approvals.authority import Office, hands, in_force, office_for
from songnuan.approvals.chains import end_chain, set_chain
from songnuan.approvals.delegation import (
    accept_delegation,
    decline_delegation,
    end_delegation,
    offer_delegation,
)
from songnuan.approvals.held import check_held
from songnuan.approvals.holds import lift_hold, place_hold, state_on_hold
from songnuan.approvals.lifecycle import REQUEST
from songnuan.approvals.models import Act, Request, RequestAuthor, RequestStep, StepKind, Verb
from songnuan.approvals.queries import chain_for, steps_of
from songnuan.approvals.rules import (
    KINDS,
    check_not_author,
    check_unused,
    permission_of,
    remark_of,
    step_label,
    unheld,
)
from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, permits, refuse, require

__all__ = [
    "accept_delegation",
    "approve",
    "decline_delegation",
    "end_chain",
    "end_delegation",
    "lift_hold",
    "offer_delegation",
    "place_hold",
    "request",
    "return_",
    "set_chain",
    "state_on_hold",
    "withdraw",
]


@transaction.atomic(savepoint=False)
def request(
    *,
    kind: str,
    plan_kind: str = "",
    subject: str,
    stream: str,
    title: str,
    digest: str,
    unit_id: int,
    authors: Collection[int] = (),
    signing_id: int | None = None,
    actor: Actor,
    at: datetime,
) -> Request:
    """Put `subject` up for approval, as its maker's own act, in the steps that the chain has today.

    `kind` is one of `rules.KINDS`, `plan_kind` the kind of plan it is about; `title` is what approvers read
    in their list; `authors` wrote it and decide at no step; `signing_id` is the unit whose office signs,
    where it is not the one asked about; the rest as in `Request`.

    Raises:
        NotPermitted: The actor is no person, or lacks the permission over the unit.
        Refusal: `already_requested` while the subject waits for approval, `step_nobody` where nobody can
            take one of the steps.
        KeyError: For an unknown kind, which is a fault of the program.

    """
    require(actor, KINDS[kind].request, unit_id=unit_id, at=at)
    person_id = _person(actor)
    made = Request(
        kind=kind,
        subject=subject,
        stream=stream,
        title=title,
        digest=digest,
        unit_id=unit_id,
        requested_at=at,
    )
    try:
        with transaction.atomic():  # the database alone knows whether the subject waits already
            made.save(force_insert=True)
    except IntegrityError:
        raise Refusal(
            "already_requested",
            _("This already waits for approval. Wait for the answer, or have it returned to change it."),
            subject=subject,
        ) from None
    steps = _steps(made, plan_kind, signing_id, at)
    check_held(steps, {person_id, *authors}, at)
    RequestStep.objects.bulk_create(steps)
    RequestAuthor.objects.bulk_create(
        RequestAuthor(request=made, person_id=pk) for pk in sorted(set(authors))
    )
    Act.objects.create(request=made, person_id=person_id, holder_id=person_id, verb=Verb.REQUEST, at=at)
    _note(made, Verb.REQUEST.value, actor, at)
    return made


def _steps(made: Request, plan_kind: str, signing_id: int | None, at: datetime) -> list[RequestStep]:
    """Return the steps that the chain has today, for this request."""
    chain = chain_for(made.kind, made.unit_id, day_of(at), plan_kind)
    return [
        RequestStep(
            request=made,
            position=position,
            kind=step.kind,
            permission=permission_of(made.kind, step.kind).value,
            unit_id=(signing_id if step.kind == StepKind.SIGN else step.unit_id) or made.unit_id,
        )
        for position, step in enumerate(steps_of(made.kind, chain), start=1)
    ]


@transaction.atomic(savepoint=False)
def approve(
    *,
    request_id: int,
    digest: str,
    remark: str = "",
    step: int | None = None,
    actor: Actor,
    at: datetime,
) -> Request:
    """Approve what the actor saw; it goes on to the next step, and with the last one it is approved.

    Args:
        request_id: Which request.
        digest: That of the page the actor looked at.
        remark: What the actor says about it.
        step: The place of the step that the page showed; without it, the one at which it lies.
        actor: Needs the office that the step asks for, or a delegation of it.
        at: When.

    Raises:
        NotPermitted: The actor is no person, or holds the office of no step.
        Refusal: `already_acted` by the maker or a second time, `not_your_turn` while it lies at another
            step, `step_passed` when the step was decided meanwhile, `subject_changed` when the digest is
            another, `wrong_state` when the request is no longer pending, `request_unknown`.

    """
    return _decide(_case(request_id, actor, at), Verb.APPROVE, digest, remark, step)


@transaction.atomic(savepoint=False)
def return_(
    *, request_id: int, digest: str, remark: str, step: int | None = None, actor: Actor, at: datetime
) -> Request:
    """Return the request to its maker, from whatever step; `remark` says what has to be changed.

    Raises:
        NotPermitted: As `approve`.
        Refusal: As `approve`, and `remark_missing`.

    """
    return _decide(_case(request_id, actor, at), Verb.RETURN, digest, remark, step)


@transaction.atomic(savepoint=False)
def withdraw(*, request_id: int, remark: str = "", actor: Actor, at: datetime) -> Request:
    """Take a request back, at whatever step it lies, as long as it waits.

    Its maker may, and whoever signs for the unit, saying why: a request that nobody can decide any more
    has to end somehow.

    Raises:
        Refusal: `request_unknown`, `not_the_maker`, `remark_missing`, `wrong_state` once it was decided.

    """
    row = _found(request_id)
    is_maker = row.acts.filter(person_id=_person(actor), verb=Verb.REQUEST).exists()
    if not is_maker and not permits(actor, KINDS[row.kind].approve, unit_id=row.unit_id, at=at):
        sentence = _("Only who asked for approval, or who signs for the unit, can take it back.")
        raise NotPermitted("not_the_maker", sentence, request=row.pk)
    said = remark_of(remark, required=not is_maker)
    same = Request.objects.filter(pk=row.pk)
    REQUEST.move_one(same, "withdraw", withdrawn_at=at, withdrawn_by_id=actor.user_id, withdrawn_why=said)
    _note(row, "withdraw", actor, at, reason=said)
    row.refresh_from_db()
    return row


@dataclass(frozen=True, slots=True)
class _Case:
    """A request as somebody comes to decide about it; `acted` are the people and offices used up.

    `authors` wrote what it is about: their offices are used up too.
    """

    row: Request
    steps: Sequence[RequestStep]
    acted: set[int]
    authors: set[int]
    actor: Actor
    person_id: int
    at: datetime

    @property
    def excluded(self) -> set[int]:
        """Return whose office decides no more."""
        return self.acted | self.authors

    @property
    def here(self) -> RequestStep:
        """Return the step at which it lies."""
        return self.steps[self.row.step - 1]


def _case(request_id: int, actor: Actor, at: datetime) -> _Case:
    row = _found(request_id)
    pairs = row.acts.values_list("person_id", "holder_id")
    return _Case(
        row=row,
        steps=list(row.steps.order_by("position")),
        acted={pk for pair in pairs for pk in pair},
        authors=set(row.authors.values_list("person_id", flat=True)),
        actor=actor,
        person_id=_person(actor),
        at=at,
    )


def _decide(case: _Case, verb: Verb, digest: str, remark: str, seen: int | None) -> Request:
    row, actor, at = case.row, case.actor, case.at
    office = _office(case, seen)
    said = remark_of(remark, required=verb is Verb.RETURN)
    check_unused(case.person_id, case.acted, row.pk)
    check_not_author(case.person_id, case.authors, row.pk)
    if row.digest != digest:
        raise Refusal(
            "subject_changed",
            _("What you looked at is not what was handed in for approval. Open it again and read it anew."),
            request=row.pk,
        )
    is_passed_on = verb is Verb.APPROVE and row.step < len(case.steps)
    if is_passed_on:
        _keep_a_hand(case, office)
    # One statement asks where it lies and moves it: of two at once, one is refused.
    here = Request.objects.filter(pk=row.pk, step=row.step)
    if is_passed_on:
        REQUEST.move_one(here, "pass", step=row.step + 1)
    else:
        REQUEST.move_one(here, verb.value)
    Act.objects.create(
        request=row,
        person_id=case.person_id,
        holder_id=office.holder_id,
        delegation=office.delegation,
        step=row.step,
        verb=verb,
        at=at,
        remark=said,
    )
    _note(row, verb.value, actor, at, office)
    row.refresh_from_db()
    return row


def _office(case: _Case, seen: int | None) -> Office:
    """Return the office in which the actor decides at the step where the request lies."""
    row, actor, at, acted = case.row, case.actor, case.at, case.acted
    excluded = case.excluded
    if seen is not None and seen != row.step and case.person_id not in acted:
        sentence = _("This step was decided meanwhile. Open it again to see where it lies now.")
        raise Refusal("step_passed", sentence, request=row.pk, step=row.step)
    office = office_for(actor, case.here, at, acted=excluded)
    if office is not None:
        _hold(office, case.here, at)
        return office
    others = (step for step in case.steps if step is not case.here)
    if any(office_for(actor, step, at, acted=excluded) for step in others):
        check_unused(case.person_id, acted, row.pk)
        check_not_author(case.person_id, case.authors, row.pk)
        sentence = _("It lies at another step now: %(step)s. You decide at yours, not before and not twice.")
        facts = {"step": step_label(row.kind, case.here.kind)}
        raise Refusal("not_your_turn", sentence % facts, request=row.pk, step=row.step)
    return refuse(Permission(case.here.permission), unit_id=case.here.unit_id)


def _hold(office: Office, step: RequestStep, at: datetime) -> None:
    """Hold a delegation until commit, so that one ended at this moment carries no act after it."""
    if office.delegation is None:
        return
    row = in_force(at).select_related(None).select_for_update().filter(pk=office.delegation.pk).first()
    if row is None:
        refuse(Permission(step.permission), unit_id=step.unit_id)


def _keep_a_hand(case: _Case, office: Office) -> None:
    """Let pass an act that does not use up the last person for a step still to come."""
    to_come = case.steps[case.row.step :]
    used = case.excluded | {case.person_id, office.holder_id}
    before = unheld([hands(step, case.at, case.excluded) for step in to_come])
    after = unheld([hands(step, case.at, used) for step in to_come])
    if len(after) > len(before):
        lost = to_come[next(place for place in after if place not in before)]
        sentence = _(
            "Nobody but you, or whom you stand in for, can take the later step “%(step)s”. "
            "Leave this one to another person."
        )
        facts = {"step": step_label(case.row.kind, lost.kind)}
        raise Refusal("last_for_step", sentence % facts, request=case.row.pk, step=lost.position)


def _found(request_id: int) -> Request:
    row = Request.objects.filter(pk=request_id).first()
    if row is None:
        raise Refusal("request_unknown", _("There is no such request. Open your list of approvals again."))
    return row


def _person(actor: Actor) -> int:
    """Return the actor's user; the system itself neither makes nor approves."""
    if actor.user_id is None:
        raise NotPermitted(
            "person_needed",
            _("Only a person can ask for approval or give it. Sign in with your own account."),
        )
    return actor.user_id


def _note(
    row: Request, verb: str, actor: Actor, at: datetime, office: Office | None = None, *, reason: str = ""
) -> None:
    facts: dict[str, object] = {
        "request": row.pk,
        "kind": row.kind,
        "digest": row.digest,
        "unit": row.unit_id,
    }
    if reason:
        facts["reason"] = reason
    if office is not None:
        facts["step"] = row.step
        if office.delegation is not None:
            facts["for"] = f"organisation.user:{office.holder_id}"
            facts["delegation"] = office.delegation.pk
    record(
        stream=row.stream,
        action=f"approvals.{verb}",
        subject=row.subject,
        actor=actor,
        at=at,
        facts=facts,
    )
