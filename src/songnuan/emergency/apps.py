"""Django's name for the app."""

from django.apps import AppConfig


class EmergencyConfig(AppConfig):
    """Leading groups, orders, activations, situation reports, early warning."""

    name = "songnuan.emergency"
    label = "emergency"
