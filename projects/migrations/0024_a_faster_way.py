from django.db import migrations, models


class Migration(migrations.Migration):
    """Freight goes by air instead of by sea: another length of a task, and what it costs."""

    dependencies = [("projects", "0023_printouts")]

    operations = [
        migrations.AddField(
            model_name="task", name="faster_days", field=models.PositiveSmallIntegerField(blank=True, null=True)
        ),
        migrations.AddField(
            model_name="task",
            name="faster_note",
            field=models.CharField(blank=True, db_default="", default="", max_length=120),
        ),
    ]
