"""Triggers by which the database itself refuses to alter or delete change rows and their seals.

They stop mistakes and careless hands. Who owns the database can take them down; then the chain tells.
"""

TABLES = ("kit_change", "kit_seal")
REFUSAL = "rows of changes and seals are never altered or deleted"
FUNCTION = f"""
CREATE OR REPLACE FUNCTION kit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$
"""
KINDS = {"postgresql": ("update", "delete", "truncate"), "sqlite": ("update", "delete")}
NAMES = {
    "postgresql": "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
    " WHERE relnamespace = current_schema()::regnamespace AND tgenabled IN ('O', 'A')",
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
}


def guards_of(vendor):
    """(name, table, kind of statement) of every guard."""
    return [(f"{table}_no_{kind}", table, kind) for table in TABLES for kind in KINDS[vendor]]


def make_guard(vendor, name, table, kind):
    """The statement that puts up one guard."""
    if vendor == "sqlite":
        return f"CREATE TRIGGER {name} BEFORE {kind} ON {table} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    each = "STATEMENT" if kind == "truncate" else "ROW"
    return f"CREATE TRIGGER {name} BEFORE {kind} ON {table} FOR EACH {each} EXECUTE FUNCTION kit_refuse()"


def missing(connection):
    """The names of the guards that do not stand, or are switched off."""
    with connection.cursor() as cursor:
        cursor.execute(NAMES[connection.vendor])
        standing = {name for (name,) in cursor.fetchall()}
    return [name for name, _table, _kind in guards_of(connection.vendor) if name not in standing]


def put_up(connection):
    """Put up the guards that do not stand; returns their names."""
    gone, vendor = missing(connection), connection.vendor
    with connection.cursor() as cursor:
        if gone and vendor == "postgresql":
            cursor.execute(FUNCTION)
        for name, table, kind in guards_of(vendor):
            if name in gone:
                cursor.execute(
                    f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if vendor == "postgresql" else "")
                )
                cursor.execute(make_guard(vendor, name, table, kind))
    return gone


def take_down(connection):
    """Take all guards down: for a migration that goes back, and for tests that empty their database."""
    with connection.cursor() as cursor:
        for name, table, _kind in guards_of(connection.vendor):
            cursor.execute(
                f"DROP TRIGGER IF EXISTS {name}"
                + (f" ON {table}" if connection.vendor == "postgresql" else "")
            )
