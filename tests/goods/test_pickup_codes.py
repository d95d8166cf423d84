"""Codes to cut apart: everybody who still gets a kit is on a card, or the file is refused as too long."""

import pytest

from goods.builders import NOW
from goods.pickups import Gate, make_gate
from songnuan.audit.models import Entry
from songnuan.goods.pickup_states import Mode
from songnuan.journeys import print_pickup_codes as codes
from songnuan.kernel.refusal import Refusal

pytestmark = pytest.mark.django_db(transaction=True)
MOST = 3


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    monkeypatch.setattr(codes, "MOST", MOST)
    return make_gate("甲", "乙", "丙", mode=Mode.ROUNDS)


def printed(gate: Gate, batch: int | None = None) -> codes.Codes:
    return codes.print_pickup_codes(
        distribution_id=gate.distribution.pk, unit_id=None, batch=batch, actor=gate.officer, at=NOW
    )


def noted() -> int:
    return Entry.objects.filter(action="goods.take_pickup_list").count()


def test_as_many_people_as_fit_have_one_card_each_for_all_their_rounds(gate: Gate) -> None:
    made = printed(gate)
    assert (made.cards, made.content[:4], noted()) == (MOST, b"%PDF", 1)


def test_one_person_more_than_fits_is_refused_and_nobody_is_left_out_unsaid(gate: Gate) -> None:
    gate.enrol("丁")
    gate.align()
    for batch in (None, 1):
        with pytest.raises(Refusal) as refused:
            printed(gate, batch)
        assert refused.value.code == "too_many_to_print"
    assert noted() == 0
