"""Every kind of failure: each has its own class, carries an address, and reads as a sentence that says what to do."""


class FeedgenError(Exception):
    """The base class of all failures of this program.

    `address` is what the failure is about: a page's address, a file's path or a setting's name. `detail` may come from outside
    (a response header, SQLite), so it is made one printable line, safe for terminals and logs.
    """

    message = "failed"
    hint = ""
    exit_code = 2
    """The exit code of a command that ends with this failure."""

    def __init__(self, address: str, detail: str = "") -> None:
        super().__init__(address, detail)
        self.address = address
        self.detail = " ".join("".join(char if char.isprintable() else " " for char in detail).split())

    def __str__(self) -> str:
        what = f"{self.address}: {self.message}"
        if self.detail:
            what += f" ({self.detail})"
        return f"{what}; {self.hint}" if self.hint else what


# Wrong usage: no request was made (exit code 2).


class UsageError(FeedgenError):
    """An option or a setting can't be used as given."""

    message = "can't be used"

    def __str__(self) -> str:
        return f"{self.address}: {self.detail}"


class ConfigError(UsageError):
    """The configuration file is broken."""


class OutputError(UsageError):
    """A folder or file can't be written."""


class LockedError(FeedgenError):
    """Another build is using the memory."""

    message = "another build is using this memory"
    hint = "wait until it has finished, or give this build another --state"


class MemoryFileError(FeedgenError):
    """The memory's file is damaged, or of another version."""

    message = "this memory can't be read"
    hint = "the next build sets it aside and rebuilds the memory from the published feeds"


class MemoryWriteError(FeedgenError):
    """The memory could not be written; what it held before is unchanged."""

    message = "the memory could not be written"
    hint = "free some disk space or check the permissions; the next build continues from what was saved"


# Failed requests.


class FetchError(FeedgenError):
    """A page could not be fetched."""


class BlockedError(FetchError):
    """401, 403 or 451, a challenge for browsers, or a login page (403 seen since March 2026: `site.md`, Blocks, R)."""

    message = "the site refuses to answer this program"
    hint = (
        "wait, and use a longer --delay; if it goes on, build from another network, such as a machine at home, or pass on"
        " your browser's session with --cookies and --user-agent"
    )


class NotAskedError(FetchError):
    """A page that was not requested; the detail says why: the site had refused other requests, or the run was over."""

    message = "was not asked"
    hint = "the next build asks again"


class RateLimitedError(FetchError):
    """429: too many requests. The detail says how long the site asks to wait."""

    message = "the site asks for fewer requests"
    hint = "wait, then build with a longer --delay"


class NotFoundError(FetchError):
    """404: no such page."""

    message = "there is no such page"
    hint = "the site may have moved it; the next build looks again"


class GoneError(FetchError):
    """410: the page was removed for good; or it leads to another page."""

    message = "the page was removed"
    hint = "nothing to do: its entry stays in the feeds"


class ServerError(FetchError):
    """5xx, or any other status without a class of its own."""

    message = "the site answered with an error"
    hint = "nothing to do: the next build tries again"


class UnreachableError(FetchError):
    """No connection: name not found, refused, TLS."""

    message = "no connection could be made"
    hint = "check the network and the address"


class TimedOutError(FetchError):
    """No answer within the time allowed."""

    message = "no answer in time"
    hint = "try again, or allow more with --timeout"


class CutShortError(FetchError):
    """The connection ended before the whole answer came."""

    message = "the connection ended before the whole answer came"
    hint = "the next build tries again"


class EmptyPageError(FetchError):
    """An answer without a body."""

    message = "the page is empty"
    hint = "the next build tries again"


class NotHtmlError(FetchError):
    """An answer that is not HTML."""

    message = "the answer is not a web page"
    hint = "look at the address in a browser"


class TooLargeError(FetchError):
    """An answer that is larger than `max_bytes`, or has more tags than any real page."""

    message = "the answer is larger than the limit for pages"
    hint = "look at the address in a browser"


class OffSiteError(FetchError):
    """A request or a redirect that leaves the edition's hosts."""

    message = "leads to another host and was not followed"
    hint = "look at the address in a browser"


class PrivateAddressError(FetchError):
    """A host name that resolves to a private address, which no --origin names."""

    message = "its host name resolves to a private address, so it was not requested"
    hint = "check this machine's name server; if the address is right, give it with --origin"


class RedirectLoopError(FetchError):
    """Redirects that do not end."""

    message = "its redirects do not end"
    hint = "the next build tries again"


class RobotsForbidError(FetchError):
    """robots.txt does not allow this address (RFC 9309)."""

    message = "the site's robots.txt forbids this address"
    hint = "nothing to do: it is not read"


class CrawlDelayError(FetchError):
    """robots.txt asks for a Crawl-delay of more than an hour."""

    message = "the site's robots.txt asks for a longer pause between requests than any build can keep"
    hint = "nothing was read; look at its Crawl-delay in a browser, and ask the site whether it is intended"


# Pages that can't be read.


class ReadError(FeedgenError):
    """A page was fetched, but what it should contain was not found."""


class NoMenuError(ReadError):
    """A home page without a menu of known lists."""

    message = "no menu was found on this page"
    hint = "check whether the site has changed (CONTRIBUTING.md, 'The site changed')"


class AnotherPageError(ReadError):
    """A page came that is not the one that was asked for, whatever its status says; the detail tells what shows that."""

    message = "the answer is another page"
    hint = "nothing was changed; the next build asks again; look at the address in a browser if this lasts"


class NoCardsError(ReadError):
    """A list page without articles."""

    message = "no article was found on this list page"
    hint = "check whether the site has changed (CONTRIBUTING.md, 'The site changed')"


class SuspiciousPageError(ReadError):
    """A page that looks worse than usual; the detail says how. What is new on it is taken, what is missing stays."""

    message = "this page is suspicious"
    hint = "what is new on it was taken and nothing was lost; if this goes on, look at it in a browser"


class TooDeepError(ReadError):
    """A page whose elements are nested deeper than on any real page; reading it would take too long."""

    message = "the elements of this page are nested too deeply"
    hint = "look at the address in a browser"


class NoArticleError(ReadError):
    """An article page without a title or without content."""

    message = "no article was found on this page"
    hint = "check whether the site has changed (CONTRIBUTING.md, 'The site changed')"


class NoFeedError(ReadError):
    """An answer that is not an RSS or Atom feed."""

    message = "no feed was found at this address"
    hint = "check whether the site has changed (CONTRIBUTING.md, 'The site changed')"


class NoSitemapError(ReadError):
    """An answer that is not a sitemap."""

    message = "no sitemap was found at this address"
    hint = "check whether the site has changed (CONTRIBUTING.md, 'The site changed')"
