"""Print so many megabytes a second for so many seconds; write down how many bytes it was."""

import os
import sys
import time
from pathlib import Path

LINE = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ\n"


def main() -> None:
    rate, seconds, report = float(sys.argv[1]) * 1e6, float(sys.argv[2]), Path(sys.argv[3])
    block = LINE * (2**20 // len(LINE))
    began = time.monotonic()
    written = 0
    while (spent := time.monotonic() - began) < seconds:
        if written > spent * rate:
            time.sleep((written - spent * rate) / rate)
            continue
        written += os.write(1, block)
    report.write_text(f"{written} {time.monotonic() - began}")


main()
