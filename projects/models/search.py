"""The words of everything that can be searched, kept by the actions that change them (actions/search_index.py)."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Func
from django.db.models.sql.compiler import SQLCompiler

from projects.models.projects import Project
from projects.models.tasks import Task

# So many entries share a number in `scope`; the newest ones of a common word are found by it.
BUCKET = 2048
FIRST_BUCKET = 1000


@SearchVectorField.register_lookup
class Asked(models.Lookup):
    """`vector__asked`: a tsquery as lib/search_words.py writes it, which no parser may take apart again."""

    lookup_name = "asked"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        left, params = self.process_lhs(compiler, connection)
        return f"{left} @@ %s::tsquery", (*params, self.rhs)


class SearchEntry(models.Model):
    """One row a thing: `ref` is its pk. Rows that outlive their thing do no harm: whatever is found is looked up there.

    `vector` is written by lib/search_words.py. `scope` lets the same index narrow by kind (negative), by project
    (positive) and by age (below -1000): what every task of a workspace says is asked of its newest entries only.
    """

    class Kind(models.IntegerChoices):
        TASK = 1
        COMMENT = 2
        FILE = 3
        ITEM = 4
        PROJECT = 5
        PRODUCT = 6

    kind = models.PositiveSmallIntegerField(choices=Kind)
    ref = models.BigIntegerField()
    task = models.ForeignKey(
        Task, on_delete=models.DO_NOTHING, null=True, db_index=False, db_constraint=False, related_name="+"
    )
    project = models.ForeignKey(
        Project, on_delete=models.DO_NOTHING, db_index=False, db_constraint=False, related_name="+"
    )
    vector = SearchVectorField()
    scope = models.GeneratedField(
        expression=Func(
            template=f"ARRAY[-kind::bigint, project_id, -({FIRST_BUCKET} + id / {BUCKET})]",
            output_field=ArrayField(models.BigIntegerField()),
        ),
        output_field=ArrayField(models.BigIntegerField()),
        db_persist=True,
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "ref"], name="search_entry_once")]
        indexes = [
            models.Index(fields=["kind", "id"], name="search_entry_newest"),
            # Writers leave new words in a list of at most 256 kB, which every search reads through.
            GinIndex(
                fields=["vector", "scope"], name="search_entry_words", fastupdate=True, gin_pending_list_limit=256
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"


class SearchWord(models.Model):
    """A Latin word that was written somewhere, for those who mistype it. `near` are numbers of what is left of it when
    letters are dropped: two words that differ by a slip share one.
    """

    word = models.CharField(max_length=24, db_collation="C")
    near = ArrayField(models.IntegerField())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["word"], name="search_word_once")]
        indexes = [GinIndex(fields=["near"], name="search_word_near", fastupdate=True, gin_pending_list_limit=256)]

    def __str__(self) -> str:
        return self.word
