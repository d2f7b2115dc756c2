import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0003_working_hours"),
    ]

    operations = [
        migrations.AddField(
            model_name="member",
            name="guided_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="MemberDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                ("by_phone", models.BooleanField(default=False)),
                (
                    "member",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="days",
                        to="members.member",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("member", "on"), name="member_day_once")],
            },
        ),
    ]
