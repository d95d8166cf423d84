"""Django's `migrate`, quicker: it builds only those models anew that an operation changes."""

from typing import Any

from django.core.management.commands.migrate import Command as Migrate

from songnuan.kernel.states import only_what_changes


class Command(Migrate):
    """Brings the database up to date."""

    def handle(self, *args: Any, **options: Any) -> str | None:  # noqa: ANN401 - Django's
        """Run what Django runs."""
        with only_what_changes():
            return super().handle(*args, **options)
