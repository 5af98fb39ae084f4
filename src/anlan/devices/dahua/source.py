"""Dahua's people counting, asked for: `getSummary` every `poll_s` seconds.

The format of `attach`, the stream of the same numbers, was found nowhere: it is not used.
"""

from anlan.devices.body import shown
from anlan.devices.calling import Caller, Means, SourceFault, SourceSettings, keep_calling
from anlan.devices.dahua.decode import recognises_summary

PATH = "/cgi-bin/videoStatServer.cgi"
MAX_ANSWER = 64 * 1024  # a summary has some hundred bytes


def run(settings: SourceSettings, means: Means) -> None:
    """Ask until stopped."""
    caller = Caller(settings, means.client)
    keep_calling(lambda: poll(settings, caller, means), means, pause_s=settings.poll_s)


def poll(settings: SourceSettings, caller: Caller, means: Means) -> None:
    """Ask once and deliver the answer. Raises SourceFault: refused, silent, too slow, another answer."""
    params = {"action": "getSummary"} | ({"channel": settings.channel} if settings.channel else {})
    body, asked_s = bytearray(), means.clock_s()
    with caller.ask(PATH, params) as response:
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > MAX_ANSWER:
                raise SourceFault(
                    f"the device's answer has more than {MAX_ANSWER // 1024} KiB: is it a Dahua?"
                )
            if means.clock_s() - asked_s > means.silence_s:
                raise SourceFault(f"no whole answer within {means.silence_s:g} s")
        headers = {"content-type": response.headers.get("content-type", "")}
    if not recognises_summary(bytes(body)):
        said = shown(body.decode("utf-8", "replace").strip(), 60)
        raise SourceFault(f"the device answers {said!r}, not a summary: switch people counting on in it")
    if not means.is_stopped():
        means.deliver(bytes(body), headers)
