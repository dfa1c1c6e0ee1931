"""The network doctor in a terminal: what was found, what it means, what to do."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from backend.domain.findings import Finding, FindingWords, Verdict

MARKS: dict[Verdict, tuple[str, str]] = {
    "good": ("ok", "green"),
    "doubtful": ("??", "yellow"),
    "bad": ("NO", "bold red"),
}
LANGUAGE = "en"  # of terminals


def show_findings(findings: Iterable[Finding], words: FindingWords) -> bool:
    """Print them; return whether nothing is bad."""
    console = Console(highlight=False, soft_wrap=True)
    is_well = True
    for found in findings:
        what, advice = words[found.code].said_of(found, LANGUAGE)
        mark, style = MARKS[found.verdict]
        console.print(Text.assemble((mark, style), "  ", what))
        if advice:
            console.print(Text(f"    {advice}", style="dim" if found.verdict == "good" else ""))
        is_well = is_well and found.verdict != "bad"
    return is_well
