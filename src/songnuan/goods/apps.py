"""Django's name for the app."""

from django.apps import AppConfig


class GoodsConfig(AppConfig):
    """Kits, purchases, stock."""

    name = "songnuan.goods"
    label = "goods"
