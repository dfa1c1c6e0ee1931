"""Say that it waits, print each line that is typed, and say when the input ends."""

import sys

print("type a line", flush=True)
for line in sys.stdin:
    print(f"got {line}", end="", flush=True)  # in one piece: somebody may be typing
print("end of input", flush=True)
