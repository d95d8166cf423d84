"""Who gets what in a list made of the register: families, what was settled, who may, and once each."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from benefits.register import Register, make_register
from benefits.union import DECIDED, NOW, SET, SOURCE, TODAY, write
from goods.builders import acting, snapshot
from songnuan.audit.models import Entry
from songnuan.benefits import actions as benefits
from songnuan.benefits.listing import ListQuestion, changed
from songnuan.benefits.lists import standard_of
from songnuan.benefits.models import Entitlement, Reckoning, Settlement, Standard
from songnuan.benefits.sharing import Answers
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.people.models import Person, PersonStatus, Roster

pytestmark = pytest.mark.django_db(transaction=True)
FAMILIES = SET.replace("parts:", "payee: relative\nparts:")
EACH = Answers("each", "each")


@pytest.fixture
def register() -> Register:
    found = make_register()
    write(found.union, FAMILIES)
    return found


def reckon(register: Register, answers: Answers = EACH, **changes: Any) -> Reckoning:
    asked = ListQuestion(register.staff.pk, changes.pop("as_of", TODAY), answers)
    facts: dict[str, Any] = {"standard": "family-money", "actor": register.officer, **changes}
    with acting():
        return benefits.reckon(
            measure_id=register.measure.pk, unit_id=register.union.unit.pk, asked=asked, at=NOW, **facts
        )


def lines(reckoning: Reckoning) -> dict[str, int | str]:
    """Return what each payee gets for each qualifier, in yuan, or why it waits: {"a for b": 2000}."""
    rows = Entitlement.objects.filter(reckoning=reckoning).select_related("payee", "qualifier")
    return {
        f"{row.payee.name} for {row.qualifier.name}": row.blocked or row.amount_minor // 100 for row in rows
    }


def settle(**facts: Any) -> Settlement:
    told = {"paid_on": date(2020, 2, 20), "source": "市中心医院工会", "recorded_at": NOW, **facts}
    return Settlement.objects.create(standard=Standard.objects.get(slug="family-money"), **told)


def test_the_employee_is_paid_for_the_relative_who_served(register: Register) -> None:
    register.employ("a", "b", "c", "idle")
    register.relate("a", "spouse", "wife")
    register.relate("b", "parent", "father")
    register.relate("c", "sibling", "brother")
    register.relate("idle", "spouse", "at home")
    register.serve(["wife"], "湖北")
    register.serve(["father"])
    register.serve(["brother"])
    found = reckon(register)
    assert lines(found) == {"a for wife": 5000, "b for father": 2000}
    assert (found.lines, found.people, found.blocked, found.total_minor) == (2, 2, 0, 7000_00)
    row = Entitlement.objects.get(payee=register.person("a"))
    assert (row.counted, row.relation, row.unit_id) == ("0.0x1 ", "spouse", register.union.unit.pk)


def test_a_link_told_from_one_side_holds_from_the_other(register: Register) -> None:
    register.employ("wife", "son", "father")
    register.relate("father", "spouse", "wife")
    register.relate("father", "child", "son")
    register.serve(["father"])
    assert lines(reckon(register)) == {"wife for father": 2000, "son for father": 2000}
    register.relate("wife", "spouse", "father")
    assert lines(reckon(register)) == {"wife for father": 2000, "son for father": 2000}
    kinds = dict(Entitlement.objects.values_list("payee__name", "relation"))
    assert kinds == {"wife": "spouse", "son": "parent"}


def test_spouses_who_both_serve_and_children_of_one_medic_wait_for_the_plans_answers(
    register: Register,
) -> None:
    register.employ("a", "b", "c", "d", "e")
    register.relate("a", "spouse", "b")
    register.relate("c", "parent", "m")
    register.relate("d", "parent", "m")
    register.relate("e", "spouse", "f")
    register.serve(["a", "b", "m", "f"])
    both = {"a for b": "couple", "b for a": "couple"}
    children = {"c for m": "two_children", "d for m": "two_children"}
    open_ = reckon(register, Answers())
    assert lines(open_) == {**both, **children, "e for f": 2000}
    assert (open_.people, open_.blocked, open_.total_minor) == (1, 4, 2000_00)
    assert lines(reckon(register, Answers("one", "split"))) == {
        "a for b": 2000,
        "b for a": 0,
        "c for m": 1000,
        "d for m": 1000,
        "e for f": 2000,
    }


def test_days_that_another_place_paid_are_out_and_sums_are_deducted(register: Register) -> None:
    daily = FAMILIES.replace("by: once", "by: day").replace("5000", "100").replace("2000", "50")
    write(register.union, daily, base=1, decision="纪要2号", decided_on=TODAY)
    register.employ("a", "b", "c", "d")
    for payee, relative in (("a", "s"), ("b", "t"), ("c", "u"), ("d", "v")):
        register.relate(payee, "spouse", relative)
        register.serve([relative])
    settle(
        qualifier=register.person("s"),
        starts_on=date(2020, 2, 1),
        ends_on=date(2020, 2, 18),
    )
    settle(payee=register.person("b"), amount_minor=400_00)
    settle(payee=register.person("c"), qualifier=register.person("u"), amount_minor=2000_00)
    settle(payee=register.person("d"), amount_minor=100_00, withdrawn_at=NOW, withdrawn_why="登记错误")
    assert lines(reckon(register)) == {"a for s": 600, "b for t": 1100, "c for u": 0, "d for v": 1500}


def test_what_was_settled_for_one_who_was_merged_counts_for_whom_they_were_merged_into(
    register: Register,
) -> None:
    daily = FAMILIES.replace("by: once", "by: day").replace("5000", "100").replace("2000", "50")
    capped = daily.replace("payee:", "cap_year: 1400\npayee:")
    write(register.union, capped, base=1, decision="纪要2号", decided_on=TODAY)
    register.employ("a", "b", "c")
    for payee, relative in (("a", "s"), ("b", "t"), ("c", "u")):
        register.relate(payee, "spouse", relative)
        register.serve([relative])
    merged = {name: register.person(f"former {name}") for name in ("s", "b", "c", "u")}
    for name, person in merged.items():
        facts = {"status": PersonStatus.MERGED, "merged_into": register.person(name)}
        Person.objects.filter(pk=person.pk).update(**facts)
    settle(qualifier=merged["s"], starts_on=date(2020, 2, 1), ends_on=date(2020, 2, 18))
    settle(payee=merged["b"], amount_minor=400_00)
    settle(payee=merged["c"], qualifier=merged["u"], amount_minor=600_00)
    assert lines(reckon(register)) == {"a for s": 600, "b for t": 1000, "c for u": 800}


def test_a_sum_that_names_no_relative_waits_where_there_are_several(register: Register) -> None:
    register.employ("a")
    register.relate("a", "parent", "father", "mother")
    register.serve(["father", "mother"])
    sum_ = settle(payee=register.person("a"), amount_minor=500_00)
    assert lines(reckon(register)) == {"a for father": "settled", "a for mother": "settled"}
    Settlement.objects.filter(pk=sum_.pk).update(qualifier=register.person("mother"))
    assert lines(reckon(register)) == {"a for father": 2000, "a for mother": 1500}


def test_the_cap_of_the_year_holds_for_all_lines_of_a_payee(register: Register) -> None:
    capped = FAMILIES.replace("payee:", "cap_year: 3000\npayee:")
    write(register.union, capped, base=1)
    register.employ("a", "b")
    register.relate("a", "parent", "father", "mother")
    register.relate("b", "parent", "uncle")
    register.serve(["father", "mother", "uncle"])
    settle(
        payee=register.person("b"),
        qualifier=register.person("b"),
        amount_minor=1500_00,
        paid_on=date(2020, 1, 2),
    )
    settle(
        payee=register.person("b"),
        qualifier=register.person("b"),
        amount_minor=900_00,
        paid_on=date(2019, 12, 31),
    )
    assert lines(reckon(register)) == {"a for father": 2000, "a for mother": 1000, "b for uncle": 1500}


def test_what_is_no_more_counts_for_nothing(register: Register) -> None:
    register.employ("gone", ends_on=TODAY)
    register.employ("a", "b", "c", "later")
    register.relate("gone", "spouse", "s")
    register.relate("a", "spouse", "s", ends_on=TODAY)
    register.relate("b", "spouse", "t")
    register.relate("c", "spouse", "u", told_digest="")
    register.relate("later", "spouse", "v")
    register.serve(["s", "u"])
    register.serve(["t"], withdrawn_on=TODAY)
    register.serve(["v"], starts_on=TODAY + timedelta(days=1), ends_on=None)
    assert lines(reckon(register)) == {}


@pytest.mark.parametrize("answer", ["one", "split"])
def test_a_share_that_a_list_paid_to_who_is_gone_is_not_paid_again(register: Register, answer: str) -> None:
    """Who was paid left the roster, or the link ended: the others of the family wait for a decision."""
    register.employ("a", ends_on=TODAY)
    register.employ("b", "c")
    register.relate("a", "parent", "medic")
    register.relate("b", "parent", "medic")
    register.relate("c", "parent", "other")
    register.serve(["medic", "other"])
    paid = settle(
        payee=register.person("a"), qualifier=register.person("medic"), amount_minor=2000_00, origin="list:1"
    )
    assert lines(reckon(register, Answers("each", answer))) == {"b for medic": "settled", "c for other": 2000}
    assert lines(reckon(register, EACH)) == {"b for medic": 2000, "c for other": 2000}
    paid.delete()
    assert lines(reckon(register, Answers("each", answer))) == {"b for medic": 2000, "c for other": 2000}


def test_a_list_differs_by_what_was_settled_before_it_and_not_by_what_a_later_one_settles(
    register: Register,
) -> None:
    register.employ("a")
    register.relate("a", "parent", "medic")
    register.serve(["medic"])
    made = reckon(register)
    about = {"payee": register.person("a"), "qualifier": register.person("medic"), "amount_minor": 500_00}

    def differs(of: str) -> list[int]:
        with transaction.atomic():
            return [one.now_minor for one in changed(made, standard_of(made), of)]

    settle(**about, origin="list:1")
    settle(**about, origin="list:2")
    assert differs("list:1") == []
    assert differs("list:2") == [1500_00]
    assert differs("list:3") == [1000_00]
    settle(**about)
    assert differs("list:1") == [1500_00], "what another place paid meanwhile counts"


@pytest.mark.parametrize("answer", ["each", "one", "split"])
def test_what_the_cap_of_a_time_cut_off_is_settled_and_a_new_time_begins_for_what_is_new(
    register: Register, answer: str
) -> None:
    """Each list pays what came since the one before, up to the cap: alone, and for who shares a relative."""
    daily = FAMILIES.replace("by: once", "by: day").replace("5000", "200").replace("2000", "100")
    capped = daily.replace("payee:", "cap_time: 3000\npayee:")
    write(register.union, capped, base=1, decision="纪要2号", decided_on=TODAY)
    register.employ("x", "a", "b")
    register.relate("x", "spouse", "s")
    for name in ("a", "b"):
        register.relate(name, "parent", "medic")
    days, was, paid = date(2020, 1, 20), 0, []
    joined = "" if answer == "split" else "c"
    for number, (spell, joins) in enumerate([(45, ""), (0, ""), (10, joined), (0, ""), (60, ""), (5, "")]):
        if joins:
            register.employ(joins)
            register.relate(joins, "parent", "medic")
        if spell:
            last = days + timedelta(days=spell - 1)
            register.serve(["s", "medic"], starts_on=days, ends_on=last)
            days = last + timedelta(days=2)
        made = reckon(register, Answers("each", answer), as_of=date(2020, 6, 30))
        due = min(3000_00, spell * 100_00)
        rows = Entitlement.objects.filter(reckoning=made)
        assert rows.get(payee=register.person("x")).amount_minor == due, number
        medic = rows.filter(qualifier=register.person("medic"))
        of_medic = list(medic.values_list("amount_minor", flat=True))
        if answer == "each":
            # Who joined after the first list has the whole before, within the cap of their first time.
            late = [3000_00] if joins else [due] if number > 2 else []
            assert sorted(of_medic) == sorted([due, due, *late]), number
        else:
            assert sum(of_medic) == due, number
        Reckoning.objects.filter(pk=made.pk).update(is_listed=True)
        with acting():
            benefits.settle_list(
                origin=f"list:{number}",
                reckoning_id=made.pk,
                source="本单位",
                paid_on=TODAY,
                actor=register.officer,
                at=NOW,
            )
        assert not any(lines(reckon(register, Answers("each", answer), as_of=date(2020, 6, 30))).values())
        was += spell
        paid.append(due)
    assert (was, sum(paid)) == (120, 7500_00)


def test_who_joins_a_family_that_shares_after_a_cap_cut_it_waits_with_the_others(register: Register) -> None:
    capped = FAMILIES.replace("payee:", "cap_time: 1500\npayee:")
    write(register.union, capped, base=1)
    register.employ("a", "b")
    for name in ("a", "b"):
        register.relate(name, "parent", "medic")
    register.serve(["medic"])
    shared = Answers("each", "split")
    assert lines(reckon(register, shared)) == {"a for medic": 750, "b for medic": 750}
    about = {"qualifier": register.person("medic"), "origin": "list:1", "amount_minor": 750_00}
    for name in ("a", "b"):
        settle(payee=register.person(name), cut_minor=500_00, in_time_minor=1500_00, **about)
    assert lines(reckon(register, shared)) == {"a for medic": 0, "b for medic": 0}
    register.employ("c", "idle")
    register.relate("idle", "sibling", "medic")
    assert lines(reckon(register, shared)) == {"a for medic": 0, "b for medic": 0}
    register.relate("c", "parent", "medic")
    assert set(lines(reckon(register, shared)).values()) == {"settled"}
    assert lines(reckon(register, Answers("each", "one"))) == {
        "a for medic": 0,
        "b for medic": 0,
        "c for medic": 0,
    }


def test_who_share_with_unequal_sums_get_nothing_anew(register: Register) -> None:
    """The lesser sum is not cut by what the cap took from the greater one."""
    text = FAMILIES.replace("by: once", "by: day").replace("places: [湖北, 武汉]", "relations: [spouse]")
    text = text.replace("amount: 5000", "amount: 300").replace("amount: 2000", "amount: 100")
    write(register.union, text.replace("payee:", "cap_time: 3000\npayee:"), base=1, **DECIDED)
    register.employ("wife", "son")
    register.relate("wife", "spouse", "medic")
    register.relate("son", "parent", "medic")
    register.serve(["medic"], ends_on=date(2020, 2, 3))
    shared = Answers("each", "split")
    made = reckon(register, shared)
    assert lines(made) == {"wife for medic": 1500, "son for medic": 750}
    Reckoning.objects.filter(pk=made.pk).update(is_listed=True)
    with acting():
        who: Any = {"paid_on": TODAY, "actor": register.officer, "at": NOW}
        benefits.settle_list(origin="list:1", reckoning_id=made.pk, source="本单位", **who)
    assert lines(reckon(register, shared)) == {"wife for medic": 0, "son for medic": 0}
    register.serve(["medic"], starts_on=date(2020, 2, 10), ends_on=date(2020, 2, 19))
    assert lines(reckon(register, shared)) == {"wife for medic": 1500, "son for medic": 500}


def test_what_a_list_cut_off_comes_up_again_when_the_list_is_taken_back(register: Register) -> None:
    capped = FAMILIES.replace("payee:", "cap_time: 1500\npayee:")
    write(register.union, capped, base=1)
    register.employ("a")
    register.relate("a", "parent", "medic")
    register.serve(["medic"])
    about = {"payee": register.person("a"), "qualifier": register.person("medic"), "origin": "list:1"}
    paid = settle(amount_minor=1500_00, cut_minor=500_00, **about)
    assert lines(reckon(register)) == {"a for medic": 0}
    Settlement.objects.filter(pk=paid.pk).update(withdrawn_at=NOW, withdrawn_why="退回")
    assert lines(reckon(register)) == {"a for medic": 1500}
    with pytest.raises(IntegrityError), transaction.atomic():
        settle(amount_minor=1, cut_minor=1, payee=register.person("a"))


def test_what_a_list_paid_to_a_household_is_not_paid_again_through_another_line(register: Register) -> None:
    register.employ("husband", ends_on=TODAY)
    register.employ("wife", "c")
    register.relate("husband", "spouse", "wife")
    register.relate("wife", "spouse", "husband")
    register.relate("c", "parent", "mother", ends_on=TODAY)
    register.relate("c", "parent", "father")
    register.serve(["husband", "wife", "mother", "father"])
    for payee, qualifier in (("husband", "wife"), ("c", "mother")):
        settle(
            payee=register.person(payee),
            qualifier=register.person(qualifier),
            amount_minor=2000_00,
            origin="list:1",
        )
    asked = {"wife for husband": "settled", "c for father": "settled"}
    assert lines(reckon(register, Answers("one", "each"))) == asked
    assert lines(reckon(register, EACH)) == {"wife for husband": 2000, "c for father": 2000}


def test_who_serves_is_paid_where_the_standard_says_so(register: Register) -> None:
    own = SET.replace("family-money", "own-money").replace("places: [湖北, 武汉]", "categories: [一类]")
    write(register.union, own)
    register.employ("a", category="一类")
    register.employ("b", "idle")
    register.relate("b", "spouse", "elsewhere")
    register.serve(["a", "b", "elsewhere"])
    assert lines(reckon(register, standard="own-money")) == {"a for a": 5000, "b for b": 2000}


def test_reckoned_again_it_stands_in_place_of_the_one_before_unless_a_list_was_made(
    register: Register,
) -> None:
    register.employ("a")
    register.relate("a", "spouse", "s")
    first = reckon(register)
    register.serve(["s"])
    second = reckon(register)
    assert list(Reckoning.objects.values_list("pk", flat=True)) == [second.pk]
    assert (first.lines, second.lines) == (0, 1)
    Reckoning.objects.update(is_listed=True)
    reckon(register)
    assert Reckoning.objects.count() == 2
    assert Entry.objects.filter(action="benefits.reckon").count() == 3


def test_who_may_not_reckons_nothing(register: Register) -> None:
    register.employ("a")
    reckon(register)
    elsewhere = Roster.objects.create(
        key="other", title="外单位名册", kind="people", unit_id=register.union.unit.pk + 1, created_at=NOW
    )
    services = Roster.objects.create(
        key="service", title="一线名册", kind="service", unit=register.union.unit, created_at=NOW
    )
    before = snapshot((Reckoning, Entitlement))
    for actor in (register.union.approver, register.union.inspector, register.union.stranger):
        with pytest.raises(NotPermitted):
            reckon(register, actor=actor)
    for roster, code in ((elsewhere, "not_permitted"), (services, "roster_unfit")):
        register.staff = roster
        with pytest.raises(Refusal) as refused:
            reckon(register)
        assert refused.value.code == code
    with pytest.raises(Refusal, match="none"):
        reckon(register, standard="none")
    assert snapshot((Reckoning, Entitlement)) == before


def test_no_step_adds_and_what_waits_is_nothing(register: Register) -> None:
    register.employ("a")
    register.relate("a", "spouse", "s")
    register.serve(["s"])
    reckon(register)
    for change in (
        {"amount_minor": 2000_01},
        {"amount_minor": -1},
        {"blocked": "couple"},
        {"reckoned_minor": 1},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Entitlement.objects.update(**change)
    row = Entitlement.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Entitlement.objects.create(**{**_values(row), "id": None})


def _values(row: Entitlement) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in Entitlement._meta.concrete_fields}


def test_an_open_amount_makes_its_lines_wait(register: Register) -> None:
    open_ = SOURCE.replace("family-money", "open-money").replace("parts:", "payee: relative\nparts:")
    write(register.union, open_)
    register.employ("a", "idle")
    register.relate("a", "spouse", "s")
    register.relate("idle", "spouse", "t")
    register.serve(["s"])
    register.serve(["t"], starts_on=date(2020, 1, 1), ends_on=date(2020, 1, 2))
    assert lines(reckon(register, standard="open-money")) == {"a for s": "amount", "idle for t": 0}
