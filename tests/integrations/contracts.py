"""The channels' published models (../shared/contracts): data for contract tests, which skip where the folder is not."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

_ROOT = Path(__file__).resolve().parents[2]


def contract(path: str) -> Path:
    """As `amazon/models/sales.json`. Skips the test when there are no contracts beside the repository."""
    for parent in _ROOT.parents:
        if (parent / "shared" / "contracts").is_dir():
            return parent / "shared" / "contracts" / path
    pytest.skip("there is no ../shared/contracts beside this repository")


@cache
def model(path: str) -> dict[str, Any]:
    return dict(json.loads(contract(path).read_text(encoding="utf-8")))


def complaints(path: str, definition: str, value: Any) -> list[str]:
    """What a Swagger 2 model says against a value."""
    schema = {"$ref": f"#/definitions/{definition}", "definitions": model(path)["definitions"]}
    return [f"{list(error.path)}: {error.message}" for error in Draft4Validator(schema).iter_errors(value)]


def examples(path: str) -> list[tuple[str, str, dict[str, Any]]]:
    """(operation, status, {"request", "response"}) of the static sandbox."""
    found = []
    for operations in model(path)["paths"].values():
        for operation in operations.values():
            if not isinstance(operation, dict) or "operationId" not in operation:
                continue
            for status, response in operation["responses"].items():
                for pair in response.get("x-amzn-api-sandbox", {}).get("static", []):
                    found.append((operation["operationId"], status, pair))
    return found
