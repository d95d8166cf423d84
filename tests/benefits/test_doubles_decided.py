"""What is decided of double payments: lines come out and go back, decisions stand, and by whom not."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from benefits.double_oracle import Man, Sum, World
from benefits.doubling import Doubling
from benefits.register import make_register
from benefits.union import NOW, SET, write
from goods.builders import acting, snapshot
from songnuan.audit.models import Entry
from songnuan.benefits import actions as benefits
from songnuan.benefits.actions.forgetting import forget_reasons
from songnuan.benefits.double_models import Finding, FindingDecision, KnownDead
from songnuan.benefits.double_queries import counts, groups, open_counts, open_findings, payable
from songnuan.benefits.doubling import Death, Decision, found_in
from songnuan.benefits.models import Entitlement, Reckoning, StandardVersion
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.people.erasure import ERASED
from songnuan.people.models import Person

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (Finding, FindingDecision, Entitlement, Reckoning, KnownDead)
PAIR = [Man("王芳", account="1"), Man("李明", account="1")]
BOTH = [Sum(0, 0, 1000_00), Sum(1, 1, 2000_00)]


@pytest.fixture
def there() -> Doubling:
    made = make_register()
    write(made.union, SET)
    return Doubling(made, StandardVersion.objects.get())


def decide(there: Doubling, verb: str, *, finding: Finding | None = None, **changes: Any) -> int:
    one = finding or Finding.objects.filter(reckoning__is_listed=False).order_by("pk")[0]
    told = changes.pop("decision", Decision(verb, "已电话核实", one.pk))
    facts: dict[str, Any] = {"actor": there.register.officer, "at": NOW, **changes}
    with acting():
        return benefits.decide_doubles(
            measure_id=there.register.measure.pk,
            unit_id=there.register.union.unit.pk,
            decision=told,
            **facts,
        )


def again(there: Doubling) -> int:
    with acting():
        return benefits.look_again(
            measure_id=there.register.measure.pk,
            unit_id=there.register.union.unit.pk,
            actor=there.register.officer,
            at=NOW,
        )


def figures(reckoning: Reckoning) -> tuple[int, int, int]:
    reckoning.refresh_from_db()
    assert (
        payable(reckoning).count()
        == Entitlement.objects.filter(reckoning=reckoning, amount_minor__gt=0).count()
    )
    return reckoning.people, reckoning.total_minor, open_findings(reckoning).count()


def test_a_line_taken_out_counts_for_nothing_and_may_go_back(there: Doubling) -> None:
    reckoning = there.fill(World(PAIR, BOTH))
    assert figures(reckoning) == (2, 3000_00, 1)
    assert open_counts([reckoning.pk]) == {reckoning.pk: 1}
    decide(there, "out")
    assert figures(reckoning) == (1, 1000_00, 0)
    assert open_counts([reckoning.pk]) == {}
    [line] = Entitlement.objects.filter(payee=there.people[1])
    assert (line.amount_minor, line.out_minor) == (0, 2000_00)
    decide(there, "kept")
    assert figures(reckoning) == (2, 3000_00, 0)
    assert FindingDecision.objects.count() == 2
    assert [one.verb for one in FindingDecision.objects.order_by("pk")] == ["out", "kept"]


def test_the_other_one_may_be_taken_out_where_these_two_alone_share_it(there: Doubling) -> None:
    reckoning = there.fill(World(PAIR, BOTH))
    decide(there, "other_out")
    assert figures(reckoning) == (1, 2000_00, 0)
    three = [*PAIR, Man("赵强", account="1")]
    Reckoning.objects.filter(pk=reckoning.pk).delete()
    reckoning = there.fill(World(three, [*BOTH, Sum(2, 2, 1)]))
    with pytest.raises(Refusal) as refused:
        decide(there, "other_out")
    assert refused.value.code == "other_stands"
    decide(there, "out", finding=Finding.objects.get(line__payee=there.people[2]))
    assert figures(reckoning) == (2, 3000_00, 1)


def test_what_was_decided_stands_when_it_is_found_anew_by_the_same_facts(there: Doubling) -> None:
    reckoning = there.fill(World(PAIR, BOTH))
    decide(there, "out")
    assert again(there) == 0
    assert figures(reckoning) == (1, 1000_00, 0)
    Reckoning.objects.filter(pk=reckoning.pk).delete()
    anew = there.made(there.register.measure, BOTH)
    with acting():
        found_in(anew)
    assert figures(anew) == (1, 1000_00, 0)
    Reckoning.objects.filter(pk=anew.pk).delete()
    more = there.made(there.register.measure, [BOTH[0], Sum(1, 1, 2500_00)])
    with acting():
        found_in(more)
    assert figures(more) == (2, 3500_00, 1)


def test_a_line_found_for_two_reasons_is_out_with_one_of_them(there: Doubling) -> None:
    dead = [PAIR[0], Man("李明", "n1", account="1")]
    reckoning = there.fill(World(dead, BOTH, dead=["n1"]))
    assert [(one.kind.value, one.found, one.open) for one in counts(reckoning)] == [
        ("dead", 1, 1),
        ("same_account", 1, 1),
    ]
    decide(there, "out")
    assert figures(reckoning) == (1, 1000_00, 0)
    assert [(one.found, one.open) for one in counts(reckoning)] == [(1, 0), (1, 0)]


def test_all_of_a_kind_against_one_list_are_decided_at_once(there: Doubling) -> None:
    men = [Man("王芳"), Man("李明"), Man("赵强")]
    listed = [Sum(at, at, 5) for at in range(3)]
    reckoning = there.fill(World(men, listed, [listed, listed[:1]]))
    found = {(one.kind.value, one.other_reckoning_id): one.count for one in groups(reckoning)}
    first, second = (one.pk for one in there.lists)
    assert found == {("paid_elsewhere", first): 3, ("paid_elsewhere", second): 1}
    last = Finding.objects.order_by("-pk")[0].pk
    told = Decision("kept", "春节慰问与防疫慰问分别发放", 0, "paid_elsewhere", first, last)
    assert decide(there, "kept", decision=told) == 3
    assert open_findings(reckoning).count() == 1
    with pytest.raises(Refusal) as refused:
        decide(there, "kept", decision=told)
    assert refused.value.code == "finding_gone"
    [facts] = Entry.objects.filter(action="benefits.decide_double").values_list("facts", flat=True)
    assert "王芳" not in facts
    assert '"count":3' in facts.replace(" ", "")


def test_who_may_not_and_what_says_nothing_changes_nothing(there: Doubling) -> None:
    reckoning = there.fill(World(PAIR, BOTH))
    one, union = Finding.objects.get(), there.register.union
    before = snapshot(TABLES)
    for actor in (union.approver, union.finance, union.inspector, union.stranger):
        with pytest.raises(NotPermitted):
            decide(there, "out", actor=actor)
        with pytest.raises(NotPermitted), acting():
            benefits.look_again(
                measure_id=there.register.measure.pk, unit_id=union.unit.pk, actor=actor, at=NOW
            )
    for actor in (union.approver, union.inspector):
        with pytest.raises(NotPermitted), acting():
            benefits.record_deaths(deaths=[Death("n1", NOW.date())], source="民政局", actor=actor, at=NOW)
    for reason, code in (("  ", "reason_missing"), ("长" * 201, "text_too_long")):
        with pytest.raises(Refusal) as refused:
            decide(there, "out", decision=Decision("out", reason, one.pk))
        assert refused.value.code == code
    with pytest.raises(Refusal) as refused:
        decide(there, "out", decision=Decision("out", "已核实", one.pk + 1))
    assert refused.value.code == "finding_gone"
    Reckoning.objects.filter(pk=reckoning.pk).update(is_listed=True)
    with pytest.raises(Refusal) as refused:
        decide(there, "out", finding=one)
    assert refused.value.code == "reckoning_none"
    Reckoning.objects.filter(pk=reckoning.pk).update(is_listed=False)
    assert snapshot(TABLES) == before


def test_decisions_are_only_added_to_and_a_line_taken_out_has_no_sum(there: Doubling) -> None:
    there.fill(World(PAIR, BOTH))
    decide(there, "out")
    with pytest.raises(IntegrityError), transaction.atomic():
        FindingDecision.objects.update(reason="另一个理由")
    with pytest.raises(IntegrityError), transaction.atomic():
        Entitlement.objects.filter(out_minor__gt=0).update(amount_minor=1)


def test_the_dead_are_kept_as_marks_and_told_again_they_change(there: Doubling) -> None:
    def take_in(*deaths: Death, source: str = "市民政局") -> int:
        with acting():
            return benefits.record_deaths(deaths=deaths, source=source, actor=there.register.officer, at=NOW)

    first, other = Death("n1", NOW.date()), Death("n1", NOW.date().replace(day=1))
    assert take_in(first, Death("n2", NOW.date())) == 2
    assert take_in(first) == 0
    assert take_in(other) == 1
    assert take_in(first, source="市卫健委") == 1
    assert KnownDead.objects.count() == 3
    reckoning = there.fill(World([Man("王芳", "n1")], [Sum(0, 0, 1)]))
    [one] = open_findings(reckoning)
    assert '"on":"2020-03-01"' in one.facts


def test_why_it_was_decided_goes_with_who_is_erased(there: Doubling) -> None:
    there.fill(World(PAIR, BOTH))
    decide(there, "out")
    before = FindingDecision.objects.values().get()
    with acting():
        assert forget_reasons(actor=SYSTEM, at=NOW) == 0
    Person.objects.filter(pk=before["payee_id"]).update(**ERASED)
    with acting():
        assert forget_reasons(actor=SYSTEM, at=NOW) == 1
        assert forget_reasons(actor=SYSTEM, at=NOW) == 0
    assert FindingDecision.objects.values().get() == {**before, "reason": "—"}
    with pytest.raises(IntegrityError), transaction.atomic():
        FindingDecision.objects.update(reason="—", verb="kept")
