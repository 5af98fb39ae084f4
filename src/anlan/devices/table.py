"""Every kind of device that can be read, in one explicit table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from anlan.devices.axis import decode as axis
from anlan.devices.body import Part, open_body
from anlan.devices.brickstream import decode as brickstream
from anlan.devices.csv_replay import decode as csv_replay
from anlan.devices.dahua import decode as dahua
from anlan.devices.density import decode as density
from anlan.devices.footfallcam import decode as footfallcam
from anlan.devices.hikvision import decode as hikvision
from anlan.devices.hkt import decode as hkt
from anlan.devices.imbuildings import decode as imbuildings
from anlan.devices.irisys import decode as irisys
from anlan.devices.mapping import decode as mapped
from anlan.devices.mapping import schema
from anlan.devices.milesight import decode as milesight
from anlan.devices.milesight import uplink as milesight_uplink
from anlan.devices.native import decode as native
from anlan.devices.refusal import Refusal
from anlan.devices.terabee import decode as terabee
from anlan.devices.values import open_zone
from anlan.devices.xovis import decode as xovis
from anlan.stream.readings import Reading


@dataclass(frozen=True, slots=True)
class Adapter:
    """How one kind is read: `decode` a body, or refuse it; `recognises` a part of a body as its own.

    `check` refuses wrong settings of one device (its mapping); None: the kind has none. `needs_mapping`: it cannot
    be read without.
    """

    decode: Callable[..., list[Reading]]
    recognises: Callable[[Part], bool]
    check: Callable[[Any], Any] | None = None
    needs_mapping: bool = False


ADAPTERS: dict[str, Adapter] = {
    "native": Adapter(native.decode, native.recognises),
    "hikvision": Adapter(hikvision.decode, hikvision.recognises),
    "dahua": Adapter(dahua.decode, dahua.recognises),
    "axis": Adapter(axis.decode, axis.recognises),
    "xovis": Adapter(xovis.decode, xovis.recognises),
    "irisys": Adapter(irisys.decode, irisys.recognises, irisys.check),
    "footfallcam": Adapter(footfallcam.decode, footfallcam.recognises),
    "brickstream": Adapter(brickstream.decode, brickstream.recognises),
    "density": Adapter(density.decode, density.recognises),
    "terabee": Adapter(terabee.decode, terabee.recognises),
    "hkt": Adapter(hkt.decode, hkt.recognises),
    "imbuildings": Adapter(imbuildings.decode, imbuildings.recognises),
    "milesight": Adapter(milesight.decode, milesight.recognises, milesight_uplink.check),
    "csv_replay": Adapter(csv_replay.decode, csv_replay.recognises),
    "mapping": Adapter(mapped.decode, mapped.recognises, mapped.check, needs_mapping=True),
}

SHORT = {"csv": "csv_replay"}  # what people type


def decode(
    kind: str,
    body: bytes,
    *,
    headers: Mapping[str, str] | None = None,
    zone: str | None = None,
    mapping: Any = None,
) -> list[Reading]:
    """The readings of a body from a device of this kind (`auto`: found out from the body).

    `headers` are the transport's, `zone` the device's IANA zone, `mapping` what is known of this one device: the
    mapping of a `mapping` device, the register map of an Irisys. Kinds that know no mapping do not look at it.
    Pure: no clock, no network, no files. Raises Refusal with the reason.
    """
    if zone:
        open_zone(zone)
    if kind == "auto":
        kind = "mapping" if _is_general(mapping) else detect(body, headers)
    kind = SHORT.get(kind, kind)
    if kind not in ADAPTERS:
        raise Refusal(f"kind {kind[:40]!r} is unknown: use auto or one of {', '.join(ADAPTERS)}")
    return ADAPTERS[kind].decode(body, headers=headers, zone=zone, mapping=mapping)


def detect(body: bytes, headers: Mapping[str, str] | None = None) -> str:
    """The kind of a body, by what is in it. Raises Refusal that names the kinds tried."""
    parts = open_body(body, headers)
    for kind, adapter in ADAPTERS.items():
        if any(adapter.recognises(part) for part in parts):
            return kind
    tried = ", ".join(kind for kind in ADAPTERS if kind != "mapping")
    raise Refusal(
        f"no kind recognises this payload (tried {tried}): name its kind, or write a mapping for it"
    )


def _is_general(mapping: Any) -> bool:
    """Whether a mapping is one that reads any payload, not the settings of one kind."""
    return isinstance(mapping, schema.Mapping) or (isinstance(mapping, dict) and "format" in mapping)
