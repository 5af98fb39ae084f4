"""Every kind of device that can be called, in one explicit table; what reports by itself needs no source."""

from collections.abc import Callable

from anlan.devices.calling import Means, SourceSettings
from anlan.devices.dahua import source as dahua
from anlan.devices.hikvision import source as hikvision

SOURCES: dict[str, Callable[[SourceSettings, Means], None]] = {
    "hikvision": hikvision.run,
    "dahua": dahua.run,
}
