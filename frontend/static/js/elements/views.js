// What shows a recording. This is the one place to add a view to the replay.
//
// A view has three functions: reset() forgets what it was fed, take(events, view) is fed the next
// events, update(view) shows the moment. Besides what the elements of the live workbench get
// (js/workbench.js), `view` has
//   events  all events of the recording, by time
//   until   the time of the moment; events with t > until have not happened yet
//   count   how many have happened
// so that an element which draws a whole recording needs no more than
//   { reset() {}, take() {}, update: ({ events, until }) => Object.assign(element, { events, until }) }

import { LitLines } from "../model/lit-lines.js";
import { lightLines } from "./lit-source.js";

/** The views of the replay page, each found under `root`. */
export function createViews(root) {
  const find = (name) => root.querySelector(name);
  return [
    seeView(find("see-view")),
    elementView(() => find("run-console")),
    elementView(() => find("run-state")), // it comes with the Read column of a lab
    litView(() => find("lab-reader")),
  ];
}

function seeView(see) {
  return {
    reset: () => see.clear(),
    take: (events, view) => see.take(events, view),
    update(view) {
      see.until = view.until;
      see.update(view);
    },
  };
}

function litView(find) {
  let lines = new LitLines();
  return {
    reset() {
      lines = new LitLines();
    },
    take: (events) => lines.append(events),
    update: ({ lab, runs, until }) => lightLines(find(), lines, { lab, runs, now: until }),
  };
}

function elementView(find) {
  return { reset() {}, take() {}, update: (view) => find()?.update?.(view) };
}
