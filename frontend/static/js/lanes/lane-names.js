// The names at the left of the lanes, which stay in sight: who it is, and what it does at a time.

import { t } from "../words/i18n.js";
import { valueAt } from "../model/counts.js";
import { shortThing } from "../words/lane-words.js";
import { reconcile } from "../dom/list.js";
import { h, setAttribute, setText } from "../dom/markup.js";

/** Show the names. `view` is {rows, now}. */
export function paintNames(box, { rows, now }) {
  const names = [
    ...rows.objects.map(({ object, top }) => ({
      key: `object:${object.key}`,
      top,
      colour: colourOfObject(object.object),
      name: shortThing(object),
      note: valueWords(object, now),
    })),
    ...[...rows.lanes].map(([lane, top]) => ({
      key: lane.key,
      top,
      colour: colourOfThread(lane.tid),
      name: lane.thread,
      note: doing(lane, now),
    })),
  ];
  setAttribute(box, "data-rows", names.length);
  box.style.setProperty("--height", `${rows.height}px`);
  reconcile(box, names, {
    key: ({ key }) => key,
    create: () => h("div", { class: "lanes__name" }, h("b"), h("span")),
    update: (node, { top, colour, name, note }) => {
      node.style.setProperty("--y", `${top}px`);
      node.style.setProperty("--who", colour);
      setText(node.firstChild, name);
      setText(node.lastChild, note);
      setAttribute(node, "title", name);
    },
  });
}

/** The value of an object at a time, in words: the permits of a semaphore, whether an event is set. */
export function valueWords(object, now) {
  const value = valueAt(object, now);
  if (value === null) return "";
  if (object.kind === "Event") return value ? t("set") : t("cleared");
  return String(value);
}

export const colourOfThread = (tid) => `var(--c${((tid - 1) % 8) + 1})`;
export const colourOfObject = (object) => `var(--c${((object + 2) % 8) + 1})`;

function doing(lane, now) {
  if (lane.bornT > now) return "";
  if (lane.endT <= now) return t("ended");
  const wait = lane.waits.findLast((each) => each.t <= now && each.end > now);
  return wait ? `${t("waiting")}: ${shortThing(wait.what)}` : t("running");
}
