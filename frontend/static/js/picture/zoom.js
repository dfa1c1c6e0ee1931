// How a person makes a picture larger and smaller: the wheel with Ctrl (to a browser a pinch on a touchpad
// is the same), two fingers, keys, buttons.

import { inFrame } from "../dom/frame.js";
import { t } from "../words/i18n.js";
import { keepLast, kept, ofPage } from "../dom/kept.js";
import { h } from "../dom/markup.js";

const STEP = 1.25;
const WHEEL = 0.0025; // of the logarithm, for each px of a wheel

/** A place in the box that is to stay where it is, in px; null: its middle. @typedef {{x: number, y: number} | null} Place */
/**
 * `unzoom` is for the size at the beginning; `arrivals` what comes meanwhile.
 * @typedef {{box: HTMLElement, arrivals: {turn(): void}, zoomBy(by: number, place: Place): void, fit(): void,
 *   unzoom(): void}} Zoomable
 */

/** @type {Readonly<Record<string, (picture: Zoomable) => void>>} */
const KEYS = Object.freeze({
  "+": (picture) => picture.zoomBy(STEP, null),
  "=": (picture) => picture.zoomBy(STEP, null), // the same key, without Shift
  "-": (picture) => picture.zoomBy(1 / STEP, null),
  0: (picture) => picture.unzoom(),
  f: (picture) => picture.fit(),
  а: (picture) => picture.fit(), // the same key, in Russian
});

/** The size that somebody gave a picture of this lab before; null: none. */
export function keptSize(/** @type {string} */ name) {
  const size = Number(kept(ofPage(name)));
  return size > 0 && size < Infinity ? size : null;
}

/** Keep the size of a picture; null: the one that it has by itself. */
export const keepSize = (/** @type {string} */ name, /** @type {number | null} */ size) =>
  keepLast(ofPage(name), size === null ? null : String(size));

/** Hear what somebody does within an element that has the picture's box. */
export function hearZoom(/** @type {HTMLElement} */ element, /** @type {Zoomable} */ picture) {
  hearKeys(element, picture);
  const { box } = picture;
  const placeOf = (/** @type {{clientX: number, clientY: number}} */ { clientX, clientY }) => {
    const { left, top } = box.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  };
  // A wheel turns, and fingers move, many times in a frame: together they are one change.
  let by = 1;
  /** @type {Place} */
  let place = null;
  const zoom = () => {
    picture.zoomBy(by, place);
    by = 1;
  };
  const zoomInFrame = (/** @type {number} */ more, /** @type {Place} */ where) => {
    by *= more;
    place = where;
    picture.arrivals.turn();
    inFrame("take", zoom);
  };
  const passive = { passive: false };
  box.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      zoomInFrame(Math.exp(-event.deltaY * WHEEL), placeOf(event));
    },
    passive,
  );
  let apart = 0; // px between two fingers
  box.addEventListener("touchstart", ({ touches }) => {
    apart = distance(touches);
  });
  box.addEventListener(
    "touchmove",
    (event) => {
      const now = distance(event.touches);
      if (apart === 0 || now === 0) return;
      event.preventDefault();
      const [a, b] = [...event.touches].map(placeOf);
      zoomInFrame(now / apart, { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
      apart = now;
    },
    passive,
  );
}

function hearKeys(/** @type {HTMLElement} */ element, /** @type {Zoomable} */ picture) {
  element.addEventListener("keydown", (event) => {
    const act = KEYS[event.key.toLowerCase()];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/** @type {Element} */ (event.target).matches("input, textarea, select")) return;
    event.preventDefault();
    act(picture);
  });
}

/** How far two fingers are apart; 0: there are not two. */
function distance(/** @type {TouchList} */ { length, 0: a, 1: b }) {
  return length === 2 ? Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY) : 0;
}

/** Make the buttons. */
export function zoomButtons(/** @type {Zoomable} */ picture) {
  const button = (
    /** @type {string} */ label,
    /** @type {string} */ keys,
    /** @type {string} */ text,
    /** @type {() => void} */ onclick,
  ) =>
    h(
      "button",
      {
        class: "button button--icon",
        type: "button",
        title: label,
        "aria-label": label,
        "aria-keyshortcuts": keys,
        onclick,
      },
      text,
    );
  return h(
    "span",
    { class: "picture__zoom" },
    button(t("Zoom out"), "-", "−", () => picture.zoomBy(1 / STEP, null)),
    button(t("Zoom in"), "+", "+", () => picture.zoomBy(STEP, null)),
    button(t("Fit: show all of it"), "f", "⤢", () => picture.fit()),
  );
}
