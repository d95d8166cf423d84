"""Every packet has its lot; lots, lines of donations and movements are only ever added to."""

import django.db.models.deletion
from django.db import migrations, models

from songnuan.kernel.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('goods', '0003_what_came_before_gets_a_lot'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='movementline',
            name='item',
        ),
        migrations.RemoveField(
            model_name='stocklevel',
            name='item',
        ),
        migrations.RemoveField(
            model_name='stocklevel',
            name='kit',
        ),
        migrations.AlterField(
            model_name='movementline',
            name='lot',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='goods.lot'),
        ),
        migrations.AlterField(
            model_name='stocklevel',
            name='lot',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='levels', to='goods.lot'),
        ),
        migrations.AddConstraint(
            model_name='movementline',
            constraint=models.UniqueConstraint(fields=('movement', 'lot', 'place'), name='goods_movement_line_once'),
        ),
        migrations.AddConstraint(
            model_name='stocklevel',
            constraint=models.UniqueConstraint(fields=('lot', 'place'), name='goods_level_once'),
        ),
        append_only("goods_lot"),
        append_only("goods_donationline"),
        append_only("goods_movement"),
        append_only("goods_movementline"),
    ]
