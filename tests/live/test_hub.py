"""Fan-out in memory: who hears what, and what a slow reader finds."""

from linkstar.live.hub import Hub, Listener


def listener(*bells: str) -> Listener:
    return Listener(frozenset(bells))


def test_a_bell_rings_for_those_who_listen_to_it_and_nobody_else() -> None:
    hub = Hub()
    board, same_number_elsewhere, inbox = listener("1:p7", "1:a"), listener("2:p7"), listener("1:m7")
    for each in (board, same_number_elsewhere, inbox):
        hub.add(each)

    hub.ring(["1:p7", "1:p8"])

    assert [each.take() for each in (board, same_number_elsewhere, inbox)] == [{"1:p7"}, set(), set()]


def test_what_rings_often_waits_once() -> None:
    hub, slow = Hub(), listener("1:p7", "1:m3")
    hub.add(slow)

    for _ in range(10_000):
        hub.ring(["1:p7"])

    assert (slow.wake.is_set(), slow.take(), slow.wake.is_set(), slow.take()) == (True, {"1:p7"}, False, set())


def test_nothing_is_kept_of_who_left() -> None:
    hub, gone = Hub(), listener("1:p7")
    hub.add(gone)
    hub.remove(gone)
    hub.ring(["1:p7"])

    assert (gone.rung, hub.listeners, dict(hub._by_bell)) == (set(), set(), {})


def test_after_a_deaf_while_everybody_is_told_so() -> None:
    hub, one = Hub(), listener("1:p7")
    hub.add(one)
    hub.miss_all()

    assert (one.has_missed, one.wake.is_set()) == (True, True)


def test_closing_ends_every_stream() -> None:
    hub, one = Hub(), listener("1:p7")
    hub.add(one)
    hub.close()

    assert (one.is_ended, hub.is_closing) == (True, True)
