// <div class="event-card">: everything that is known of one thing in a picture: what it means, its
// bytes as text and hex, every field of its events.

import { t } from "../words/i18n.js";
import { h } from "../dom/markup.js";
import { fromBase64, hexDump, readable } from "../model/payload.js";
import { visible } from "../model/text.js";
import { clockTime } from "../words/i18n.js";

const SHOWN_BYTES = 512;
const HIDDEN_FIELDS = new Set(["data", "type", "seq", "t"]);

/** Show {title, meaning, data, bytes, events, site} in a card. */
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
      h("h3", { class: "event-card__title" }, title),
      close,
    ),
    h("div", { class: "event-card__meaning", "data-slot": "explanation" }, meaning),
    ...payload(data, bytes),
    ...events.map((event) => facts(event, clockOffsetS)),
  );
}

function payload(data, size) {
  if (!data) return [];
  const bytes = fromBase64(data);
  const shown = bytes.subarray(0, SHOWN_BYTES);
  const rest = size - shown.length;
  const more =
    rest > 0 ? h("p", { class: "event-card__more" }, t("… and {n} bytes more", { n: rest })) : null;
  return [
    h("pre", { class: "event-card__text" }, readable(shown)),
    h("pre", { class: "event-card__hex" }, hexDump(shown, { width: 8 })),
    more,
  ].filter(Boolean);
}

function facts(event, clockOffsetS) {
  const rows = Object.entries(event)
    .filter(([name, value]) => !HIDDEN_FIELDS.has(name) && value !== null && value !== undefined)
    .flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, visible(shown(value)))]);
  const name = event.call ? `${event.call}${event.phase ? ` · ${event.phase}` : ""}` : event.type;
  return h(
    "section",
    { class: "event-card__event" },
    h(
      "h4",
      {},
      h("span", {}, name),
      h("time", {}, clockTime(event.t + clockOffsetS)),
      h("span", { class: "event-card__seq" }, `#${event.seq}`),
    ),
    h("dl", {}, ...rows),
  );
}

const shown = (value) => (typeof value === "object" ? JSON.stringify(value) : String(value));
