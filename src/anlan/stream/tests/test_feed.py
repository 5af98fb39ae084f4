"""The feed: order, resume, and the fate of the slow."""

import asyncio

import pytest

from anlan.stream import feed as feed_module
from anlan.stream.feed import Feed


def take(subscription, n):
    async def some():
        got: list = []
        while len(got) < n:
            got += await asyncio.wait_for(subscription.take(), 5)
        return got

    return some()


def test_messages_arrive_in_order_from_another_thread():
    async def main():
        feed = Feed(boot_ms=5)
        subscription = feed.subscribe(asyncio.get_running_loop())
        sending = asyncio.to_thread(lambda: [feed.publish("change", str(n).encode()) for n in range(100)])
        got, ids = await asyncio.gather(take(subscription, 100), sending)
        assert [message.payload for message in got] == [str(n).encode() for n in range(100)]
        assert [message.id for message in got] == ids == sorted(ids)

    asyncio.run(main())


def test_a_page_that_comes_back_gets_what_it_missed_or_learns_that_it_cannot(monkeypatch):
    monkeypatch.setattr(feed_module, "KEPT", 100)

    async def main():
        feed, loop = Feed(boot_ms=5), asyncio.get_running_loop()
        ids = [feed.publish("spaces", b"{}") for _ in range(150)]
        back = feed.subscribe(loop, last_id=ids[-4])
        assert back.resumed
        assert [message.id for message in await take(back, 3)] == ids[-3:]
        assert feed.subscribe(loop, last_id=ids[49]).resumed
        assert not feed.subscribe(loop, last_id=ids[48]).resumed
        assert not feed.subscribe(loop, last_id=ids[-1] + 1).resumed
        restarted = Feed(boot_ms=6)
        assert not restarted.subscribe(loop, last_id=ids[-1]).resumed
        assert restarted.publish("spaces", b"{}") > ids[-1]

    asyncio.run(main())


@pytest.mark.parametrize(("most", "limit", "size"), [("KEPT", 20, 1), ("KEPT_BYTES", 2_000, 100)])
def test_a_slow_reader_is_dropped_and_the_others_are_not(monkeypatch, most, limit, size):
    monkeypatch.setattr(feed_module, most, limit)

    async def main():
        feed, loop = Feed(), asyncio.get_running_loop()
        slow, quick = feed.subscribe(loop), feed.subscribe(loop)
        for number in range(21):
            assert not slow.dropped, number
            feed.publish("spaces", b"x" * size)
            await take(quick, 1)
        assert slow.dropped and slow.is_over and await slow.take() == []
        assert not quick.dropped and not quick.is_over

    asyncio.run(main())


def test_a_message_larger_than_all_that_is_kept_is_told(monkeypatch):
    monkeypatch.setattr(feed_module, "KEPT_BYTES", 10)

    async def main():
        feed = Feed()
        subscription = feed.subscribe(asyncio.get_running_loop())
        feed.publish("spaces", b"x" * 1_000)
        assert len((await take(subscription, 1))[0].payload) == 1_000

    asyncio.run(main())


def test_a_burst_is_heard_whole_by_who_was_not_waiting():
    async def main():
        feed = Feed()
        subscription = feed.subscribe(asyncio.get_running_loop())
        ids = [feed.publish("change", b"{}") for _ in range(5_000)]
        assert [message.id for message in await subscription.take()] == ids

    asyncio.run(main())


def test_closing_ends_a_waiting_reader():
    async def main():
        feed = Feed()
        subscription = feed.subscribe(asyncio.get_running_loop())

        async def read():
            got: list = []
            while not subscription.is_over:
                got += await subscription.take()
            return got

        reading = asyncio.create_task(read())
        await asyncio.sleep(0)
        feed.publish("change", b"{}")
        await asyncio.sleep(0.01)
        feed.close()
        assert len(await asyncio.wait_for(reading, 5)) == 1

    asyncio.run(main())


def test_a_loop_that_is_gone_holds_nobody_up():
    async def join(feed):
        feed.subscribe(asyncio.get_running_loop())

    feed = Feed()
    asyncio.run(join(feed))
    feed.publish("change", b"{}")
    assert len(feed) == 0
