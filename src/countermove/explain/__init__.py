"""Why the answers are what they are: decisions, signals, and whose choice matters."""
