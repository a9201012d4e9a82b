"""Renders pages as GitHub does, and prints what a reader of each one sees.

Standard input is an object of pages by path; standard output one of {"headings": texts,
"cells": texts of the cells of tables, "html": pieces of raw HTML} by path.
"""

import json
import sys

from markdown_it import MarkdownIt

renderer = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough")


def visible(token):
    return "".join(child.content for child in token.children if child.type in ("text", "code_inline"))


def see(page):
    seen = {"headings": [], "cells": [], "html": []}
    tokens = renderer.parse(page)
    for before, token in zip(tokens, tokens[1:]):
        if token.type == "html_block":
            seen["html"].append(token.content)
        if token.type != "inline":
            continue
        seen["html"] += [child.content for child in token.children if child.type == "html_inline"]
        if before.type == "heading_open":
            seen["headings"].append(visible(token))
        if before.type in ("td_open", "th_open"):
            seen["cells"].append(visible(token))
    return seen


json.dump({path: see(page) for path, page in json.load(sys.stdin).items()}, sys.stdout)
