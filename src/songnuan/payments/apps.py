"""Django's name for the app."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """Lists of payments."""

    name = "songnuan.payments"
    label = "payments"
