"""The web app, as Django registers it."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages, templates and static files; no tables."""

    name = "songnuan.web"
    label = "web"
