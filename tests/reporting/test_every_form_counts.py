"""Every form that a page takes is counted, whether it leads on to another page or answers by itself."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from django.urls import reverse

import songnuan.web.urls
from people import Bureau, at, buy, open_plan_1
from songnuan.plans.models import Plan
from songnuan.reporting.models import InputCount
from songnuan.tasks.models import Task
from songnuan.tasks.rules import DUTY
from songnuan.web.views.burden import kinds
from web.browsing import as_, on, recorded

WEB = Path(songnuan.web.urls.__file__).parent
# What chooses the entries that are shown hands nothing in, and comes with a GET.
CHOOSES = {"ledger_filter"}
POST = ast.parse("request.POST", mode="eval").body
Local = dict[str, list[ast.expr]]


def names_in(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def is_posted(call: ast.Call, local: Mapping[str, Sequence[ast.expr]]) -> bool:
    """Return whether a form is made here of what was posted, by itself or handed on."""
    return any(stands_for_post(one, local) for arg in call.args for one in (arg, *ast.iter_child_nodes(arg)))


def stands_for_post(
    node: ast.AST, local: Mapping[str, Sequence[ast.expr]], seen: frozenset[str] = frozenset()
) -> bool:
    """Return whether an expression is `request.POST`, or a name that was set to it or is given it."""
    if isinstance(node, ast.Name) and node.id not in seen:
        return any(stands_for_post(value, local, seen | {node.id}) for value in local.get(node.id, ()))
    if isinstance(node, ast.IfExp):
        return any(stands_for_post(one, local, seen) for one in (node.body, node.orelse))
    return isinstance(node, ast.Attribute) and ast.unparse(node) in {"request.POST", "posted.request.POST"}


def makers(trees: Sequence[ast.Module]) -> Iterator[set[str]]:
    """Yield for each call that is given what was posted the names of what it makes of it.

    A name that stands for another is followed: a variable to what it was set to, an argument to what is
    given for it, a function to what it names.
    """
    functions: dict[str, list[ast.FunctionDef]] = defaultdict(list)
    for node in (node for tree in trees for node in tree.body):
        if isinstance(node, ast.FunctionDef):
            functions[node.name].append(node)
    given, handed = arguments(trees), handed_on(one for same in functions.values() for one in same)
    for function in (one for same in functions.values() for one in same):
        local = variables(function)
        for arg in (*function.args.args, *function.args.kwonlyargs):
            local[arg.arg] |= given[function.name] if arg.arg != "request" else set()
        for call in ast.walk(function):
            if isinstance(call, ast.Call) and is_posted(call, handed[function]):
                yield followed(names_in(call.func), local, functions)


def arguments(trees: Sequence[ast.Module]) -> dict[str, set[str]]:
    """Return by function the names in what it is called with."""
    given: dict[str, set[str]] = defaultdict(set)
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            told = (*node.args, *(keyword.value for keyword in node.keywords))
            given[node.func.id] |= set().union(*map(names_in, told))
    return given


def handed_on(functions: Iterable[ast.FunctionDef]) -> dict[ast.FunctionDef, Local]:
    """Return by function what its names are set to, and `request.POST` for each argument that is given it.

    What is defined inside a function counts as its part: a form is often made by a function handed on.
    """
    found = {one: values(one) for one in functions}
    places: dict[str, list[tuple[ast.FunctionDef, ast.FunctionDef]]] = defaultdict(list)
    for outer in found:
        for one in ast.walk(outer):
            if isinstance(one, ast.FunctionDef):
                places[one.name].append((outer, one))
    grown = True
    while grown:
        grown = False
        for caller, local in found.items():
            for call in (one for one in ast.walk(caller) if isinstance(one, ast.Call)):
                called = getattr(call.func, "id", getattr(call.func, "attr", ""))
                for outer, function in places.get(called, ()):
                    for name in posted_to(call, function, local):
                        grown |= POST not in found[outer][name]
                        found[outer][name].append(POST)
    return found


def posted_to(call: ast.Call, function: ast.FunctionDef, local: Local) -> list[str]:
    """Return the arguments of a function that a call gives what was posted."""
    told = [
        *zip((one.arg for one in function.args.args), call.args, strict=False),
        *((one.arg, one.value) for one in call.keywords if one.arg),
    ]
    return [name for name, given in told if stands_for_post(given, local)]


def values(function: ast.FunctionDef) -> Local:
    """Return by variable of a function what it is set to."""
    found: Local = defaultdict(list)
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found[target.id].append(node.value)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            found[node.target.id].append(node.value)
    return found


def variables(function: ast.FunctionDef) -> dict[str, set[str]]:
    """Return by variable of a function the names in what it is set to."""
    found: dict[str, set[str]] = defaultdict(set)
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            for name in set().union(*map(names_in, node.targets)):
                found[name] |= names_in(node.value)
    return found


def followed(
    names: set[str], local: Mapping[str, set[str]], functions: Mapping[str, Sequence[ast.FunctionDef]]
) -> set[str]:
    found, fresh = set[str](), names
    while fresh:
        found |= fresh
        steps = [local.get(name) or set().union(*map(names_in, functions.get(name, ()))) for name in fresh]
        fresh = set().union(*steps) - found
    return found


def test_every_form_is_made_of_what_was_posted() -> None:
    trees = [ast.parse(source.read_text()) for source in sorted(WEB.rglob("*.py"))]
    made = set().union(*makers(trees))
    assert {kind.asks for kind in kinds() if kind.__name__ not in made} <= CHOOSES
    without = [tree for tree in trees if "class NewPlanForm(" not in ast.unparse(tree)]
    assert "NewPlanForm" not in set().union(*makers(without)), "a form that no page makes is found"


def counted() -> list[tuple[str, int, int, int, int]]:
    rows = InputCount.objects.order_by("form")
    return list(rows.values_list("form", "posted", "shown", "filled", "typed"))


@pytest.fixture
def opened(bureau: Bureau) -> Plan:
    """Plan 1 runs, and nothing was counted yet."""
    plan = open_plan_1(bureau)
    buy(bureau, plan, {"方便面": (94, 70_00), "苹果": (47, 80_00), "梨": (47, 75_00)}, "08812072")
    return plan


@pytest.mark.django_db
@pytest.mark.usefixtures("opened")
def test_closing_a_problem_counts(bureau: Bureau) -> None:
    visit = recorded(bureau, at(8, 10), "夜班岗亭缺取暖设备")
    url = reverse("problem_close", args=(Task.objects.get(source=f"visits.visit:{visit.pk}").pk,))
    with on(at(9, 15)):
        assert as_(bureau.office).post(url, {"feedback": ""}).status_code == 422
        assert counted() == []
        assert as_(bureau.office).post(url, {"feedback": "已调拨油汀。"}).status_code == 302
    assert counted() == [("problem_closing", 1, 1, 1, 1)]


@pytest.mark.django_db
def test_reporting_a_duty_counts(bureau: Bureau, opened: Plan) -> None:
    duty = Task.objects.filter(plan_slug=opened.slug, source__startswith=DUTY)[0]
    Task.objects.filter(pk=duty.pk).update(owner=bureau.lead_id)
    with on(at(9, 15)):
        url = reverse("problem_close", args=(duty.pk,))
        assert as_(bureau.liaison).post(url, {"feedback": "已汇总上报。"}).status_code == 302
    assert counted() == [("duty_report", 1, 1, 1, 1)]


@pytest.mark.django_db
def test_a_paper_that_is_handed_out_counts_what_was_chosen(bureau: Bureau, opened: Plan) -> None:
    recorded(bureau, at(8, 10))
    with on(at(9, 15)):
        url = reverse("sheet", args=(opened.slug, "receipts"))
        page = as_(bureau.office).post(url, {"form": "xlsx"})
    assert page["Content-Disposition"].startswith("attachment")
    assert [row[:2] for row in counted()] == [("paper", 1)]
