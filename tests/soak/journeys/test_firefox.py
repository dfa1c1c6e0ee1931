"""The main journey in Firefox: from the catalogue to an answer, its pictures, threads, a replay."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.server import Playground
from tests.soak.firefox import ENTER, Firefox, firefox

pytestmark = pytest.mark.soak

START = "run-panel .run__button"
NOTHING_SIDEWAYS = "document.scrollingElement.scrollWidth <= innerWidth"
# Arrows that can be seen: as long as the way between two columns, in a colour.
ARROWS = """[...document.querySelectorAll("sequence-diagram .wire")].filter((wire) =>
  wire.getBoundingClientRect().width > 40 && getComputedStyle(wire).stroke !== "none").length"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Firefox]:
    with firefox() as one:
        one.resize(1280, 800)
        yield one


@pytest.fixture
def fox(browser: Firefox, course: Playground) -> Iterator[Firefox]:
    """Firefox, whose pages report no error."""
    browser.errors.clear()
    yield browser
    assert browser.evaluate(NOTHING_SIDEWAYS)
    assert browser.errors == []
    browser.open("about:blank")


def show(fox: Firefox, mode: str) -> None:
    fox.press(f"see-view label:has(input[value={mode}])")
    fox.wait_for(f"document.querySelector('see-view input[value={mode}]').checked")


def wait_for_state(fox: Firefox, state: str) -> None:
    fox.wait_for_text(f"run-state[data-state={state}]")


def test_from_the_catalogue_to_an_answer(fox: Firefox, course: Playground) -> None:
    fox.open(f"{course.url}/r/local?lang=en")
    fox.press(".station[data-lab='tcp/echo'] h3 a")
    wait_for_state(fox, "none")
    fox.press(START, "Start")
    wait_for_state(fox, "listening")
    fox.wait_for_text("client-card[data-state=idle]", "not connected")

    fox.press("#tab-server\\.py")
    fox.wait_for_text(".code-line.is-lit .code-chip", "MainThread waits here · accept")
    lit = "getComputedStyle(find('.code-line.is-lit')).backgroundColor"
    assert fox.evaluate(lit) != fox.evaluate(
        "getComputedStyle(find('.code-line:not(.is-lit)')).backgroundColor"
    )

    fox.press("client-card textarea")
    fox.wait_for("document.activeElement.matches('textarea')")
    fox.type(f"from Firefox{ENTER}")
    fox.wait_for_text(".log__entry--sent .log__text", "from Firefox")
    fox.wait_for_text(".log__entry--received .log__text", "from Firefox")
    fox.wait_for_text("client-card[data-state=open]", "connected")
    fox.wait_for_text(".code-line.is-lit .code-chip", "MainThread waits here · recv")
    fox.wait_for_text("sequence-diagram .say--data", "from Firefox")
    fox.wait_for(f"{ARROWS} >= 3")  # the connection, there, back
    assert fox.evaluate("find('sequence-diagram .diagram__head', 'server.py') !== undefined")

    for mode, picture in (
        *(("hex", "sequence-diagram"), ("calls", "sequence-diagram")),
        *(("lanes", "thread-lanes .life"), ("list", "event-list .event"), ("text", ".wire")),
    ):
        show(fox, mode)
        fox.wait_for_text(picture)

    fox.press("see-view .see__pause", "Pause")
    fox.press("see-view button[aria-keyshortcuts=',']")
    fox.wait_for_text(".see__count", "event")
    fox.press("see-view .see__pause", "Live")
    fox.wait_for("find('.see__pause').textContent.includes('Pause')")

    fox.evaluate("document.activeElement.blur()")
    fox.type("?")
    fox.wait_for_text("dialog.keys[open] h2", "Keys")
    fox.type("\ue00c")
    fox.wait_for("!find('dialog')")
    fox.press(START, "Stop")
    wait_for_state(fox, "exited")


def test_threads_that_wait_for_each_other(fox: Firefox, course: Playground) -> None:
    fox.open(f"{course.url}/r/local/labs/threads/semaphore?lang=en")
    fox.press(START, "Run")
    wait_for_state(fox, "running")
    for shape in (".life", ".lane-wait", ".lane-hold", ".permits", ".wake"):
        fox.wait_for(f"find('thread-lanes {shape}')?.getBoundingClientRect().width > 1")
    fox.wait_for_text(".lanes__key", "waiting")
    fox.wait_for_text(".lanes__name", "MainThread")
    fox.press("#tab-demo\\.py")
    fox.wait_for_text(".code-line.is-lit .code-chip", "seats")
    fox.press(START, "Stop")
    wait_for_state(fox, "exited")


def test_a_recording_is_played(fox: Firefox, course: Playground) -> None:
    fox.open(f"{course.url}/replay?lang=en&example=1")
    fox.wait_for_text("playback-bar")
    at = "Number(find('.playback__count').textContent.split(' ')[1].replace(',', ''))"
    assert fox.evaluate(at) == 0
    fox.press("playback-bar .playback__forward")
    fox.wait_for(f"{at} === 1")
    fox.press("playback-bar .playback__play")
    fox.wait_for(f"{at} > 5")
    fox.wait_for(f"{ARROWS} > 0")
    fox.press("playback-bar .playback__slider")
    fox.wait_for_text(".code-line.is-lit .code-chip")


def test_the_page_in_russian(fox: Firefox, course: Playground) -> None:
    fox.open(f"{course.url}/r/local?lang=ru")
    fox.press(".station[data-lab='udp/hello'] h3 a", "Привет, сервер")
    wait_for_state(fox, "none")
    assert fox.evaluate("document.documentElement.lang") == "ru"
    fox.press(START, "Запустить")
    wait_for_state(fox, "listening")
    fox.wait_for_text("client-card[data-state=open]", "сокет открыт")
    fox.press("client-card textarea")
    fox.wait_for("document.activeElement.matches('textarea')")
    fox.type(f"привет из Firefox{ENTER}")
    fox.wait_for_text(".log__entry--received .log__text", "Hello, client")
    fox.wait_for_text("sequence-diagram .say--data", "привет")
    fox.press("#tab-server\\.py")
    fox.wait_for_text(".code-line.is-lit .code-chip", "MainThread ждёт здесь · recvfrom")
    fox.press(START, "Остановить")
    wait_for_state(fox, "exited")
