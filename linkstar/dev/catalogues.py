"""Compiles the message catalogues (.po to .mo) without GNU gettext; what is up to date stays as it is.

Also a script: `python -P linkstar/dev/catalogues.py`.
"""

from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[2]


def compile_catalogues(root: Path = ROOT) -> list[Path]:
    """Write every .mo older than its .po under linkstar/locale, and return those written."""
    written = []
    for source in sorted((root / "linkstar" / "locale").glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        draft = target.with_suffix(".mo.new")
        polib.pofile(str(source)).save_as_mofile(str(draft))
        # In one step: a server that reads the catalogue meanwhile sees the old one or the new one.
        draft.replace(target)
        written.append(target)
    return written


if __name__ == "__main__":
    compile_catalogues()
