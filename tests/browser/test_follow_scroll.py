"""A box that follows its end: a person alone takes it away from there."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.looks import comes_true

BOX = """async (script) => {
  const { FollowScroll } = await import(script);
  document.body.innerHTML =
    '<div id="box" style="height: 100px; overflow: auto"><div style="height: 2000px"></div></div>';
  window.box = document.getElementById("box");
  window.content = box.firstElementChild;
  window.follow = new FollowScroll(box);
  window.scrolled = () => new Promise((go) => box.addEventListener("scroll", go, { once: true }));
  const atItsEnd = scrolled();
  follow.keep();
  await atItsEnd;
}"""

# Within one frame the content is shorter, so that the browser scrolls back, and then longer.
SHRINK_AND_GROW = """async () => {
  await new Promise((go) => setTimeout(go));
  new ResizeObserver(([{ contentRect }], observer) => {
    if (contentRect.height !== 500) return;
    observer.disconnect();
    content.style.height = "3000px";
  }).observe(content);
  const back = scrolled();
  content.style.height = "500px";
  await back;
  return [box.scrollTop, follow.following];
}"""

IS_AT_END = "() => box.scrollHeight - box.scrollTop - box.clientHeight < 1"


def test_content_that_is_shorter_for_a_moment_is_nobody_who_scrolls(
    page: Page, files_url: str
) -> None:
    page.goto(files_url)
    page.evaluate(BOX, "/js/dom/follow-scroll.js")
    assert page.evaluate(SHRINK_AND_GROW) == [400, True]
    assert comes_true(page, IS_AT_END)
    page.locator("#box").hover()
    page.mouse.wheel(0, -400)
    assert comes_true(page, "() => !follow.following")
