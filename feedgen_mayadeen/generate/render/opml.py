"""All feeds of the folder as one OPML 2.0 subscription list (http://opml.org/spec2.opml)."""

from collections.abc import Iterable

from lxml import etree

from feedgen_mayadeen.generate.render.groups import Branch, editions_of, grouped
from feedgen_mayadeen.generate.render.links import address_of
from feedgen_mayadeen.generate.render.strings import Strings, strings_of
from feedgen_mayadeen.models import FeedSummary, SiteIndex


def opml(folder: SiteIndex) -> bytes:
    """The subscription list. It has no date, so the same feeds give the same bytes.

    Feeds stand in groups, below their edition if there are several; `all`, breaking news and most read stand before the
    groups. Readers that know no groups in groups make the innermost one a folder of theirs. A folder that will not be served
    anywhere, as far as is known, has its feeds on this machine's disk.
    """
    document = etree.Element("opml", version="2.0")
    head, body = etree.SubElement(document, "head"), etree.SubElement(document, "body")
    etree.SubElement(head, "title").text = ", ".join(dict.fromkeys(feed.info.site_name for feed in folder.feeds))
    etree.SubElement(head, "docs").text = "http://opml.org/spec2.opml"
    editions = editions_of(folder.feeds)
    for edition in editions:
        feeds = [feed for feed in folder.feeds if feed.edition == edition]
        outlines = _edition(feeds, strings_of(edition), folder.base_url or folder.disk)
        body.extend(outlines if len(editions) == 1 else [_folder(feeds[0].info.site_name, outlines)])
    return etree.tostring(document, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _edition(feeds: list[FeedSummary], words: Strings, base_url: str) -> list[etree._Element]:
    outlines = []
    for group in grouped(feeds):
        members = [_branch(branch, base_url) for branch in group.branches]
        outlines += members if group.name == "main" else [_folder(words.group(group.name), members)]
    return outlines


def _branch(branch: Branch, base_url: str) -> etree._Element:
    if not branch.children:
        return _feed(branch.feed, base_url)
    return _folder(branch.feed.name, [_feed(feed, base_url) for feed in (branch.feed, *branch.children)])


def _folder(name: str, outlines: Iterable[etree._Element]) -> etree._Element:
    made = etree.Element("outline", text=name, title=name)
    made.extend(outlines)
    return made


def _feed(feed: FeedSummary, base_url: str) -> etree._Element:
    return etree.Element(
        "outline",
        type="rss",
        text=feed.info.title,
        title=feed.info.title,
        xmlUrl=address_of(base_url, feed.file),
        htmlUrl=feed.info.address,
        description=feed.info.subtitle,
        language=feed.info.language,
    )
