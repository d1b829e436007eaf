"""The bundled scenarios, a folder each: scenario.yaml, README.md and expected.json."""
