"""Django's name for the app."""

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    """Families, their helpers and needs; flexible work."""

    name = "songnuan.casework"
    label = "casework"
