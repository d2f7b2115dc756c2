"""Seven days with a from and a to each, and a break: what most people's week is."""

from typing import Any, Self

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from linkstar.lib.clock_text import WEEKDAYS_EN, WEEKDAYS_ZH
from linkstar.lib.hours import Day, HoursRefused, Week, check_week, clock
from linkstar.members.models import Member

_MIDNIGHT = 24 * 60


def read_day(text: str) -> Day:
    """Stretches as people type them: "9-12, 13:00-18:00", "09:00–18:00", "22:00-24:00"; "" for none.

    Raises ValueError for what is none.
    """
    plain = text.translate(str.maketrans("：，、；–—~至", ":,,;----")).replace(";", ",").replace(" ", "")
    stretches = []
    for part in filter(None, plain.split(",")):
        start, dash, end = part.partition("-")
        if not dash:
            raise ValueError(part)
        stretches.append((_minutes(start), _minutes(end)))
    return tuple(stretches)


def _minutes(text: str) -> int:
    hour, _colon, minute = text.partition(":")
    if not (hour.isascii() and hour.isdigit()) or (minute and not (minute.isascii() and minute.isdigit())):
        raise ValueError(text)
    if len(hour) > 2 or len(minute) not in (0, 2) or int(minute or 0) > 59:
        raise ValueError(text)
    found = int(hour) * 60 + int(minute or 0)
    if found > _MIDNIGHT:
        raise ValueError(text)
    return found


def day_hours(day: Day) -> str:
    return ", ".join(f"{clock(start)}-{clock(end)}" for start, end in day)


class HoursForm(forms.Form):
    """`day-0` is Monday. `week` is what the fields come to, once it is valid."""

    holidays = forms.ChoiceField(
        label=gettext_lazy("Whose holidays"),
        choices=[("", gettext_lazy("As the time zone says")), *Member.Holidays.choices],
        required=False,
    )
    week: Week

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = WEEKDAYS_ZH if get_language() == "zh-hans" else WEEKDAYS_EN
        for number, name in enumerate(names):
            self.fields[f"day-{number}"] = forms.CharField(
                label=name,
                required=False,
                max_length=80,
                widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
            )

    @classmethod
    def of(cls, person: Member) -> Self:
        days = {f"day-{number}": day_hours(day) for number, day in enumerate(person.week)}
        return cls(initial={"holidays": person.holidays, **days})

    @property
    def days(self) -> list[forms.BoundField]:
        return [self[f"day-{number}"] for number in range(7)]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        week = []
        for number in range(7):
            try:
                day = read_day(given.get(f"day-{number}", ""))
                check_week((day or ((0, 1),),) * 7)
            except (ValueError, HoursRefused):
                self.add_error(f"day-{number}", _("Type hours as in 9:00-12:00, 13:00-18:00."))
                day = ()
            week.append(day)
        self.week = tuple(week)
        return given
