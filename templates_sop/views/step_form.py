"""What is asked about a step of a draft."""

import json
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from linkstar.lib.forms import set_choices
from linkstar.lib.text import clean_line, split_lines
from templates_sop.differences import ON_DAYS_OFF
from templates_sop.parsing import FURTHEST_DAYS, LONGEST_DAYS, MOST_REMINDER_HOURS, TemplateInvalid, parse
from templates_sop.shapes import LeadTime, SopTemplate, Step, Text
from templates_sop.wording import CALENDARS, VISIBILITIES
from templates_sop.writing import dump, dump_step

LINE, PROSE, ITEM = 200, 1000, 300
MOST_ITEMS = 50
BEFORE, ON, AFTER, HOURS = "before", "on", "after", "hours"
# What is written in both languages, the label of each, and whether it is one line.
TEXTS: dict[str, tuple[Promise, bool]] = {
    "title": (gettext_lazy("Title"), True),
    "why": (gettext_lazy("Why"), False),
    "outcome": (gettext_lazy("Done when"), False),
    "deliverable": (gettext_lazy("Deliverable"), False),
    "risk": (gettext_lazy("What goes wrong"), False),
}
LISTS: dict[str, Promise] = {
    "checklist": gettext_lazy("Checklist, an item a line"),
    "evidence": gettext_lazy("Attach as evidence, one a line"),
}


class StepForm(forms.Form):
    """`step()` is what was typed and `base()` the step as it was when the form was sent out."""

    base = forms.CharField(widget=forms.HiddenInput)
    phase = forms.ChoiceField(label=gettext_lazy("Phase"))
    role = forms.ChoiceField(label=gettext_lazy("Role"), required=False)
    duration = forms.FloatField(
        label=pgettext_lazy("length of a step", "Working days"),
        min_value=0,
        max_value=LONGEST_DAYS,
        error_messages={"invalid": gettext_lazy("A number of days, such as 0.5 or 3.")},
    )
    calendar = forms.ChoiceField(label=gettext_lazy("Calendar"), choices=list(CALENDARS.items()))
    count = forms.IntegerField(label=gettext_lazy("Due"), required=False, min_value=0, max_value=FURTHEST_DAYS * 24)
    side = forms.ChoiceField(
        label=gettext_lazy("Before or after"),
        choices=[
            (BEFORE, pgettext_lazy("a step and its anchor", "days before")),
            (ON, pgettext_lazy("a step and its anchor", "on the day")),
            (AFTER, pgettext_lazy("a step and its anchor", "days after")),
        ],
    )
    anchor = forms.ChoiceField(label=gettext_lazy("Counted from"), required=False)
    due_time = forms.TimeField(label=gettext_lazy("Time of day"), widget=forms.TimeInput(format="%H:%M"))
    on_days_off = forms.ChoiceField(label=gettext_lazy("On a day off"), choices=list(ON_DAYS_OFF.items()))
    is_fixed = forms.BooleanField(label=gettext_lazy("Fixed by the marketplace: it never moves"), required=False)
    depends_on = forms.MultipleChoiceField(
        label=gettext_lazy("Waits for"), required=False, widget=forms.CheckboxSelectMultiple
    )
    reminders = forms.CharField(label=gettext_lazy("Reminders, hours before"), required=False, max_length=60)
    visibility = forms.ChoiceField(
        label=gettext_lazy("Who may see it"),
        choices=[("internal_only", VISIBILITIES[False]), ("external_shareable", VISIBILITIES[True])],
    )
    is_finance = forms.BooleanField(label=gettext_lazy("Only for those who may see finances"), required=False)
    is_milestone = forms.BooleanField(label=gettext_lazy("Milestone"), required=False)
    needs_passport = forms.BooleanField(
        label=gettext_lazy("Done only when the papers of its SKUs are in order"), required=False
    )
    lead_least = forms.IntegerField(label=gettext_lazy("Usually from"), required=False, min_value=0, max_value=730)
    lead_most = forms.IntegerField(label=gettext_lazy("to, in days"), required=False, min_value=0, max_value=730)
    lead_zh = forms.CharField(label=gettext_lazy("Whose time, in Chinese"), required=False, max_length=LINE)
    lead_en = forms.CharField(label=gettext_lazy("Whose time, in English"), required=False, max_length=LINE)

    def __init__(self, data: Any = None, *, draft: SopTemplate, current: Step, language: str) -> None:
        """`current` fills a form that nobody has typed into."""
        super().__init__(data, initial=_initial(current, draft))
        self.draft, self.current = draft, current
        for name, (label, is_line) in TEXTS.items():
            self._add_pair(name, label, LINE if is_line else PROSE, rows=0 if is_line else 2)
        for name, label in LISTS.items():
            self._add_pair(name, label, ITEM * MOST_ITEMS, rows=4)
        phases = [(phase.key, phase.name.get(language)) for phase in draft.phases]
        roles = [(role.key, role.name.get(language)) for role in draft.roles]
        others = [(step.key, step.title.get(language) or "…") for step in draft.steps if step.key != current.key]
        set_choices(self, "phase", phases)
        named = [(one.key, one.label.get(language)) for one in draft.anchors]
        set_choices(self, "anchor", [("", draft.anchor.label.get(language)), *named])
        set_choices(self, "role", [("", _("Nobody's yet")), *roles])
        set_choices(self, "depends_on", others)
        if draft.anchor.is_instant:
            sides = list(self.fields["side"].choices)  # type: ignore[attr-defined]
            hours = (HOURS, pgettext_lazy("a step and its anchor", "hours after"))
            set_choices(self, "side", [*sides, hours])
        for field in self.fields.values():
            kind = "select" if isinstance(field.widget, forms.Select) else "input"
            if not isinstance(field.widget, forms.CheckboxInput | forms.CheckboxSelectMultiple | forms.Textarea):
                field.widget.attrs["class"] = kind
        self.fields["due_time"].widget.attrs["type"] = "time"
        self.fields["reminders"].widget.attrs |= {"placeholder": "72, 24, 2", "inputmode": "numeric"}

    def _add_pair(self, name: str, label: Any, most: int, *, rows: int) -> None:
        words = {"zh": gettext_lazy("Chinese"), "en": gettext_lazy("English")}
        for language, word in words.items():
            widget: Any = forms.TextInput(attrs={"class": "input", "autocomplete": "off"})
            if rows:
                widget = forms.Textarea(attrs={"class": "textarea", "rows": rows, "data-autosize": True})
            widget.attrs |= {"lang": "zh-Hans" if language == "zh" else "en", "aria-label": f"{label} – {word}"}
            widget.attrs["placeholder"] = word
            self.fields[f"{name}_{language}"] = forms.CharField(
                label=label, required=False, max_length=most, widget=widget, strip=True
            )

    def pairs(self) -> list[tuple[Any, forms.BoundField, forms.BoundField, str]]:
        """Of the texts: label, the Chinese and the English field, and the name that findings are filed under."""
        return [(label, self[f"{name}_zh"], self[f"{name}_en"], name) for name, (label, _line) in TEXTS.items()]

    def lists(self) -> list[tuple[Any, forms.BoundField, forms.BoundField, str]]:
        return [(label, self[f"{name}_zh"], self[f"{name}_en"], name) for name, label in LISTS.items()]

    def clean_reminders(self) -> tuple[int, ...]:
        words = self.cleaned_data["reminders"].replace("，", ",").replace("、", ",").split(",")
        hours = [word.strip() for word in words if word.strip()]
        if not all(word.isascii() and word.isdigit() and int(word) <= MOST_REMINDER_HOURS for word in hours):
            raise forms.ValidationError(_("Whole hours, parted by commas, such as 72, 24, 2."))
        return tuple(sorted({int(word) for word in hours}, reverse=True))

    def clean(self) -> None:
        given = self.cleaned_data
        for name in LISTS:
            for language in ("zh", "en"):
                if any(len(line) > ITEM for line in given.get(f"{name}_{language}", "").splitlines()):
                    self.add_error(f"{name}_{language}", _("An item has up to %(most)d characters.") % {"most": ITEM})
        if given.get("side") in (BEFORE, AFTER) and (given.get("count") or 0) > FURTHEST_DAYS:
            self.add_error("count", _("A step stands at most two years from the anchor."))
        if given.get("side") not in (None, ON) and given.get("count") is None and "count" not in self.errors:
            self.add_error("count", _("How many?"))
        least, most = given.get("lead_least"), given.get("lead_most")
        if (least is None) != (most is None) or (least is not None and most is not None and least > most):
            self.add_error("lead_most", _("From fewer days to more."))

    def base_step(self) -> Step:
        """What was sent out comes back as it went; anything else is the step of now."""
        try:
            raw = json.loads(self.data.get("base", ""))
            step = parse({**dump(self.draft), "steps": [raw]}, is_draft=True).steps[0]
        except (ValueError, TemplateInvalid):
            return self.current
        return step if step.key == self.current.key else self.current

    def step(self) -> Step:
        """Only of a valid form."""
        given, current = self.cleaned_data, self.base_step()
        side, count = given["side"], given["count"] or 0
        is_hours = side == HOURS
        usual = _usual_days(self.draft, given["anchor"])
        zone = self.draft.market_zone if given["calendar"] == "us_market" else current.zone
        if given["calendar"] == "cn_team" and current.calendar != "cn_team":
            zone = "Asia/Shanghai"
        words: dict[str, Any] = {name: self._text(name) for name in TEXTS}
        words |= {name: self._lines(name) for name in LISTS}
        return replace(
            current,
            **words,
            phase=given["phase"],
            role=given["role"],
            duration_days=_whole(given["duration"]),
            calendar=given["calendar"],
            zone=zone,
            offset_mode="elapsed_hours" if is_hours else "calendar_days",
            offset_hours=count if is_hours else None,
            offset_days=current.offset_days if is_hours else {BEFORE: -count, ON: 0, AFTER: count}[side] + usual,
            anchor="" if is_hours else given["anchor"],
            due_time=given["due_time"],
            on_non_working_day=given["on_days_off"],
            is_fixed=given["is_fixed"],
            # In the order of the draft, or as it was when the same ones are ticked.
            depends_on=current.depends_on
            if set(given["depends_on"]) == set(current.depends_on)
            else tuple(step.key for step in self.draft.steps if step.key in given["depends_on"]),
            reminders_hours=current.reminders_hours
            if set(given["reminders"]) == set(current.reminders_hours)
            else given["reminders"],
            is_shareable=given["visibility"] == "external_shareable",
            is_finance=given["is_finance"],
            is_milestone=given["is_milestone"],
            needs_passport=given["needs_passport"],
            lead_time=self._lead_time(),
        )

    def _text(self, name: str) -> Text:
        return Text(self.cleaned_data[f"{name}_zh"].strip(), self.cleaned_data[f"{name}_en"].strip())

    def _lines(self, name: str) -> tuple[Text, ...]:
        """Line by line the Chinese beside the English."""
        zh, en = (split_lines(self.cleaned_data[f"{name}_{language}"], limit=ITEM) for language in ("zh", "en"))
        pairs = range(max(len(zh), len(en)))
        return tuple(Text(zh[at] if at < len(zh) else "", en[at] if at < len(en) else "") for at in pairs)

    def _lead_time(self) -> LeadTime | None:
        given = self.cleaned_data
        if given["lead_least"] is None:
            return None
        whose = Text(clean_line(given["lead_zh"], LINE), clean_line(given["lead_en"], LINE))
        return LeadTime(given["lead_least"], given["lead_most"], whose)


def _usual_days(draft: SopTemplate, anchor: str) -> int:
    """Of a further anchor from the template's own; offsets are kept from the latter and asked for from the former."""
    return next((one.days for one in draft.anchors if one.key == anchor), 0)


def _initial(step: Step, draft: SopTemplate) -> dict[str, Any]:
    days = step.offset_days - _usual_days(draft, step.anchor)
    filled: dict[str, Any] = {
        "base": json.dumps(dump_step(step), ensure_ascii=False),
        "phase": step.phase,
        "role": step.role,
        "duration": _whole(step.duration_days),
        "calendar": step.calendar,
        "count": abs(days) or None,
        "side": BEFORE if days < 0 else AFTER if days else ON,
        "anchor": step.anchor,
        "due_time": step.due_time,
        "on_days_off": step.on_non_working_day,
        "is_fixed": step.is_fixed,
        "depends_on": list(step.depends_on),
        "reminders": ", ".join(str(hours) for hours in step.reminders_hours),
        "visibility": "external_shareable" if step.is_shareable else "internal_only",
        "is_finance": step.is_finance,
        "is_milestone": step.is_milestone,
        "needs_passport": step.needs_passport,
    }
    if step.offset_hours is not None:
        filled |= {"count": step.offset_hours, "side": HOURS}
    if step.lead_time is not None:
        filled |= {"lead_least": step.lead_time.least, "lead_most": step.lead_time.most}
        filled |= {"lead_zh": step.lead_time.whose.zh, "lead_en": step.lead_time.whose.en}
    for name in TEXTS:
        filled |= {f"{name}_zh": getattr(step, name).zh, f"{name}_en": getattr(step, name).en}
    for name in LISTS:
        texts = getattr(step, name)
        filled |= {f"{name}_zh": "\n".join(text.zh for text in texts)}
        filled |= {f"{name}_en": "\n".join(text.en for text in texts)}
    return filled


def _whole(days: float) -> float:
    return int(days) if days == int(days) else days
