"""Text from outside, shown as it is: the pure parts text.js and i18n.js."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Modules

RUSSIAN = {
    "locale": "ru",
    "messages": {"{n} byte": ["{n} байт", "{n} байта", "{n} байт"], "Port {port}": "Порт {port}"},
}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Привет, 👋🏽 ❤️", "Привет, 👋🏽 ❤️"),
        ("\0\x1b[31m\x7f", "\\x00\\x1b[31m\\x7f"),
        ("a\r\n\tb", "a\\r\\n\\tb"),
        ("\x85", "\\x85"),
        ("abc\u202egnp.exe", "abc⟨U+202E⟩gnp.exe"),
        ("a\u200bb\ufeff\u2066", "a⟨U+200B⟩b⟨U+FEFF⟩⟨U+2066⟩"),
        ("\U000e0041", "⟨U+E0041⟩"),
        ("<b>&amp;", "<b>&amp;"),
    ],
)
def test_what_cannot_be_seen_is_shown(modules: Modules, text: str, shown: str) -> None:
    assert modules.run("model/text", "return m.visible(v.text)", text=text) == shown


def test_where_lines_are_shown_newline_and_tab_stay(modules: Modules) -> None:
    shown = modules.run("model/text", 'return m.visible("a\\r\\n\\tb", {lines: true})')
    assert shown == "a\\r\n\tb"


def in_russian(modules: Modules, body: str) -> object:
    """Run a body in a fresh copy of i18n.js that finds the Russian catalogue."""
    script = """
        const element = document.createElement("script");
        element.type = "application/json";
        element.id = "messages";
        element.textContent = JSON.stringify(v.messages);
        document.head.append(element);
        const ru = await import("/js/words/i18n.js?russian");
        element.remove();
    """
    return modules.run("words/i18n", script + body, messages=RUSSIAN)


def test_without_a_catalogue_the_words_are_english(modules: Modules) -> None:
    said = modules.run(
        "words/i18n",
        """const bytes = (n) => m.tn("{n} byte", "{n} bytes", n);
        return [m.t("Port {port}", {port: 12345}), bytes(1), bytes(2)];""",
    )
    assert said == ["Port 12345", "1 byte", "2 bytes"]


def test_russian_counts_in_three_forms(modules: Modules) -> None:
    counts = in_russian(
        modules, 'return [1, 2, 5, 11, 21, 104, 2.5].map((n) => ru.tn("{n} byte", "{n} bytes", n))'
    )
    assert counts == [
        "1 байт",
        "2 байта",
        "5 байт",
        "11 байт",
        "21 байт",
        "104 байта",
        "2,5 байта",
    ]


def test_a_value_that_is_put_in_is_not_read_as_a_template(modules: Modules) -> None:
    assert (
        in_russian(modules, 'return ru.t("Port {port}", {port: "{port} $&"})') == "Порт {port} $&"
    )


def test_a_message_that_is_not_translated_stays_english(modules: Modules) -> None:
    assert in_russian(modules, 'return [ru.t("New"), ru.t("constructor")]') == [
        "New",
        "constructor",
    ]


def test_formats_of_numbers_are_made_once(modules: Modules) -> None:
    body = """
        const make = Intl.NumberFormat;
        let made = 0;
        Intl.NumberFormat = class extends make {
          constructor(...args) { super(...args); made += 1; }
        };
        try {
          const said = Array.from({ length: 50 }, () =>
            [m.number(1234.5), m.number(0.126, { maximumFractionDigits: 2 })].join(" "));
          return [new Set(said).size, said[0], made];
        } finally {
          Intl.NumberFormat = make;
        }
    """
    assert modules.run("words/i18n", body) == [1, "1,234.5 0.13", 1]
