from django.db import migrations, models

from songnuan.kernel.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0002_issued_documents'),
    ]

    operations = [
        migrations.AlterField(
            model_name='document',
            name='title',
            field=models.CharField(max_length=400),
        ),
        append_only("records_issueddocument", is_again=True),
        migrations.AlterField(
            model_name='issueddocument',
            name='title',
            field=models.CharField(max_length=400),
        ),
        append_only("records_issueddocument", is_again=True),
    ]
