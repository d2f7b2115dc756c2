from django.db import migrations, models


class Migration(migrations.Migration):
    """Some tasks are done only when the papers of their products are in order."""

    dependencies = [("projects", "0020_forecasts")]

    operations = [
        migrations.AddField(
            model_name="task",
            name="needs_passport",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
