from django.db import migrations, models

# Links with a lag held until their blocker was done or begun: those that are met by now stay met, and what is left of a
# lag after a finish is counted in days of the calendar until the project is looked at next (actions/forecasting.py).
_SETTLE = """
UPDATE projects_dependency link
SET free_at = CASE WHEN link.kind IN ('fs', 'ff') AND link.lag_days > 0 AND blocker.completed_at IS NOT NULL
    THEN blocker.completed_at + link.lag_days * interval '1 day' ELSE now() END
FROM projects_task blocker JOIN projects_column stands ON stands.id = blocker.column_id
WHERE blocker.id = link.blocker_id AND link.lag_days <> 0 AND (
    blocker.completed_at IS NOT NULL
    OR (stands.status <> 'todo' AND (link.kind IN ('ss', 'sf') OR link.lag_days < 0))
)
"""


class Migration(migrations.Migration):
    dependencies = [("projects", "0021_needs_passport")]

    operations = [
        migrations.AddField(model_name="dependency", name="free_at", field=models.DateTimeField(blank=True, null=True)),
        migrations.RunSQL(_SETTLE, migrations.RunSQL.noop),
    ]
