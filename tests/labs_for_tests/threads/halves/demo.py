"""Write text of one-, two- and four-byte characters, a byte at a time."""

import os
import sys

for byte in "> Привет, 🧵".encode():
    os.write(1, bytes([byte]))
    sys.stdin.buffer.read(1)  # the test types a byte when it wants to see the next
os.write(1, b"\xd0")  # the first half of a character whose other half never comes
