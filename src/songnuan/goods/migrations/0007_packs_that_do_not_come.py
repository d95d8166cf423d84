"""Packs of a purchase that do not come any more, since their money was given back."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from songnuan.kernel.append_only import append_only


class Migration(migrations.Migration):
    """A table of its own: lines of purchases are never changed."""

    dependencies = [
        ("funds", "0003_closed_funds_are_shut"),
        ("goods", "0006_kits_in_parts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ShortClosing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="short_closings",
                        to="goods.purchaseline",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="funds.entry"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("line", "refund"), name="goods_short_closing_once"),
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)), name="goods_short_closing_positive"
                    ),
                ],
            },
        ),
        append_only("goods_shortclosing"),
    ]
