"""What the decoders give, the stream takes."""

from pathlib import Path

import pytest

from anlan.devices import table
from anlan.devices.table import ADAPTERS, decode
from anlan.devices.tests.golden import ZONE, mapping_of, samples
from anlan.stream.readings import columns
from anlan.stream.register import Register

FOLDER = Path(table.__file__).parent
SAMPLES = [(kind, path) for kind in ADAPTERS for path in samples(str(FOLDER / kind / "decode.py"))]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample[0]}-{sample[1].name}")
def test_every_reading_of_a_sample_is_taken(sample):
    kind, path = sample
    readings = decode(kind, path.read_bytes(), zone=ZONE, mapping=mapping_of(path))
    checked = columns(readings, register=Register(), t_received_ms=1777634470000, default_sensor="bound")
    assert checked.refusals == []
    assert len(checked.columns) == len(readings)
