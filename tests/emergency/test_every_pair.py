"""The state table of a response: every act by everybody in every state, allowed or refused."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from emergency.group import LAUNCH, NOW, Group, make_group
from goods.builders import snapshot
from songnuan.audit.models import Entry
from songnuan.emergency.models import Activation, ActivationAct, Handover, Order
from songnuan.jobs.models import InboxEntry, Notice, OutboxMessage
from songnuan.journeys.activate_plan import activate_plan
from songnuan.journeys.hand_over_response import answer_handover, offer_handover, take_back_handover
from songnuan.journeys.stand_down import stand_down
from songnuan.journeys.steer_response import assess_response, change_level
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.records.models import NumberSequence

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (Activation, ActivationAct, Handover, Order, NumberSequence, InboxEntry, OutboxMessage, Notice)
ENTRIES = partial(Entry.objects.exclude, action="audit.stream")
GROUP = frozenset({"leader", "stand_in", "deputy", "asked", "member"})
TAKE_IN = GROUP | {"office", "superior"}
OFFICE = frozenset({"office", "superior"})
NOBODY: frozenset[str] = frozenset()
SIGN = frozenset({"leader", "stand_in"})
# Who may do what in which state; whatever is not named is refused.
MAY: Mapping[str, Mapping[str, frozenset[str]]] = {
    "nothing": {"activate": SIGN},
    "active": {
        "change_level": frozenset({"leader"}),
        "assess": GROUP,
        "offer": frozenset({"leader"}),
        "order_end": TAKE_IN,
        "order_successor": OFFICE,
        "stand_down": frozenset({"leader"}),
    },
    "offered": {
        "change_level": frozenset({"leader"}),
        "assess": GROUP,
        "accept": frozenset({"asked"}),
        "decline": frozenset({"asked"}),
        "take_back": frozenset({"leader"}),
        "order_end": TAKE_IN,
        "order_successor": OFFICE,
    },
    "handed over": {
        "change_level": frozenset({"asked"}),
        "assess": GROUP,
        "offer": frozenset({"asked"}),
        "order_end": TAKE_IN,
        "order_successor": OFFICE,
        "stand_down": frozenset({"asked"}),
    },
    "ended": {"activate": SIGN},
}

# What is done already comes to the same once more.
AGAIN = {("handed over", "accept", "asked")}


def stand(found: Group, state: str) -> int:
    """Bring a group to a state; return the id of its response, 0 where there is none."""
    if state == "nothing":
        return 0
    row = found.activate()
    if state == "offered":
        found.offer(row, "asked")
    if state == "handed over":
        found.hand_over(row, "asked")
    if state == "ended":
        found.end(row)
    return row.pk


def acts(found: Group, pk: int) -> Mapping[str, Callable[[Actor], object]]:
    """Return every act on the response of a group."""
    row = Activation(pk=pk)
    deputy = found.people["deputy"].user_id or 0
    by_order = {"who": "", "successor_id": found.members["deputy"].pk}

    def ordered(asks: str, actor: Actor, **changes: object) -> int:
        found.people[""] = actor
        return found.order(asks, row, **{"who": "", **changes})  # type: ignore[arg-type]

    told: dict[str, Any] = {"activation_id": pk, "at": NOW}
    return {
        "activate": lambda actor: activate_plan(
            measure_id=found.measure.pk, launch=LAUNCH, key=uuid4(), actor=actor, at=NOW
        ),
        "change_level": lambda actor: change_level(level="one", reason="扩散", actor=actor, **told),
        "assess": lambda actor: assess_response(should_end=True, text="平稳", actor=actor, **told),
        "offer": lambda actor: offer_handover(successor_id=deputy, reason="外出", actor=actor, **told),
        "accept": lambda actor: answer_handover(accept=True, actor=actor, **told),
        "decline": lambda actor: answer_handover(accept=False, remark="不在", actor=actor, **told),
        "take_back": lambda actor: take_back_handover(actor=actor, **told),
        "order_end": lambda actor: ordered("end", actor),
        "order_successor": lambda actor: ordered("successor", actor, **by_order),
        "stand_down": lambda actor: stand_down(reason="平稳", key=uuid4(), actor=actor, **told),
    }


@pytest.mark.parametrize("state", MAY)
def test_who_may_not_is_refused_and_the_refusal_is_kept(state: str) -> None:
    found = make_group()
    pk = stand(found, state)
    people = dict(found.people)
    for name, carry_out in acts(found, pk).items():
        for who in people.keys() - MAY[state].get(name, NOBODY):
            if (state, name, who) in AGAIN:
                continue
            before, kept = snapshot(TABLES), ENTRIES().count()
            with pytest.raises(Refusal) as refused:
                carry_out(people[who])
            assert snapshot(TABLES) == before, (state, name, who)
            assert ENTRIES().count() == kept + 1, "the refusal alone"
            entry = ENTRIES().latest("pk")
            assert (entry.action, entry.actor_key) == ("journey.refused", people[who].key)
            assert f'"code":"{refused.value.code}"' in entry.facts


@pytest.mark.parametrize("state", MAY)
def test_who_may_is_let_pass(state: str) -> None:
    for name, allowed in MAY[state].items():
        for who in sorted(allowed):
            found = make_group()
            pk = stand(found, state)
            people, count = dict(found.people), ActivationAct.objects.count()
            acts(found, pk)[name](people[who])
            assert ActivationAct.objects.count() > count, (state, name, who)


def test_only_the_holder_is_told_to_be_the_one_who_ends() -> None:
    """Each way past the issuer meets its own sentence."""
    found = make_group()
    row = found.activate("stand_in")
    for who, code in (
        ("leader", "not_the_holder"),
        ("superior", "not_the_holder"),
        ("administrator", "not_the_holder"),
        ("system", "not_the_holder"),
    ):
        with pytest.raises(Refusal) as refused:
            found.end(row, who)
        assert refused.value.code == code
        assert "副主任乙" in refused.value.sentence
    found.end(row, "stand_in")
