"""Health of each feed: its last success, its failures in a row, and the events for health.xml."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from feedgen_mayadeen.models import Health
from feedgen_mayadeen.store.database import Database, written

_SUCCESS = """
INSERT INTO health (edition, key, last_success, failures, reason) VALUES (?, ?, ?, 0, '') ON CONFLICT DO
UPDATE SET last_success = excluded.last_success, failures = 0, reason = ''
"""
_FAILURE = """
INSERT INTO health (edition, key, failures, reason) VALUES (?, ?, 1, ?) ON CONFLICT DO
UPDATE SET failures = failures + 1, reason = excluded.reason
"""
_NEWLY_FAILING = """
UPDATE health SET notified = 1 WHERE edition = ? AND failures >= ? AND NOT notified RETURNING key, failures, reason
"""
_NEWLY_BACK = "UPDATE health SET notified = 0 WHERE edition = ? AND failures = 0 AND notified RETURNING key, failures, reason"
_EVENTS_KEPT = 50


@dataclass(frozen=True, slots=True)
class Event:
    """An event for health.xml: a feed has failed in so many builds in a row or, with 0 `failures`, works again."""

    number: int
    key: str
    at: datetime
    failures: int
    reason: str


class HealthLog:
    """The health of each edition's feeds."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, edition: str) -> Mapping[str, Health]:
        """The health of each list, of the whole edition (`all`) and of its home page (`breaking`, `most-read`)."""
        rows = self._database.db.execute(
            "SELECT key, last_success, failures, reason FROM health WHERE edition = ?", (edition,)
        )
        return {key: Health(datetime.fromisoformat(at) if at else None, n, reason) for key, at, n, reason in rows}

    def save(self, edition: str, outcome: Mapping[str, str], after: int, now: datetime) -> None:
        """Saves the outcome of a build: for each key the reason of its failure, or "" if it did not fail.

        Adds an event for each feed that has now failed `after` times, and for each that works again after that.
        """
        with self._database.transaction() as db:
            db.executemany(_SUCCESS, [(edition, key, written(now)) for key, reason in outcome.items() if not reason])
            db.executemany(_FAILURE, [(edition, key, reason) for key, reason in outcome.items() if reason])
            found = db.execute(_NEWLY_FAILING, (edition, after)).fetchall() + db.execute(_NEWLY_BACK, (edition,)).fetchall()
            events = [(edition, key, written(now), failures, reason) for key, failures, reason in sorted(found)]
            db.executemany("INSERT INTO events (edition, key, at, failures, reason) VALUES (?, ?, ?, ?, ?)", events)
            db.execute("DELETE FROM events WHERE event <= (SELECT max(event) FROM events) - ?", (_EVENTS_KEPT,))

    def events(self) -> tuple[tuple[str, Event], ...]:
        """The events for health.xml with their editions, latest first."""
        rows = self._database.db.execute("SELECT edition, event, key, at, failures, reason FROM events ORDER BY event DESC")
        return tuple(
            (edition, Event(number, key, datetime.fromisoformat(at), failures, reason))
            for edition, number, key, at, failures, reason in rows
        )
