"""Hikvision's alertStream: one GET that never ends, a multipart of alerts.

`videoloss` `inactive` is its sign of life (trap T9); silence and the end of the stream are faults. Alerts about other
things than people share the stream: they show that the camera lives and go no further.
"""

from email.message import Message

from anlan.devices.body import Part, shown
from anlan.devices.calling import Caller, Means, SourceFault, SourceSettings, keep_calling
from anlan.devices.hikvision.decode import counts_people
from anlan.devices.multipart import MultipartReader

PATH = "/ISAPI/Event/notification/alertStream"


def run(settings: SourceSettings, means: Means) -> None:
    """Listen until stopped; `settings.channel` keeps the alerts of one channel of a recorder."""
    caller = Caller(settings, means.client)
    keep_calling(lambda: listen(settings, caller, means), means)


def listen(settings: SourceSettings, caller: Caller, means: Means) -> None:
    """Deliver one stream's alerts until stopped. Raises SourceFault: refused, silent, ended."""
    n_heard = 0
    try:
        with caller.ask(PATH) as response:
            reader, heard_s = (
                MultipartReader(_boundary(response.headers.get("content-type", ""))),
                means.clock_s(),
            )
            for chunk in response.iter_bytes():
                for part in reader.feed(chunk):
                    if means.is_stopped():
                        return
                    if not n_heard:
                        means.tell("")
                    n_heard, heard_s = n_heard + 1, means.clock_s()
                    if counts_people(part, settings.channel):
                        means.deliver(part.content, _headers(part))
                if means.is_stopped():
                    return
                if means.clock_s() - heard_s > means.silence_s:
                    raise SourceFault(f"no whole alert for {means.silence_s:g} s", n_heard=n_heard)
    except SourceFault as why:
        why.n_heard = n_heard
        raise
    raise SourceFault(f"the camera ended its stream after {n_heard} alerts", n_heard=n_heard)


def _boundary(content_type: str) -> str:
    kind = Message()
    kind["Content-Type"] = " ".join(content_type.split())[:300]
    boundary = kind.get_boundary("")
    if kind.get_content_maintype() != "multipart" or not boundary:
        said = shown(content_type) or "nothing"
        raise SourceFault(f"the camera answers {said}, not a multipart of alerts: check the address")
    return boundary


def _headers(part: Part) -> dict[str, str]:
    return {"content-type": f"{part.media}; charset={part.charset}" if part.charset else part.media}
