"""Django's name for the app."""

from django.apps import AppConfig


class BenefitsConfig(AppConfig):
    """Standards, entitlements."""

    name = "songnuan.benefits"
    label = "benefits"
