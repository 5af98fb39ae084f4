"""SQLite and PostgreSQL as records of readings; PostgreSQL judges each batch in a trigger and tells by NOTIFY."""

import os
import sqlite3
import threading
import time

import psycopg
from bench.peers.stand import PLACES, THRESHOLD

ADDRESS = "postgres://postgres@127.0.0.1:5432/postgres"
LENGTH_MS = 1_000
CALM, OVER = 1, 65_000  # people that a counter has let in since its last reading

SQLITE = """
PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
CREATE TABLE reading (place TEXT, counter INT, t_start INT, t_end INT, n_in INT, n_out INT{key});
"""

SCHEMA = """
CREATE SCHEMA {schema}; SET search_path TO {schema};
CREATE TABLE reading (place text, counter int, t_start bigint, t_end bigint, n_in int, n_out int{key});
CREATE TABLE present (place text PRIMARY KEY, people bigint, is_over boolean);
CREATE FUNCTION judge() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE full_place text;
BEGIN
  INSERT INTO present SELECT place, sum(n_in - n_out), false FROM batch GROUP BY place
    ON CONFLICT (place) DO UPDATE SET people = present.people + excluded.people;
  FOR full_place IN
    UPDATE present SET is_over = true WHERE people >= {threshold} AND NOT is_over RETURNING place
  LOOP PERFORM pg_notify('{schema}', full_place); END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER judged AFTER INSERT ON reading REFERENCING NEW TABLE AS batch
  FOR EACH STATEMENT EXECUTE FUNCTION judge();
"""
ITS_PROCESSES = (
    "SELECT pid FROM pg_stat_activity WHERE pid = pg_backend_pid() OR backend_type <> 'client backend'"
)


def rows(end_ms, counters, over=()):
    """One reading of each of these counters of every place: as many go as come, but in the places that are over."""
    return [
        (place, counter, end_ms - LENGTH_MS, end_ms, OVER if place in over and not at else CALM, CALM)
        for at, counter in enumerate(counters)
        for place in PLACES
    ]


class Sqlite:
    """A table in this process, a synced transaction for each batch; it judges nothing and answers nobody."""

    name, guards, judges, once = "SQLite, append", "yes", "no", "no"
    key = ""

    def __init__(self, stand):
        self.pids = [os.getpid()]
        self.database = sqlite3.connect(stand.place() / "peer.sqlite3", isolation_level=None)
        self.database.executescript(SQLITE.format(key=self.key))

    @classmethod
    def missing(cls, stand):
        """Why it cannot run here; empty where it can."""
        return ""

    def body(self, end_ms, counters, over=()):
        return rows(end_ms, counters, over)

    def send(self, body):
        """Rows that are Python's already, in one transaction."""
        self.database.execute("BEGIN IMMEDIATE")
        self.database.executemany("INSERT OR IGNORE INTO reading VALUES (?,?,?,?,?,?)", body)
        self.database.execute("COMMIT")

    def close(self):
        self.database.close()


class SqliteKey(Sqlite):
    """The same, and a reading that comes twice is kept once."""

    name, once = "SQLite, key", "yes"
    key = ", PRIMARY KEY (place, counter, t_end)"


class Postgres:
    """COPY into a schema of its own, dropped at the end; a trigger counts and judges, NOTIFY tells."""

    name, guards, judges, once = "PostgreSQL, COPY + rule", "yes", "each batch", "no"
    key, copying = "", "COPY reading FROM STDIN"

    def __init__(self, stand):
        self.schema, self.heard = f"bench_{os.getpid()}_{time.monotonic_ns()}", {}
        self.database = psycopg.connect(self.address(), autocommit=True)
        self.database.execute(SCHEMA.format(schema=self.schema, threshold=THRESHOLD, key=self.key))
        self.ear = psycopg.connect(self.address(), autocommit=True)
        self.ear.execute(f"LISTEN {self.schema}")
        threading.Thread(target=self.listen, daemon=True).start()

    @classmethod
    def address(cls):
        return os.environ.get("ANLAN_TEST_POSTGRES", ADDRESS)

    @classmethod
    def missing(cls, stand):
        """Why it cannot run here; empty where it can."""
        try:
            psycopg.connect(cls.address(), connect_timeout=5).close()
        except psycopg.OperationalError:
            return f"no PostgreSQL at {cls.address()}: apt-get install postgresql, or set ANLAN_TEST_POSTGRES"
        return ""

    @property
    def pids(self):
        """The connection's own process and those that write for all; they must be this machine's."""
        return [pid for (pid,) in self.database.execute(ITS_PROCESSES)]

    def listen(self):
        for note in self.ear.notifies():
            self.heard.setdefault(note.payload, time.monotonic())

    def body(self, end_ms, counters, over=()):
        lines = ("\t".join(map(str, row)) for row in rows(end_ms, counters, over))
        return "\n".join(lines).encode() + b"\n"

    def send(self, body):
        """One transaction: it is on disk and judged when this returns."""
        with self.database.transaction(), self.database.cursor() as cursor:
            with cursor.copy(self.copying) as copy:
                copy.write(body)
            self.keep(cursor)

    def keep(self, cursor):
        """What is copied is kept already."""

    def close(self):
        self.database.execute(f"DROP SCHEMA {self.schema} CASCADE")
        self.database.close()


class PostgresKey(Postgres):
    """The same, and a reading that comes twice is kept and counted once."""

    name, once = "PostgreSQL, key + rule", "yes"
    key, copying = ", PRIMARY KEY (place, counter, t_end)", "COPY arriving FROM STDIN"

    def __init__(self, stand):
        super().__init__(stand)
        self.database.execute("CREATE TEMP TABLE arriving (LIKE reading) ON COMMIT DELETE ROWS")

    def keep(self, cursor):
        cursor.execute("INSERT INTO reading SELECT * FROM arriving ON CONFLICT DO NOTHING")
