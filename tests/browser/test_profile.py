"""The pages of the tests: one profile for all, of which each test finds nothing but the page."""

from __future__ import annotations

from tests.browser.conftest import Profile

KEEP = """() => {
  localStorage.kept = sessionStorage.kept = "a";
  document.cookie = "kept=a; max-age=1000";
}"""
KEPT = "() => [localStorage.kept ?? '', sessionStorage.kept ?? '', document.cookie]"


def test_what_a_page_keeps_the_page_of_the_next_test_has_not(
    profile: Profile, files_url: str
) -> None:
    with profile.lent([]) as page:
        page.goto(files_url)
        page.evaluate(KEEP)
        page.reload()
        assert page.evaluate(KEPT) == ["a", "a", "kept=a"]
        page.context.grant_permissions(["clipboard-read"])
        other = page.context.new_page()
    assert page.is_closed()
    assert other.is_closed()
    with profile.lent([]) as page:
        page.goto(files_url)
        assert page.evaluate(KEPT) == ["", "", ""]
        asked = "navigator.permissions.query({ name: 'clipboard-read' }).then(({ state }) => state)"
        assert page.evaluate(asked) == "prompt"


def test_an_error_of_a_page_belongs_to_its_own_test(profile: Profile) -> None:
    first: list[str] = []
    second: list[str] = []
    with profile.lent(first) as page:
        page.evaluate("console.error('first')")
    with profile.lent(second) as page:
        page.evaluate("console.error('second')")
    assert first == ["console: first"]
    assert second == ["console: second"]
