"""In a closed fund nothing is booked."""

from django.db import migrations

from songnuan.kernel.shut import shut


class Migration(migrations.Migration):

    dependencies = [
        ('funds', '0002_returns_refunds_closings'),
    ]

    operations = [
        shut("funds_entry", key="fund_id", above="funds_fund", column="closed_at"),
    ]
