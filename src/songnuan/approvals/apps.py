"""Django's name for the app."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """Requests and acts on them."""

    name = "songnuan.approvals"
    label = "approvals"
