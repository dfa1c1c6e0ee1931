from __future__ import annotations

import re
from typing import get_args

import pytest

from backend.domain.findings import VERDICTS, FindingCode, clock_finding, finding
from backend.runtime.doctor.words import read_finding_words
from backend.terminal.doctor import show_findings

WORDS = read_finding_words()
PLACE = re.compile(r"\{(\w+)\}")


@pytest.mark.parametrize("code", get_args(FindingCode))
def test_each_finding_has_words_with_the_same_places_in_both_languages(code: FindingCode) -> None:
    text = WORDS[code]
    for words in filter(None, (text.what, text.advice)):
        assert sorted(PLACE.findall(words.ru)) == sorted(PLACE.findall(words.en))
    assert text.advice or VERDICTS[code] == "good"


def test_what_is_bad_is_told_by_the_result(capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = finding("labs_here"), finding("loopback_only", host="127.0.0.1")
    assert show_findings([good], WORDS)
    assert not show_findings([good, bad], WORDS)
    printed = capsys.readouterr().out
    assert "NO  The server listens on 127.0.0.1" in printed
    assert "    Start it with --host 0.0.0.0" in printed
    assert "\x1b" not in printed


@pytest.mark.parametrize(("offset_s", "code"), [(0.2, "clock_right"), (-90, "clock_off")])
def test_a_clock_is_wrong_when_a_network_cannot_be_that_slow(offset_s: float, code: str) -> None:
    assert clock_finding(offset_s).code == code
