"""Django's name for the app."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    """Figures about the work itself."""

    name = "songnuan.reporting"
    label = "reporting"
