"""The feed: order, resume, and the fate of the slow."""

import asyncio

from anlan.stream.feed import KEPT, QUEUE, Feed


def take(subscription, n):
    async def some():
        got = []
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


def test_a_page_that_comes_back_gets_what_it_missed_or_learns_that_it_cannot():
    async def main():
        feed, loop = Feed(boot_ms=5), asyncio.get_running_loop()
        ids = [feed.publish("spaces", b"{}") for _ in range(KEPT + 50)]
        back = feed.subscribe(loop, last_id=ids[-4])
        assert back.resumed
        assert [message.id for message in await take(back, 3)] == ids[-3:]
        assert not feed.subscribe(loop, last_id=ids[3]).resumed
        restarted = Feed(boot_ms=6)
        assert not restarted.subscribe(loop, last_id=ids[-1]).resumed
        assert restarted.publish("spaces", b"{}") > ids[-1]

    asyncio.run(main())


def test_a_slow_reader_is_dropped_and_the_others_are_not():
    async def main():
        feed, loop = Feed(), asyncio.get_running_loop()
        slow, quick = feed.subscribe(loop), feed.subscribe(loop)
        for _ in range(QUEUE + 1):
            feed.publish("spaces", b"{}")
            await take(quick, 1)
        assert len(feed) == 1
        assert slow.dropped
        assert slow.is_over and await slow.take() == []

    asyncio.run(main())


def test_closing_ends_a_waiting_reader():
    async def main():
        feed = Feed()
        subscription = feed.subscribe(asyncio.get_running_loop())

        async def read():
            got = []
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
