"""Django's name for the app."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Background work, outbox, inbox."""

    name = "songnuan.jobs"
    label = "jobs"
