// Everything that is known of one event of the list: what it means, its bytes as hex and as they read.

import "./explain-note.js";
import { byteCount, eventTime } from "../words/format.js";
import { t } from "../words/i18n.js";
import { h, setText } from "../dom/markup.js";
import { fromBase64, hexDump, readable } from "../model/payload.js";
import { longText } from "../picture/long-text.js";
import { visible } from "../model/text.js";

/** @import { Entry } from "../model/history.js" */
/** @import { Lab } from "../model/lab-view.js" */
/** @import { Words } from "../words/event-words.js" */

const NARROW_PX = 600; // 16 bytes in hex do not fit there

export class EventDetail {
  element = h("section", { class: "events__detail", hidden: true, "aria-live": "polite" });
  #title = h("h2", { class: "events__detail-title" });
  #text = h("pre", { class: "events__detail-text", tabindex: "0" });
  #meaning = h("explain-note");

  /** `onclose()` runs when a person has read it. */
  constructor(/** @type {{onclose: () => void}} */ { onclose }) {
    const close = h(
      "button",
      {
        class: "button button--quiet button--icon",
        type: "button",
        "aria-label": t("Close"),
        onclick: onclose,
      },
      "×",
    );
    this.element.append(
      h("header", { class: "events__detail-head" }, this.#title, close),
      h("div", { class: "events__detail-body" }, this.#meaning, this.#text),
    );
  }

  /**
   * Tell of an event.
   * @param {Entry} event
   * @param {Words} words
   * @param {{lab: Lab, clockOffsetS: number}} view
   */
  show(event, words, { lab, clockOffsetS }) {
    const { transport = lab.transport } = /** @type {{transport?: string}} */ (event);
    const width = (this.element.parentElement?.clientWidth ?? 0) < NARROW_PX ? 8 : 16;
    const size = words.bytes === null ? "" : ` · ${byteCount(words.bytes)}`;
    this.element.hidden = false;
    setText(this.#title, `${eventTime(event, clockOffsetS)} · ${words.who}${size}`);
    this.#text.replaceChildren(...detailText(event, words, width));
    this.#meaning.update(event, { transport });
  }

  hide() {
    this.element.hidden = true;
    this.#meaning.update(null);
  }
}

/**
 * All that an event tells: bytes as hex and as they read, with so many bytes a line.
 * @param {Entry} event
 * @param {Words} words
 * @param {number} width
 */
function detailText(event, words, width) {
  if ("data" in event && event.data !== undefined) {
    const bytes = fromBase64(event.data);
    const cut = (event.bytes ?? 0) > bytes.length;
    const note = cut
      ? `\n${t("… only the first {n} bytes are recorded", { n: bytes.length })}`
      : "";
    if (bytes.length === 0) return [t("No bytes: an empty datagram.")];
    const size = bytes.length;
    const hex = longText(hexDump(bytes, { width }), size);
    return [...hex, `${note}\n\n`, ...longText(readable(bytes), size)];
  }
  if (event.type === "output") return [words.payload];
  const { seq, t: time, ...rest } = event;
  return [visible(JSON.stringify(rest, null, 2), { lines: true })];
}
