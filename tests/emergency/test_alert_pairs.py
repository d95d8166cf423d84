"""The state table of an alert: every act by everybody in every state, allowed or refused."""

from collections.abc import Callable, Mapping
from functools import partial
from uuid import uuid4

import pytest

from emergency.house import EAST, WEST, ReportHouse, at, entries, make_house, rows_of
from emergency.warning_house import TABLES, look, tell_days, watch
from songnuan.audit.models import Entry
from songnuan.emergency import warning_checks
from songnuan.emergency.models import Alert, AlertAct
from songnuan.journeys.act_on_alert import acknowledge_alert, close_alert, note_alert, verify_alert
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.refusal import Refusal

pytestmark = pytest.mark.django_db
NOW = at(10, 17)
STATES = ("raised", "acknowledged", "verified", "closed")
ABOVE = frozenset({"office", "above"})
# Who may do what in which state; whatever is not named is refused.
MAY: Mapping[str, Mapping[str, frozenset[str]]] = {
    "raised": {"acknowledge": ABOVE, "note": ABOVE},
    "acknowledged": {"verify": ABOVE, "note": ABOVE},
    "verified": {"close": frozenset({"office"}), "note": ABOVE},
    "closed": {"note": ABOVE},
}
ACTS: Mapping[str, Callable[[int, Actor], Alert]] = {
    "acknowledge": lambda pk, actor: acknowledge_alert(alert_id=pk, key=uuid4(), actor=actor, at=NOW),
    "verify": lambda pk, actor: verify_alert(
        alert_id=pk, is_true=True, words="电话核实，九人发热。", key=uuid4(), actor=actor, at=NOW
    ),
    "close": lambda pk, actor: close_alert(
        alert_id=pk, outcome="handled", words="已送诊。", key=uuid4(), actor=actor, at=NOW
    ),
    "note": lambda pk, actor: note_alert(alert_id=pk, words="疾控在路上。", key=uuid4(), actor=actor, at=NOW),
}


def world() -> tuple[ReportHouse, dict[str, Actor], dict[str, Alert]]:
    """Return a house with alerts of four stations, one in each state."""
    house = make_house()
    watch(house)
    counts: list[int | None] = [0, 1, 0, 1, 0, 1, 0, 9]
    look(tell_days(house, dict.fromkeys(("一站", "二站", "三站", EAST), counts)))
    people = {
        "office": house.office,
        "above": house.liaisons[EAST],
        "itself": house.liaisons["一站"],
        "beside": house.liaisons[WEST],
        "viewer": house.viewer,
        "system": SYSTEM,
    }
    names = dict(zip(STATES, ("一站", "二站", "三站"), strict=False))
    alerts = {
        state: Alert.objects.get(unit=house.units[name], is_node=False) for state, name in names.items()
    }
    alerts["closed"] = Alert.objects.get(unit=house.units[EAST], is_node=True)
    for state, alert in alerts.items():
        for act in ("acknowledge", "verify", "close")[: STATES.index(state)]:
            ACTS[act](alert.pk, house.office)
    return house, people, {state: Alert.objects.get(pk=alert.pk) for state, alert in alerts.items()}


def refused(act: Callable[[], object]) -> str:
    """Do what is refused, see that nothing but the refusal was written, and return its code."""
    before, kept = (rows_of(*TABLES), entries()), Entry.objects.filter(action="journey.refused").count()
    with pytest.raises(Refusal) as refusal:
        act()
    assert (rows_of(*TABLES), entries()) == before
    assert Entry.objects.filter(action="journey.refused").count() == kept + 1
    assert refusal.value.sentence
    return refusal.value.code


def test_every_pair_of_act_and_state_and_person() -> None:
    house, people, alerts = world()
    # Of the alert that is closed, about the district: its own liaison does not stand above it.
    rights = {state: MAY[state] for state in STATES}
    for state, alert in alerts.items():
        for act, carry_out in ACTS.items():
            for who, actor in people.items():
                may = rights[state].get(act, frozenset())
                if who in may and not (state == "closed" and who == "above"):
                    continue
                code = refused(partial(carry_out, alert.pk, actor))
                is_right_missing = who not in ABOVE or (
                    who == "above" and (act == "close" or state == "closed")
                )
                assert code == ("not_permitted" if is_right_missing else "wrong_state"), (state, act, who)
    wrong: Mapping[str, Callable[[Actor], object]] = {
        "signal_missing": lambda actor: verify_alert(
            alert_id=alerts["acknowledged"].pk,
            is_true=None,
            words="电话核实。",
            key=uuid4(),
            actor=actor,
            at=NOW,
        ),
        "words_missing": lambda actor: verify_alert(
            alert_id=alerts["acknowledged"].pk, is_true=True, words=" ", key=uuid4(), actor=actor, at=NOW
        ),
        "outcome_unfit": lambda actor: close_alert(
            alert_id=alerts["verified"].pk, outcome="chance", words="波动。", key=uuid4(), actor=actor, at=NOW
        ),
        "text_too_long": lambda actor: note_alert(
            alert_id=alerts["verified"].pk, words="长" * 1001, key=uuid4(), actor=actor, at=NOW
        ),
        "alert_unknown": lambda actor: note_alert(
            alert_id=10**9, words="无", key=uuid4(), actor=actor, at=NOW
        ),
    }
    for code, mistake in wrong.items():
        assert refused(partial(mistake, house.office)) == code
    assert list(warning_checks.verify()) == []


def test_who_may_is_let_pass_and_what_was_done_is_kept() -> None:
    house, people, alerts = world()
    assert ACTS["acknowledge"](alerts["raised"].pk, people["above"]).status == "acknowledged"
    assert ACTS["verify"](alerts["acknowledged"].pk, people["above"]).is_true is True
    assert ACTS["verify"](alerts["raised"].pk, people["office"]).status == "verified"
    assert ACTS["close"](alerts["verified"].pk, people["office"]).outcome == "handled"
    for alert in alerts.values():
        ACTS["note"](alert.pk, people["office"])
    alert = Alert.objects.get(pk=alerts["raised"].pk)
    assert (alert.acknowledged_by_id, alert.verified_by_id) == (
        people["above"].user_id,
        people["office"].user_id,
    )
    told = AlertAct.objects.filter(alert=alert).order_by("pk")
    assert [(act.verb, act.words) for act in told] == [
        ("raised", None),
        ("acknowledged", None),
        ("true", "电话核实，九人发热。"),
        ("noted", "疾控在路上。"),
    ]
    for act in ("emergency.acknowledge_alert", "emergency.verify_alert", "emergency.close_alert"):
        entry = Entry.objects.filter(action=act).latest("pk")
        assert entry.subject.startswith("emergency.alert:")
        assert "核实" not in entry.facts
        assert "送诊" not in entry.facts
    false = Alert.objects.get(unit=house.units[EAST], is_node=False)
    acknowledge_alert(alert_id=false.pk, key=uuid4(), actor=house.office, at=NOW)
    verify_alert(alert_id=false.pk, is_true=False, words="填错行。", key=uuid4(), actor=house.office, at=NOW)
    close_alert(
        alert_id=false.pk, outcome="misreported", words="已更正。", key=uuid4(), actor=house.office, at=NOW
    )
    assert list(warning_checks.verify()) == []
