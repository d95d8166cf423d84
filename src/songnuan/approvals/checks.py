"""Invariants of requests and acts."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from songnuan.approvals.models import (
    Act,
    Chain,
    ChainStep,
    Request,
    RequestAuthor,
    RequestStatus,
    RequestStep,
    StepKind,
    Verb,
)
from songnuan.audit.findings import Finding

_CHUNK = 500


@dataclass(slots=True)
class _Story:
    """What the acts of a request tell; `hands` are those who decided, and in whose office."""

    makers: int = 0
    approved: list[int] = field(default_factory=list)
    returned: list[int] = field(default_factory=list)
    hands: set[int] = field(default_factory=set)


def verify() -> list[Finding]:
    """Return requests whose acts do not tell their story, and chains that end without a signature.

    Codes: `request_without_maker` (no one stands behind it), `request_undecided` (approved or
    returned without the act), `request_decided_twice` (more than one decision, or one while pending),
    `request_steps` (its steps have a gap or no signature at the end, or it lies where none is),
    `request_step_skipped` (it lies at a step before which one was not taken), `request_by_author` (somebody
    decided about what they wrote), `chain_unsigned`.
    """
    steps: dict[int, list[tuple[int, str]]] = {}
    rows = RequestStep.objects.order_by("request_id", "position")
    for pk, position, kind in rows.values_list("request_id", "position", "kind").iterator(chunk_size=_CHUNK):
        steps.setdefault(pk, []).append((position, kind))
    stories: dict[int, _Story] = {}
    acts = Act.objects.order_by("pk").values_list("request_id", "verb", "step", "person_id", "holder_id")
    for pk, verb, place, person, holder in acts:
        story = stories.setdefault(pk, _Story())
        if verb == Verb.REQUEST:
            story.makers += 1
        else:
            (story.approved if verb == Verb.APPROVE else story.returned).append(place or 0)
            story.hands |= {person, holder}
    findings: list[Finding] = []
    for row in Request.objects.order_by("pk").iterator(chunk_size=_CHUNK):
        findings += _of_request(row, steps.get(row.pk, []), stories.get(row.pk, _Story()))
    for pk, author in RequestAuthor.objects.order_by("pk").values_list("request_id", "person_id"):
        if author in stories.get(pk, _Story()).hands:
            sentence = _("Somebody decided about a text that the same person wrote.")
            findings.append(Finding("request_by_author", f"approvals.request:{pk}", sentence))
    return [*findings, *_of_chains()]


def _of_request(row: Request, steps: list[tuple[int, str]], story: _Story) -> Iterator[Finding]:
    where = f"approvals.request:{row.pk}"
    if story.makers != 1:
        yield Finding("request_without_maker", where, _("The request has no single maker."))
    if not _is_chain(steps) or not 1 <= row.step <= len(steps):
        sentence = _("The steps of the request have a gap, or do not end with a signature.")
        yield Finding("request_steps", where, sentence)
        return
    is_approved, is_returned = (row.status == s for s in (RequestStatus.APPROVED, RequestStatus.RETURNED))
    passed = list(range(1, row.step + is_approved))
    decided = len(story.approved) - (row.step - 1) + len(story.returned)
    ending = (
        row.step in story.approved if is_approved else row.step in story.returned if is_returned else True
    )
    if not ending:
        yield Finding("request_undecided", where, _("Nobody's act stands behind the decision."))
    elif decided > (is_approved or is_returned):
        yield Finding("request_decided_twice", where, _("The acts say more than the status."))
    elif sorted(story.approved) != passed:
        sentence = _("A step before the one at which the request lies was not taken.")
        yield Finding("request_step_skipped", where, sentence)


def _of_chains() -> Iterator[Finding]:
    steps: dict[int, list[tuple[int, str]]] = {}
    rows = ChainStep.objects.order_by("chain_id", "position")
    for pk, position, kind in rows.values_list("chain_id", "position", "kind"):
        steps.setdefault(pk, []).append((position, kind))
    for pk in Chain.objects.order_by("pk").values_list("pk", flat=True):
        if not _is_chain(steps.get(pk, [])):
            sentence = _("The steps of the chain have a gap, or do not end with a signature.")
            yield Finding("chain_unsigned", f"approvals.chain:{pk}", sentence)


def _is_chain(steps: list[tuple[int, str]]) -> bool:
    """Return whether the places run from 1 without a gap and the last one is the only signature."""
    places = [position for position, _kind in steps]
    signed = [position for position, kind in steps if kind == StepKind.SIGN]
    return bool(steps) and places == list(range(1, len(steps) + 1)) and signed == places[-1:]
