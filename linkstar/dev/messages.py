"""The message catalogues: collected from the sources (`update`), and whether they are whole (`check`).

Both use Django's makemessages, which needs GNU gettext; it is installed where apt-get may, and an error elsewhere.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polib
from jinja2 import Environment

from linkstar.dev.bootstrap import BootstrapError, install_debian_packages
from linkstar.dev.catalogues import compile_catalogues

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = Path("linkstar/locale/zh_Hans/LC_MESSAGES/django.po")
SOURCES = ("linkstar", "projects", "notifications", "templates_sop", "integrations", "templates")
EXTENSIONS = "html,txt,py,xml"
GETTEXT_FUNCTIONS = ("_", "gettext", "ngettext", "pgettext", "npgettext")
# %(name)s, %s, {name} and {0}: what the code fills in must be in both languages.
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def ensure_gettext() -> None:
    if shutil.which("xgettext") and shutil.which("msgmerge"):
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise BootstrapError("Collecting messages needs GNU gettext. Install it (Debian: gettext; macOS: brew).")
    install_debian_packages("gettext")


@contextmanager
def collected() -> Iterator[polib.POFile]:
    """The catalogue as the sources ask for it, with the translations that are there; nothing of the clone changes.

    makemessages writes beside every source it reads, so it works on a copy.
    """
    ensure_gettext()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in SOURCES:
            if (ROOT / name).exists():
                shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "data"))
        for template in copy.rglob("*.jinja"):
            template.with_suffix(".jinja.py").write_text(_calls_of(template.read_text()))
        argv = ["django-admin", "makemessages", "--locale=zh_Hans", f"--extension={EXTENSIONS}", "--no-location"]
        settings = "from django.conf import settings; settings.configure(LOCALE_PATHS=['linkstar/locale'])"
        code = f"{settings}; from django.core.management import execute_from_command_line as e; e({argv!r})"
        subprocess.run([sys.executable, "-c", code], cwd=copy, check=True, stdout=subprocess.DEVNULL)
        catalogue = polib.pofile(str(copy / CATALOGUE), wrapwidth=120)
        _tidy(catalogue)
        yield catalogue


def _calls_of(template: str) -> str:
    """The gettext calls of a Jinja2 template as Python, for xgettext; makemessages knows only Django's tags."""
    reader: Any = Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
    calls = []
    for _line, function, words in reader.extract_translations(template, GETTEXT_FUNCTIONS):
        given = [word for word in (words if isinstance(words, tuple) else (words,)) if word is not None]
        counts = ["1"] if function in ("ngettext", "npgettext") else []
        calls.append(f"{function}({', '.join([*map(repr, given), *counts])})")
    return "\n".join(calls)


def _tidy(catalogue: polib.POFile) -> None:
    """Empty the entries that msgmerge filled from a similar sentence: they read well and say something else."""
    for entry in [entry for entry in catalogue if entry.fuzzy]:
        entry.msgstr, entry.flags = "", [flag for flag in entry.flags if flag != "fuzzy"]
        entry.msgstr_plural = dict.fromkeys(entry.msgstr_plural, "")
        entry.previous_msgid = entry.previous_msgctxt = entry.previous_msgid_plural = None
    for entry in catalogue.obsolete_entries():
        catalogue.remove(entry)
    # Without the blanks for people's names, and without dates, which would differ in every commit.
    kept = ("MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Plural-Forms")
    catalogue.header, catalogue.metadata_is_fuzzy = "Collected by `make messages`; translated by hand.", False
    catalogue.metadata = {"Project-Id-Version": "LinkStar", "Language": "zh_Hans"} | {
        name: catalogue.metadata[name] for name in kept
    }


def update() -> list[str]:
    """Rewrite the catalogue in the clone and compile it; returns what is still to be translated."""
    with collected() as catalogue:
        catalogue.save(str(ROOT / CATALOGUE))
    compile_catalogues()
    return [problem for entry in catalogue for problem in problems_of(entry)]


def check() -> list[str]:
    """Everything wrong with the committed catalogue, a line each; empty when it is whole."""
    if not (ROOT / CATALOGUE).exists():
        return [f"{CATALOGUE} is missing: make messages"]
    committed = polib.pofile(str(ROOT / CATALOGUE))
    with collected() as wanted:
        asked, there = {_key(entry) for entry in wanted}, {_key(entry) for entry in committed if not entry.obsolete}
    problems = [f"not in the catalogue (make messages): {_show(key)}" for key in sorted(asked - there)]
    problems += [f"no longer in the sources (make messages): {_show(key)}" for key in sorted(there - asked)]
    return problems + [problem for entry in committed if not entry.obsolete for problem in problems_of(entry)]


def problems_of(entry: polib.POEntry) -> list[str]:
    """What is wrong with one translation: empty, a guess, or not filling in what the original fills in."""
    name = _show(_key(entry))
    if entry.fuzzy:
        return [f"fuzzy: {name}"]
    translations = list(entry.msgstr_plural.values()) or [entry.msgstr]
    if not all(translations):
        return [f"not translated: {name}"]
    # Chinese has one form for all numbers; it stands for the English plural.
    wanted = _placeholders(entry.msgid_plural or entry.msgid)
    return [f"placeholders differ: {name}" for text in translations if _placeholders(text) != wanted]


def _placeholders(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text.replace("%%", "")))


def _key(entry: polib.POEntry) -> tuple[str, str, str]:
    return entry.msgctxt or "", entry.msgid, entry.msgid_plural or ""


def _show(key: tuple[str, str, str]) -> str:
    return f"{key[1]!r}" + (f" ({key[0]})" if key[0] else "")


if __name__ == "__main__":
    try:
        found = {"update": update, "check": check}[sys.argv[1]]()
    except BootstrapError as error:
        sys.exit(f"error: {error}")
    print("\n".join(found) or "The catalogue is whole.")
    sys.exit(1 if found and sys.argv[1] == "check" else 0)
