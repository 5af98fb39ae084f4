"""The ingest doors as OpenAPI: their schema of a reading is generated from `stream.readings.Reading` itself."""

import msgspec

from anlan.devices.native.arrow import FILE, STREAM
from anlan.devices.table import ADAPTERS
from anlan.stream.readings import Reading

_, INGEST_SCHEMAS = msgspec.json.schema_components([Reading], ref_template="#/components/schemas/{name}")
READING = {"$ref": "#/components/schemas/Reading"}
ERROR = {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}}
ANSWER = {
    "type": "object",
    "required": ["accepted", "refused", "items"],
    "properties": {
        "accepted": {"type": "integer"},
        "refused": {"type": "integer"},
        "duplicate": {"type": "integer"},
        "corrected": {"type": "integer"},
        "late": {"type": "integer"},
        "items": {
            "type": "array",
            "description": "every item that was not plainly accepted",
            "items": {
                "type": "object",
                "required": ["index", "status"],
                "properties": {
                    "index": {"type": "integer"},
                    "status": {"type": "string"},
                    "reason": {"type": "string"},
                },
            },
        },
    },
}
INGEST_SCHEMAS |= {"IngestAnswer": ANSWER, "IngestError": ERROR}


def answer(description, *names):
    """A response whose body is one of the named schemas."""
    schemas = [{"$ref": f"#/components/schemas/{name}"} for name in names]
    schema = schemas[0] if len(schemas) == 1 else {"oneOf": schemas}
    return {"description": description, "content": {"application/json": {"schema": schema}}}


REFUSALS = {
    "400": answer("the body cannot be read", "IngestError"),
    "401": answer("no valid credential", "IngestError"),
    "403": answer("this sensor does not report through this credential", "IngestError"),
    "404": answer("no such device kind", "IngestError"),
    "408": answer("the body did not come in time", "IngestError"),
    "413": answer("the body is too large", "IngestError"),
    "429": answer("the engine is busy: come again after Retry-After", "IngestError"),
    "503": answer("the disk is full: keep it and come again after Retry-After", "IngestError"),
}
NATIVE = (
    'A list of readings, {"readings": […]}, NDJSON, or Arrow IPC (a stream or a file). Acknowledged means durable.\n\n'
    "Arrow has one schema for all kinds: a column for each field of a reading that is needed, null where a reading "
    "gives none; unknown columns are passed over. `kind`, `sensor`, `channel`, `quality`, `reset` and `state` are text, "
    "plain or with a dictionary; `in`, `out` and `seq` whole numbers of any width; `value` any number; `start`, `end`, "
    "`t` and `epoch` whole numbers of milliseconds or timestamps of any unit with a zone. Buffers come uncompressed "
    "(pack the body with gzip if need be), a stream with its end marker. Readings are answered one by one as those of "
    "JSON are, by their row. An Arrow body carries no checksum: send Content-Digest where the way may damage it."
)
DIGEST = {
    "name": "Content-Digest",
    "in": "header",
    "required": False,
    "description": "RFC 9530, sha-256: a body that is not the one it speaks of is refused with 400",
    "schema": {"type": "string"},
}
SECURITY = [{"DeviceToken": []}]
INGEST_PATHS = {
    "/ingest/v1/readings": {
        "post": {
            "operationId": "report_readings",
            "tags": ["ingest"],
            "summary": "Report readings in the native format",
            "description": NATIVE,
            "parameters": [DIGEST],
            "security": SECURITY,
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {"schema": {"type": "array", "items": READING}},
                    "application/x-ndjson": {"schema": {"type": "string"}},
                    STREAM: {"schema": {"type": "string", "format": "binary"}},
                    FILE: {"schema": {"type": "string", "format": "binary"}},
                },
            },
            "responses": {
                "202": answer("all accepted", "IngestAnswer"),
                "207": answer("some refused", "IngestAnswer"),
                "422": answer("all refused", "IngestAnswer"),
                **REFUSALS,
                "415": answer("Arrow is not installed at this server: send JSON", "IngestError"),
            },
        }
    },
    "/ingest/v1/{kind}/{sensor}": {
        "post": {
            "operationId": "report_device",
            "tags": ["ingest"],
            "summary": "Report in a device's own format",
            "security": SECURITY,
            "parameters": [
                {"name": "kind", "in": "path", "required": True, "schema": {"enum": ["auto", *ADAPTERS]}},
                {"name": "sensor", "in": "path", "required": True, "schema": {"type": "string"}},
            ],
            "requestBody": {
                "required": True,
                "content": {"application/octet-stream": {"schema": {"type": "string"}}},
            },
            "responses": {
                "200": answer("all accepted", "IngestAnswer"),
                "207": answer("some refused", "IngestAnswer"),
                "422": answer(
                    "the payload cannot be read (it is kept for a person to look at), or all is refused",
                    "IngestError",
                    "IngestAnswer",
                ),
                **REFUSALS,
            },
        }
    },
}
