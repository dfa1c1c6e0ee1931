"""What axe-core finds on a page: the rules of accessibility that a program can check."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
# Each violation with the first of its nodes; what moves has come to rest before it is looked at.
RUN = """async () => {
  for (const moving of document.getAnimations()) {
    if (moving.effect?.getComputedTiming().endTime !== Infinity) moving.finish();
  }
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return found.violations.map(({ id, nodes }) => ({
    rule: id,
    count: nodes.length,
    nodes: nodes.slice(0, 3).map((node) => `${node.target.join(" ")}: ${
      [...node.any, ...node.all, ...node.none].map((check) => check.message).join("; ")}`),
  }));
}"""


def violations(page: Page) -> list[str]:
    """Return what axe finds on the page as it is, a line for each node that it names."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"() => {{ {AXE.read_text(encoding='utf-8')}\n}}")
    found: list[dict[str, Any]] = page.evaluate(RUN)
    return [
        f"{violation['rule']} ({violation['count']}): {node}"
        for violation in found
        for node in violation["nodes"]
    ]
