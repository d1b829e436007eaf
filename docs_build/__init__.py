"""Builds the documentation: what pages of ``docs/`` may ask for beyond Markdown."""
