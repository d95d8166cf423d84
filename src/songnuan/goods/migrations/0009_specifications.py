"""Items say what they are exactly (规格): things of one name are told apart by it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('goods', '0008_what_was_entered_wrongly'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='item',
            name='goods_item_once',
        ),
        migrations.AddField(
            model_name='item',
            name='specification',
            field=models.CharField(default='', max_length=40),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.UniqueConstraint(fields=('name', 'specification', 'packing'), name='goods_item_once'),
        ),
    ]
