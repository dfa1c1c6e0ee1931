// Pressing the head of a program that is known by its address only asks for a name for it. The form
// (peer-name.js) is loaded then.

import { h } from "../dom/markup.js";

/** @import { PeerName } from "./peer-name.js" */

/**
 * Ask when somebody presses a head of this picture that says it may be named (diagram-heads.js).
 * @param {HTMLElement} picture
 */
export function askForNames(picture) {
  /** @type {PeerName | null} */
  let form = null;
  const act = async (/** @type {Event} */ { target }) => {
    const head = /** @type {Element} */ (target).closest("[data-peer]");
    if (!(head instanceof HTMLElement)) return;
    await import("./peer-name.js");
    form ??= picture.appendChild(h("peer-name"));
    const { left, width } = head.getBoundingClientRect();
    const { peer = "", name = "" } = head.dataset;
    form.open({ address: peer, name, x: left + width / 2 - picture.getBoundingClientRect().left });
  };
  picture.addEventListener("click", act);
  picture.addEventListener("keydown", (event) => {
    const isHead = /** @type {Element} */ (event.target).matches("[data-peer]");
    if (!isHead || event.key !== "Enter") return;
    event.stopPropagation();
    act(event);
  });
}
