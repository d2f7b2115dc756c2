"""What a project's actions came to: for its Results page and its retrospective."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Func, JSONField
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from integrations import access
from integrations.models import SalesAction
from integrations.shown_actions import ShownAction, shown
from integrations.shown_effects import Effects, ShownEffect, chances, percent, units
from linkstar.lib.effects import ByChance
from linkstar.members.models import Member
from linkstar.templatetags.linkstar import day
from projects.models import Project

MOST = 200
_LONGEST = timedelta(days=90)


class _WithoutPanels(Func):
    """What a line needs: all but the panels, which are most of it."""

    template = "(%(expressions)s #- '{7,panel}' #- '{14,panel}' #- '{28,panel}' #- '{before}')"
    output_field = JSONField()


@dataclass(frozen=True)
class Line:
    shown: ShownAction
    effects: Effects

    @property
    def outcome(self) -> str:
        """What came of it as a sentence, for paper."""
        newest = self.effects.newest
        if newest is None:
            return self.instead or "–"
        if newest.estimate is None:
            return f"{newest.word}: {' '.join(newest.reasons)}"
        days = ngettext("%(days)s day", "%(days)s days", newest.horizon) % {"days": newest.horizon}
        return f"{newest.word} ({days}): {newest.sentence}"

    @property
    def spread(self) -> tuple[str, str, str]:
        """Worst, likely and best: units a day, and the change against comparable SKUs; empty without an estimate."""
        newest = self.effects.newest
        if newest is None or newest.estimate is None:
            return "", "", ""
        daily, effect = newest.estimate["extra_daily"], newest.estimate["effect"]
        parts = ("worst", "likely", "best")
        worst, likely, best = (f"{units(daily[part])} ({percent(effect[part])})" for part in parts)
        return worst, likely, best

    @property
    def instead(self) -> str:
        """What is said where no result can be shown."""
        if self.effects.horizons:
            return _("A result for those who see finances")
        awaited = self.effects.awaited
        if awaited is None or self.shown.is_ahead:
            return ""
        if self.effects.is_late:
            return _("Waits for the shop's sales")
        return _("First result on %(day)s.") % {"day": day(awaited.on)}


@dataclass(frozen=True)
class Results:
    """The newest actions first, MOST at most. `chance` None: the reader sees no numbers, or there are none yet."""

    lines: list[Line]
    chance: ByChance | None
    has_shops: bool

    @property
    def has_spread(self) -> bool:
        """Whether the reader is told a range of any of them."""
        return any(any(line.spread) for line in self.lines)

    @property
    def chance_text(self) -> str:
        """How many of them chance alone would call likely."""
        if self.chance is None:
            return ""
        return ngettext(
            "Of %(count)s action that could be estimated, %(likely)s looks likely; about %(expected)s would by chance"
            " alone, without any effect.",
            "Of %(count)s actions that could be estimated, %(likely)s look likely; about %(expected)s would by chance"
            " alone, without any effect.",
            self.chance.estimated,
        ) % {
            "count": self.chance.estimated,
            "likely": self.chance.likely,
            "expected": f"{self.chance.expected:.1f}",
        }


def results_of(project: Project, member: Member, *, now: datetime) -> Results:
    """Two statements at most."""
    found = access.actions_in(member, project).annotate(slim=_WithoutPanels("estimates")).defer("estimates")
    sees_numbers = access.may(member, "numbers")
    lines = []
    for action in found.order_by("-live_at", "-pk")[:MOST]:
        action.estimates = _slim(action)
        lines.append(Line(shown(action, now=now), Effects(action, sees_numbers=sees_numbers, now=now)))
    chance = chances([line.effects for line in lines]) if sees_numbers else None
    has_shops = bool(lines) or access.shops_of(member).exists()
    return Results(lines, chance if chance and chance.estimated else None, has_shops)


def fresh_results(
    member: Member, accounts: Collection[int], *, since: datetime, now: datetime
) -> list[tuple[ShownAction, ShownEffect]]:
    """What was found since an instant of actions in these shops, the newest action first; one statement."""
    found = access.actions_of(member).filter(state=SalesAction.State.RECORDED, account__in=accounts)
    # The longest horizon is looked at again for a while after it.
    found = found.filter(live_at__gte=since - _LONGEST).exclude(estimates={})
    slim = found.annotate(slim=_WithoutPanels("estimates")).defer("estimates").order_by("-live_at", "-pk")
    results = []
    for action in slim[:MOST]:
        action.estimates = _slim(action)
        effects = Effects(action, sees_numbers=access.may(member, "numbers"), now=now)
        if effects.shown and effects.shown[0].made_at >= since:
            results.append((shown(action, now=now), effects.shown[0]))
    return results


def _slim(action: SalesAction) -> dict[str, object]:
    found: dict[str, object] = action.slim  # type: ignore[attr-defined]
    return found
