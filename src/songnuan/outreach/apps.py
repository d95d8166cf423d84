"""Django's name for the app."""

from django.apps import AppConfig


class OutreachConfig(AppConfig):
    """Reminders that leave the house."""

    name = "songnuan.outreach"
    label = "outreach"

    def ready(self) -> None:
        """Add the ways this app knows to the one table of them."""
        from songnuan.jobs.channels import register  # noqa: PLC0415 - models are read once apps are loaded
        from songnuan.outreach.email import CHANNEL  # noqa: PLC0415

        register(CHANNEL)
