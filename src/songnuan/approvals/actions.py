"""The only writers of requests and acts."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from songnuan.approvals.lifecycle import REQUEST
from songnuan.approvals.models import Act, Request, Verb
from songnuan.approvals.rules import KINDS, remark_of
from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.queries import require


@transaction.atomic(savepoint=False)
def request(
    *,
    kind: str,
    subject: str,
    stream: str,
    title: str,
    digest: str,
    unit_id: int,
    actor: Actor,
    at: datetime,
) -> Request:
    """Put `subject` up for approval, as its maker's own act.

    `kind` is one of `rules.KINDS`; `title` is what approvers read in their list; the rest as in `Request`.

    Raises:
        NotPermitted: The actor is no person, or lacks the permission over the unit.
        Refusal: `already_requested` while the subject waits for approval.
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
    Act.objects.create(request=made, person_id=person_id, verb=Verb.REQUEST, at=at)
    _note(made, Verb.REQUEST, actor, at)
    return made


@transaction.atomic(savepoint=False)
def approve(*, request_id: int, digest: str, remark: str = "", actor: Actor, at: datetime) -> Request:
    """Approve what the actor saw; `digest` is that of the page the actor looked at.

    Raises:
        NotPermitted: The actor is no person, or lacks the permission over the unit.
        Refusal: `already_acted` by the maker or a second time, `subject_changed` when the digest is
            another, `wrong_state` when the request is no longer pending, `request_unknown`.

    """
    return _act(Verb.APPROVE, request_id=request_id, digest=digest, remark=remark, actor=actor, at=at)


@transaction.atomic(savepoint=False)
def return_(*, request_id: int, digest: str, remark: str, actor: Actor, at: datetime) -> Request:
    """Return the request to its maker; `remark` says what has to be changed.

    Raises:
        NotPermitted: The actor is no person, or lacks the permission over the unit.
        Refusal: As `approve`, and `remark_missing`.

    """
    return _act(Verb.RETURN, request_id=request_id, digest=digest, remark=remark, actor=actor, at=at)


def _act(verb: Verb, *, request_id: int, digest: str, remark: str, actor: Actor, at: datetime) -> Request:
    row = Request.objects.filter(pk=request_id).first()
    if row is None:
        raise Refusal("request_unknown", _("There is no such request. Open your list of approvals again."))
    require(actor, KINDS[row.kind].approve, unit_id=row.unit_id, at=at)
    person_id = _person(actor)
    said = remark_of(remark, required=verb is Verb.RETURN)
    if row.acts.filter(person_id=person_id).exists():
        raise Refusal(
            "already_acted",
            _("You made this request or have acted on it already. Someone else has to decide."),
            request=row.pk,
        )
    if row.digest != digest:
        raise Refusal(
            "subject_changed",
            _("What you looked at is not what was handed in for approval. Open it again and read it anew."),
            request=row.pk,
        )
    REQUEST.move_one(Request.objects.filter(pk=row.pk), verb.value)
    Act.objects.create(request=row, person_id=person_id, verb=verb, at=at, remark=said)
    _note(row, verb, actor, at)
    row.refresh_from_db()
    return row


def _person(actor: Actor) -> int:
    """Return the actor's user; the system itself neither makes nor approves."""
    if actor.user_id is None:
        raise NotPermitted(
            "person_needed",
            _("Only a person can ask for approval or give it. Sign in with your own account."),
        )
    return actor.user_id


def _note(row: Request, verb: Verb, actor: Actor, at: datetime) -> None:
    record(
        stream=row.stream,
        action=f"approvals.{verb.value}",
        subject=row.subject,
        actor=actor,
        at=at,
        facts={"request": row.pk, "kind": row.kind, "digest": row.digest, "unit": row.unit_id},
    )
