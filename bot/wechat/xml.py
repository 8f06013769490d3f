"""Reading the platform's XML without trusting it, and writing ours without breaking it.

What arrives is one root element with flat text children. A DTD, an entity, a deep nesting, a tag given twice
or a child with children is refused while it is being read: nothing is built that has to be torn down again.
"""

from __future__ import annotations

import re
from typing import Final
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

MAX_BODY: Final = 128 * 1024  # bytes; twice the longest text a person can send, encrypted and in base64
MAX_FIELDS: Final = 40
MAX_DEPTH: Final = 8
MAX_TAG: Final = 64  # characters

# Events of menu buttons that this account does not use carry lists; they are skipped, not read.
_CONTAINERS: Final = frozenset(
    {
        "ScanCodeInfo",
        "SendPicsInfo",
        "SendLocationInfo",
        "ArticleUrlResult",
        "CopyrightCheckResult",
        "SubscribeMsgPopupEvent",
        "SubscribeMsgChangeEvent",
        "SubscribeMsgSentEvent",
    }
)
# Everything XML 1.0 does not allow, and the two noncharacters that some parsers choke on.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Malformed(Exception):
    """The body is not a message of the platform. `reason` is a short code without anything of the body."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Flat:
    """Parser target: collects the text of the root's children, stops at the first thing out of shape."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self._depth = 0
        self._tag = ""
        self._skipping = False
        self._parts: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Malformed("too deep")
        if self._depth == 1:
            if tag != "xml":
                raise Malformed("root")
        elif self._depth == 2:
            if len(tag) > MAX_TAG or len(self.fields) >= MAX_FIELDS:
                raise Malformed("too many fields")
            if tag in self.fields:
                raise Malformed("duplicate tag")
            self.fields[tag] = ""
            self._tag, self._parts, self._skipping = tag, [], tag in _CONTAINERS
        elif not self._skipping:
            raise Malformed("nested tag")

    def data(self, text: str) -> None:
        if self._depth == 2 and not self._skipping:
            self._parts.append(text)

    def end(self, tag: str) -> None:
        if self._depth == 2:
            self.fields[self._tag] = "".join(self._parts)
        self._depth -= 1

    def close(self) -> dict[str, str]:
        return self.fields


def read_fields(body: bytes | str) -> dict[str, str]:
    """Tag → text of a flat `<xml>` document. Malformed for anything else."""
    if len(body) > MAX_BODY:
        raise Malformed("too large")
    try:
        text = body if isinstance(body, str) else body.decode()
        target = _Flat()
        parser = DefusedXMLParser(target=target, forbid_dtd=True)
        parser.feed(text)
        parser.close()
    except UnicodeError as error:
        raise Malformed("utf-8") from error
    except (ParseError, ValueError, DefusedXmlException) as error:
        raise Malformed("xml") from error
    return target.fields


def clean(text: str) -> str:
    """The text without characters that XML cannot carry (control characters, lone surrogates)."""
    return _NOT_XML.sub("", text)


def cdata(text: str) -> str:
    """A CDATA section that the text cannot close."""
    return "<![CDATA[" + clean(text).replace("]]>", "]]]]><![CDATA[>") + "]]>"
