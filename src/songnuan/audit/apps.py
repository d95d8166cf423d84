"""Django's name for the app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The trail."""

    name = "songnuan.audit"
    label = "audit"
