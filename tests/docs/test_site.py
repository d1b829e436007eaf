"""The documentation hangs together: navigation, links, the tests it names, figures, the API."""

from __future__ import annotations

import posixpath
import re
import tomllib
from typing import Any

import pytest
from ruamel.yaml import YAML

from docs.blocks import PAGES, ROOT, name_of
from docs_build import registry
from docs_build.api import home, public, shown
from docs_build.links import DOCS, LINK, SHOWN, for_site, without_code
from docs_build.pages import asked, ready

FILES = [*PAGES, ROOT / "CHANGELOG.md"]
TEXTS = {name_of(path): path.read_text(encoding="utf-8") for path in FILES}
NAMED = r"`((?:tests|src|docs_build|benchmarks)/[\w./-]*\w/?)(?:::(\w+))?`"
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)


def listed(nav: Any) -> list[str]:
    """The pages of a navigation, in order."""
    if isinstance(nav, str):
        return [nav]
    below = nav.values() if isinstance(nav, dict) else nav
    return [page for part in below for page in listed(part)]


def prose(text: str) -> str:
    """A page without what stands in its blocks and in backquotes."""
    return re.sub(r"`[^`\n]*`", "", without_code(text))


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as they are made where the repository is read."""
    made: dict[str, int] = {}
    for heading in HEADING.findall(without_code(text)):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
        made[slug] = made.get(slug, 0) + 1
    return {slug if n == 0 else f"{slug}-{n}" for slug, times in made.items() for n in range(times)}


def dangling(name: str) -> list[str]:
    """The links of a page that lead to no file, or to no heading of it."""
    found = []
    for link in LINK.finditer(prose(TEXTS[name])):
        to, _, anchor = link["to"].partition("#")
        if "://" in to or to.startswith("mailto:"):
            continue
        file = posixpath.normpath(posixpath.join(posixpath.dirname(name), to)) if to else name
        there = file in TEXTS or (ROOT / file).exists()
        known = anchors(TEXTS[file]) if file in TEXTS else set()
        if not there or (anchor and anchor not in known):
            found.append(link["to"])
    return found


def test_every_page_is_in_the_navigation_once():
    nav = YAML(typ="safe").load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
    pages = [path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")]
    by_hand = [page for page in SHOWN if not page.startswith("scenarios/")]
    assert sorted(listed(nav)) == sorted([*pages, *by_hand])


@pytest.mark.parametrize("name", TEXTS)
def test_links_lead_somewhere(name: str) -> None:
    assert dangling(name) == []


@pytest.mark.parametrize("name", TEXTS)
def test_files_and_tests_named_in_a_page_are_there(name: str) -> None:
    """What stands in backquotes as ``tests/FILE.py::test`` or as a file of the source exists."""
    named = re.findall(NAMED, TEXTS[name])
    missing = [
        (path, test)
        for path, test in named
        if not (ROOT / path).exists()
        or (test and f"def {test}(" not in (ROOT / path).read_text(encoding="utf-8"))
    ]
    assert missing == []


def test_every_public_name_is_on_one_page_of_the_reference():
    names = [name for text in TEXTS.values() for name in shown(text)]
    assert sorted(names) == sorted(public())


def test_a_name_is_shown_as_it_is_imported():
    assert home("compare") == ("countermove.explore.compare.compare", "countermove.compare")
    place, written = home("figures.fan")
    assert place.endswith("charts_public.fan")
    assert written == "countermove.figures.fan"


def test_every_figure_and_table_is_on_a_page_and_every_page_has_its_figures():
    registry.load_all()
    for kind, known in (("figure", registry.FIGURES), ("table", registry.TABLES)):
        wanted = {name for text in TEXTS.values() for name in asked(text, kind)}
        assert wanted == set(known), kind


def test_figures_say_what_they_show():
    registry.load_all()
    for figure in registry.FIGURES.values():
        assert figure.caption.endswith(".") and figure.alt.endswith(".")
        assert figure.caption != figure.alt


@pytest.mark.parametrize(
    ("text", "page", "on_site"),
    [
        ("[a](b.md#c)", "explore.md", "[a](b.md#c)"),
        ("[a](../CHANGELOG.md)", "explore.md", "[a](changelog.md)"),
        ("[a](../../README.md)", "theory/game.md", "[a](../index.md)"),
        ("[a](docs/explore.md#x)", "contributing/contributing.md", "[a](../explore.md#x)"),
        ("[a](LICENSE)", "contributing/contributing.md", "a"),
        ("![a](images/b.svg)", "explore.md", "![a](images/b.svg)"),
        ("[a](https://example.org)", "explore.md", "[a](https://example.org)"),
        (
            "[a](../src/countermove/scenarios/blockade/README.md)",
            "explore.md",
            "[a](scenarios/blockade.md)",
        ),
    ],
)
def test_links_are_those_of_the_site(text: str, page: str, on_site: str) -> None:
    assert for_site(text, page) == on_site


def test_what_is_for_the_tests_is_not_on_the_site():
    text = "a\n\n<!-- test: shown, for a reason -->\n```yaml file\na: 1\n```\n"
    assert ready(text, "explore.md") == "a\n\n```yaml\na: 1\n```\n"


def test_what_a_block_shows_of_our_comments_stays():
    text = "````markdown\n<!-- test: slow -->\n<!-- figure: x -->\n[a](LICENSE)\n````\n"
    assert ready(text, "explore.md") == text


def test_a_dangling_link_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "# A\n\n[a](b.md) [b](#a) [c](#nowhere) [d](explore.md#many-worlds) `[e](f.md)`\n"
    monkeypatch.setitem(TEXTS, f"{DOCS}x.md", text)
    assert dangling(f"{DOCS}x.md") == ["b.md", "#nowhere"]


def test_the_layers_told_are_those_that_are_checked():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = settings["tool"]["importlinter"]["contracts"][0]
    layers = [name.partition(".")[2] for name in contract["layers"]]
    told = re.findall(r"^\| `(\w+)` \|", TEXTS["docs/design.md"], re.MULTILINE)
    assert told[: len(layers)] == layers
    assert " → ".join(layers) in TEXTS["CONTRIBUTING.md"]
