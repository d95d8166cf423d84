"""Journeys of pickups: what is opened twice, what is signed, and who may fetch a kit for somebody."""

import json
from datetime import timedelta
from functools import partial
from io import BytesIO
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from PIL import Image

from goods.builders import NOW, snapshot
from goods.pickups import FIRST, PICKUPS, SECOND, Gate, make_gate, whole
from hands import together
from songnuan.audit.models import Entry
from songnuan.goods.actions.pickups import ToldPickup
from songnuan.goods.models import Batch, Desk, Distribution, Pickup, Portion, Recipient
from songnuan.goods.pickup_states import Mode
from songnuan.journeys.base import REFUSALS
from songnuan.journeys.name_proxy import name_proxy
from songnuan.journeys.open_desk import open_desk
from songnuan.journeys.open_distribution import open_distribution
from songnuan.journeys.record_pickup import record_pickup
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.people.access_codes import oneself
from songnuan.people.models import Person, PersonStatus
from songnuan.plans.models import Measure
from songnuan.records.models import StoredFile
from songnuan.records.queries import read_file
from songnuan.records.rules import OPEN_FILE
from web.browsing import as_, on

pytestmark = pytest.mark.django_db(transaction=True)

DESKS = 6
BATCHES = [(SECOND, "西门"), (FIRST, "东门")]


def signature(colour: str = "black") -> bytes:
    """Return a picture that somebody signed."""
    made = BytesIO()
    Image.new("RGB", (64, 24), colour).save(made, "PNG")
    return made.getvalue()


def opened(gate: Gate, **other: object) -> Distribution:
    """Open what the gate has open, or something else, once more."""
    asked: dict[str, object] = {
        "measure": gate.measure,
        "kit_id": gate.store.kit_id,
        "roster_id": gate.roster.pk,
        "mode": Mode.DIVIDE,
        "batches": BATCHES,
        **other,
    }
    return open_distribution(**asked, actor=gate.officer, at=NOW)  # type: ignore[arg-type]  # of the right kinds


def refused_so(gate: Gate, **other: object) -> str:
    """Return the code with which opening is refused, having seen that nothing changed."""
    before = snapshot(PICKUPS)
    with pytest.raises(Refusal) as caught:
        opened(gate, **other)
    assert snapshot(PICKUPS) == before
    return caught.value.code


# Opened twice ---------------------------------------------------------------------------------------


def test_the_same_handing_out_is_opened_once() -> None:
    gate = make_gate("甲")
    before = snapshot(PICKUPS)
    assert opened(gate) == gate.distribution
    assert snapshot(PICKUPS) == before
    assert Entry.objects.filter(action="goods.open_distribution").count() == 1


def test_under_one_measure_nothing_else_is_handed_out_and_no_kit_under_two() -> None:
    gate = make_gate("甲")
    assert refused_so(gate, batches=[(FIRST, "东门")]) == "distribution_open"
    other = Measure.objects.create(
        plan=gate.store.house.plan,
        position=91,
        key="other",
        clause_key="standard",
        kind="assignments",
        status="open",
        opened_at=NOW,
    )
    assert refused_so(gate, measure=other) == "kit_at_desks"


def test_two_who_open_the_same_at_once_open_it_once() -> None:
    gate = make_gate("甲")
    for table in (Portion, Recipient, Batch, Distribution):
        table.objects.all().delete()
    assert together(*[lambda: opened(gate)] * 6) == {"done": 6}
    assert Distribution.objects.count() == 1
    assert Batch.objects.count() == len(BATCHES)


def test_a_second_desk_of_one_name_is_refused_in_words_also_at_once() -> None:
    gate = make_gate("甲")

    def act() -> Desk:
        return open_desk(distribution_id=gate.distribution.pk, name="东门", actor=gate.officer, at=NOW)

    assert together(*[act] * 6) == {"done": 1, "desk_named_so": 5}
    assert Desk.objects.count() == 1
    refusals = Entry.objects.filter(stream__name=REFUSALS)
    told = {json.loads(facts)["for"] for facts in refusals.values_list("facts", flat=True)}
    assert told == {f"goods.distribution:{gate.distribution.pk}"}


def sent(gate: Gate, told: ToldPickup) -> tuple[Pickup, bool]:
    """Send a record."""
    return record_pickup(told=told, actor=gate.clerk, at=NOW)


# One key --------------------------------------------------------------------------------------------


def test_one_key_at_two_desks_at_the_same_moment_is_one_record_and_a_sentence() -> None:
    names = [f"教师{number}" for number in range(DESKS)]
    gate = make_gate(*names, kits=DESKS)
    desks = [gate.desk(f"{number}号台", 1) for number in range(DESKS)]
    portions = [gate.portion(name).pk for name in names]
    for _again in range(5):
        key = uuid4()
        told = [ToldPickup(key, *pair, NOW) for pair in zip(desks, portions, strict=True)]
        outcomes = together(*[partial(sent, gate, one) for one in told])
        assert outcomes == {"done": 1, "key_reused": DESKS - 1}
        assert Pickup.objects.filter(key=key).count() == 1
        assert whole()


def test_one_signed_record_sent_many_times_at_once_is_kept_once() -> None:
    gate = make_gate("甲")
    told = ToldPickup(uuid4(), gate.desk("东门", 2), gate.portion("甲").pk, NOW)

    def act() -> object:
        return record_pickup(told=told, signature=signature(), actor=gate.clerk, at=NOW)

    assert together(*[act] * 6) == {"done": 6}
    assert Pickup.objects.count() == StoredFile.objects.count() == 1
    assert whole()


def test_the_same_record_is_known_though_its_clock_is_put_right_by_another_amount() -> None:
    gate = make_gate("甲")
    first = ToldPickup(uuid4(), gate.desk("东门", 2), gate.portion("甲").pk, NOW, device_at=NOW)
    again = ToldPickup(first.key, first.desk_id, first.portion_id, NOW + timedelta(seconds=2), device_at=NOW)
    kept, is_new = record_pickup(told=first, actor=gate.clerk, at=NOW + timedelta(hours=1))
    assert is_new
    assert record_pickup(told=again, actor=gate.clerk, at=NOW + timedelta(hours=2)) == (kept, False)


# Signed ---------------------------------------------------------------------------------------------


def test_what_was_signed_is_kept_with_the_record_and_never_exchanged() -> None:
    gate = make_gate("甲", "乙")
    desk = gate.desk("东门", 2)
    told = ToldPickup(uuid4(), desk, gate.portion("甲").pk, NOW)
    row, _is_new = record_pickup(told=told, signature=signature(), actor=gate.clerk, at=NOW)
    assert row.signature is not None
    assert read_file(row.signature) == signature()
    other = ToldPickup(uuid4(), desk, gate.portion("乙").pk, NOW)
    unsigned, _is_new = record_pickup(told=other, actor=gate.clerk, at=NOW)
    assert unsigned.signature is None
    for pk, file_id in ((row.pk, None), (unsigned.pk, row.signature.pk)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Pickup.objects.filter(pk=pk).update(signature=file_id)
    assert whole()


def test_another_signature_under_a_known_key_is_refused_and_not_kept() -> None:
    gate = make_gate("甲")
    told = ToldPickup(uuid4(), gate.desk("东门", 2), gate.portion("甲").pk, NOW)
    record_pickup(told=told, signature=signature(), actor=gate.clerk, at=NOW)
    for other in (signature("blue"), b""):
        with pytest.raises(Refusal) as caught:
            record_pickup(told=told, signature=other, actor=gate.clerk, at=NOW)
        assert caught.value.code == "key_reused"
    assert StoredFile.objects.count() == Pickup.objects.count() == 1


def test_who_may_not_record_leaves_no_signature_behind() -> None:
    gate = make_gate("甲")
    stranger = gate.store.house.stranger
    told = ToldPickup(uuid4(), gate.desk("东门", 2), gate.portion("甲").pk, NOW)
    with pytest.raises(NotPermitted):
        record_pickup(told=told, signature=signature(), actor=stranger, at=NOW)
    assert StoredFile.objects.count() == Pickup.objects.count() == 0


def test_the_office_looks_at_a_signature_and_each_look_is_noted() -> None:
    gate = make_gate("甲", "乙")
    desk = gate.desk("东门", 2)
    told = ToldPickup(uuid4(), desk, gate.portion("甲").pk, NOW)
    row, _is_new = record_pickup(told=told, signature=signature(), actor=gate.clerk, at=NOW)
    unsigned = gate.pick_up(desk, "乙")
    url = reverse("pickup_signature", args=(row.pk,))
    with on(NOW):
        assert as_(gate.store.house.stranger).get(url).status_code == 404
        assert as_(gate.officer).get(reverse("pickup_signature", args=(unsigned.pk,))).status_code == 404
        assert not Entry.objects.filter(action=OPEN_FILE).exists()
        assert as_(gate.officer).get(url).content == signature()
    looked = Entry.objects.get(action=OPEN_FILE)
    assert (looked.subject, json.loads(looked.facts)["file"]) == (
        f"goods.pickup:{row.pk}",
        "pickup_signature",
    )


# Proxies --------------------------------------------------------------------------------------------


def named(gate: Gate, name: str, actor: Actor) -> str | None:
    """Name who may fetch the kit of 甲; return what is kept."""
    row = Recipient.objects.get(person=gate.people["甲"])
    name_proxy(recipient_id=row.pk, name=name, actor=actor, at=NOW)
    row.refresh_from_db()
    return row.proxy


def test_a_person_names_who_may_fetch_it_and_the_office_takes_it_back_on_their_word() -> None:
    gate = make_gate("甲")
    assert named(gate, " 王  小明 ", oneself(gate.people["甲"].key)) == "王 小明"
    assert Recipient.objects.get().proxy_named_at == NOW
    assert named(gate, "", gate.officer) is None
    assert Recipient.objects.get().proxy_named_at is None
    facts = [json.loads(row.facts) for row in Entry.objects.filter(action="goods.name_proxy").order_by("pk")]
    assert [(one["named"], one["in_person"]) for one in facts] == [(True, True), (False, False)]
    assert not Entry.objects.filter(facts__icontains="小明").exists()


def test_nobody_else_names_a_proxy_and_none_where_each_comes_in_person() -> None:
    gate = make_gate("甲", "乙")
    for stranger in (oneself(gate.people["乙"].key), gate.clerk):
        with pytest.raises(NotPermitted):
            named(gate, "王小明", stranger)
    Measure.objects.filter(pk=gate.measure.pk).update(settings={"proxies": False})
    with pytest.raises(Refusal) as caught:
        named(gate, "王小明", gate.officer)
    assert (caught.value.code, caught.value.field) == ("proxies_off", "proxy")
    assert set(Recipient.objects.values_list("proxy", flat=True)) == {None}


def test_for_somebody_who_was_merged_the_one_entry_that_stays_names_a_proxy() -> None:
    gate = make_gate("甲", "乙")
    Person.objects.filter(pk=gate.people["甲"].pk).update(
        status=PersonStatus.MERGED, merged_into=gate.people["乙"]
    )
    with pytest.raises(NotPermitted):
        named(gate, "王小明", oneself(gate.people["甲"].key))
    assert named(gate, "王小明", oneself(gate.people["乙"].key)) == "王小明"
