"""The steps that run before there is an environment: skipped when nothing changed, told about the machine's mirror."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from linkstar.dev import bootstrap


def test_fingerprint_sees_names_contents_and_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("a")
    two.write_text("b")
    first = bootstrap.fingerprint([one, two], "3.11")
    assert bootstrap.fingerprint([two, one], "3.11") == first
    assert bootstrap.fingerprint([one, two], "3.12") != first
    two.write_text("c")
    assert bootstrap.fingerprint([one, two], "3.11") != first


def test_packages_are_installed_once_a_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    installed: list[Path] = []
    monkeypatch.setattr(bootstrap, "_install_with_uv", installed.append)
    bootstrap.write_stamp(tmp_path / ".venv" / ".stamps" / "venv", "3.11")
    lock = tmp_path / "some.lock"
    lock.write_text("one==1")
    bootstrap.install_python_packages("some.lock")
    bootstrap.install_python_packages("some.lock")
    assert installed == [lock]
    lock.write_text("one==2")
    bootstrap.install_python_packages("some.lock")
    assert installed == [lock, lock]


def test_pip_takes_over_when_uv_cannot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    ran: list[list[str]] = []
    monkeypatch.setattr(bootstrap, "run", ran.append)

    def no_uv(lock: Path) -> None:
        raise FileNotFoundError("uv")

    monkeypatch.setattr(bootstrap, "_install_with_uv", no_uv)
    bootstrap.write_stamp(tmp_path / ".venv" / ".stamps" / "venv", "3.11")
    (tmp_path / "some.lock").write_text("one==1")
    bootstrap.install_python_packages("some.lock")
    assert [argv[1:] for argv in ran] == [["-m", "pip", "install", "--quiet", "-r", str(tmp_path / "some.lock")]]


def test_uv_is_told_what_pip_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    listing = (
        "global.index-url='https://mirror.example/simple'\n"
        "global.extra-index-url='file:///one\\nfile:///two'\n"
        "freeze.timeout='10'\n"
        ":env:.cert='/etc/mirror.pem'\n"
    )
    monkeypatch.setattr(bootstrap.subprocess, "run", lambda *args, **kwargs: SimpleNamespace(stdout=listing))
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_FIND_LINKS", "UV_INDEX_STRATEGY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", "/etc/chosen.pem")
    assert bootstrap._uv_environment() == {
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
        "UV_INDEX": "file:///one file:///two",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }
