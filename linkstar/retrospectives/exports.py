"""A retrospective as Markdown, for whoever keeps their notes elsewhere. The same lines as on the page."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from integrations.results import Results
from linkstar.lib.clock_text import day_text
from linkstar.retrospectives.models import ProposedChange, Retrospective
from linkstar.retrospectives.shown import NoteGroup, Report, StepRow, WaitLine
from projects.models import Forecast, Project

_SPECIAL = str.maketrans({sign: "\\" + sign for sign in "\\`*_[]<>|#"})


def escaped(text: str) -> str:
    """Words of people on one line, so that none of their signs is taken for Markdown."""
    return " ".join(text.split()).translate(_SPECIAL)


def markdown_of(
    project: Project,
    retrospective: Retrospective,
    report: Report,
    groups: Sequence[NoteGroup],
    proposals: Sequence[tuple[ProposedChange, str]],
    results: Results | None,
    *,
    language: str,
) -> str:
    """`proposals` come with what each is about in words."""
    lines = [f"# {escaped(_('Retrospective'))}: {escaped(project.name)}", ""]
    lines += [f"- {escaped(text)}" for text in facts(project, retrospective, report, language=language)]
    if retrospective.state == Retrospective.State.WAIVED:
        lines += ["", escaped(_("Waived: %(reason)s") % {"reason": retrospective.waived_because})]
    for group in groups:
        lines += ["", f"## {escaped(group.name)}", ""]
        lines += [_note(row.note.text, row.note.author.display_name, row.task_title) for row in group.rows] or ["–"]
    lines += ["", f"## {_('What the SOP should learn')}", ""]
    lines += [f"- {escaped(text)} ({change.get_state_display()})" for change, text in proposals] or ["–"]
    lines += ["", f"## {_('Planned and actual')}", "", *_steps(report.rows)]
    lines += ["", f"## {_('Moved deadlines')}", ""]
    lines += [_slip(slip.name, slip.number, slip.days, slip.notes) for slip in report.slips] or ["–"]
    lines += ["", f"## {_('Who waited for whom')}", "", *(_wait(line) for line in report.waits)]
    lines += [] if report.waits else ["–"]
    if results is not None:
        lines += ["", f"## {_('Results of its actions')}", "", *_results(results)]
    return "\n".join(lines) + "\n"


def facts(project: Project, retrospective: Retrospective, report: Report, *, language: str) -> list[str]:
    """What the whole says in a few lines."""
    as_of = day_text(report.as_of.date(), language, with_year=True)
    said = [
        _("%(done)d of %(all)d tasks done, %(in_time)d of %(dated)d in time")
        % {"done": report.done, "all": len(report.rows), "in_time": report.in_time, "dated": report.dated},
        _moved(report.slip_count, report.slip_days),
        states_text(report),
        report.plan_text,
    ]
    if retrospective.is_open:
        said.append(_("Figures of %(day)s; they change until the retrospective is closed.") % {"day": as_of})
    else:
        said.append(_("Figures kept on %(day)s.") % {"day": as_of})
    return said


def _moved(count: int, days: int) -> str:
    text = ngettext(
        "%(count)d moved deadline, %(days)+d working days in all",
        "%(count)d moved deadlines, %(days)+d working days in all",
        count,
    )
    return text % {"count": count, "days": days}


def states_text(report: Report) -> str:
    """How many days of each state, in words."""
    if not report.counts:
        return _("No forecast states were kept for this project.")
    words = {state: str(label) for state, label in Forecast.State.choices}
    days = ", ".join(
        f"{words[state]} {report.counts[state]}" for state in ("red", "amber", "green") if report.counts.get(state)
    )
    text = _("Days by forecast: %(days)s") % {"days": days or "–"}
    if report.states_since:
        return f"{text} ({_('kept since %(day)s') % {'day': report.states_since}})"
    return text


def _note(text: str, author: str, task: str) -> str:
    about = f" ({escaped(task)})" if task else ""
    return f"- {escaped(text)}{about} — {escaped(author)}"


def _steps(rows: Iterable[StepRow]) -> list[str]:
    head = [
        _("Task"), pgettext("of a task", "Owner"), _("Planned"), pgettext("of a task", "Actual"),
        _("Planned working days"), _("Actual working days"), _("Late"),
    ]  # fmt: skip
    lines = [f"| {' | '.join(escaped(word) for word in head)} |", f"|{' --- |' * len(head)}"]
    for row in rows:
        cells = [
            f"#{row.number} {row.title}", row.owner, _span(row.planned_from, row.planned_to),
            _span(row.began, row.done), _days(row.planned), _days(row.took), row.late_text,
        ]  # fmt: skip
        lines.append(f"| {' | '.join(escaped(cell) or '–' for cell in cells)} |")
    return lines


def _span(first: str, last: str) -> str:
    return " – ".join(day for day in dict.fromkeys((first, last)) if day)


def _days(days: int | None) -> str:
    return "" if days is None else str(days)


def _slip(name: str, count: int, days: int, notes: Sequence[str]) -> str:
    said = _moved(count, days)
    return f"- {escaped(name)}: {said}" + "".join(f"; {escaped(note)}" for note in notes)


def _results(results: Results) -> list[str]:
    if not results.lines:
        return ["–"]
    said = [results.chance_text, _("Associations, never proofs: each is compared with other SKUs of the same shop.")]
    head = [_("Action"), _("Shop"), _("Live since"), _("What came of it")]
    if results.has_spread:
        said.append(_("Worst, likely and best: units a day beyond what was expected, and against comparable SKUs."))
        head += [pgettext("of a range", "Worst"), pgettext("of a range", "Likely"), pgettext("of a range", "Best")]
    lines = [*(escaped(text) for text in said if text), "", f"| {' | '.join(map(escaped, head))} |"]
    lines.append(f"|{' --- |' * len(head)}")
    for line in results.lines:
        action, live = line.shown.action, line.shown.live
        cells = [
            f"{line.shown.title} ({action.get_kind_display()}: {', '.join(action.skus)})", action.account.name,
            live.at_text if live else _("Not live yet"), line.outcome,
        ]  # fmt: skip
        cells += [part or "–" for part in line.spread] if results.has_spread else []
        lines.append(f"| {' | '.join(map(escaped, cells))} |")
    return lines


def _wait(line: WaitLine) -> str:
    said = _("%(who)s waited for %(by)s: %(days)s") % {"who": line.who, "by": line.by, "days": line.days_text}
    return f"- {escaped(said)}"
