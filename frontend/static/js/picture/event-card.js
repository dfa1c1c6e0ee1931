// <div class="event-card">: everything that is known of one thing in a picture: what it means, its
// bytes as text and hex, its events, and folded below each every field of it.

import { t } from "../words/i18n.js";
import { h } from "../dom/markup.js";
import { reach } from "../dom/reach.js";
import { fromBase64, hexDump, readable } from "../model/payload.js";
import { visible } from "../model/text.js";
import { longText } from "./long-text.js";
import { clockTime } from "../words/i18n.js";

const UNIT = /(?<=\d) (?=\p{L}{1,2}(?!\p{L})|byte|байт)/gu; // never alone on a line
const HIDDEN_FIELDS = new Set(["data", "type", "seq", "t"]);

/** @import { RoomEvent } from "../model/types.d.ts" */
/**
 * What is known of a thing: `data` is the beginning of its bytes as base64, `bytes` their number.
 * @typedef {{title: string, meaning: string, data?: string, bytes?: number,
 *   events: readonly RoomEvent[], clockOffsetS: number}} Facts
 */

/**
 * Show all that is known of a thing in a card.
 * @param {HTMLElement} card
 * @param {Facts} facts
 * @param {{onclose: () => void}} hears
 */
export function fillCard(card, { title, meaning, data, bytes, events, clockOffsetS }, { onclose }) {
  const close = h(
    "button",
    {
      class: "button button--quiet button--icon event-card__close",
      type: "button",
      "aria-label": t("Close"),
      onclick: onclose,
    },
    "×",
  );
  card.replaceChildren(
    h(
      "header",
      { class: "event-card__head" },
      h("h2", { class: "event-card__title" }, visible(title).replace(UNIT, "\u00a0")),
      close,
    ),
    h("div", { class: "event-card__meaning", "data-slot": "explanation" }, meaning),
    ...payload(data, bytes ?? 0),
    ...events.map((event) => facts(event, clockOffsetS)),
  );
}

function payload(/** @type {string | undefined} */ data, /** @type {number} */ size) {
  if (!data) return [];
  const bytes = fromBase64(data);
  const rest = size - bytes.length;
  const words = { class: "event-card__more" };
  const more = rest > 0 ? [h("p", words, t("… and {n} more bytes", { n: rest }))] : [];
  const text = h("pre", { class: "event-card__text" }, ...longText(readable(bytes), bytes.length));
  const dump = longText(hexDump(bytes, { width: 8 }), bytes.length);
  const hex = h("pre", { class: "event-card__hex" }, ...dump);
  for (const box of [text, hex]) reach(box);
  return [text, hex, ...more];
}

function facts(/** @type {RoomEvent} */ event, /** @type {number} */ clockOffsetS) {
  const rows = Object.entries(event)
    .filter(([name, value]) => !HIDDEN_FIELDS.has(name) && value !== null && value !== undefined)
    .flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, visible(shown(value)))]);
  const phase = event.type === "call" && event.phase ? ` · ${event.phase}` : "";
  const name = event.type === "call" ? `${event.call}${phase}` : event.type;
  return h(
    "details",
    { class: "event-card__event" },
    h(
      "summary",
      {},
      h(
        "h3",
        {},
        h("span", {}, visible(name)),
        h("time", {}, clockTime(event.t + clockOffsetS)),
        h("span", { class: "event-card__seq" }, `#${event.seq}`),
      ),
    ),
    h("dl", {}, ...rows),
  );
}

const shown = (/** @type {unknown} */ value) =>
  typeof value === "object" ? JSON.stringify(value) : String(value);
