"""Fixtures of these tests; helpers lie beside them, where a worker process finds them too."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
