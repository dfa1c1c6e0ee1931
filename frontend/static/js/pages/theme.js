// <theme-switch>: light or dark. A choice that differs from the system's is kept in a cookie,
// so that the server writes it into the page and nothing flashes; the same choice needs none. And what
// every page does for whoever works with keys, on a screen or under the fingers.

import { root } from "../net/base.js";

const YEAR_S = 365 * 24 * 3600;
const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    this.onclick = (/** @type {MouseEvent} */ { target }) => {
      if (target instanceof Element && target.closest("button")) toggle();
    };
  }
}

function toggle() {
  const page = document.documentElement;
  const system = systemIsDark.matches ? "dark" : "light";
  const wanted = (page.dataset.theme ?? system) === "dark" ? "light" : "dark";
  if (wanted === system) delete page.dataset.theme;
  else page.dataset.theme = wanted;
  const age = wanted === system ? 0 : YEAR_S;
  // biome-ignore lint/suspicious/noDocumentCookie: a page over HTTP has no Cookie Store
  document.cookie = `theme=${wanted}; Path=${root()}; Max-Age=${age}; SameSite=Lax`;
}

customElements.define("theme-switch", ThemeSwitch);

// The keyboard on a phone's screen takes room from the page: what is typed into stays in sight, and its button.
addEventListener("resize", () => {
  const field = document.activeElement?.closest("input, textarea");
  (field?.closest("form") ?? field)?.scrollIntoView({ block: "nearest" });
});

// Of no use before somebody presses a key; where it cannot be had the browser does what it does.
async function keepFocus() {
  const { keepFocus: keep } = await import("../dom/keep-focus.js");
  keep();
}
document.addEventListener("keydown", () => keepFocus().catch(() => {}), {
  once: true,
  capture: true,
});
