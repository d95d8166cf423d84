"""Django's name for the app."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Persons, families, service at the front, and the rosters they come in with."""

    name = "songnuan.people"
    label = "people"
