"""Every way in which a run can fail: one class each, with the address in it, readable as a sentence with advice."""


class FeedgenError(Exception):
    """The root of all failures of this program.

    `address` is what the failure is about: a page's address, a file's path or a setting's name. `detail` comes from anywhere,
    such as an answer's header or SQLite: it becomes one line of what can be printed, for the sake of terminals and logs.
    """

    message = "failed"
    hint = ""
    exit_code = 2
    """The exit code of a command that fails so: 2 for wrong use, before anything was done."""

    def __init__(self, address: str, detail: str = "") -> None:
        super().__init__(address, detail)
        self.address = address
        self.detail = " ".join("".join(char if char.isprintable() else " " for char in detail).split())

    def __str__(self) -> str:
        what = f"{self.address}: {self.message}"
        if self.detail:
            what += f" ({self.detail})"
        return f"{what}; {self.hint}" if self.hint else what


# Wrong use: nothing was asked of the site (exit code 2).


class UsageError(FeedgenError):
    """An option or a setting can't be used as it stands."""

    message = "can't be used"

    def __str__(self) -> str:
        return f"{self.address}: {self.detail}"


class ConfigError(UsageError):
    """The configuration file is broken."""


class OutputError(UsageError):
    """A folder or file can't be written."""


class LockedError(FeedgenError):
    """Another build holds the memory."""

    message = "another build is using this memory"
    hint = "wait until it has ended, or give this one another --state"


class MemoryFileError(FeedgenError):
    """The memory's file can't be read as one."""

    message = "this memory can't be read"
    hint = "the next build sets it aside and makes a new one of the feeds"


class MemoryWriteError(FeedgenError):
    """What was read could not be remembered; what was remembered before still is."""

    message = "the memory could not be written"
    hint = "make room on the disk, or look at its permissions; the next build goes on from what is remembered"


# What can go wrong with a request.


class FetchError(FeedgenError):
    """A page could not be had."""


class BlockedError(FetchError):
    """401, 403 or 451, a challenge for browsers, or a login page (403 seen since March 2026: `site.md`, Blocks, R)."""

    message = "the site refuses to answer this program"
    hint = (
        "wait and lower the pace with --delay; if it lasts, build from another network, such as a machine at home, or pass"
        " your browser's session with --cookies and --user-agent"
    )


class NotAskedError(FetchError):
    """Not asked, for the reason in the detail: the site refused the requests before, or the run was over."""

    message = "was not asked"
    hint = "the next build asks again"


class RateLimitedError(FetchError):
    """429: too many requests; the detail tells the wait that the site asks for."""

    message = "the site asks for fewer requests"
    hint = "wait, then build with a longer --delay"


class NotFoundError(FetchError):
    """404: no such page."""

    message = "there is no such page"
    hint = "the site may have moved it; the next build looks again"


class GoneError(FetchError):
    """410: the page was taken away for good."""

    message = "the page was taken away"
    hint = "nothing to do: its entry stays in the feeds"


class ServerError(FetchError):
    """5xx, or a status that a page never has."""

    message = "the site is in trouble"
    hint = "wait; the next build tries again"


class UnreachableError(FetchError):
    """No connection: name not found, refused, TLS."""

    message = "no connection could be made"
    hint = "check the network and the address"


class TimedOutError(FetchError):
    """No answer within the time allowed."""

    message = "no answer in time"
    hint = "try again, or allow more with --timeout"


class CutShortError(FetchError):
    """The answer ended before it was whole."""

    message = "the answer broke off"
    hint = "the next build tries again"


class EmptyPageError(FetchError):
    """An answer without a body."""

    message = "the page is empty"
    hint = "the next build tries again"


class NotHtmlError(FetchError):
    """An answer that is no page."""

    message = "the answer is not a web page"
    hint = "look at the address in a browser"


class TooLargeError(FetchError):
    """A body larger than any page of the site."""

    message = "the answer is larger than a page can be"
    hint = "look at the address in a browser"


class OffSiteError(FetchError):
    """A request or a redirect that leaves the edition's hosts."""

    message = "leads away from the site and is not followed"
    hint = "look at the address in a browser"


class PrivateAddressError(FetchError):
    """The name of a host leads into a private network, and nobody named that as an origin."""

    message = "its host's name leads to a private address, which is not asked"
    hint = "look at this machine's name server; give --origin if this is meant"


class RedirectLoopError(FetchError):
    """Redirects that do not end."""

    message = "redirects in a circle"
    hint = "the next build tries again"


class RobotsForbidError(FetchError):
    """robots.txt does not allow this address (RFC 9309)."""

    message = "the site's robots.txt forbids this address"
    hint = "it is not read"


class CrawlDelayError(FetchError):
    """robots.txt asks for a Crawl-delay of more than an hour."""

    message = "the site's robots.txt asks for a longer pause between requests than any build can keep"
    hint = "nothing is read; look at its Crawl-delay in a browser, and ask the site if it is meant"


# What can go wrong with a page that came.


class ReadError(FeedgenError):
    """A page came, but what it should hold was not found in it."""


class NoMenuError(ReadError):
    """A home page without a menu that names known lists."""

    message = "no menu was found on this page"
    hint = "look whether the site changed (CONTRIBUTING.md, 'the site changed')"


class NoCardsError(ReadError):
    """A list page without articles."""

    message = "no article was found on this list page"
    hint = "look whether the site changed (CONTRIBUTING.md, 'the site changed')"


class SuspiciousPageError(ReadError):
    """A page that is worse than it has been: the detail tells how. What it adds is taken, what it lacks stays."""

    message = "this page is suspicious"
    hint = "what it adds was taken and nothing was lost; look at it in a browser if this lasts"


class TooDeepError(ReadError):
    """A page whose elements stand in each other deeper than those of any real page: reading it would not end well."""

    message = "the elements of this page are nested too deep"
    hint = "look at the address in a browser"


class NoArticleError(ReadError):
    """An article page without a title, or without anything to show under it."""

    message = "no article was found on this page"
    hint = "look whether the site changed (CONTRIBUTING.md, 'the site changed')"


class NoFeedError(ReadError):
    """An answer that is no RSS or Atom feed."""

    message = "no feed was found at this address"
    hint = "look whether the site changed (CONTRIBUTING.md, 'the site changed')"


class NoSitemapError(ReadError):
    """An answer that is no sitemap."""

    message = "no sitemap was found at this address"
    hint = "look whether the site changed (CONTRIBUTING.md, 'the site changed')"
