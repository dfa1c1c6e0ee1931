"""Sleep for ever, never read what is typed; when interrupted, write into a file that is named."""

import sys
import time
from pathlib import Path

try:
    print("asleep", flush=True)
    while True:
        time.sleep(0.05)
except KeyboardInterrupt:
    for name in sys.argv[1:]:
        Path(name).write_text("interrupted")
    raise
