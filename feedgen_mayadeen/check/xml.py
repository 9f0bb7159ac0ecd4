"""XML that may be hostile: parsed without entities or network, and judged by the RELAX NG schemas beside this module."""

import re
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from importlib.resources import files

from lxml import etree
from lxml.etree import _Element

from feedgen_mayadeen.check.findings import CONTRACT, BrokenFileError, Fault, quoted
from feedgen_mayadeen.check.site import Site

_DECLARED = re.compile(r"<\?xml[^>]*\sencoding\s*=\s*[\"']([^\"']*)[\"']")
_NAMESPACES = re.compile(r' xmlns(:\w+)?="[^"]*"')
# What libxml2 says besides: that what surrounds the fault is not valid either.
_SURROUNDING = re.compile(
    r"in interleave$|^Error validating datatype|^Element (feed|entry|opml|body) failed to validate content"
)
_NAMED = re.compile(r"(?:Invalid attribute \S+ for e|E)lement (\w+)")


def parse_xml(content: bytes) -> _Element:
    """The root element of a document without its comments. Raises BrokenFileError when it can't be read."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BrokenFileError("XML 1.0", f"is not UTF-8, from byte {error.start} on") from error
    declared = _DECLARED.match(text.removeprefix("\ufeff"))
    if declared and declared[1].lower() != "utf-8":
        raise BrokenFileError("XML 1.0", f"says that it is in {declared[1]}, and must be UTF-8")
    # Before any parser sees it: a DOCTYPE can declare entities.
    if "<!DOCTYPE" in text:
        raise BrokenFileError("XML 1.0", "holds a DOCTYPE, which no feed reader needs and which can be made to harm one")
    # A comment would cut an element's text in two, and hide the second half.
    parser = etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise BrokenFileError("XML 1.0", f"is not well-formed: {error.msg}") from error


@cache
def _schema(name: str) -> etree.RelaxNG:
    return etree.RelaxNG(etree.fromstring(files(__package__).joinpath(f"{name}.rng").read_bytes()))


def schema_faults(name: str, element: _Element) -> Iterator[Fault]:
    """What is wrong with an element by a schema, at most one fault: in libxml2's words, with the markup that they mean."""
    schema = _schema(name)
    if schema.validate(element):
        return
    errors = [(error.message, error.line) for error in schema.error_log if not _SURROUNDING.search(error.message)]
    # What comes last in the document is innermost; the lines before it only say that they could not hold it.
    (message, line), meant = max(errors, key=lambda error: error[1], default=("is not valid", 0)), element
    if named := _NAMED.match(message):
        found = tuple(element.iterfind(f".//{{*}}{named[1]}"))
        meant = next((one for one in found if one.sourceline == line), found[0] if found else element)
    for index, child in enumerate(element):
        without = deepcopy(element)
        del without[index]
        # libxml2 may name what it looked for instead; it is this child that breaks the rules.
        if schema.validate(without):
            told = f"lement {etree.QName(child).localname}"
            message, meant = next((text for text, _ in errors if told in text), f"Did not expect e{told} there"), child
            break
    markup = etree.tostring(meant, encoding="unicode", with_tail=False)
    yield f"check/{name}.rnc", f"{message}: {quoted(_NAMESPACES.sub('', markup))}"


def stylesheet_faults(file: str, root: _Element, site: Site) -> Iterator[Fault]:
    """A document may name CSS style sheets of the folder before its root (https://www.w3.org/TR/xml-stylesheet/); no more."""
    before = [found for found in root.itersiblings(preceding=True) if isinstance(found, etree._ProcessingInstruction)]
    for found in (*before, *root.itersiblings(etree.ProcessingInstruction), *root.iter(etree.ProcessingInstruction)):
        if found not in before or (found.target, found.get("type")) != ("xml-stylesheet", "text/css"):
            yield CONTRACT, "holds a processing instruction that is no CSS style sheet's"
        elif site.target(file, found.get("href", ""))[1] not in site.files:
            yield CONTRACT, f"its style sheet is not in the folder: {quoted(found.get('href'))}"
