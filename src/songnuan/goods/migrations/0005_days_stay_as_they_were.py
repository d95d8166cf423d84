import django.db.models.deletion
from django.db import migrations, models

from songnuan.kernel.frozen import Moves, frozen
from songnuan.kernel.refusing import refusing
from songnuan.kernel.triggers import Triggers, set_aside

_ASIDE, _BACK = set_aside("goods_")
_KEPT = (
    *("id", "key", "digest", "desk_id", "portion_id", "doubt", "device_at", "taken_at"),
    *("received_at", "by_id", "signature_id", "by_name"),
)
_OTHER_PORTION = "NEW.recipient_id <> OLD.recipient_id OR NEW.round <> OLD.round"


def _pickups(*kept: str) -> Triggers:
    """Return what holds the records of pickups: what a device told stays as it was told."""
    return frozen(
        "goods_pickup",
        kept=kept,
        emptied={"proxy": "NULL"},
        moves=Moves(
            {"waiting": ("booked", "void"), "booked": ("returned",)},
            columns=("movement_id", "decided_by_id", "decided_at"),
            emptied={"reason": "NULL"},
        ),
        is_again=True,
    )


class Migration(migrations.Migration):

    dependencies = [
        ('goods', '0004_photos_of_batches'),
    ]

    operations = [
        _ASIDE,
        migrations.AddField(
            model_name='pickup',
            name='by_proxy',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='portion',
            name='first_batch',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='goods.batch'),
        ),
        # As far as it is known: where it stands by now.
        migrations.RunSQL("UPDATE goods_portion SET first_batch_id = batch_id", migrations.RunSQL.noop),
        migrations.RunSQL("UPDATE goods_pickup SET by_proxy = (proxy IS NOT NULL)", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='portion',
            name='first_batch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='goods.batch'),
        ),
        migrations.AlterField(
            model_name='pickup',
            name='doubt',
            field=models.CharField(choices=[('twice', 'this portion was picked up already'), ('left', 'the person is on the roster no more'), ('settled', 'the office has settled this portion'), ('short', 'the desk had no such goods left'), ('expired', 'the desk had only expired goods left'), ('held', 'the goods are on hold'), ('closed', 'the desk was closed'), ('early', 'the day of this round had not come yet')], default='', max_length=8),
        ),
        migrations.AddConstraint(
            model_name='pickup',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'booked'), _negated=True), ('doubt', ''), ('decided_at__isnull', False), _connector='OR'), name='goods_pickup_doubt_decided'),
        ),
        migrations.AddConstraint(
            model_name='pickup',
            constraint=models.CheckConstraint(condition=models.Q(('proxy__isnull', True), ('by_proxy', True), _connector='OR'), name='goods_pickup_by_proxy'),
        ),
        migrations.RemoveConstraint(
            model_name='portion',
            name='goods_portion_settled',
        ),
        migrations.AddConstraint(
            model_name='portion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('status', 'settled'), _negated=True), ('settled_at__isnull', True), ('settled_by__isnull', True), models.Q(('reason__isnull', True), models.Q(('status', 'taken'), _negated=True), _connector='OR')), models.Q(('settled_at__isnull', False), ('settled_by__isnull', False), ('status', 'settled')), _connector='OR'), name='goods_portion_settled'),
        ),
        _BACK,
        # That somebody else fetched it stays when the name goes.
        Triggers(_pickups(*_KEPT, "by_proxy").forward, _pickups(*_KEPT).forward),
        # What the batches are is said once, and a portion is of one person and round.
        refusing("goods_distribution", "goods_distribution_mode_once", "OLD.mode <> '' AND NEW.mode <> OLD.mode", verb="UPDATE"),
        refusing("goods_portion", "goods_portion_of_one", _OTHER_PORTION, verb="UPDATE"),
    ]
