"""What production serves: every file is there under its hashed name, and no source of the bundles is served."""

from pathlib import Path

from django.core.management import call_command
from django.test import override_settings


def test_production_collects_the_bundles_and_not_their_sources(tmp_path: Path) -> None:
    storages = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
    with override_settings(STATIC_ROOT=tmp_path, STORAGES=storages):
        call_command("collectstatic", interactive=False, verbosity=0)
    collected = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")}
    assert {"dist/app.css", "dist/app.js"} <= collected
    assert not {"css", "js", "build.mjs"} & collected
