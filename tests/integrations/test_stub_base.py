"""The failing channel that other tests rely on fails as it says."""

from collections.abc import Iterator
from random import Random
from typing import Any

import httpx
import pytest

from tests.integrations.stubs.base import Call, ChannelStub, Reply, serve


class Echo(ChannelStub):
    limits = {"narrow": (0.01, 2)}

    def operation_of(self, call: Call) -> str:
        return call.path.strip("/")

    def answer(self, call: Call) -> Reply:
        return Reply(200, {"name": call.one("name"), "body": call.body.decode()})


@pytest.fixture
def stub() -> Iterator[Echo]:
    with serve(Echo()) as stub:
        yield stub


def ask(stub: Echo, path: str = "wide", **options: Any) -> httpx.Response:
    return httpx.get(f"{stub.url}/{path}", params={"name": "箱 A/1"}, trust_env=False, **options)


def test_planned_faults_come_in_turn_and_then_all_is_well(stub: Echo) -> None:
    stub.faults.next("wide", "throttled", "error", "html", "page", "empty", "unauthorised", None)
    assert [ask(stub).status_code for _ in range(8)] == [429, 500, 503, 200, 200, 401, 200, 200]
    assert ask(stub).json() == {"name": "箱 A/1", "body": ""}
    assert stub.happened["wide", "html"] == 1 and len(stub.calls) == 9


@pytest.mark.parametrize("kind", ["reset", "lost", "broken"])
def test_a_connection_that_ends_is_an_error_of_the_network(stub: Echo, kind: str) -> None:
    stub.faults.always("wide", kind)
    with pytest.raises(httpx.HTTPError):
        ask(stub)
    stub.faults.clear()
    assert ask(stub).status_code == 200


def test_a_cut_body_claims_to_be_whole(stub: Echo) -> None:
    stub.faults.next("wide", "cut")
    answer = ask(stub)
    assert answer.status_code == 200 and answer.content.startswith(b'{"name"') and not answer.content.endswith(b"}")


def test_over_its_limit_it_throttles(stub: Echo) -> None:
    assert [ask(stub, "narrow").status_code for _ in range(3)] == [200, 200, 429]


def test_random_faults_depend_on_the_seed_alone() -> None:
    def draw(seed: int) -> list[int]:
        with serve(Echo()) as stub:
            stub.faults.at_random(Random(seed), share=0.5, kinds=("error", "throttled"), spare=("calm",))  # noqa: S311
            return [ask(stub, path).status_code for path in ["wide"] * 20 + ["calm"] * 5]

    assert draw(3) == draw(3) != draw(4)
    assert draw(3)[20:] == [200] * 5


def test_an_unknown_fault_is_told(stub: Echo) -> None:
    with pytest.raises(ValueError, match="no such fault"):
        stub.faults.next("wide", "trottled")
