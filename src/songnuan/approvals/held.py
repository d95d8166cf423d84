"""Whether every step that a request is to go through finds somebody to take it."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.approvals.authority import hands
from songnuan.approvals.models import RequestStep
from songnuan.approvals.rules import step_label, unheld
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.queries import day_of, last_names, unit_names


def check_held(steps: Sequence[RequestStep], excluded: set[int], at: datetime) -> None:
    """Let pass steps each of which finds a person of its own, other than those who wrote or ask.

    Raises:
        Refusal: `step_nobody`, with the step, the unit, and what to do.

    """
    found = [hands(step, at, excluded) for step in steps]
    lacking = next(iter(unheld(found)), None)
    if lacking is None:
        return
    step, on = steps[lacking], day_of(at)
    name = unit_names([step.unit_id], on).get(step.unit_id)
    if name is None:
        name = last_names([step.unit_id])[step.unit_id]
        sentence = _(
            "Nobody can take the step “%(step)s”: %(unit)s was dissolved. Have the steps of approvals "
            "changed by an administrator, then hand it in again."
        )
    elif hands(step, at, ()):
        sentence = _(
            "Nobody can take the step “%(step)s” at %(unit)s: who holds the post there wrote or hands in "
            "this text, or is needed for another step. Have another person given the post, or the steps "
            "changed, by an administrator, then hand it in again."
        )
    else:
        sentence = _(
            "Nobody can take the step “%(step)s”: at %(unit)s nobody holds the post. Have it given, or the "
            "steps changed, by an administrator, then hand it in again."
        )
    facts = {"step": step_label(step.request.kind, step.kind), "unit": name}
    raise Refusal("step_nobody", sentence % facts, unit=step.unit_id, step=step.kind)
