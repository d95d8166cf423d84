"""Django's name for the app."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Documents, numbers, files."""

    name = "songnuan.records"
    label = "records"
