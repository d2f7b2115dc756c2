"""What the forecast of a project says of its tasks, for their rows: which of them endanger a date, and what warns.

It is the team's, and as it was worked out last; guests are told nothing of it.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from projects import access
from projects.cards import Reader
from projects.dangers import dangers_of
from projects.forecasts.shown import Names, sentence
from projects.forecasts.signal_words import signal_text
from projects.models import Forecast, Project
from projects.timeline import Alarm, Row, Timeline

_IN_DANGER = (Forecast.State.AMBER, Forecast.State.RED)


def with_alarms(timeline: Timeline, project: Project, reader: Reader) -> Timeline:
    """The same rows with what the forecast says of those that are not done, and other rooms' dangers."""
    if not access.may(reader.member, "see forecast", project):
        return timeline
    open_rows = {row.pk: row for row in timeline.rows if not row.is_done}
    for pk, texts in dangers_of(open_rows.keys(), member=reader.member, now=reader.now).items():
        open_rows[pk].alarms += [Alarm(Forecast.State.AMBER.value, text, "danger") for text in texts]
    data = Forecast.objects.filter(project=project).values_list("data", flat=True).first() or {}
    targets = [target for target in data.get("targets", ()) if target["state"] in _IN_DANGER]
    signals = data.get("marks", data.get("signals", ()))
    if targets or signals:
        rows = {row.pk: row for row in timeline.rows if not row.is_done}
        _tell({"targets": targets, "signals": signals}, rows, reader)
    return timeline


def _tell(data: Mapping[str, Any], rows: Mapping[int, Row], reader: Reader) -> None:
    names = Names(data, reader)
    for target in data["targets"]:
        why = sentence(target, names)
        if target["task"] in rows:
            rows[target["task"]].alarms.append(Alarm(target["state"], why))
        for pk in target["chain"]:
            if pk in rows:
                text = _("On the way to a date in danger: %(why)s") % {"why": why}
                rows[pk].alarms.append(Alarm(target["state"], text))
    for signal in data["signals"]:
        if signal["task"] in rows:
            alarm = Alarm(Forecast.State.AMBER.value, signal_text(signal, names), signal["kind"])
            rows[signal["task"]].alarms.append(alarm)
