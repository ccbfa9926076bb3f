"""Makes the `bench` package importable: it lies beside `src`, not in it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
