"""A unit may get its kit in parts: what it lacked at first follows."""

from django.db import migrations, models

from songnuan.kernel.append_only import append_only


class Migration(migrations.Migration):
    """What was handed over before was handed over whole: it is the first part."""

    dependencies = [("goods", "0005_purchase_requests")]

    operations = [
        append_only("goods_movement", is_again=True),
        migrations.RemoveConstraint(model_name="movement", name="goods_movement_one_kit_per_unit"),
        migrations.AddField(
            model_name="movement", name="part", field=models.PositiveSmallIntegerField(default=1)
        ),
        migrations.AddConstraint(
            model_name="movement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "hand_over")),
                fields=("kit", "unit", "part"),
                name="goods_movement_part_once",
            ),
        ),
        append_only("goods_movement", is_again=True),
    ]
