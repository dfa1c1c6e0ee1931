"""What a program tells is looked at before everybody's page draws it."""

from __future__ import annotations

import base64
import binascii

from hypothesis import given
from hypothesis import strategies as st

from backend.domain.visit import is_base64


def decodes(text: str) -> bool:
    try:
        binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        return False
    return len(text) % 4 == 0  # CPython takes one `=` too many after whole groups


@given(st.text(alphabet="aZ+/9=\n -_é\ud800", max_size=12))
def test_base64_is_what_can_be_decoded_strictly(text: str) -> None:
    assert is_base64(text) == decodes(text)


@given(st.binary(max_size=100), st.data())
def test_what_was_encoded_is_base64_and_is_not_when_a_character_is_missing_or_another(
    data: bytes, drawn: st.DataObject
) -> None:
    text = base64.b64encode(data).decode()
    assert is_base64(text)
    at = drawn.draw(st.integers(0, len(text)))
    for other in (text[:at] + "?" + text[at + 1 :], text[:at] + "=" + text[at:], text + "A"):
        assert is_base64(other) == decodes(other)
