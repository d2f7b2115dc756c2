"""Documents that channels point to: whole or an error, never half of one."""

import gzip
from collections.abc import Iterator

import pytest

from integrations.channels.caller import Caller, unpacked
from integrations.channels.errors import Refused, Transient
from tests.integrations.stubs.base import Call, ChannelStub, Reply, serve

TEXT = b"".join(b'{"row": %d}\n' % number for number in range(5000))


def test_gzip_is_read_to_its_end_with_all_its_members() -> None:
    packed = gzip.compress(TEXT)
    assert unpacked(packed) == TEXT
    assert unpacked(packed + gzip.compress(b"more")) == TEXT + b"more"


@pytest.mark.parametrize("length", [1, 12, 1000, -1, -4, -8])
def test_gzip_that_breaks_off_is_an_error(length: int) -> None:
    with pytest.raises(Transient):
        unpacked(gzip.compress(TEXT)[:length])


def test_gzip_with_a_wrong_sum_is_an_error() -> None:
    packed = bytearray(gzip.compress(TEXT))
    packed[-6] ^= 1
    with pytest.raises(Transient):
        unpacked(bytes(packed))


def test_gzip_that_swells_is_refused_before_it_fills_the_memory() -> None:
    with pytest.raises(Refused) as refused:
        unpacked(gzip.compress(bytes(10_000_000)), most=1_000_000)
    assert refused.value.code == "too_large"


class Shelf(ChannelStub):
    """One document, packed and told so."""

    def operation_of(self, call: Call) -> str:
        return "document"

    def answer(self, call: Call) -> Reply:
        return Reply(200, gzip.compress(TEXT), {"Content-Encoding": "gzip"})


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    with serve(Shelf()) as shelf:
        yield shelf


def test_a_document_is_unpacked_and_asked_for_without_our_tokens(shelf: Shelf) -> None:
    caller = Caller(app="test", account="1")
    assert caller.download(f"{shelf.url}/1") == TEXT
    assert not {"authorization", "x-amz-access-token", "cookie"} & set(shelf.calls[0].headers)
    caller.close()


@pytest.mark.parametrize("kind", ["cut", "broken", "reset", "error", "html", "throttled"])
def test_half_a_document_and_a_busy_host_are_for_a_second_try(shelf: Shelf, kind: str) -> None:
    shelf.faults.next("document", kind)
    caller = Caller(app="test", account="1")
    with pytest.raises(Transient):
        caller.download(f"{shelf.url}/1")
    assert caller.download(f"{shelf.url}/1") == TEXT
    caller.close()
