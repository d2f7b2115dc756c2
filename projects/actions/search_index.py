"""Keep the search index right: called by the actions that change words, in their transaction, one statement each.

What only changes who may see a thing, or where it stands, is not written here: whatever is found is looked up.
"""

from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection, transaction
from django_tenants.utils import tenant_context

from linkstar.lib.kept import prepared_cursor
from linkstar.lib.search_words import spelled, vector
from linkstar.lib.typos import near
from projects.models import ChecklistItem, Comment, ProductLink, Project, SearchEntry, SearchWord, StoredFile, Task

Kind = SearchEntry.Kind
# PostgreSQL takes at most 1 MB of words for a row: far more than the longest text has.
_MOST_KNOWN = 20_000

_WRITE = """
INSERT INTO projects_searchentry (kind, ref, task_id, project_id, vector)
SELECT kind, ref, task, project, words::tsvector
FROM unnest(%s::int[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[]) given (kind, ref, task, project, words)
ORDER BY kind, ref
ON CONFLICT (kind, ref) DO UPDATE SET vector = EXCLUDED.vector, project_id = EXCLUDED.project_id
"""


class Entry(NamedTuple):
    """`texts` are (weight, text): A is a title, B what explains it, C what is said about it."""

    kind: int
    ref: int
    task: int | None
    project: int
    texts: tuple[tuple[str, str], ...]
    heard: str = ""
    more: tuple[str, ...] = ()


def index_tasks(tasks: Iterable[Task]) -> None:
    """Titles, descriptions and numbers."""
    write(task_entry(task) for task in tasks)


def index_comment(comment: Comment) -> None:
    write([comment_entry(comment)])


def index_file(file: StoredFile) -> None:
    write([file_entry(file)])


def index_items(items: Iterable[ChecklistItem]) -> None:
    """Of tasks that are loaded."""
    write(item_entry(item) for item in items)


def index_products(products: Iterable[ProductLink]) -> None:
    """Of tasks that are loaded."""
    write(product_entry(product) for product in products)


def index_project(project: Project) -> None:
    write([project_entry(project)])


def forget(kind: int, *refs: int) -> None:
    """For what is gone for good; what lies in the bin keeps its words."""
    SearchEntry.objects.filter(kind=kind, ref__in=refs).delete()


def forget_task(task: Task) -> None:
    """With everything in it."""
    SearchEntry.objects.filter(task=task, scope__contains=[task.project_id]).delete()


def task_entry(task: Task) -> Entry:
    texts = (("A", task.title), ("B", task.description))
    return Entry(Kind.TASK, task.pk, task.pk, task.project_id, texts, task.title, (f"#{task.number}",))


def comment_entry(comment: Comment) -> Entry:
    return Entry(Kind.COMMENT, comment.pk, comment.task_id, comment.task.project_id, (("C", comment.body),))


def file_entry(file: StoredFile) -> Entry:
    return Entry(Kind.FILE, file.pk, file.task_id, file.project_id, (("A", file.name),), file.name)


def item_entry(item: ChecklistItem) -> Entry:
    return Entry(Kind.ITEM, item.pk, item.task_id, item.task.project_id, (("B", item.text),), item.text)


def product_entry(product: ProductLink) -> Entry:
    texts = (("A", f"{product.asin} {product.sku}"), ("B", f"{product.title} {product.store} {product.url}"))
    return Entry(Kind.PRODUCT, product.pk, product.task_id, product.task.project_id, texts, product.title)


def project_entry(project: Project) -> Entry:
    texts = (("A", project.name), ("B", f"{project.store}\n{project.description}"))
    return Entry(Kind.PROJECT, project.pk, None, project.pk, texts, project.name)


def write(entries: Iterable[Entry]) -> None:
    rows = list(entries)
    if not rows:
        return
    vectors = [vector(row.texts, heard=row.heard, more=row.more) for row in rows]
    columns = [[row[index] for row in rows] for index in range(4)]
    with prepared_cursor() as cursor:
        cursor.execute(_WRITE, [*columns, vectors])
    _learn({word for row in rows for _weight, text in row.texts for word in spelled(text)})


# Words that this process has seen in a workspace's dictionary, so that it is not asked for each of them each time.
_known: dict[int, set[str]] = {}


def _learn(written: set[str]) -> None:
    """New words go into the dictionary once the change is safe.

    Inside of it, two writers would wait for each other's words, in whatever order they came, and stop each other.
    """
    workspace = connection.tenant
    known = _known.setdefault(workspace.pk, set())
    new = written - known
    if not new:
        return

    def learn() -> None:
        # Who commits may have left the workspace by then, as the loading of the demo has.
        with tenant_context(workspace):
            SearchWord.objects.bulk_create([SearchWord(word=word, near=near(word)) for word in sorted(new)], 1000, True)
        if sum(map(len, _known.values())) > _MOST_KNOWN:
            _known.clear()
        _known.setdefault(workspace.pk, set()).update(new)

    transaction.on_commit(learn, robust=True)
