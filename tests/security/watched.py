"""A page in a real browser in which nothing of what others say may execute or be obeyed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from playwright.sync_api import Browser, Dialog, Page, Request, expect

from tests.browser.conftest import SCREEN, WAIT_MS, report_to
from tests.browser.looks import comes_true
from tests.security.hostile import OBEYED

NOTE_VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(event.violatedDirective + " " + event.blockedURI));
"""
# What of `wanted` no element in sight says, or is.
MISSING = """
window.missing = ({ selector, wanted, whole }) => {
  const said = [...document.querySelectorAll(selector)]
    .filter((each) => each.checkVisibility()).map((each) => each.textContent);
  const set = new Set(said);
  const isSaid = (text) => whole ? set.has(text) : said.some((each) => each.includes(text));
  return wanted.filter((text) => !isSaid(text));
};
"""
SUBMIT = """
async ({ selector, texts }) => {
  for (const text of texts) {
    const field = document.querySelector(selector);
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.form.requestSubmit();
    await new Promise((done) => setTimeout(done, 0));
  }
}
"""
REFUSALS = """
async ({ selector, failure, texts }) => {
  const said = [];
  const field = document.querySelector(selector);
  const place = field.form.querySelector(failure);
  for (const text of texts) {
    field.value = text;
    place.hidden = true;
    if (!field.reportValidity()) said.push("no value: " + field.validationMessage);
    else {
      const heard = new Promise((done) => new MutationObserver((_, observer) => {
        if (!place.hidden) { observer.disconnect(); done(); }
      }).observe(place, { attributes: true, subtree: true, childList: true }));
      field.form.requestSubmit();
      await heard;
      said.push(place.innerText);
    }
  }
  return said;
}
"""
# Everything that stands in the page or is said of a part of it: also what is folded away.
SAID = """
() => {
  const words = [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode())
    if (!walker.currentNode.parentElement.closest("script, textarea"))
      words.push(walker.currentNode.data);
  for (const each of document.querySelectorAll("*"))
    for (const { name, value } of each.attributes)
      if (["title", "aria-label", "alt", "placeholder", "aria-description"].includes(name))
        words.push(value);
  return words.join("\\n");
}
"""
MADE = (
    "img[src=x], body base, object, embed, video, dialog[open=''], math, iframe[srcdoc],"
    "body style, body link[href=x], body meta, form[action*=evil], a[href^=javascript],"
    "[onerror], [onload], [onmouseover], [ontoggle],"
    "body script:not([src]):not([type='application/json'])"
)

DIAGRAMS = ("text", "hex", "calls")
REFUSED = "Failed to load resource"  # the browser says it of each answer with an error
# What it says of a page in a sandbox that would do more than be looked at.
KEPT_IN = (
    "Blocked script execution",
    "Content Security Policy directive",
    "The document is sandboxed",
)

DRAWN = {"list": "event-list", "lanes": ".lanes__name", **dict.fromkeys(DIAGRAMS, ".diagram__head")}


class Watched:
    """One page: what it shows, and that it does nothing else."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.errors: list[str] = []
        self.expected: tuple[str, ...] = (REFUSED,)
        self.dialogs: list[str] = []
        self.asked: list[str] = []
        report_to(self.errors, page)
        page.on("dialog", self._note_dialog)
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("requestfailed", self._note_failure)

    def _note_dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def _note_failure(self, request: Request) -> None:
        if request.failure == "csp":  # it was not even sent
            self.asked.remove(request.url)

    def open(self, path: str) -> None:
        """Go to a page; the one before was quiet."""
        self.is_quiet()
        self.page.goto(self.url + path)

    def open_strange(self, path: str, text: str, *, leads_to: str = "") -> None:
        """Go to a page with this in its address, which may be none, or lead somewhere else."""
        self.open(path + quote(text, safe=""))
        if leads_to:
            self.page.wait_for_url(lambda url: leads_to in url)
        expect(self.page.locator("main")).to_be_visible()

    def picture(self, name: str) -> None:
        """Choose a picture of what happens, and see that it is drawn."""
        self.page.locator(f"see-view input[value={name}]").evaluate("radio => radio.click()")
        expect(self.page.locator(DRAWN[name]).first).to_be_visible()
        self.is_quiet()

    def sees(self, selector: str, wanted: Sequence[str], *, whole: bool = False) -> None:
        """Wait until each of these was in sight in such an element, or is the whole of one.

        A page makes long lists a part a frame: as long as more of them come, it is waited for.
        """
        assert wanted
        missing = list(wanted)
        asked = {"selector": selector, "whole": whole}
        is_fewer = "(asked) => missing(asked).length < asked.wanted.length"
        while missing:
            if not comes_true(self.page, is_fewer, asked | {"wanted": missing}):
                raise AssertionError(f"not in {selector}: {', '.join(map(ascii, missing))}")
            missing = self.page.evaluate("missing", asked | {"wanted": missing})
        self.is_quiet()

    def submit(self, selector: str, texts: Sequence[str]) -> None:
        """Send a form with each of these, one after the other."""
        expect(self.page.locator(selector).first).to_be_visible()
        self.page.evaluate(SUBMIT, {"selector": selector, "texts": list(texts)})

    def refusals(self, selector: str, failure: str, texts: Sequence[str]) -> list[str]:
        """Return what a form says to each of these."""
        asked = {"selector": selector, "failure": failure, "texts": list(texts)}
        said: list[str] = self.page.evaluate(REFUSALS, asked)
        return said

    def is_quiet(self) -> None:
        """See that nothing was executed, made, reported, asked for elsewhere, or is obeyed."""
        if self.page.url == "about:blank":
            return
        assert self.page.evaluate("window.hit") is None
        violations = self.page.evaluate("window.violations")
        assert violations == [], violations
        assert self.page.locator(MADE).count() == 0
        errors = [
            error for error in self.errors if not any(words in error for words in self.expected)
        ]
        assert (self.dialogs, errors) == ([], []), (self.dialogs, errors)
        own = (self.url, "data:", "blob:")
        strange = [url for url in self.asked if not url.startswith(own)]
        assert strange == [], strange
        said = self.page.evaluate(SAID)
        assert not OBEYED.findall(said), [
            ascii(line) for line in said.splitlines() if OBEYED.search(line)
        ][:5]


@contextlib.contextmanager
def watching(browser: Browser, url: str) -> Iterator[Watched]:
    """Open such a page."""
    context = browser.new_context(locale="en-GB", viewport=SCREEN)
    try:
        context.set_default_timeout(WAIT_MS)
        context.add_init_script(NOTE_VIOLATIONS + MISSING)
        yield Watched(context.new_page(), url)
    finally:
        context.close()
