"""Django's name for the app."""

from django.apps import AppConfig


class PlansConfig(AppConfig):
    """The written plan."""

    name = "songnuan.plans"
    label = "plans"
