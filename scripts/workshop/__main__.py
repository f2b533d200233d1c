# SPDX-License-Identifier: MIT
"""The workshop's server: make workshop. See --help."""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])

from workshop.main import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
