"""The house keeps its own order."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignKey, ManyToManyField, OneToOneField

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src/songnuan"
# Each row may point to rows after it; a row's own apps may not point to each other.
ORDER = [
    {"web", "cli"},
    {"journeys"},
    {"reporting"},
    {"visits", "payments"},
    {"casework"},
    {"benefits", "goods", "outreach", "emergency"},
    {"people", "funds"},
    {"plans"},
    {"approvals"},
    {"tasks"},
    {"records", "jobs"},
    {"organisation"},
    {"audit"},
]
PLACE = {name: place for place, row in enumerate(ORDER) for name in row}
MODELS = [model for model in apps.get_models() if model.__module__.startswith("songnuan.")]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_a_link_to_another_app_points_down_and_has_no_way_back(model: type) -> None:
    for field in model._meta.get_fields():  # type: ignore[attr-defined]  # a model class
        if isinstance(field, ForeignKey | OneToOneField | ManyToManyField):
            target = field.related_model._meta
            if target.app_label == model._meta.app_label:  # type: ignore[attr-defined]
                continue
            assert PLACE[model._meta.app_label] < PLACE[target.app_label], field  # type: ignore[attr-defined]
            assert field.remote_field.related_name == "+", field


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_no_amount_is_a_float_or_a_decimal(model: type) -> None:
    for field in model._meta.get_fields():  # type: ignore[attr-defined]  # a model class
        assert field.__class__.__name__ not in {"FloatField", "DecimalField"}, field


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_file_says_what_it_is_and_stays_readable(path: Path) -> None:
    if "migrations" in path.parts:
        return
    text = path.read_text()
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "a file begins with what it is for"
    assert text.count("\n") <= 400
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno <= 60, node.name


def test_the_vendor_of_the_database_is_asked_in_the_kernel_only() -> None:
    asks = [
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if re.search(r"\.vendor\b", path.read_text()) and "kernel" not in path.parts
    ]
    assert asks == ["cli/setup.py"], "the doctor names the database; nobody else asks"


def test_no_model_acts_on_saving() -> None:
    for model in MODELS:
        assert "save" not in vars(model)
        assert "delete" not in vars(model)


@pytest.mark.parametrize(
    "path",
    sorted((SOURCE / "web/templates").rglob("*.html")),
    ids=lambda path: path.name,
)
def test_a_template_holds_no_inline_style_or_script(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=|javascript:|hx-on", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


def writes(path: Path) -> set[str]:
    """Return the models that a file writes through, by the names it uses: `Fund.objects.update(…)`."""
    verbs = {"create", "bulk_create", "update", "bulk_update", "delete", "get_or_create", "update_or_create"}
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in verbs:
            inner: ast.expr = node.func.value
            while isinstance(inner, ast.Attribute | ast.Call):
                if (
                    isinstance(inner, ast.Attribute)
                    and inner.attr == "objects"
                    and isinstance(inner.value, ast.Name)
                ):
                    found.add(inner.value.id)
                inner = inner.func if isinstance(inner, ast.Call) else inner.value
    return found


def test_each_app_writes_its_own_tables_only() -> None:
    owner: dict[str, set[str]] = {}
    for model in MODELS:
        owner.setdefault(model.__name__, set()).add(model._meta.app_label)
    strangers = [
        (path.relative_to(SOURCE).as_posix(), name)
        for path in SOURCE.rglob("*.py")
        if "migrations" not in path.parts
        for name in writes(path)
        if name in owner and path.relative_to(SOURCE).parts[0] not in owner[name]
    ]
    assert strangers == []
