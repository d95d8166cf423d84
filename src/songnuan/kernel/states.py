"""Builds the models of migrations anew only where an operation changes them: a new database in seconds.

Before each operation Django builds every model anew that is related to the one it speaks of. Here nearly all
are, by the user who did something: an empty database took a minute and a half, most of it for models that
nobody asked about. A schema editor reads of a related model its table and its key, which an operation on
another does not change. Who asks for more (`RunPython`) gets all of them built anew first, as Django does
after any delay.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from django.db.migrations.state import ProjectState

_METHOD = "_find_reload_model"  # Django has no other place to say it
_every = getattr(ProjectState, _METHOD)


def _needed(
    state: ProjectState,
    app_label: str,
    model_name: str,
    delay: object = False,  # noqa: FBT002 - Django's own
) -> set[tuple[str, str]]:
    """Return what to build anew: the new or changed model; all of its relations where these change."""
    is_new = model_name not in state.apps.all_models.get(app_label, {})
    if not (delay or is_new):
        found: set[tuple[str, str]] = _every(state, app_label, model_name, delay)
        return found
    state.is_delayed = True
    return {(app_label, model_name)}


@contextmanager
def only_what_changes() -> Iterator[None]:
    """Let migrations that run inside build only the models that change."""
    with patch.object(ProjectState, _METHOD, _needed):
        yield
