"""Health of the feeds: what each build adds to memory, and health.xml, with an entry when a feed fails or works again."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from urllib.parse import quote

from feedgen_mayadeen.context import BuildContext
from feedgen_mayadeen.ids import ALL, BREAKING, MOST_READ
from feedgen_mayadeen.models import Article, Entry, Feed, FeedInfo, SiteIndex
from feedgen_mayadeen.report import ListOutcome
from feedgen_mayadeen.site.edition import load
from feedgen_mayadeen.stop import StopReason
from feedgen_mayadeen.store.health import Event

_SUCCESSFUL = (ListOutcome.READ, ListOutcome.UNCHANGED, ListOutcome.EMPTY, ListOutcome.NO_LIST)
_WELCOME_AT = datetime(2026, 11, 22, tzinfo=UTC)
"""Date of the entry that explains health.xml, so that the feed is not empty before anything has failed."""


def record_health(contexts: Sequence[BuildContext]) -> None:
    """Saves the outcome of this build for each feed, after the crawl."""
    for context in contexts:
        with context.report.recording_errors():
            context.memory.health.save(context.edition.code, _outcome(context), context.config.health.after, context.now)


def _outcome(context: BuildContext) -> Mapping[str, str]:
    """Why each part of the edition failed in this build, or "" where it did not.

    Without what a person's Ctrl-C left out, and without lists that wait for their turn.
    """
    report, code = context.report, context.edition.code
    reasons = {problem.address: problem.sentence for problem in report.problems}
    general = next(
        (sentence for address, sentence in reasons.items() if context.edition.owns(address)), "it could not be read"
    )
    left_out = None if context.stop.why is StopReason.INTERRUPTED else general
    outcome = {ALL: "" if report.was_read(code) else left_out}
    home = "" if code in report.homes_read else reasons.get(context.edition.home, left_out)
    outcome |= dict.fromkeys((BREAKING, MOST_READ), home)
    reported = {each.key: each for each in report.lists_of(code)}
    if not reported and not report.was_read(code):
        outcome |= {list_page.key: left_out for list_page in context.memory.lists.all(code)}
    for key, each in reported.items():
        if each.seen is ListOutcome.NOT_ASKED:
            outcome[key] = left_out
        elif each.seen not in (ListOutcome.GONE, ListOutcome.LEFT):
            outcome[key] = "" if each.seen in _SUCCESSFUL else reasons.get(each.address, general)
    return {key: reason for key, reason in outcome.items() if reason is not None}


def health_feed(contexts: Sequence[BuildContext], folder: SiteIndex) -> Feed:
    """The feed for whoever looks after the feeds."""
    base = f"{folder.base_url}/" if folder.base_url else ""  # without an address the links lead from the file
    status = f"{base}status.json"
    host = load("en").host  # whichever editions are built: the folder has one such feed
    info = FeedInfo(
        key="health",
        kind="health",
        title="Health of the feeds — feedgen-mayadeen",
        subtitle=f"Tells when a feed has failed in {contexts[0].config.health.after} builds in a row, and when it is back",
        address=base or "index.html",
        language="en",
        direction="ltr",
        site_name="feedgen-mayadeen",
        rights="",
        icon="",
        id=f"tag:{host},2021:health",
    )
    names = {(feed.edition, feed.info.key): feed.info.title for feed in folder.feeds}
    entries = [
        _health_entry(event, names.get((code, event.key), event.key), load(code).host, status)
        for code, event in contexts[0].memory.health.events()
    ]
    told = "This feed has an entry when a feed fails in several builds in a row, and another when it is back."
    welcome = Article(address=status, title="What this feed tells", lead=told, body=f"<p>{told}</p>")
    entries.append(Entry(f"tag:{host},2021:health/welcome", _WELCOME_AT, _WELCOME_AT, welcome, ()))
    return Feed(info, tuple(entries))


def _health_entry(event: Event, name: str, host: str, address: str) -> Entry:
    failed = f"{name} has failed in {event.failures} builds in a row"
    title = failed if event.failures else f"{name} is back"
    lead = event.reason or "It could be read again."
    at = event.at.astimezone(UTC)
    article = Article(address=address, title=title, lead=lead, body=f"<p>{escape(lead)}</p>")
    return Entry(f"tag:{host},2021:health/{quote(event.key)}/{at:%Y%m%dT%H%M%SZ}", at, at, article, ())
