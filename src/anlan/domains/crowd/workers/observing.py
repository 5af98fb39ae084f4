"""What people report from the spot, on its way into the engine: the sweep that sends what is not there yet."""

from anlan.domains.crowd.actions.observations import send_observations
from anlan.domains.crowd.queries.observations import unsent_observations
from anlan.kit.worker import UNFINISHED

AT_ONCE = 500
WAIT_S = 10.0  # the engine answers within milliseconds unless the disk is stuck


class ObservationSender:
    """Sends the observations that the engine does not have; `follow_register` is LiveWatch's.

    A row is written before it is sent and marked after it is durable, so a stop between leaves it to be sent again; the
    engine counts it once by its time, its channel and the number made from its uid.
    """

    def __init__(self, scene, follow_register):
        self.scene, self.follow_register = scene, follow_register

    def send(self, now):
        """A sweep: send the oldest. Rows are read before the register, so their channels are bound when they come."""
        rows = unsent_observations(AT_ONCE)
        if not rows:
            return None
        self.follow_register(now)
        send_observations(rows, self.scene, now=now, wait_s=WAIT_S)
        return UNFINISHED if len(rows) == AT_ONCE else None
