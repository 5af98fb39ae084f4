"""Listening to a camera's alertStream, against a mock camera that misbehaves in every way we could think of."""

import pytest

from anlan.devices.hikvision.decode import decode
from anlan.devices.hikvision.source import PATH
from anlan.devices.refusal import Refusal
from anlan.devices.tests.listening import Listener
from anlan.devices.tests.mock_device import Answer, MockDevice, switched_on

MEDIA = "multipart/mixed; boundary=MIME_boundary"


def alert(number: int, *, kind: str = "PeopleCounting", channel: int = 1) -> bytes:
    return f"""<EventNotificationAlert version="2.0" xmlns="http://www.hikvision.com/ver20/XMLSchema">
<macAddress>02:00:5e:10:00:b1</macAddress><channelID>{channel}</channelID><dateTime>2026-05-01T19:21:00+08:00</dateTime>
<eventType>{kind}</eventType><eventState>inactive</eventState><peopleCounting><statisticalMethods>realTime
</statisticalMethods><enter>{number}</enter><exit>4</exit></peopleCounting></EventNotificationAlert>""".replace(
        "\n</stat", "</stat"
    ).encode()


def part(
    content: bytes, media: str = 'application/xml; charset="UTF-8"', *, has_length: bool = True
) -> bytes:
    length = f"Content-Length: {len(content)}\r\n" if has_length else ""
    return f"--MIME_boundary\r\nContent-Type: {media}\r\n{length}\r\n".encode() + content + b"\r\n"


def stream(*contents: bytes, size: int = 37, does_end: bool = True):
    """A play: one stream of these parts, in chunks of that size."""

    def play(answer: Answer) -> None:
        answer.start(MEDIA)
        answer.chunks(b"".join(contents), size)
        if does_end:
            answer.end()

    return play


def entered(listener: Listener) -> list[int | None]:
    return [reading.count_in for body in listener.bodies for reading in decode(body)]


FIVE = [part(alert(number)) for number in range(5)]


@pytest.mark.parametrize("size", [1, 7, 37, 4096])
@pytest.mark.parametrize("has_length", [True, False])
def test_every_alert_arrives_whole_whatever_the_chunks(size, has_length):
    parts = [part(alert(number), has_length=has_length) for number in range(6)]
    with switched_on(MockDevice([stream(*parts, size=size)])) as camera:
        heard = Listener(until_delivered=5).listen("hikvision", camera.url)
    assert entered(heard)[:5] == [0, 1, 2, 3, 4]
    assert camera.paths == [PATH]
    assert camera.statuses == ["401", "200"]
    assert heard.told == [""]
    assert heard.headers[0] == {"content-type": "application/xml; charset=UTF-8"}


def test_signs_of_life_are_delivered_and_alerts_about_other_things_are_not():
    """Trap T9."""
    parts = [
        part(alert(0, kind="videoloss")),
        part(alert(0, kind="VMD")),
        part(b"\xff\xd8\xff", "image/jpeg"),
        *FIVE,
    ]
    with switched_on(MockDevice([stream(*parts)])) as camera:
        heard = Listener(until_delivered=6).listen("hikvision", camera.url)
    assert [decode(body)[0].kind for body in heard.bodies] == ["heartbeat", *["cumulative"] * 5]


def test_one_channel_of_a_recorder():
    parts = [part(alert(number, channel=number % 2 + 1)) for number in range(6)]
    with switched_on(MockDevice([stream(*parts)])) as camera:
        heard = Listener(until_delivered=3).listen("hikvision", camera.url, channel="2")
    assert entered(heard) == [1, 3, 5]


def test_the_end_of_the_stream_is_a_fault_and_the_camera_is_called_again():
    with switched_on(MockDevice([stream(*FIVE), stream(*FIVE)])) as camera:
        heard = Listener(until_delivered=10).listen("hikvision", camera.url)
    assert entered(heard) == [0, 1, 2, 3, 4] * 2
    assert heard.told == ["", "the camera ended its stream after 5 alerts", ""]
    assert 0.5 <= heard.waits_s[0] <= 1


def test_a_nonce_that_became_stale_is_renewed_without_a_fault():
    with switched_on(MockDevice([stream(*FIVE)], uses=1)) as camera:
        heard = Listener(until_delivered=10).listen("hikvision", camera.url)
    assert camera.statuses == ["401", "200", "stale", "200"]
    assert len(heard.faults) == 1


def test_nonces_that_are_always_stale_are_no_wrong_password():
    with switched_on(MockDevice([stream(*FIVE)], uses=0)) as camera:
        heard = Listener(until_faults=2).listen("hikvision", camera.url)
    assert all("expires at once" in why for why in heard.faults)
    assert max(heard.waits_s) < 5


def test_a_wrong_password_is_tried_once_in_a_long_while():
    """Cameras lock an account after a few wrong logins."""
    with switched_on(MockDevice([stream(*FIVE)])) as camera:
        heard = Listener(until_faults=2).listen("hikvision", camera.url, password="guessed")
    assert heard.bodies == []
    assert "refuses the login (HTTP 401)" in heard.faults[0]
    assert heard.waits_s[0] == 900


def test_a_connection_that_drops_within_an_alert_gives_no_half_alert():
    torn = stream(FIVE[0], FIVE[1][:-60], does_end=False)
    with switched_on(MockDevice([torn, stream(*FIVE)])) as camera:
        heard = Listener(until_delivered=6).listen("hikvision", camera.url)
    assert entered(heard) == [0, 0, 1, 2, 3, 4]
    assert "the connection broke" in heard.faults[0]


def test_garbage_costs_only_itself():
    garbage = [
        b"--MIME_boundary\r\nno head here\r\n",
        part(b"<Event", has_length=False),
        b"\x00\xff--\r\n\r\n" * 50,
    ]
    with switched_on(MockDevice([stream(FIVE[0], *garbage, *FIVE[1:])])) as camera:
        heard = Listener(until_delivered=6).listen("hikvision", camera.url)
    read = [body for body in heard.bodies if body.startswith(b"<EventNotificationAlert")]
    assert [decode(body)[0].count_in for body in read] == [0, 1, 2, 3, 4]
    (unread,) = (body for body in heard.bodies if body not in read)
    with pytest.raises(Refusal):
        decode(unread)


def test_a_wrong_length_costs_at_most_the_alerts_it_covers():
    lying = b"--MIME_boundary\r\nContent-Type: text/xml\r\nContent-Length: 900\r\n\r\n" + alert(9)
    with switched_on(MockDevice([stream(FIVE[0], lying, *FIVE, *FIVE)])) as camera:
        heard = Listener(until_delivered=8).listen("hikvision", camera.url)
    whole = [
        body for body in heard.bodies if body.count(b"EventNotificationAlert") == 2 and b"MIME" not in body
    ]
    assert len(whole) >= 6


def test_a_camera_that_drips_is_silent():
    def drip(answer: Answer) -> None:
        answer.start(MEDIA)
        answer.drip(b"-")

    with switched_on(MockDevice([drip, stream(*FIVE)])) as camera:
        heard = Listener(until_delivered=5, silence_s=0.2).listen("hikvision", camera.url)
    assert heard.faults == ["no whole alert for 0.2 s"]
    assert entered(heard) == [0, 1, 2, 3, 4]


def test_a_refusal_without_end_is_not_listened_to():
    def refuse(answer: Answer) -> None:
        answer.start("text/html")
        answer.drip(b"no")

    with switched_on(MockDevice([stream(*FIVE)], refuse=refuse)) as camera:
        heard = Listener(until_delivered=5).listen("hikvision", camera.url)
    assert heard.faults == []


@pytest.mark.parametrize(
    ("play", "why"),
    [
        (lambda answer: answer.say(b"<html>", "text/html"), "answers text/html, not a multipart"),
        (lambda answer: answer.say(b"", "multipart/mixed"), "not a multipart of alerts"),
        (lambda answer: answer.send_error(404), "HTTP 404: check the address"),
        (lambda answer: answer.send_error(302), "HTTP 302"),
        (lambda answer: answer.wfile.write(b"nonsense\r\n\r\n"), "connection broke"),
        (lambda answer: None, "connection broke"),
    ],
)
def test_an_answer_that_is_no_stream_is_a_fault_with_a_growing_wait(play, why):
    with switched_on(MockDevice([play])) as camera:
        heard = Listener(until_faults=4).listen("hikvision", camera.url)
    assert why in heard.faults[0]
    assert all(
        0.5 * longest <= wait <= longest for wait, longest in zip(heard.waits_s, (1, 2, 4), strict=True)
    )


def test_nobody_there_is_a_fault_and_no_secret_is_told(caplog):
    with caplog.at_level("DEBUG"):
        heard = Listener(until_faults=2).listen("hikvision", "http://127.0.0.1:1", password="hush-hush")
    assert "no connection" in heard.faults[0]
    assert "hush-hush" not in caplog.text + "".join(heard.told)
