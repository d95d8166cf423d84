"""Django's name for the app."""

from django.apps import AppConfig


class VisitsConfig(AppConfig):
    """Visits and their reports."""

    name = "songnuan.visits"
    label = "visits"
