"""The report of a student in browsers: written, kept, saved as a file, opened alone, replayed."""

from __future__ import annotations

import re
from base64 import b64decode
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from tests.browser.bench import Bench
from tests.browser.conftest import OpenBench
from tests.ports import unused_port
from tests.server import Playground

LAB = "tcp/echo"
HOSTILE = "</p></style><script>alert(1)</script><img src=x onerror=alert(2)>"


def report_of(bench: Bench) -> Locator:
    """Return the report once it is there."""
    report = bench.page.locator("lab-report")
    expect(report.get_by_role("heading", name="Отчёт", exact=True)).to_be_attached()
    return report


def add_moment(page: Page, said: str = "") -> None:
    """Put what the diagram shows into the report, once it shows what was said."""
    page.locator("see-view input[value=text]").evaluate("radio => radio.click()")
    expect(page.locator("sequence-diagram .diagram__head").first).to_be_visible()
    expect(page.locator(".diagram__picture")).to_contain_text(said)
    page.locator(".report__add").click()


def save(report: Locator, folder: Path) -> Path:
    """Save the report; return its file."""
    with report.page.expect_download() as saved:
        report.get_by_role("button", name="Сохранить отчёт", exact=True).click()
    file = folder / saved.value.suggested_filename
    saved.value.save_as(file)
    return file


def test_a_report_is_one_file_that_opens_alone_and_can_be_replayed(
    open_bench: OpenBench, browser: Browser, course: Playground, tmp_path: Path
) -> None:
    bench = open_bench(LAB)
    report = report_of(bench)
    bench.start(port=str(unused_port()))
    bench.client().send("привет")
    add_moment(bench.page, "привет")
    expect(bench.page.locator(".report__add")).to_have_text("1")
    bench.page.get_by_label("Ваш ответ").first.fill(f"Оба ждут {HOSTILE}")
    report.get_by_label("Ваше имя").fill("Анна <b>")
    program = FilePayload(name="my<b>.py", mimeType="text/x-python", buffer=HOSTILE.encode())
    report.locator("input[type=file]").set_input_files(files=[program])
    expect(report.get_by_text("my<b>.py")).to_be_visible()
    file = save(report, tmp_path)
    assert file.name == "tcp-echo-Анна-b-.html"
    read_alone(browser, file)
    page = bench.page
    page.goto(f"{course.url}/replay?lang=ru")
    page.locator("#replay-file").set_input_files(file)
    page.get_by_role("slider", name="Место в записи").press("End")
    expect(page.locator("sequence-diagram")).to_contain_text("привет")


def read_alone(browser: Browser, file: Path) -> None:
    """Open a report from its folder, without a network: all is there, and nothing runs."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    told: list[str] = []
    page.on("dialog", lambda dialog: told.append(dialog.message))
    page.on("console", lambda message: told.append(message.text))
    page.on("request", lambda request: told.append(request.url[:40]))
    page.goto(file.as_uri())
    assert page.locator("html").get_attribute("lang") == "ru"
    expect(page.get_by_text(f"Оба ждут {HOSTILE}", exact=True)).to_be_visible()
    expect(page.locator("pre")).to_have_text(HOSTILE)
    expect(page.locator(".question code").first).to_have_text('"a" * 100_000_000')
    expect(page.locator(".by")).to_contain_text("Анна <b>")
    picture = page.locator("figure img")
    drawn = b64decode((picture.get_attribute("src") or "").partition(",")[2]).decode()
    assert all(f">{word}<" in drawn for word in ("привет", "SYN", "server.py")), drawn[:500]
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    lowest = max(float(end) for end in re.findall(r'y2="([\d.]+)"', drawn))
    # No empty ground below: there is the label of the last line, and a margin.
    assert lowest < picture.evaluate("image => image.naturalHeight") < lowest + 64
    with page.expect_download() as saved:
        page.get_by_role("link", name="Сохранить запись").click()
    assert saved.value.suggested_filename.endswith(".jsonl")
    assert '"type": "recording"' in saved.value.path().read_text().replace('":"', '": "')
    data = "data:image/svg+xml;base64,"
    assert [each for each in told if not each.startswith((file.as_uri()[:40], data, "data:"))] == []
    context.close()


def test_what_is_in_a_report_is_there_after_a_reload_and_can_be_brought_back(
    open_bench: OpenBench,
) -> None:
    bench = open_bench(LAB)
    page, report = bench.page, report_of(bench)
    bench.start(port=str(unused_port()))
    add_moment(page)
    page.get_by_label("Ваш ответ").nth(1).fill("n, p и ? — буквы ответа")
    report.get_by_placeholder("Заметки").fill("видел RST")
    page.reload()
    expect(page.get_by_label("Ваш ответ").nth(1)).to_have_value("n, p и ? — буквы ответа")
    expect(report.get_by_placeholder("Заметки")).to_have_value("видел RST")
    moments = report.locator(".report__moments li")
    expect(moments).to_have_count(1)
    moments.get_by_label("Что здесь видно").fill("до запроса")
    moments.get_by_role("button").click()
    expect(moments).to_have_count(0)
    report.get_by_role("button", name="Вернуть", exact=True).click()
    expect(moments.get_by_label("Что здесь видно")).to_have_value("до запроса")


@pytest.mark.soak
def test_keys_of_the_page_do_not_act_while_an_answer_is_written(open_bench: OpenBench) -> None:
    bench = open_bench(LAB)
    report_of(bench)
    answer = bench.page.get_by_label("Ваш ответ").first
    answer.press_sequentially("npgт?")
    expect(answer).to_have_value("npgт?")
    expect(answer).to_be_focused()
    expect(bench.page.locator("#panel-task")).to_have_class(re.compile("is-shown"))


@pytest.mark.soak
def test_what_does_not_fit_is_said(open_bench: OpenBench) -> None:
    bench = open_bench(LAB)
    report = report_of(bench)
    bench.page.locator(".report__add").click()  # while the list is shown
    expect(bench.page.locator("see-view").get_by_text("Схемы не видно")).to_be_visible()
    large = FilePayload(name="a.py", mimeType="text/x-python", buffer=b"#" * 70_000)
    report.locator("input[type=file]").set_input_files(files=[large])
    expect(report.get_by_role("status")).to_contain_text("не больше")
    # As large as what the server may have to say of a long take, without sending it.
    huge = "Response.prototype.blob = async () => new Blob([new Uint8Array(33 * 2 ** 20)])"
    bench.page.evaluate(f"() => {{ {huge}; }}")
    report.get_by_role("button", name="Сохранить отчёт", exact=True).click()
    expect(report.get_by_role("status")).to_contain_text("уберите запись")


def test_below_its_button_the_choice_begins_where_that_does(open_bench: OpenBench) -> None:
    bench = open_bench(LAB)
    row = report_of(bench).locator(".report__row")
    bench.look(360, "read")
    button = row.get_by_role("button", name="Сохранить отчёт", exact=True).bounding_box()
    choice = row.get_by_role("checkbox").bounding_box()
    assert button
    assert choice
    assert choice["y"] > button["y"] + button["height"]
    assert choice["x"] == button["x"]
