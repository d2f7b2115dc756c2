"""Everything about a project before it exists: dates in both clocks, what is late, what changed, who has how much."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from linkstar.calendars.days import Absences, DayCalendar
from linkstar.lib.clock_text import day_text
from linkstar.lib.deadlines import DueLabel, describe, note_text
from linkstar.lib.zones import get_zone
from linkstar.members.models import Member
from templates_sop.anchors import first_day_in_time
from templates_sop.capacity import Load, Week, loads, mondays
from templates_sop.commitments import taken_days
from templates_sop.dating import COUNTRIES, Calendars
from templates_sop.holidays import in_the_way
from templates_sop.planning import Plan, PlannedStep, plan
from templates_sop.questions import anchors_for
from templates_sop.reasons import change_text
from templates_sop.variants import Touch
from templates_sop.views.start_fixes import date_fixes, people_fixes
from templates_sop.views.start_form import StartForm
from templates_sop.wording import caution_text, moved_text

# So many weeks stand side by side; what comes after them is in the sum alone.
MOST_WEEKS = 60
MOST_CANDIDATES = 40


@dataclass(frozen=True, slots=True)
class ShownDate:
    planned: PlannedStep
    title: str
    role: str
    person: Member | None
    start: str
    due: DueLabel
    moved: str
    change: str
    is_added: bool
    cautions: list[str]


@dataclass(frozen=True, slots=True)
class ShownLoad:
    load: Load
    weeks: tuple[Week, ...]
    name: str
    roles: str
    is_person: bool


def preview(form: StartForm, reader: Member, now: datetime, language: str) -> dict[str, Any]:
    """As the form stands; without a right anchor there are no dates, and the form says why."""
    anchor = form.anchor()
    if anchor is None:
        return {"plan": None, "anchor_errors": form.errors.get("anchor_on") or form.errors.get("anchor_time")}
    people = form.people()
    candidates = list(form.people_offered[:MOST_CANDIDATES])
    absences = Absences.load([*candidates, *people.values()])
    calendars: Calendars = {country: absences.day_calendar(country) for country in COUNTRIES.values()}
    result = plan(
        form.template,
        variant=form.chosen_variant,
        anchor=anchor,
        anchor_zone=form.market_zone,
        now=now,
        answers=form.answers(),
        anchors=form.chosen_anchors(),
        calendars=calendars,
    )
    resolved = form.resolved()
    in_time_on = _in_time(form, result, calendars, now)
    return {
        "plan": result,
        "phases": _phases(result, people, reader, now, language),
        "draft_count": sum(planned.step.role not in people for planned in result.steps),
        "starts": day_text(result.start_on, language, with_year=True),
        "ends": day_text(result.end_on, language, with_year=True),
        "cautions": [caution_text(caution, result, language) for caution in result.warnings],
        "clock_note": note_text(resolved, language) if resolved else "",
        "variant_missing": not form.cleaned_data.get("variant"),
        "open_count": len(form.missing()),
        "is_waived": bool(form.cleaned_data.get("waive")),
        "in_time_on": day_text(in_time_on, language, with_year=True) if in_time_on else "",
        "anchor_past": _past_day(result, now, language),
        "named_anchors": _anchors(form, result, now, language),
        "contradictions": form.contradictions,
        "gone": _gone(result, language),
        "touched": _touched(result),
        "holidays": [
            (holiday, _stretch(holiday.first, holiday.last, now, language))
            for holiday in in_the_way(result, calendars, language)
        ],
        "fixes": date_fixes(result, form, in_time_on, language),
        **_capacity(form, result, people, candidates, absences, calendars, language),
    }


def _in_time(form: StartForm, result: Plan, calendars: Calendars, now: datetime) -> date | None:
    """The first anchor day that leaves nothing in the past, when this one does not."""
    if not result.past_count or isinstance(result.anchor, datetime):
        return None
    return first_day_in_time(
        result.template,
        variant=result.variant,
        anchor_on=result.anchor,
        anchor_zone=form.market_zone,
        now=now,
        answers=form.answers(),
        anchors=form.chosen_anchors(),
        calendars=calendars,
    )


def _past_day(result: Plan, now: datetime, language: str) -> str:
    """The main anchor's day when it is over in the market."""
    if isinstance(result.anchor, datetime):
        return ""
    today = now.astimezone(get_zone(result.market_zone)).date()
    return day_text(result.anchor, language, with_year=True) if result.anchor < today else ""


def _anchors(form: StartForm, result: Plan, now: datetime, language: str) -> list[dict[str, Any]]:
    today, chosen = now.astimezone(get_zone(result.market_zone)).date(), form.chosen_anchors()
    return [
        {
            "label": named.label.get(language),
            "day": day_text(result.anchors[named.key], language, with_year=True),
            "is_chosen": named.key in chosen,
            "is_past": result.anchors[named.key] < today,
        }
        for named in anchors_for(form.template)
        if named.key in result.anchors
    ]


def _gone(result: Plan, language: str) -> list[tuple[str, str]]:
    """Steps of the template that this project will not have, each with the reason."""
    gone = (Touch.REMOVED, Touch.LEFT_OUT)
    return [
        (change.step.title.get(language), change_text(change, language))
        for change in result.composition.changes
        if change.touch in gone
    ]


def _touched(result: Plan) -> dict[str, int]:
    counts = {touch.value: 0 for touch in Touch}
    for change in result.composition.changes:
        counts[change.touch.value] += 1
    return counts


def _stretch(first: date, last: date, now: datetime, language: str) -> str:
    begins = day_text(first, language, with_year=first.year != now.year)
    return begins if first == last else f"{begins} – {day_text(last, language)}"


def _phases(
    result: Plan, people: dict[str, Member], reader: Member, now: datetime, language: str
) -> list[tuple[str, list[ShownDate]]]:
    roles = {role.key: role.name.get(language) for role in result.template.roles}
    phases: dict[str, list[ShownDate]] = {phase.key: [] for phase in result.template.phases}
    for planned in result.steps:
        change = result.composition.by_step.get(planned.step.key)
        phases[planned.step.phase].append(
            ShownDate(
                planned=planned,
                title=planned.step.title.get(language),
                role=roles[planned.step.role],
                person=people.get(planned.step.role),
                start=day_text(planned.start_on, language, with_year=planned.start_on.year != now.year),
                due=describe(planned.deadline, reader_zone=reader.time_zone, language=language, now=now),
                moved=moved_text(planned, result, language),
                change=change_text(change, language) if change else "",
                is_added=change is not None and change.touch is Touch.ADDED,
                cautions=[caution_text(caution, result, language) for caution in planned.warnings],
            )
        )
    names = {phase.key: phase.name.get(language) for phase in result.template.phases}
    return [(names[key], shown) for key, shown in phases.items() if shown]


def _capacity(
    form: StartForm,
    result: Plan,
    people: dict[str, Member],
    candidates: list[Member],
    absences: Absences,
    calendars: Calendars,
    language: str,
) -> dict[str, Any]:
    """Working days a week of each person and open role, and who could take something over."""
    members = {member.pk: member for member in [*candidates, *people.values()]}
    own: dict[int, DayCalendar] = {pk: absences.day_calendar(member.country, member) for pk, member in members.items()}
    weeks = mondays(result)[:MOST_WEEKS]
    taken = taken_days(members, first=result.start_on, last=result.end_on)
    found = loads(
        result,
        {role: member.pk for role, member in people.items()},
        calendars=calendars,
        calendar_of=own.__getitem__,
        taken=taken,
    )
    names = {role.key: role.name.get(language) for role in result.template.roles}
    return {
        "weeks": [day_text(monday, language) for monday in weeks],
        "loads": [_shown(load, members, names, language) for load in found],
        "has_people": bool(people),
        "overloads": sum(len(load.overloads) for load in found if load.member is not None),
        "people_fixes": people_fixes(found, candidates, calendars=dict(own), taken=taken, names=names),
    }


def _shown(load: Load, members: dict[int, Member], names: dict[str, str], language: str) -> ShownLoad:
    roles: Iterable[str] = (names[role] for role in load.roles)
    text = ("、" if language.startswith("zh") else ", ").join(roles)
    return ShownLoad(
        load=load,
        weeks=load.weeks[:MOST_WEEKS],
        name=members[load.member].display_name if load.member is not None else text,
        roles=text,
        is_person=load.member is not None,
    )
