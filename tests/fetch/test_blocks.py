"""Refusals: what is one and what only looks like one, when a host is left alone, and how Retry-After is kept to."""

from itertools import chain, count, repeat
from types import SimpleNamespace

import pytest

from feedgen_mayadeen.fetch.blocks import CHALLENGE, LOGIN, refusal_of
from feedgen_mayadeen.report import ListOutcome, Report
from feedgen_mayadeen.sample import SampleHandler
from feedgen_mayadeen.stop import StopSignal
from tests.faults import CHALLENGE as CHALLENGE_PAGE
from tests.faults import LOGIN as LOGIN_PAGE
from tests.faults import LOGIN_FORM, SOON, answer, as_it_is
from tests.running import HTML, Answer, Place, Server, page, redirect, status

HERE = "https://espanol.almayadeen.net/videos"
REPORTING = "<script>var a=document.createElement('script');a.src='/cdn-cgi/challenge-platform/scripts/jsd/main.js';</script>"
"""What a network adds to every page that it carries, to learn who reads it."""
NEWER_REPORTING = REPORTING.replace("/scripts/", "/h/b/scripts/")
COUNTING = "<noscript><iframe src='https://count.example.org/'></iframe></noscript>"
NOT_INDEXED = "<meta name='robots' content='noindex'>"
AGAIN = "<meta http-equiv='refresh' content='60'>"


def judged(text: str, code: int = 200, came: str = HERE, **headers: str) -> str | None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return refusal_of(code, named, text.encode(), HERE, came)


# What is a refusal


@pytest.mark.parametrize("code", [200, 202, 401, 403, 405, 429, 503])
def test_a_challenge_is_one_with_every_status_that_challenges_come_with(code: int) -> None:
    assert judged(CHALLENGE_PAGE, code) == CHALLENGE


@pytest.mark.parametrize("name", ["cf_mitigated", "x_amzn_waf_action"])
def test_a_network_may_say_so_itself(name: str) -> None:
    assert judged("", 403, **{name: "challenge"}) == CHALLENGE
    assert judged(SOON, 403, **{name: "Challenge"}) == CHALLENGE
    assert judged(SOON, 200, **{name: "passed"}) is None


@pytest.mark.parametrize(
    "machinery",
    [
        "/cdn-cgi/challenge-platform/h/g/orchestrate/chl_page/v1?ray=0",
        "https://challenges.cloudflare.com/turnstile/v0/api.js",
        "/_Incapsula_Resource?SWJIYLWA=0",
        "https://geo.captcha-delivery.com/captcha/",
        "https://0.token.awswaf.com/0/challenge.js'></script><script>AwsWafIntegration.getToken()</script><script src='",
        "/.well-known/ddos-guard/check?context=free",
        "https://www.google.com/recaptcha/api.js",
        "https://js.hcaptcha.com/1/api.js",
    ],
)
def test_the_machinery_of_a_challenge_on_a_bare_page_tells_it(machinery: str) -> None:
    bare = f"<html><head><title>Un momento</title></head><body><script src='{machinery}'></script></body></html>"
    assert judged(bare) == CHALLENGE
    assert judged(bare, 403) == CHALLENGE


def test_a_password_field_on_a_bare_page_is_a_login_page() -> None:
    assert judged(LOGIN_PAGE) == LOGIN
    assert judged(LOGIN_PAGE.replace('type="password"', "type=password")) == LOGIN


@pytest.mark.parametrize("path", ["/login", "/log-in/", "/signin?next=/videos", "/account/login", "/sso/start"])
def test_a_login_page_may_have_the_menu_if_one_was_led_there(server: Server, path: str) -> None:
    text = server.site.page("/").body.decode().replace("<main>", f"<main>{LOGIN_FORM}")
    assert judged(text, came=f"https://espanol.almayadeen.net{path}") == LOGIN


@pytest.mark.parametrize("part", ["<meta ", "<input ", "<a ", "<meta name=robots ", "name=robots "])
def test_a_page_that_keeps_a_search_busy_is_judged_all_the_same(part: str) -> None:
    """Not a matter of seconds: a search that begins anew at every sign would go on for days."""
    assert judged("<meta " + part * 500_000) is None


# What is none


@pytest.mark.parametrize("addition", [REPORTING, NEWER_REPORTING, LOGIN_FORM, COUNTING, NOT_INDEXED, AGAIN])
def test_a_page_of_the_site_is_no_refusal_whatever_its_frame_has(server: Server, addition: str) -> None:
    for path in ("/", "/videos", server.site.articles[0].path):
        text = server.site.page(path).body.decode().replace("<header>", f"<header>{addition}")
        assert addition in text
        assert judged(text) is None
        assert judged(text, came=f"{HERE}/elsewhere") is None


@pytest.mark.parametrize("addition", [REPORTING, NEWER_REPORTING])
@pytest.mark.parametrize("code", [200, 404, 410, 500, 502, 503])
def test_a_bare_page_is_no_refusal_because_its_network_counts_readers(code: int, addition: str) -> None:
    assert judged(SOON.replace("</body>", f"{addition}</body>"), code) is None


@pytest.mark.parametrize("code", [404, 410, 500, 502, 504])
def test_a_missing_page_or_a_failing_server_is_no_refusal_however_bare(code: int) -> None:
    head = f"<head>{NOT_INDEXED}{AGAIN}<script src='https://www.google.com/recaptcha/api.js'></script>"
    assert judged(SOON.replace("<head>", head).replace("<body>", f"<body>{COUNTING}"), code) is None


def test_a_page_of_maintenance_that_looks_again_by_itself_is_no_refusal() -> None:
    assert judged(SOON.replace("<head>", f"<head>{NOT_INDEXED}{AGAIN}"), 503) is None


def test_an_article_about_challenges_is_no_refusal() -> None:
    """No word of a text makes a refusal, not even on a page without a menu."""
    words = "Just a moment. Checking your browser. Attention required. Access denied. Enable JavaScript and cookies. Log in."
    assert judged(f"<html><head><title>{words}</title></head><body><h1>{words}</h1><p>{words}</p></body></html>") is None


@pytest.mark.parametrize("addition", [REPORTING, LOGIN_FORM])
def test_a_site_whose_pages_have_such_frames_is_built_as_ever(place: Place, server: Server, addition: str) -> None:
    for kind in ("home", "listing", "article"):
        server.rewrites[kind] = lambda text: text.replace("<header>", f"<header>{addition}")
    report = place.build_with(server.site.now)
    assert (report.exit_code, report.problems) == (0, [])
    assert place.feeds["es/all"].numbers == [article.postid for article in server.site.articles]


# Three in a row

REFUSALS: dict[str, Answer] = {
    "403": status(403),
    "429": answer(429, "slow down", Retry_After="3600"),
    "challenge": answer(403, CHALLENGE_PAGE, cf_mitigated="challenge"),
    "login page": page(LOGIN_PAGE),
}
EACH_REFUSAL = pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
ONE_AT_A_TIME = {"jobs": 1}


def not_asked(report: Report) -> list[str]:
    return [problem.sentence for problem in report.problems if problem.kind == "NotAsked"]


def kinds(report: Report) -> list[str]:
    return [problem.kind for problem in report.problems]


@EACH_REFUSAL
def test_after_three_refusals_in_a_row_no_further_list_is_asked(built: Place, server: Server, refusal: Answer) -> None:
    paths = [path for path in server.site.lists() if not path.startswith(("/tags", "/coverage", "/authors"))]
    server.faults = dict.fromkeys([*paths, "/feed.rss"], refusal)
    report = built.build_with(server.site.now, fetch=ONE_AT_A_TIME)
    refused = ["RateLimited" if refusal is REFUSALS["429"] else "Blocked"] * 3
    assert kinds(report) == [*refused, "NotAsked"]
    (sentence,) = not_asked(report)
    assert f"{len(paths) - 3} lists, because the site refused the requests before" in sentence
    assert [each.seen for each in report.lists] == [ListOutcome.FAILED] * 3 + [ListOutcome.NOT_ASKED] * (len(paths) - 3)
    assert len(server.paths) == len(set(server.paths))
    # Of another kind of page one more is asked for: feed.rss may be open where the pages are not.
    assert len(server.paths) == len(["/robots.txt", "/"]) + 3 + len(["/feed.rss"])
    assert report.exit_code == 3
    server.faults = {}
    report = built.build_with(server.site.now)
    assert (report.exit_code, report.problems) == (0, [])


@EACH_REFUSAL
def test_after_three_refusals_in_a_row_no_further_article_is_asked(place: Place, server: Server, refusal: Answer) -> None:
    server.faults = {article.path: refusal for article in server.site.articles}
    report = place.build_with(server.site.now, fetch=ONE_AT_A_TIME)
    articles = len(server.site.articles)
    assert len(kinds(report)) == 4
    assert kinds(report)[-1] == "NotAsked"
    assert f"{articles - 3} articles, because the site refused the requests before" in not_asked(report)[0]
    assert (report.articles_failed, report.articles_not_asked) == (3, articles - 3)
    assert len(server.article_paths) == 3
    assert report.exit_code == 1
    server.faults = {}
    report = place.build_with(server.site.now)
    assert (report.exit_code, report.problems) == (0, [])
    assert place.feeds["es/all"].numbers == [article.postid for article in server.site.articles]


def test_with_several_requests_at_once_hardly_more_are_refused(place: Place, server: Server) -> None:
    """Those that were under way when the first was refused can't be called back."""
    server.faults = {article.path: status(403) for article in server.site.articles}
    report = place.build_with(server.site.now, fetch={"jobs": 4})
    assert 3 <= len(server.article_paths) <= 4 + 2
    assert len(not_asked(report)) == 1
    assert report.articles_failed + report.articles_not_asked == len(server.site.articles)


def test_refusals_that_do_not_follow_each_other_end_nothing(place: Place, server: Server) -> None:
    """Every third article is let through."""
    asked = count(1)

    def mostly(handler: SampleHandler) -> None:
        (status(403) if next(asked) % 3 else as_it_is)(handler)

    articles = server.site.articles
    server.faults = dict.fromkeys([article.path for article in articles], mostly)
    report = place.build_with(server.site.now, fetch=ONE_AT_A_TIME)
    assert len(server.article_paths) == len(articles)
    assert set(kinds(report)) == {"Blocked"}
    assert report.articles_read == len(articles) // 3


def test_other_failures_are_no_refusals(place: Place, server: Server) -> None:
    server.faults = {article.path: status(500) for article in server.site.articles}
    report = place.build_with(server.site.now, fetch={"retries": 0})
    assert len(server.article_paths) == len(server.site.articles)
    assert not_asked(report) == []
    assert len(kinds(report)) == len(server.site.articles)


def test_one_edition_that_refuses_does_not_end_the_other(place: Place, server: Server, english: Server) -> None:
    english.faults = {path: status(403) for path in (*english.site.lists(), "/", "/feed.rss")}
    both = Place(place.out.parent / "both", english, server)
    report = both.build_with(server.site.now)
    assert report.exit_code == 1
    assert both.feeds["es/all"].numbers == [article.postid for article in server.site.articles]
    assert {each.seen for each in report.lists_of("es")} == {ListOutcome.READ}


# Redirects


def to_itself(handler: SampleHandler) -> None:
    redirect(handler.path)(handler)


def to_each_other(handler: SampleHandler) -> None:
    redirect("/videos" if handler.path == "/otra" else "/otra")(handler)


@pytest.mark.parametrize(("fault", "paths"), [(to_itself, ["/videos"]), (to_each_other, ["/videos", "/otra"])])
def test_a_circle_of_redirects_is_gone_round_once(built: Place, server: Server, fault: Answer, paths: list[str]) -> None:
    server.faults = dict.fromkeys(paths, fault)
    report = built.build_with(server.site.now)
    assert kinds(report) == ["RedirectLoop"]
    assert [path for path in server.paths if path in paths] == paths


def test_a_circle_with_ever_new_cookies_ends_too(built: Place, server: Server) -> None:
    numbers = count()

    def counting(handler: SampleHandler) -> None:
        handler.send(302, HTML, b"", {"Location": handler.path, "Set-Cookie": f"seen={next(numbers)}"})

    server.faults["/videos"] = counting
    report = built.build_with(server.site.now)
    assert kinds(report) == ["RedirectLoop"]
    assert server.paths.count("/videos") == 5


def test_a_redirect_to_itself_with_a_cookie_is_followed(built: Place, server: Server) -> None:
    def wanting_a_cookie(handler: SampleHandler) -> None:
        if handler.headers.get("Cookie") == "seen=1":
            as_it_is(handler)
        else:
            handler.send(302, HTML, b"", {"Location": handler.path, "Set-Cookie": "seen=1"})

    server.faults["/videos"] = wanting_a_cookie
    report = built.build_with(server.site.now)
    assert (report.exit_code, report.problems) == (0, [])
    assert server.paths.count("/videos") == 2


def test_a_way_round_that_gives_a_cookie_is_gone_to_its_end(built: Place, server: Server) -> None:
    """As checks do it: to another page, and back."""

    def wanting_a_cookie(handler: SampleHandler) -> None:
        if handler.headers.get("Cookie") == "seen=1":
            as_it_is(handler)
        else:
            handler.send(302, HTML, b"", {"Location": "/check", "Set-Cookie": "seen=1"})

    server.faults = {"/videos": wanting_a_cookie, "/check": redirect("/videos")}
    report = built.build_with(server.site.now)
    assert (report.exit_code, report.problems) == (0, [])
    assert (server.paths.count("/videos"), server.paths.count("/check")) == (2, 1)


# Retry-After


class Clock:
    """Time that passes only when somebody waits; `asked` are the instants of the requests by path."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        self.waits: list[float] = []
        self.asked: list[tuple[str, float]] = []
        monkeypatch.setattr("feedgen_mayadeen.fetch.pace.time", SimpleNamespace(monotonic=lambda: self.now))
        monkeypatch.setattr(StopSignal, "wait", lambda stop, seconds: self._wait(seconds))

    def _wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds

    def noting(self, answer: Answer) -> Answer:
        """The same answer, whose instant is noted."""

        def noted(handler: SampleHandler) -> None:
            self.asked.append((handler.path, self.now))
            answer(handler)

        return noted


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def asked_of(server: Server, clock: Clock, answers: dict[str, Answer]) -> None:
    """Lets a server answer these paths so, and notes the instant of every request."""
    server.faults = {path: clock.noting(answer) for path, answer in {"*": as_it_is, **answers}.items()}


def once(first: Answer) -> Answer:
    """An answer that only the first request gets."""
    turns = chain([first], repeat(as_it_is))
    return lambda handler: next(turns)(handler)


@pytest.mark.parametrize("code", [413, 429, 503])
@pytest.mark.parametrize("jobs", [1, 4])
def test_the_whole_host_is_left_alone_for_as_long_as_it_asks(
    built: Place, server: Server, clock: Clock, code: int, jobs: int
) -> None:
    asked_of(server, clock, {"/videos": once(answer(code, "later", Retry_After="30"))})
    report = built.build_with(server.site.now, fetch={"jobs": jobs})
    assert (report.exit_code, report.problems) == (0, [])
    (first, again) = (at for path, at in clock.asked if path == "/videos")
    assert again >= first + 30
    assert [path for path, at in clock.asked if first < at < first + 30] == []
    assert report.seconds_waited >= 30


@pytest.mark.parametrize("code", [429, 503])
def test_the_host_is_left_alone_after_the_last_answer_too(built: Place, server: Server, clock: Clock, code: int) -> None:
    """The page is given up, but the wait that was asked for is kept to before the next."""
    asked_of(server, clock, {"/videos": answer(code, "later", Retry_After="30")})
    report = built.build_with(server.site.now, fetch={"jobs": 1, "retries": 1})
    (problem,) = report.problems
    assert "asks to wait 30 s" in problem.sentence
    places = [number for number, (path, _) in enumerate(clock.asked) if path == "/videos"]
    assert len(places) == 2
    for number in places:
        (_, refused), (_, following) = clock.asked[number : number + 2]
        assert following >= refused + 30


@pytest.mark.parametrize("code", [429, 503])
@pytest.mark.parametrize("wait", ["61", "3600", "99999999999", "Fri, 01 Jan 2100 00:00:00 GMT"])
def test_a_page_that_asks_for_a_longer_wait_is_given_up_at_once(
    built: Place, server: Server, clock: Clock, code: int, wait: str
) -> None:
    asked_of(server, clock, {"/videos": answer(code, "later", Retry_After=wait)})
    report = built.build_with(server.site.now)
    assert clock.waits == []
    assert server.paths.count("/videos") == 1
    (problem,) = report.problems
    assert "asks to wait" in problem.sentence
    assert report.exit_code == 1
    assert [each.seen for each in report.lists].count(ListOutcome.UNCHANGED) == len(report.lists) - 1


@pytest.mark.parametrize("wait", ["soon", "", "-5", "1e9", "nan", "\x00"])
def test_a_wait_that_cannot_be_read_is_none(built: Place, server: Server, clock: Clock, wait: str) -> None:
    asked_of(server, clock, {"/videos": answer(503, "later", Retry_After=wait)})
    report = built.build_with(server.site.now, fetch={"retries": 1})
    assert [problem.kind for problem in report.problems] == ["Server"]
    assert server.paths.count("/videos") == 2
    assert sum(clock.waits) == 0
