import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """When its owner last looked at a project; those of today count from now."""

    dependencies = [("projects", "0024_a_faster_way")]

    operations = [
        migrations.AddField(
            model_name="project",
            name="owner_opened_at",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now
            ),
        ),
    ]
