"""schemathesis against the running server's own OpenAPI document, signed in and with a device's token."""

import contextlib
import time

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import CHECKS, not_a_server_error

CHECKED = [
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
]
LIMIT_S = 50.0  # of all operations together
EXAMPLES = 40
WARM = [HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large]


@pytest.fixture(scope="session")
def headers(served, person):
    """Both proofs at once: each operation looks at its own."""
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in person.http.cookies.jar)
    return {"Cookie": cookies, "Authorization": f"Bearer {served[1].tokens['S-TRAPPED']}"}


def try_operation(operation, headers, until, strategy):
    """Call an operation with what its document allows, or with what it does not; every answer must conform."""
    checks = [not_a_server_error, *CHECKS.get_by_names(CHECKED)]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=WARM,
        database=None,
    )
    @given(case=strategy)
    def call(case):
        if time.monotonic() < until:
            case.call_and_validate(headers=headers, checks=checks)

    call()


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode), ids=lambda mode: mode.name.lower())
def test_every_operation_answers_as_its_document_says(mode, served, headers):
    document = schemathesis.openapi.from_url(f"{served[0].address}/api/v1/openapi.json")
    operations = [result.ok() for result in document.get_all_operations()]
    assert {"/ingest/v1/readings", "/api/v1/places"} <= {operation.path for operation in operations}
    until = time.monotonic() + LIMIT_S / len(schemathesis.GenerationMode)
    for operation in operations:
        with contextlib.suppress(Unsatisfiable):  # nothing can be wrong with what takes no parameters
            try_operation(operation, headers, until, operation.as_strategy(generation_mode=mode))
