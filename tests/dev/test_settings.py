"""The settings as operators meet them."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]


def test_every_setting_from_the_environment_is_in_the_example() -> None:
    read = (ROOT / "linkstar" / "settings.py").read_text() + (ROOT / "linkstar" / "gunicorn.py").read_text()
    names = re.findall(r"""env(?:\.\w+)?\(['"]([A-Z_]+)['"]|environ\.get\(['"]([A-Z_]+)['"]""", read)
    example = (ROOT / ".env.example").read_text()
    assert [a or b for a, b in names if not re.search(rf"^#?{a or b}=", example, re.MULTILINE)] == []


def test_the_web_of_compose_knows_the_proxy_before_it() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    assert "proxy" in services
    assert services["web"]["environment"]["TRUSTED_PROXIES"] == "${TRUSTED_PROXIES:-1}"
