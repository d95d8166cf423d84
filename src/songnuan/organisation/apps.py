"""Django's name for the app."""

from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    """The organisation."""

    name = "songnuan.organisation"
    label = "organisation"
