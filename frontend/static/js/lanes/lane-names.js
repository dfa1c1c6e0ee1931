// The names at the left of the lanes, which stay in sight: who it is, and what it does at a time.

import { t } from "../words/i18n.js";
import { valueAt } from "../model/counts.js";
import { peerLabel } from "../words/format.js";
import { shortThing } from "../words/lane-words.js";
import { reconcile } from "../dom/list.js";
import { h, setAttribute, setStyle, setText } from "../dom/markup.js";
import { parted, visible } from "../model/text.js";

/** @import { Counted } from "../model/counts.js" */
/** @import { Lane } from "../model/lane-model.js" */
/** @import { View } from "./lane-shapes.js" */

/**
 * Show the names of the rows in view; `forgotten` says in words what is not kept.
 * @param {HTMLElement} box
 * @param {View} view
 * @param {string} forgotten
 */
export function paintNames(box, { rows, now, top, bottom, names: known = new Map() }, forgotten) {
  const inView = rows.between(top, bottom);
  const names = inView.objects.map(({ object, top: y }) => ({
    key: `object:${object.key}`,
    y,
    colour: OF_OBJECT,
    name: shortThing(object),
    note: valueWords(object, now),
    program: "",
  }));
  if (rows.foldTop !== null) {
    names.push({
      key: "folded",
      y: rows.foldTop,
      colour: "var(--ink-2)",
      name: forgotten,
      note: "",
      program: "",
    });
  }
  for (const lane of inView.lanes) {
    names.push({
      key: lane.key,
      y: rows.topOf(lane) ?? 0,
      colour: "var(--ink)",
      name: visible(lane.thread),
      note: doing(lane, now, known),
      program: rows.isMixed ? (known.get(lane.run) ?? "") : "",
    });
  }
  setStyle(box, "--height", String(rows.height));
  setAttribute(box, "data-longest", visible(rows.longest)); // it has room, where there is any
  reconcile(box, names, {
    key: ({ key }) => key,
    create: () =>
      h("div", { class: "lanes__name" }, h("b", {}, h("i"), h("i")), h("span"), h("span")),
    update: (node, { y, colour, name, note, program }) => {
      setStyle(node, "--y", String(y));
      setStyle(node, "--who", colour);
      const [title, ...lines] = node.children;
      const [words, number] = parted(name);
      setText(title.firstChild, words);
      setText(title.lastChild, number);
      setText(lines[0], note);
      setText(lines[1], program);
      setAttribute(node, "title", [program, name].filter(Boolean).join(" · "));
    },
  });
}

/** The value of an object at a time, in words: the permits of a semaphore, whether an event is set. */
export function valueWords(/** @type {Counted} */ object, /** @type {number} */ now) {
  const value = valueAt(object, now);
  if (value === null) return "";
  if (object.kind === "Event") return value ? t("set") : t("cleared");
  return String(value);
}

/** The colour of a semaphore or an event: none of those that say what a thread does. */
export const OF_OBJECT = "var(--ink-hub)";

/** What a thread does; of a call that has another end, whom it serves, or that one's port: its bar names the call. */
export function doing(
  /** @type {Lane} */ lane,
  /** @type {number} */ now,
  /** @type {Map<string, string>} */ known,
) {
  if (lane.bornT > now) return "";
  if (lane.endT <= now) return t("ended");
  const wait = lane.waits.findLast((each) => each.t <= now && each.end > now);
  if (!wait) return t("running");
  const what = wait.what.kind === "join" ? t("joining") : t("waiting");
  return `${what}: ${peerLabel(wait, known).replace(/^.*(?=:\d+$)/, "") || shortThing(wait.what)}`;
}
