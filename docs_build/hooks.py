"""What MkDocs calls while it builds: see https://www.mkdocs.org/user-guide/configuration/#hooks."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # `mkdocs` alone does not look here

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

from docs_build import registry
from docs_build.drawing import drawings
from docs_build.links import ROOT, SHOWN
from docs_build.maths import MathsError, with_mathml
from docs_build.pages import asked, drawing_file, ready


def on_config(config: Any) -> Any:
    """List the bundled scenarios' pages in the navigation."""
    for section in config.nav:
        if "Scenarios" in section:
            section["Scenarios"] += [page for page in SHOWN if page.startswith("scenarios/")]
    return config


def on_files(files: Files, *, config: Any) -> Files:
    """Add the pages that lie elsewhere in the repository, and the drawings that pages ask for."""
    for page, file in SHOWN.items():
        files.append(File.generated(config, page, abs_src_path=str(ROOT / file)))
    registry.load_all()
    for name in sorted(_wanted(files)):
        for scheme, svg in drawings(registry.FIGURES[name].chart()).items():
            files.append(File.generated(config, drawing_file(name, scheme), content=svg))
    return files


def on_page_markdown(markdown: str, *, page: Any, config: Any, files: Files) -> str:
    """The page as it is rendered."""
    return ready(markdown, page.file.src_uri)


def on_page_content(html: str, *, page: Any, config: Any, files: Files) -> str:
    """The rendered page, its formulas as MathML."""
    try:
        return with_mathml(html)
    except MathsError as error:
        raise PluginError(f"{page.file.src_uri}: {error}") from error


def on_post_page(output: str, *, page: Any, config: Any) -> str:
    """Give the theme's search the name that those who hear pages need."""
    return output.replace('role="dialog"', 'role="dialog" aria-label="Search"', 1)


def _wanted(files: Files) -> set[str]:
    """The figures that the pages ask for; every name that is asked for must be registered."""
    wanted: set[str] = set()
    for file in files.documentation_pages():
        text = file.content_string
        figures, tables = asked(text, "figure"), asked(text, "table")
        unknown = {*figures} - {*registry.FIGURES} | {*tables} - {*registry.TABLES}
        if unknown:
            raise PluginError(f"{file.src_uri}: nothing registered as {', '.join(sorted(unknown))}")
        wanted |= {*figures}
    return wanted
