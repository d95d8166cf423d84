"""Django's name for the app."""

from django.apps import AppConfig


class FundsConfig(AppConfig):
    """Earmarked funds."""

    name = "songnuan.funds"
    label = "funds"
