"""Django's name for the app."""

from django.apps import AppConfig


class TasksConfig(AppConfig):
    """Assigned obligations."""

    name = "songnuan.tasks"
    label = "tasks"
