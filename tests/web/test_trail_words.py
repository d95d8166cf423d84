"""Whoever reads the trail reads words."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import gettext, gettext_lazy, pgettext

from people import Bureau, at, buy, open_plan_1
from songnuan.approvals.models import StepKind
from songnuan.audit.models import Entry, Stream
from songnuan.journeys.make_sheets import KINDS as PAPERS
from songnuan.organisation.permissions import Role, role_label
from songnuan.plans.models import PlanStatus
from songnuan.tasks.models import TaskStatus
from songnuan.visits.models import VisitForm
from songnuan.web.refusal_codes import CODES
from songnuan.web.refusal_labels import OF_CODES, OF_REFUSALS, UNFIT
from songnuan.web.refusal_words import JOURNEYS
from songnuan.web.templatetags.trail_words import ACTS, STREAMS, act_words, refused_words, stream_names
from songnuan.web.trail_facts import MACHINE, things_of, words_of
from songnuan.web.trail_labels import LABELS, OF_ACTS
from songnuan.web.trail_named import Named, packed
from web.browsing import recorded

SOURCE = Path(__file__).resolve().parents[2] / "src/songnuan"
# What only the command line refuses: no journey was begun, and the trail hears nothing of it.
OUTSIDE = {
    "archive_there",
    "is_demo",
    "keys_differ",
    "lead_unknown",
    "migrations_unfinished",
    "no_address",
    "not_a_demo",
    "plan_unreadable",
    "port_taken",
}


def calls(names: set[str]) -> Iterator[ast.Call]:
    """Yield the calls of these names anywhere in the source."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", getattr(node.func, "attr", "")) in names
            ):
                yield node


def constants(arguments: list[ast.expr]) -> set[str]:
    """Return the codes among the arguments: words of small letters."""
    texts = {one.value for one in arguments if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    return {text for text in texts if re.fullmatch(r"[a-z]+(_[a-z]+)+", text)}


def test_every_act_named_in_the_code_has_words() -> None:
    named = {
        found
        for path in SOURCE.rglob("*.py")
        for found in re.findall(r'action="([a-z_]+\.[a-z_]+)"', path.read_text())
    }
    assert named
    assert named <= ACTS.keys()


def test_every_code_of_a_refusal_has_words() -> None:
    refused = [
        constants(call.args[:1]) for call in calls({"Refusal", "NotPermitted", "CalendarEnds", "Problem"})
    ]
    wrong = [constants(call.args[1:2]) for call in calls({"FieldProblem"})]
    codes = set().union(*refused, *wrong) - OUTSIDE
    assert len(codes) > 100
    assert codes - CODES.keys() == set()


def test_every_journey_that_can_be_refused_has_words() -> None:
    names = {
        path.stem
        for path in (SOURCE / "journeys").glob("*.py")
        if re.search(r"^@(long_)?journey", path.read_text(), re.MULTILINE)
    }
    assert len(names) > 20
    assert names - JOURNEYS.keys() == set()


def written_in(function: ast.AST) -> set[str]:
    """Return the names of the facts that a function of an action hands to the trail."""
    found: set[str] = set()
    assigned = [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign | ast.AnnAssign)
        and "facts"
        in {getattr(one, "id", "") for one in getattr(node, "targets", [getattr(node, "target", None)])}
    ]
    for call in ast.walk(function):
        name = getattr(call, "func", None)
        if name is None or not re.match(r"_?(note|record)", getattr(name, "id", getattr(name, "attr", ""))):
            continue
        told = [*call.args, *(word.value for word in call.keywords if word.arg == "facts")]  # type: ignore[attr-defined]  # it is a call
        if "facts" in {getattr(one, "id", "") for given in told for one in ast.walk(given)}:
            told += [value for value in assigned if value is not None]
        for given in told:
            if isinstance(given, ast.Dict):
                keys = (key.value for key in given.keys if isinstance(key, ast.Constant))
                found |= {key for key in keys if isinstance(key, str)}
    return found


def test_every_fact_that_an_action_writes_has_a_word() -> None:
    known = LABELS.keys() | OF_REFUSALS.keys() | MACHINE | {name for own in OF_ACTS.values() for name in own}
    written = {
        name
        for path in SOURCE.glob("*/actions/*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
        for name in written_in(node)
    }
    assert {"by_proxy", "went_out", "kits", "mode", "office"} <= written
    # A digest is a machine's by what it looks like.
    assert written - known == {"digest"}


@pytest.mark.django_db
def test_every_act_fact_and_stream_of_a_running_plan_has_words(bureau: Bureau) -> None:
    plan = open_plan_1(bureau)
    buy(bureau, plan, {"方便面": (94, 68_00), "苹果": (47, 60_00), "梨": (47, 60_00)}, "0001")
    recorded(bureau, at(9), "岗亭缺取暖设备")
    assert set(Entry.objects.values_list("action", flat=True)) <= ACTS.keys()
    names = {name for facts in Entry.objects.values_list("facts", flat=True) for name in json.loads(facts)}
    assert names - LABELS.keys() - MACHINE == {"digest"}
    for name, words in stream_names(Stream.objects.values_list("name", flat=True)).items():
        assert name in STREAMS or plan.title in words or "资金" in words
    assert act_words("funds.commit") != "funds.commit"


@pytest.mark.parametrize(
    ("fact", "value", "text"),
    [
        ("amount_minor", 12_250_0, "¥1,225.00"),
        ("bought_on", "2020-04-07", "2020年4月7日"),
        ("happened_at", "2020-04-08T01:00:00+00:00", "2020年4月8日 09:00:00"),
        ("late_entry", True, gettext_lazy("yes")),
        ("late", False, gettext_lazy("no")),
        ("count", 3, "3"),
        ("form", "on_site", VisitForm.ON_SITE.label),
        ("role", "finance", role_label(Role.FINANCE)),
        ("packs", {"1": 94, "9": 2}, "方便面（箱） 94、9 2"),
        ("lines", [[1, 94, 6800]], "方便面（箱） 94 × ¥68.00"),
        ("lines", ["x", [1, "2", 3]], "x、[1, '2', 3]"),
        ("unit", 21, "东港船闸管理所"),
        ("unit", 99, "99"),
        ("item", "苹果", "苹果"),
        ("for", "goods.purchase:1-3", "采购第3号"),
        ("source", "plans.measure:7/list", "交办事项"),
        ("steps", ["sign"], [str(StepKind.SIGN.label)]),
        ("changed", ["is_active", "hobby"], ["May sign in", "hobby"]),
        ("paper", "visit_record", PAPERS["visit_record"].label),
        ("paper", "visit_sheet", PAPERS["visit_sheet"].label),
        ("status", "nowhere", "nowhere"),
        ("status", ["withdrawn"], ["withdrawn"]),
        ("bought_on", "2020-02-31", "2020-02-31"),
        ("brand_new", {"a": [1, None]}, "{'a': [1, None]}"),
        ("voucher", "记-01", "记-01"),
        ("size_bytes", 9_437_184, "9.0 MB"),
        ("subject", "goods.purchase:1-3", "采购第3号"),
        ("visit", 5, "东港船闸管理所"),
    ],
)
def test_a_fact_is_told_by_its_name_and_by_what_it_is(fact: str, value: Any, text: Any) -> None:
    names = {
        "goods.item:1": Named("方便面（箱）"),
        "organisation.unit#:21": Named("东港船闸管理所"),
        "goods.purchase:1-3": Named("采购第3号", "/purchases/7/"),
        "plans.measure:7": Named("交办事项"),
        "visits.visit:5": Named("东港船闸管理所"),
    }
    (told,) = words_of({fact: value}, names)
    assert told.text == ("、".join(map(gettext, text)) if isinstance(text, list) else str(text))
    assert told.url == ("/purchases/7/" if fact in {"for", "subject"} else "")


def test_what_a_kit_holds_is_told_with_its_packs() -> None:
    (told,) = words_of({"parts": [["方便面", "箱", 2], "x"]}, {})
    assert told.text == f"{packed('方便面', '箱')} 2、x"


@pytest.mark.parametrize(
    "facts",
    [{"voucher": ""}, {"reverses": None}, {"sent_back": {}}, {"digest": "a" * 64}, {"kit": 1}, {"code": "x"}],
)
def test_what_is_empty_or_a_machines_is_left_to_the_raw_record(facts: dict[str, Any]) -> None:
    assert words_of(facts, {}) == []


def test_what_a_fact_names_is_looked_up_by_its_kind() -> None:
    facts = {
        "unit": 21,
        "plan": "front-line-visits",
        "for": "visits.visit:1",
        "source": "visits.hand_over:1",
        "packs": {"1": 2},
        "lines": [[3, 1, 100]],
        "item": "苹果",
        "late": True,
        "user": None,
    }
    assert set(things_of(facts)) == {
        "organisation.unit#:21",
        "plans.plan:front-line-visits",
        "visits.visit:1",
        "visits.hand_over:1",
        "goods.item:1",
        "goods.item:3",
        "goods.item:苹果",
    }


def test_an_unknown_act_or_journey_stands_as_it_is() -> None:
    assert act_words("new.act") == "new.act"
    assert refused_words("new_journey.new_journey") == "new_journey.new_journey"


def test_every_fact_named_in_the_code_has_words() -> None:
    said = {
        key.value
        for call in calls({"record", "_record", "note", "tell"})
        for given in call.keywords
        if given.arg == "facts"
        for one in ast.walk(given.value)
        if isinstance(one, ast.Dict)
        for key in one.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }
    assert {"merged", "other", "rows"} <= said
    assert said - LABELS.keys() - MACHINE <= {"digest"}


def test_a_fact_is_called_what_its_act_means_by_it() -> None:
    facts = {"left": 3, "new": 4, "rows": 8}
    of_a_roster = [told.label for told in words_of(facts, {}, "people.finish_import")]
    assert of_a_roster == [
        pgettext("fact", "not in the file"),
        pgettext("fact", "new"),
        pgettext("fact", "rows"),
    ]
    assert next(told.label for told in words_of(facts, {})) == pgettext("fact", "still to come")


def written_out(function: ast.FunctionDef, given: ast.expr, seen: frozenset[str] = frozenset()) -> set[str]:
    """Return the names of facts that an expression writes out, followed to what it was assigned from."""
    if isinstance(given, ast.Dict):
        keys = {key.value for key in given.keys if isinstance(key, ast.Constant)}
        inner = [value for key, value in zip(given.keys, given.values, strict=True) if key is None]
        return {str(key) for key in keys}.union(*(written_out(function, one, seen) for one in inner))
    if not isinstance(given, ast.Name) or given.id in seen:
        return set()  # handed on from another refusal, whose own facts are found where it is made
    return set().union(
        *(written_out(function, value, seen | {given.id}) for value in assigned(function, given.id))
    )


def assigned(function: ast.FunctionDef, name: str) -> Iterator[ast.expr]:
    """Yield what is assigned to a name in a function, or added to it."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            pairs = list(zip(node.targets, [node.value] * len(node.targets), strict=True))
        elif isinstance(node, ast.AnnAssign | ast.AugAssign) and node.value is not None:
            pairs = [(node.target, node.value)]
        else:
            continue
        for target, value in pairs:
            if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                pairs += zip(target.elts, value.elts, strict=True)
            elif isinstance(target, ast.Name) and target.id == name:
                yield value


def facts_of_refusals() -> set[str]:
    """Return the names of all facts with which anything in the source is refused."""
    told: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef):
                told |= facts_of_function(function)
    return told


def facts_of_function(function: ast.FunctionDef) -> set[str]:
    told: set[str] = set()
    for call in ast.walk(function):
        if not isinstance(call, ast.Call):
            continue
        called = getattr(call.func, "id", getattr(call.func, "attr", ""))
        if called in {"Refusal", "NotPermitted", "CalendarEnds", "Unfit"}:
            told |= {given.arg for given in call.keywords if given.arg}
            told |= set().union(
                *(written_out(function, given.value) for given in call.keywords if given.arg is None)
            )
        elif called in {"Problem", "_refusal"} and len(call.args) == 4:
            told |= written_out(function, call.args[3])
    return told - {"field"}


def test_every_fact_of_a_refusal_has_words() -> None:
    told = facts_of_refusals()
    # One of each way in which they are given: by name, as a table, in a problem, added to, by a helper.
    assert {"in_store", "came_on", "expires_on", "first", "pixels", "over", "line", "limit", "asked"} <= told
    assert len(told) > 90
    assert told - LABELS.keys() - OF_REFUSALS.keys() - MACHINE == set()


def test_what_a_code_calls_its_own_way_is_a_code_and_a_fact_there_is() -> None:
    told = facts_of_refusals()
    for code, labels in OF_CODES.items():
        assert code in CODES
        assert labels.keys() <= told
    assert OF_REFUSALS.keys() <= told, "no label that nothing is called by"
    assert not OF_REFUSALS.keys() & LABELS.keys()


def test_every_reason_why_a_file_is_no_table_has_words() -> None:
    whys = {
        one.value
        for call in calls({"Unfit"})
        for one in call.args[:1]
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    }
    assert {"damaged", "password"} <= whys
    assert whys <= UNFIT.keys()
    (told,) = words_of({"code": "unreadable", "why": "password"}, {}, "journey.refused")
    assert told.text == str(UNFIT["password"])


@pytest.mark.parametrize(
    ("code", "facts", "labels"),
    [
        ("stock_expired", {"in_store": 0, "left": 10}, ["may still go out", "there but expired"]),
        ("more_than_bought", {"asked": 9, "came": 7}, ["asked for", "came of it"]),
        ("more_than_bought", {"asked": 9, "left": 7}, ["asked for", "still to come"]),
        (
            "above_approved",
            {"price_minor": 80_02, "most_minor": 80_01},
            ["price of a pack", "a pack at most"],
        ),
        ("above_standard", {"price_minor": 300_01}, ["a kit at its dearest"]),
    ],
)
def test_a_fact_is_called_what_its_refusal_means_by_it(
    code: str, facts: dict[str, int], labels: list[str]
) -> None:
    told = words_of({"code": code, **facts}, {}, "journey.refused")
    assert [fact.label for fact in told] == [pgettext("fact", label) for label in labels]


def test_the_size_of_a_picture_is_told_in_millions_of_pixels() -> None:
    (told,) = words_of({"code": "file_size", "pixels": 3_600_000_000}, {}, "journey.refused")
    assert told.text == gettext("%(count)s million pixels") % {"count": "3,600.0"}


def test_a_state_is_called_what_its_lifecycle_calls_it() -> None:
    (plan,) = words_of({"code": "wrong_state", "lifecycle": "plan", "status": "open"}, {}, "journey.refused")
    (task,) = words_of(
        {"code": "wrong_state", "lifecycle": "tasks.task", "status": "open"}, {}, "journey.refused"
    )
    assert plan.text == str(PlanStatus.OPEN.label)
    assert task.text == str(TaskStatus.OPEN.label)
