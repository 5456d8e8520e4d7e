"""The whole suite once for each seed, in a random order; several in one process.

Try, in suite/: python -m chapters.ch09_testing.seeds 1 2 3
"""

import sys

import pytest

QUIET = "-Wignore::pytest.PytestAssertRewriteWarning"

if __name__ == "__main__":
    sys.exit(
        max(
            pytest.main(["-q", QUIET, f"--random-order-seed={seed}"])
            for seed in sys.argv[1:]
        )
    )
