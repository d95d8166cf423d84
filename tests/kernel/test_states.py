"""Migrations build anew what changes, and everything where the relations are asked for."""

from typing import Any
from unittest.mock import patch

from django.apps.registry import Apps
from django.db import models
from django.db.migrations.operations import AddField, CreateModel
from django.db.migrations.state import ModelState, ProjectState

from songnuan.kernel.states import only_what_changes


def two_tables() -> ProjectState:
    """Somebody, and a thing that names somebody, both built."""
    state = ProjectState()
    pk = ("id", models.BigAutoField(primary_key=True))
    CreateModel("Person", [pk]).state_forwards("audit", state)
    assert state.apps.get_model("audit", "Person")
    CreateModel("Thing", [pk, ("by", models.ForeignKey("audit.Person", models.PROTECT))]).state_forwards(
        "audit", state
    )
    return state


def built(state: ProjectState, operation: AddField) -> list[str]:
    """Return the names of the models that an operation builds anew."""
    names: list[str] = []

    def render(model: ModelState, apps: Apps) -> Any:
        names.append(model.name)
        return plain(model, apps)

    plain = ModelState.render
    with patch.object(ModelState, "render", render):
        operation.state_forwards("audit", state)
    return sorted(names)


def column(model: str, field: models.Field) -> AddField:  # type: ignore[type-arg]
    return AddField(model, "more", field)


def test_a_column_builds_its_own_model_alone() -> None:
    assert built(two_tables(), column("person", models.IntegerField(null=True))) == ["Person", "Thing"]
    with only_what_changes():
        state = two_tables()
        assert built(state, column("person", models.IntegerField(null=True))) == ["Person"]
    assert state.apps.get_model("audit", "Person")._meta.get_field("more")


def test_a_new_relation_builds_both_sides() -> None:
    with only_what_changes():
        state = two_tables()
        field = models.ForeignKey("audit.Thing", models.PROTECT, null=True, related_name="+")
        assert built(state, column("person", field)) == ["Person", "Thing"]


def test_who_asks_for_rows_gets_models_that_know_each_other() -> None:
    with only_what_changes():
        state = two_tables()
        built(state, column("person", models.IntegerField(null=True)))
        thing = state.apps.get_model("audit", "Thing")
        assert thing._meta.get_field("by").related_model is not state.apps.get_model("audit", "Person")
        state.clear_delayed_apps_cache()  # as RunPython does
        thing = state.apps.get_model("audit", "Thing")
        assert thing._meta.get_field("by").related_model is state.apps.get_model("audit", "Person")


def test_afterwards_django_does_as_before() -> None:
    with only_what_changes():
        pass
    assert built(two_tables(), column("person", models.IntegerField(null=True))) == ["Person", "Thing"]
