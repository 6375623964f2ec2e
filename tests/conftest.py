"""What all tests share: where their helpers are found, and a fixed choice of examples by hypothesis."""

import sys
from pathlib import Path

from hypothesis import settings

# pytest's import mode leaves the path alone, and tests import their small worlds from modules beside them.
if (here := str(Path(__file__).parent)) not in sys.path:
    sys.path.insert(0, here)

settings.register_profile("fixed", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("searching", deadline=None, print_blob=True)
settings.load_profile("fixed")  # `pytest --hypothesis-profile=searching` draws new examples each time
