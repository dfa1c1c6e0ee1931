"""The task of a lab, as its reader uses it: its commands are copied with their buttons."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect


class Task:
    """What stands under "Task" on a workbench."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._blocks = page.locator(".prose pre")
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        expect(self._blocks.first.locator("copy-button")).to_be_attached()

    def count(self) -> int:
        """Return how many commands there are."""
        return self._blocks.count()

    def copy(self, number: int) -> str:
        """Copy the command with that number, the first is 0; return what is in the clipboard."""
        self.page.locator("lab-reader [role=tab]").first.click()
        return copied(self._blocks.nth(number).locator("copy-button"))


def copied(button: Locator) -> str:
    """Press a button to copy; return what is in the clipboard then."""
    button.page.evaluate("navigator.clipboard.writeText('')")
    button.locator("button").click()
    expect(button.locator("[data-said=true]")).to_be_attached()
    text: str = button.page.evaluate("navigator.clipboard.readText()")
    return text


def copied_text(shown: Locator) -> str:
    """Select what an element shows and press Ctrl+C; return what is in the clipboard then."""
    shown.evaluate("element => getSelection().selectAllChildren(element)")
    shown.page.keyboard.press("ControlOrMeta+c")
    text: str = shown.page.evaluate("navigator.clipboard.readText()")
    return text
