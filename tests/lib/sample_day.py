"""The week of contrib/samples, and the Monday on which a start-up reads about it."""

import harness

SAMPLES = harness.ROOT / "contrib" / "samples"
NOW = "2026-11-23T08:00:00+01:00"
