"""The replay page in a real browser: a file is opened, checked, played, stepped and scrubbed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from backend.web.pages.site import FRONTEND
from tests.lab_folder import write_lab
from tests.server import Playground, serving

Json = dict[str, Any]
EXAMPLE = FRONTEND / "examples" / "udp-transform.jsonl"
LINES = EXAMPLE.read_text(encoding="utf-8").splitlines()
TOTAL = len(LINES) - 1


@pytest.fixture(scope="module")
def playground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    labs_dir = tmp_path_factory.mktemp("replay") / "labs"
    write_lab(labs_dir)
    write_lab(labs_dir, "udp/transform")
    with serving(labs_dir=labs_dir) as playground:
        yield playground


@pytest.fixture
def replay(page: Page, playground: Playground) -> Page:
    page.goto(f"{playground.url}/replay?lang=en")
    return page


@pytest.fixture
def example(page: Page, playground: Playground) -> Page:
    page.goto(f"{playground.url}/replay?lang=en&example=1")
    expect(page.locator("playback-bar")).to_be_visible()
    show_list(page)
    return page


def show_list(page: Page) -> None:
    """Show the events as a list."""
    page.locator("see-view input[value=list]").evaluate("radio => radio.click()")


def open_file(page: Page, content: str | bytes, name: str = "room.jsonl") -> None:
    buffer = content.encode() if isinstance(content, str) else content
    file = {"name": name, "mimeType": "application/x-ndjson", "buffer": buffer}
    page.locator("#replay-file").set_input_files(file)  # type: ignore[arg-type]


def happened(page: Page) -> int:
    words = page.locator(".playback__count").inner_text()
    return int(words.split(" ")[1])


def shown(page: Page) -> int:
    return page.locator(".event").count()


class TestOpen:
    def test_a_file_is_shown_and_sent_nowhere(self, replay: Page, playground: Playground) -> None:
        requests: list[Request] = []
        replay.on("request", lambda request: requests.append(request))  # noqa: PLW0108  Playwright marks it
        open_file(replay, EXAMPLE.read_bytes())
        expect(replay.locator(".replay-name")).to_have_text("room.jsonl")
        expect(replay.locator(".replay-facts")).to_contain_text(f"{TOTAL} events")
        expect(replay.locator("lab-reader")).to_be_visible()
        assert {request.method for request in requests} <= {"GET"}
        asked = {request.url.removeprefix(playground.url).partition("?")[0] for request in requests}
        assert {path for path in asked if not path.startswith("/static/")} == {
            "/replay/labs/udp/transform"
        }

    @pytest.mark.soak
    def test_a_file_may_be_dropped(self, replay: Page) -> None:
        replay.evaluate(
            """(text) => {
              const data = new DataTransfer();
              data.items.add(new File([text], "dropped.jsonl"));
              for (const type of ["dragover", "drop"]) {
                document.body.dispatchEvent(new DragEvent(type,
                  { dataTransfer: data, bubbles: true, cancelable: true }));
              }
            }""",
            "\n".join(LINES),
        )
        expect(replay.locator(".replay-name")).to_have_text("dropped.jsonl")

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            pytest.param("", "There are no events in this file.", marks=pytest.mark.soak),
            pytest.param(LINES[0], "There are no events in this file.", marks=pytest.mark.soak),
            ("hello\n", "This is not a Socket Lab recording"),
            (LINES[0].replace('"version":1', '"version":7'), "A recording of version 7"),
        ],
    )
    def test_a_file_that_is_no_recording_is_refused_in_words(
        self, replay: Page, content: str, words: str
    ) -> None:
        open_file(replay, content, "bad\u202egpj.txt")
        alert = replay.get_by_role("alert")
        expect(alert).to_contain_text(words)
        expect(alert).to_contain_text("bad⟨U+202E⟩gpj.txt")
        open_file(replay, EXAMPLE.read_bytes())
        expect(alert).to_be_hidden()

    def test_a_file_that_is_too_big_is_not_read(self, replay: Page, tmp_path: Path) -> None:
        big = tmp_path / "big.jsonl"
        with big.open("wb") as file:
            file.truncate(65 * 2**20)
        replay.locator("#replay-file").set_input_files(big)
        expect(replay.get_by_role("alert")).to_contain_text("The file has 68 MB")

    def test_bad_lines_are_said(self, replay: Page) -> None:
        lines = [*LINES[:3], "{}", *LINES[3:], "not json"]
        open_file(replay, "\n".join(lines))
        expect(replay.locator(".replay-bad")).to_have_text(
            f"2 lines are not events and were left out: lines 4, {len(lines)}."
        )

    @pytest.mark.soak
    def test_a_lab_that_is_not_here_still_plays(self, replay: Page) -> None:
        open_file(replay, "\n".join(LINES).replace("udp/transform", "udp/<b>gone</b>"))
        expect(replay.get_by_text("does not have the recorded lab")).to_be_visible()
        show_list(replay)
        replay.keyboard.press("ArrowRight")
        expect(replay.locator(".event")).to_have_count(1)
        expect(replay.locator(".replay-lab-link")).to_have_text("udp/<b>gone</b>")

    @pytest.mark.soak
    def test_of_several_labs_one_is_chosen(self, replay: Page) -> None:
        start = {
            "type": "run.started",
            "lab": "udp/hello",
            "program": "server",
            "pid": 1,
            "args": [],
        }
        more = [
            {**start, "seq": 1000, "t": 0.5, "run": "r9"},
            {"seq": 1001, "t": 0.6, "type": "run.running", "run": "r9"},
        ]
        open_file(replay, "\n".join([*LINES, *(json.dumps(each) for each in more)]))
        choice = replay.get_by_role("combobox", name="Lab")
        expect(choice).to_have_value("udp/transform")
        expect(replay.locator("lab-reader")).to_contain_text("labs/udp/transform/server.py")
        choice.select_option("udp/hello")
        expect(replay.locator("lab-reader")).to_contain_text("labs/udp/hello/server.py")


class TestPlay:
    def test_it_begins_before_the_first_event(self, example: Page) -> None:
        assert (happened(example), shown(example)) == (0, 0)
        expect(example.get_by_role("button", name="Play (space)")).to_be_focused()

    def test_it_plays_to_the_end_and_stops(self, example: Page) -> None:
        example.get_by_label("Speed").select_option("8")
        example.get_by_role("button", name="Play (space)").click()
        expect(example.locator(".playback__count")).to_have_text(f"event {TOTAL} of {TOTAL}")
        expect(example.get_by_role("button", name="Play (space)")).to_be_visible()
        expect(example.locator("run-state")).to_have_text("ended")
        expect(example.locator("run-console")).to_contain_text("Сервер остановлен")

    def test_the_space_bar_plays_and_pauses(self, example: Page) -> None:
        example.locator("main").focus()
        example.keyboard.press("Space")
        pause = example.get_by_role("button", name="Pause (space)")
        expect(pause).to_be_visible()
        example.keyboard.press("Space")
        expect(pause).to_be_hidden()

    def test_the_arrows_step_by_events_forward_and_back(self, example: Page) -> None:
        events = example.locator(".event")
        for _ in range(9):
            example.keyboard.press("ArrowRight")
        expect(events).to_have_count(9)
        forward = example.locator("run-console").inner_text()
        example.keyboard.press("ArrowRight")
        expect(events).to_have_count(10)
        example.keyboard.press("ArrowLeft")
        assert happened(example) == 9
        expect(events).to_have_count(9)
        assert example.locator("run-console").inner_text() == forward
        for _ in range(12):
            example.keyboard.press("ArrowLeft")
        assert happened(example) == 0
        expect(events).to_have_count(0)
        expect(example.locator("run-state")).to_have_text("not running")

    def test_a_list_that_was_seen_before_anything_happened_fills(self, example: Page) -> None:
        expect(example.locator(".events__empty-title")).to_be_visible()  # drawn, and nothing yet
        example.get_by_role("slider", name="Place in the recording").fill("10000")
        expect(example.locator(".event").last).to_be_visible()
        assert happened(example) == TOTAL

    def test_the_scrubber_goes_anywhere_and_says_where_it_is(self, example: Page) -> None:
        slider = example.get_by_role("slider", name="Place in the recording")
        slider.fill("10000")
        assert happened(example) == TOTAL
        slider.fill("0")
        assert happened(example) == 1
        assert (slider.get_attribute("aria-valuetext") or "").startswith("0:00.0 / 0:06.")

    def test_keys_of_a_field_stay_its_own(self, example: Page) -> None:
        example.get_by_role("searchbox").first.press("ArrowRight")
        example.get_by_role("tab", name="server.py", exact=True).first.press("ArrowRight")
        assert happened(example) == 0

    def test_nothing_can_be_done_to_what_is_over(self, example: Page) -> None:
        example.get_by_role("slider", name="Place in the recording").fill("5000")
        for name in ("Start", "Stop", "+ client.py in the console", "Pause"):
            expect(example.get_by_role("button", name=name, exact=True)).to_have_count(0)

    def test_an_event_is_explained(self, example: Page) -> None:
        example.get_by_role("slider", name="Place in the recording").fill("10000")
        example.locator(".event", has_text="nobody listens on that port").click()
        note = example.locator("event-list explain-note")
        expect(note).to_contain_text("Nobody takes the datagram")
        expect(note).to_contain_text("Try: Start the server and send again")


class TestScreen:
    @pytest.mark.soak
    @pytest.mark.parametrize("width", [360, 768, 1000, 1600, 3840])
    def test_the_page_never_scrolls_sideways(self, example: Page, width: int) -> None:
        example.set_viewport_size({"width": width, "height": 800})
        assert example.evaluate("document.documentElement.scrollWidth") == width
        expect(example.locator("playback-bar")).to_be_in_viewport(ratio=1)

    @pytest.mark.soak
    def test_on_a_phone_all_keys_can_be_pressed_with_a_thumb(self, example: Page) -> None:
        example.set_viewport_size({"width": 360, "height": 740})
        bar = example.locator("playback-bar").bounding_box()
        assert bar
        for control in example.locator("playback-bar :is(button, select, label)").all():
            box = control.bounding_box()
            assert box
            assert min(box["width"], box["height"]) >= 40
            assert box["x"] + box["width"] < bar["x"] + bar["width"]

    @pytest.mark.soak
    def test_a_replay_in_russian(self, page: Page, playground: Playground) -> None:
        page.goto(f"{playground.url}/replay?lang=ru&example=1")
        expect(page.locator(".playback__count")).to_have_text(f"событие 0 из {TOTAL}")
        expect(page.get_by_role("button", name="Воспроизвести (пробел)")).to_be_visible()


def test_the_take_that_is_shown_is_saved_and_replayed(page: Page, playground: Playground) -> None:
    page.goto(f"{playground.url}/r/local/labs/udp/hello?lang=en")
    take = page.locator("take-bar")
    run_once(page)
    take.get_by_role("button", name="New take").click()
    expect(take.locator(".take__number")).to_be_visible()
    shown = take.locator(".take__number").inner_text()
    run_once(page)
    take.get_by_role("button", name="‹ Take").click()
    expect(take.locator(".take__number")).not_to_have_text(shown)
    shown = take.locator(".take__number").inner_text()
    number = shown.removeprefix("Take ")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Save a recording of this take").click()
    saved = downloading.value
    assert saved.suggested_filename.startswith(f"socketlab-local-udp-hello-{number}-")
    page.goto(f"{playground.url}/replay?lang=en")
    page.locator("#replay-file").set_input_files(saved.path())
    expect(page.locator(".replay-lab-link")).to_have_text("Hello")
    expect(page.locator(".replay-facts")).to_contain_text(f"{shown} ·")
    expect(page.locator(".playback__count")).to_contain_text("event 0 of")
    page.get_by_role("slider", name="Place in the recording").fill("10000")
    expect(page.locator("run-state")).to_have_text("ended")


def run_once(page: Page) -> None:
    """Start the server and stop it."""
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_visible()
