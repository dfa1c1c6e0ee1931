import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response

from backend.web.pages.language import LANGUAGES, language_of, negotiate, remember


def request(*, query: str = "", cookie: str = "", accept: str = "") -> Request:
    headers = [(b"accept-language", accept.encode()), (b"cookie", cookie.encode())]
    return Request(
        {"type": "http", "query_string": query.encode(), "headers": headers, "path": "/"}
    )


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("ru", "ru"),
        ("ru-BY,ru;q=0.9,en;q=0.8", "ru"),
        ("de,ru;q=0.5,en;q=0.4", "ru"),
        ("en;q=0.4, ru;q=0.5", "ru"),
        ("en-US,ru;q=0.9", "en"),
        ("de-DE,fr;q=0.3", "en"),
        ("ru;q=0", "en"),
        ("ru;q=oops", "en"),
        ("ru;q=7", "en"),
        ("*", "en"),
        ("RU", "ru"),
    ],
)
def test_the_language_that_the_header_likes_best_is_spoken(header: str, language: str) -> None:
    assert negotiate(header) == language


@given(st.text())
def test_whatever_the_header_says_the_answer_is_a_language_of_ours(header: str) -> None:
    assert negotiate(header) in LANGUAGES


def test_the_address_wins_over_the_cookie_and_the_cookie_over_the_header() -> None:
    assert language_of(request(query="lang=en", cookie="lang=ru", accept="ru")) == "en"
    assert language_of(request(cookie="lang=ru", accept="en")) == "ru"
    assert language_of(request(accept="ru")) == "ru"
    assert language_of(request()) == "en"


def test_a_language_that_we_do_not_speak_is_passed_over() -> None:
    assert language_of(request(query="lang=xx", cookie="lang=yy", accept="ru")) == "ru"


def test_only_a_choice_made_in_the_address_is_remembered_and_for_a_year() -> None:
    chosen, not_chosen, nonsense = Response(), Response(), Response()
    remember(request(query="lang=ru"), chosen, path="/")
    remember(request(accept="ru"), not_chosen, path="/")
    remember(request(query="lang=../x"), nonsense, path="/")
    cookie = chosen.headers["set-cookie"]
    assert cookie == "lang=ru; Max-Age=31536000; Path=/; SameSite=lax"
    assert "set-cookie" not in not_chosen.headers
    assert "set-cookie" not in nonsense.headers
