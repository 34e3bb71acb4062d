"""What these tests share lies beside them, where a worker process finds it too."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
