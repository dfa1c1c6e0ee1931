"""What a look at the network found: what may keep others out, as values. Pure.

A finding is a code with facts; what it means and what to do stands in frontend/findings.toml, in
both languages, for the terminal and the page alike.
"""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

from backend.domain.language import Words

Verdict = Literal["good", "doubtful", "bad"]
FindingCode = Literal[
    "not_running", "loopback_only", "no_address", "addresses", "public",
    "heard", "not_heard",
    "firewall_seen", "firewall_unseen",
    "labs_here", "labs_open", "labs_any_port", "labs_ports_taken",
    "url_fails", "url_stranger", "url_leads_here", "certificate_unknown",
    "websocket_works", "websocket_fails", "waiting_works", "waiting_fails",
    "caller_hidden", "caller_seen", "clock_right", "clock_off",
]  # fmt: skip

VERDICTS: dict[FindingCode, Verdict] = {
    "not_running": "bad",
    "loopback_only": "bad",
    "no_address": "bad",
    "addresses": "good",
    "public": "good",
    "heard": "good",
    "not_heard": "bad",
    "firewall_seen": "doubtful",
    "firewall_unseen": "good",
    "labs_here": "good",
    "labs_open": "good",
    "labs_any_port": "doubtful",
    "labs_ports_taken": "doubtful",
    "url_fails": "bad",
    "url_stranger": "bad",
    "url_leads_here": "good",
    "certificate_unknown": "doubtful",
    "websocket_works": "good",
    "websocket_fails": "doubtful",
    "waiting_works": "good",
    "waiting_fails": "bad",
    "caller_hidden": "doubtful",
    "caller_seen": "good",
    "clock_right": "good",
    "clock_off": "doubtful",
}
assert set(VERDICTS) == set(get_args(FindingCode))

CLOCK_S = 5.0  # further apart, and a clock is wrong rather than a network slow


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was found; `facts` are words and numbers to be put into a sentence."""

    code: FindingCode
    verdict: Verdict
    facts: dict[str, str] = {}


class FindingText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a finding means: what is so, and what to do about it. Its facts stand in {}."""

    what: Words
    advice: Words | None = None

    def said_of(self, found: Finding, language: str) -> tuple[str, str]:
        """Return both as they are said of a finding; without advice the second is empty."""
        advice = self.advice.in_language(language) if self.advice else ""
        what = self.what.in_language(language)
        return what.format_map(found.facts), advice.format_map(found.facts)


FindingWords = dict[FindingCode, FindingText]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All that was found, in the order in which it is looked at."""

    findings: tuple[Finding, ...]


class Echo(msgspec.Struct, frozen=True, kw_only=True):
    """What the server knows of a request for the doctor: whose answer this is, and who asked.

    `instance` is another one after each start; `time` is Unix time; `hidden_by` is the address of a
    proxy that names the caller and is not believed.
    """

    instance: str
    time: float
    caller: str
    hidden_by: str | None


def finding(code: FindingCode, **facts: object) -> Finding:
    """Return what was found, with its verdict."""
    return Finding(
        code=code,
        verdict=VERDICTS[code],
        facts={name: str(value) for name, value in facts.items()},
    )


def clock_finding(offset_s: float) -> Finding:
    """Return what a difference of clocks means."""
    code: FindingCode = "clock_right" if abs(offset_s) <= CLOCK_S else "clock_off"
    return finding(code, offset_s=f"{offset_s:+.1f}")
