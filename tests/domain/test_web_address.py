from __future__ import annotations

import pytest

from backend.domain.web_address import OWN_FIRST_PARTS, read_web_address


@pytest.mark.parametrize(
    ("text", "origin", "path"),
    [
        ("https://lab.example", "https://lab.example", ""),
        ("https://lab.example/", "https://lab.example", ""),
        ("https://Lab.Example:443/a/b/", "https://lab.example", "/a/b"),
        ("http://lab.example:80/x", "http://lab.example", "/x"),
        ("http://lab.example:8080", "http://lab.example:8080", ""),
        ("https://[2001:DB8::1]:8443/lab", "https://[2001:db8::1]:8443", "/lab"),
        ("http://192.0.2.7/room", "http://192.0.2.7", "/room"),
    ],
)
def test_an_address_is_read_as_browsers_write_its_origin(text: str, origin: str, path: str) -> None:
    address = read_web_address(text)
    assert (address.origin, address.path) == (origin, path)
    assert read_web_address(str(address)) == address


@pytest.mark.parametrize(
    "text",
    [
        "", "lab.example", "//lab.example", "ftp://lab.example", "https://", "https:///lab",
        "https://me@lab.example", "https://lab.example?x=1", "https://lab.example/#part",
        "https://lab.example/a//b", "https://lab.example/../a", "https://lab.example/a b",
        'https://lab.example/"><script>', "https://lab.example/%61", "https://lab.example:99999",
    ],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_web_address(text)


@pytest.mark.parametrize("part", sorted(OWN_FIRST_PARTS))
def test_a_path_that_would_be_taken_for_one_of_ours_is_refused(part: str) -> None:
    with pytest.raises(ValueError, match=f"/{part}"):
        read_web_address(f"https://lab.example/{part}/x")
    assert read_web_address(f"https://lab.example/{part}x").path == f"/{part}x"
