"""The pages of docs/ as pages here: Markdown by markdown-it-py (CommonMark and tables), without any HTML of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

DOCUMENTS = {
    "methodology": "Methodology", "classification": "Rules of classification", "accuracy": "Accuracy",
    "coverage": "Coverage", "source-status": "Status of the sources", "reference-series": "Figures of others",
    "data-dictionary": "Data dictionary", "questions": "Ten questions", "backfill": "The past from archives",
    "elm": "European Learning Model", "recordings": "Recordings", "adding-a-source": "Adding a source",
}  # fmt: skip
"""The pages that are shown, by the name of their file."""
_NOT_IN_ANCHORS = re.compile(r"[^\w\- ]")


@dataclass(frozen=True, slots=True)
class Document:
    """A page of docs/: its HTML, and its headings of the second level with their anchors."""

    title: str
    html: Markup
    contents: tuple[tuple[str, str], ...]


def there_are(folder: Path | None) -> dict[str, str]:
    """Return the names and titles of the pages that can be shown."""
    if folder is None:
        return {}
    return {name: title for name, title in DOCUMENTS.items() if (folder / f"{name}.md").is_file()}


def address_of(name: str) -> str:
    """Return the address here of a page of docs/."""
    special = {"methodology": "/method", "data-dictionary": "/dictionary"}
    return special.get(name, f"/method/{name}")


def document(folder: Path, name: str) -> Document:
    """Return a page of ``DOCUMENTS``; links among them lead to each other, links to other files are text."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse((folder / f"{name}.md").read_text(encoding="utf-8"))
    contents = []
    for token, after in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "heading_open" and after is not None:
            anchor = _anchor(after.content)
            token.attrSet("id", anchor)
            if token.tag == "h2":
                contents.append((after.content, anchor))
        if token.type == "inline":
            _mend_links(token)
    rendered = parser.renderer.render(tokens, parser.options, {})
    # Tables are wider than a phone; the frame around each scrolls, and can be reached by keyboard.
    rendered = rendered.replace("<table>", '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table>')
    rendered = rendered.replace("</table>", "</table></div>")
    return Document(title=DOCUMENTS[name], html=Markup(rendered), contents=tuple(contents))  # noqa: S704 - html is off


def _anchor(heading: str) -> str:
    """Return the anchor of a heading as GitHub gives it, so that links within docs/ hold in both places."""
    return _NOT_IN_ANCHORS.sub("", heading.lower().strip()).replace(" ", "-")


def _mend_links(inline: Token) -> None:
    for token in inline.children or ():
        if token.type != "link_open":
            continue
        target, _, anchor = str(token.attrGet("href")).partition("#")
        stem = Path(target).stem
        if not target or "://" in target:
            continue
        if target == f"{stem}.md" and stem in DOCUMENTS:
            token.attrSet("href", address_of(stem) + (f"#{anchor}" if anchor else ""))
        else:
            token.attrs = {}
