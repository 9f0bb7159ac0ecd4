"""The demonstration: serves the sample site on this machine, builds from it, checks the feeds, tells how to look at them."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from feedgen_mayadeen.build import build
from feedgen_mayadeen.check import check_folder
from feedgen_mayadeen.commands.printing import echo, json_text
from feedgen_mayadeen.commands.serve import Preview
from feedgen_mayadeen.commands.show import progress_for, show_report
from feedgen_mayadeen.config import BuildTable, Config, FetchTable
from feedgen_mayadeen.context import Plan
from feedgen_mayadeen.errors import UsageError
from feedgen_mayadeen.files import is_sample, write_file
from feedgen_mayadeen.report import Report
from feedgen_mayadeen.sample import SampleServer, SampleSite

_MEDIA = "https://pictures.invalid"
"""The base address of the sample's pictures while it is read: the folder itself will have them."""
_PICTURE = re.compile(r"/(media/image/[\w/.-]+\.png)")
_ATOM = "{http://www.w3.org/2005/Atom}"


def run_demo(out: Path, *, serve: bool, as_json: bool) -> int:
    """Builds feeds of the sample site into `out`; returns the exit code, 1 if the feeds are not what they should be.

    Raises UsageError when the folder holds feeds that are not the sample's.
    """
    site = SampleSite(media=_MEDIA)
    _refuse_real_feeds(out)
    with SampleServer(site) as server, tempfile.TemporaryDirectory() as state:
        config = Config(build=BuildTable(), fetch=FetchTable(delay=0))
        plan = Plan(config, out, Path(state), {"en": server.url}, sample=True, media=_MEDIA)
        report = build(plan, progress=progress_for(quiet=as_json))
        _lay_pictures(out, site)
        faults = [*(problem.sentence for problem in report.problems), *_faults(out, site, report)]
        faults += map(str, check_folder(out))
        if as_json:
            echo(json_text({**report.as_json(), "faults": faults}))
        else:
            show_report(report, quiet=False)
            _tell(out, faults, serve=serve)
        if serve:
            _serve(out, server)
    return 1 if faults else 0


def _lay_pictures(out: Path, site: SampleSite) -> None:
    """Puts the pictures that the feeds show into the folder, where they are seen when no sample site is served any more."""
    names = {name for file in out.rglob("*.xml") for name in _PICTURE.findall(file.read_text("utf-8"))}
    for name in sorted(names):
        write_file(out / name, site.page(f"/{name}").body)


def _tell(out: Path, faults: list[str], *, serve: bool) -> None:
    for fault in faults:
        echo(f"fault: {fault}", err=True)
    if not faults:
        echo(f"checked: every list's feed in {out}/ holds the list's articles, newest first; `check` finds nothing")
    if not serve:
        command = "make serve" if out == Path("feeds") else f"feedgen-mayadeen serve {out}"
        echo(f"Look at them: `{command}` gives an address for a feed reader and for a browser.")
        echo("The articles are invented. `make feeds` builds from the live site.")


def _serve(out: Path, server: SampleServer) -> None:
    with Preview(out) as preview:
        echo(f"feeds: {preview.url}/   sample site: {server.url}/   Ctrl-C ends both")
        preview.run()


def _faults(out: Path, site: SampleSite, report: Report) -> Iterator[str]:
    """What is wrong with the feeds: a file that is no feed, an article of a list that is missing, a wrong order."""
    keys = {summary.address.removeprefix(site.origin): summary.key for summary in report.lists}
    for path, (label, articles) in site.lists().items():
        if path not in keys:
            continue
        ids, dates = [], []
        for entry in ElementTree.parse(out / f"{keys[path]}.xml").iter(f"{_ATOM}entry"):  # noqa: S314  # our own file
            ids.append(entry.findtext(f"{_ATOM}id", ""))
            dates.append(next(a.published for a in site.articles if ids[-1].endswith(f":{a.postid}")))
        missing = [article.title for article in articles if not any(i.endswith(f":{article.postid}") for i in ids)]
        if missing:
            yield f"{label}: its feed lacks {', '.join(missing)}"
        if dates != sorted(dates, reverse=True):
            yield f"{label}: its feed is not in order"


def _refuse_real_feeds(out: Path) -> None:
    if not is_sample(out) and any(out.rglob("*.xml")):
        raise UsageError(str(out), "holds feeds that are not the sample's; give the demo another folder with --out")
