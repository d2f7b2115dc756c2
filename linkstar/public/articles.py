"""The help articles: their order and names. The texts are templates/public/help/<slug>.html."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Article:
    slug: str
    icon: str
    title: Promise
    summary: Promise

    @property
    def template(self) -> str:
        return f"public/help/{self.slug}.html"


ARTICLES = (
    Article("start", "home", _("Start a workspace"), _("From the sign-up page to the first colleagues inside.")),
    Article(
        "sop",
        "template",
        _("Start a project from an SOP"),
        _("Choose a template, set one date, and see every other date before you create anything."),
    ),
    Article(
        "clocks",
        "clock",
        _("How deadlines work on two clocks"),
        _("Whose midnight it is, and what happens when clocks change."),
    ),
    Article("board", "board", _("Work on the board"), _("Columns, limits, quick add, and four ways to move a card.")),
    Article("reminders", "bell", _("Reminders and the inbox"), _("What reaches you, when, and how to make it less.")),
    Article("guests", "people", _("Work with suppliers and agencies"), _("What a guest sees, and what stays yours.")),
    Article(
        "files",
        "file",
        _("Files and versions"),
        _("One link that always shows the newest version and keeps the older ones."),
    ),
    Article(
        "sales",
        "report",
        _("How sales are counted"),
        _("Which orders, on which day, and why a channel’s own page says something else."),
    ),
    Article(
        "results",
        "flag",
        _("What an action did"),
        _("How the result of a price, a coupon or a picture is read, and when there is none."),
    ),
    Article("keys", "key", _("Keys"), _("The keyboard way through LinkStar.")),
)


def find_article(slug: str) -> Article | None:
    return next((article for article in ARTICLES if article.slug == slug), None)
