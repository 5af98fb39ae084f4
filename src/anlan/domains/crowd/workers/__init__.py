"""What runs beside the pages: the live scene, its record, the devices that are called, sensors' health, the outlook."""

from anlan.domains.crowd.workers.calling import CallingThread, SourceWatch
from anlan.domains.crowd.workers.live import LiveWatch
from anlan.domains.crowd.workers.recording import WarningRecord, record_of_replay

__all__ = ["CallingThread", "LiveWatch", "SourceWatch", "WarningRecord", "record_of_replay"]
