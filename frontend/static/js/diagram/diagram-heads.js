// The heads of the columns, which stay in sight: who stands there, its address, threads without a bar;
// and who is folded away: buttons that call them back.

import { Asked } from "./asked.js";
import { LANES } from "./diagram-shapes.js";
import { isOver } from "./diagram-columns.js";
import { partyName } from "../words/diagram-words.js";
import { t, tn } from "../words/i18n.js";
import { reconcile } from "../dom/list.js";
import { keep, kept, ofPage } from "../dom/kept.js";
import { find, h, setAttribute, setStyle, setText } from "../dom/markup.js";
import { icon } from "../dom/svg.js";
import { roleOf } from "../model/programs.js";
import { widthOf } from "./word-width.js";
import { parted, visible } from "../model/text.js";

/** @import { Party } from "../model/diagram.d.ts" */
/** @import { DiagramLayout } from "./diagram-layout.js" */
/** @import { Folded } from "./diagram-columns.js" */
/** @import { View } from "./diagram-shapes.js" */

const WIDTH = Object.freeze({ most: 148, narrow: 112 });
const BETWEEN = Object.freeze({ far: 10, near: 4 }); // two heads
const AIR = 10; // from a head to the edge of the picture, where it is not narrow
const NEAR = 110; // lifelines
const EVEN = 110; // where all have so much they are as wide as each other
const AROUND = 14; // an address

const PIN = "M9 4h6l-1 6 4 4H6l4-4ZM12 14v6";

/** What somebody asks of the columns, which this tab keeps. */
export function askedHere() {
  const name = ofPage("pins");
  const pinned = kept(name, "tab")?.split("\n") ?? [];
  return new Asked(new Set(pinned), (pins) => keep(name, [...pins].join("\n") || null, "tab"));
}

/** Make the place for heads. */
export const headsBox = () =>
  h(
    "div",
    { class: "diagram__heads" },
    h("div", { class: "diagram__columns" }),
    h("div", { class: "diagram__pins" }),
  );

/** Hear who is to be called back, or folded again, and who is to keep a column. */
export function hearHeads(
  /** @type {HTMLElement} */ box,
  /** @type {(ask: (asked: Asked) => void) => void} */ onask,
) {
  box.addEventListener("click", ({ target }) => {
    const button = /** @type {Element} */ (target).closest("[data-fold], [data-pin]");
    if (!(button instanceof HTMLElement)) return;
    const { fold, pin } = button.dataset;
    onask((asked) =>
      pin === undefined ? asked.fold(/** @type {Folded} */ (fold)) : asked.pin(pin),
    );
  });
}

/** How wide the head of a column may be: beside the next one, and within the picture. */
export function headWidth(
  /** @type {Pick<DiagramLayout, "gap" | "width" | "narrow">} */ { gap, width, narrow },
  /** @type {number} */ x,
) {
  const between = gap < NEAR ? BETWEEN.near : BETWEEN.far;
  const edge = Math.min(x, width - x);
  return Math.min(
    gap - between,
    narrow ? WIDTH.narrow : WIDTH.most,
    2 * (edge - (narrow ? 0 : AIR)),
  );
}

/**
 * Show the heads. Who is known by an address only may be given a name, where the picture says so.
 * @param {HTMLElement} box
 * @param {View} view
 */
export function paintHeads(box, view) {
  const { layout, now, names, colours } = view;
  const canName = box.closest("[data-can-name]") !== null;
  const heads = layout.columns.flatMap(({ parties: [party], isRest }, i) =>
    isRest || !party ? [] : [{ party, ...placeOf(i, layout), name: partyName(party, names) }],
  );
  const folds = foldsOf(view);
  paintPins(box, heads, layout.pinned);
  reconcile(find(box, ".diagram__columns"), [...heads, ...folds], {
    key: (head) => ("party" in head ? head.party.key : head.what),
    create: (head) =>
      "party" in head
        ? h("div", { class: "diagram__head" }, h("b", {}, h("i"), h("i")), h("em"), h("span"))
        : h("button", { class: "diagram__fold", type: "button", "data-fold": head.what }),
    update: (node, head) => {
      setStyle(node, "--x", String(head.x));
      setStyle(node, "--w", String(head.width));
      if (!("party" in head)) {
        setText(node, head.text);
        setAttribute(node, "aria-expanded", String(head.isCalled));
        setStyle(node, "--n", String(head.i));
        return;
      }
      const { party, name, width } = head;
      const [title, threads, address] = node.children;
      for (const [i, part] of parted(name).entries()) setText(title.children[i], part);
      setAttribute(node, "title", name);
      setText(address, visible(fitting(party.address, width)));
      const more = hiddenThreads(party, view);
      setText(threads, more > 0 ? `+${more}` : "");
      setAttribute(threads, "title", more > 0 ? tn("+{n} thread", "+{n} threads", more) : null);
      node.classList.toggle("diagram__head--over", isOver(party, now));
      node.classList.toggle("diagram__head--hub", isHub(party));
      const isNamable = canName && party.kind === "peer" && party.transport !== "unix";
      setAttribute(node, "data-peer", isNamable ? party.address : null);
      setAttribute(node, "data-name", isNamable ? names.get(party.address) : null);
      setAttribute(node, "role", isNamable ? "button" : null);
      setAttribute(node, "tabindex", isNamable ? 0 : null);
      setStyle(node, "--who", colours.of(party));
    },
  });
}

// A button at the corner of each head: whoever is pinned is never folded away.
/**
 * @param {HTMLElement} box
 * @param {{party: Party, x: number, width: number, name: string}[]} heads
 * @param {ReadonlySet<string>} pinned
 */
function paintPins(box, heads, pinned) {
  reconcile(find(box, ".diagram__pins"), heads, {
    key: ({ party }) => party.key,
    create: ({ party }) =>
      h("button", { class: "diagram__pin", type: "button", "data-pin": party.key }, icon(PIN)),
    update: (/** @type {HTMLElement} */ node, { party, x, width, name }) => {
      const label = t("Pin {name}: it keeps its column", { name });
      setStyle(node, "--x", String(x + width / 2));
      setAttribute(node, "aria-pressed", String(pinned.has(party.key)));
      setAttribute(node, "aria-label", label);
      setAttribute(node, "title", label);
    },
  });
}

function placeOf(/** @type {number} */ i, /** @type {DiagramLayout} */ layout) {
  const x = layout.xs[i];
  const least = Math.min(...layout.xs.map((each) => headWidth(layout, each)));
  return { x, width: least < EVEN ? headWidth(layout, x) : least };
}

// The buttons above those who are folded away.
function foldsOf(/** @type {View} */ { layout, now }) {
  const i = layout.columns.findIndex(({ isRest }) => isRest);
  if (i < 0) return [];
  const { parties } = layout.columns[i];
  const ended = parties.filter((party) => isOver(party, now)).length;
  const others = parties.length - ended;
  return [
    { what: "ended", count: ended, text: t("+{n} ended", { n: ended }), fold: t("− ended") },
    {
      what: "others",
      count: others,
      text: tn("+{n} other", "+{n} others", others),
      fold: t("− others"),
    },
  ]
    .map(({ fold, ...each }) => {
      const isCalled = layout.called.has(/** @type {Folded} */ (each.what));
      return { ...each, isCalled, text: isCalled ? fold : each.text, ...placeOf(i, layout) };
    })
    .filter(({ count, isCalled }) => count > 0 || isCalled)
    .map((each, k) => ({ ...each, i: k }));
}

// Threads that wait and have no bar, because there are too many.
function hiddenThreads(/** @type {Party} */ party, /** @type {View} */ { layout, now }) {
  let count = 0;
  for (const item of layout.openItems) {
    if (item.kind === "bar" && item.party === party && item.lane >= LANES && item.t <= now)
      count += 1;
  }
  return count;
}

// The whole address, or where it has no room the part that tells one from another: its port.
function fitting(/** @type {string} */ address, /** @type {number} */ width) {
  return widthOf(address, "mono") + AROUND > width ? address.replace(/^.*(?=:\d+$)/, "") : address;
}

const isHub = (/** @type {Party} */ party) =>
  party.kind === "run" && roleOf(party.program) !== "client";
