// The rows of a lab's take, taken from the history: in parts, the newest first.

import { kindOf } from "../words/event-words.js";
import { belongsHere, labView, takesOf } from "../model/lab-view.js";
import { byTime } from "../model/event-order.js";
import { isRenamed } from "../model/people.js";
import { merge } from "../model/sorted.js";

/** @import { View } from "./event-list.js" */
/** @import { Row } from "./event-row.js" */
/** @import { Entry } from "../model/history.js" */
/** @import { LabView } from "../model/lab-view.js" */

const KEPT = 10_000; // events to search in
const TAKEN_A_FRAME = 2_000; // of the history, at most: the newest come first

export class EventRows {
  /** @type {Row[]} by time */
  all = [];
  naming = 0; // how often they have begun anew, for they are called otherwise or of another take
  /** Whether nothing of the history is missing. */
  isWhole = true;
  #from = 0; // the counts of the history between which they are taken
  #to = 0;
  /** @type {Map<string, string>} of runs and clients, as the rows call them */
  #names = new Map();
  #began = -1; // the number of the event that began the take whose rows these are

  /** Forget them: the history begins anew. */
  clear() {
    this.#to = Infinity;
  }

  // The history may have grown since the view: what is drawn before the next one comes has no names for
  // that yet.
  /** Bring the rows up to what a view knows; who is called otherwise now makes all of them anew. */
  take(/** @type {View} */ { history, count, names, lab, take }) {
    const isOther = isRenamed(this.#names, names) || take.seq !== this.#began;
    this.#names = names;
    this.#began = take.seq;
    // Of all that is known of the take: at the moment that is shown perhaps nothing has begun yet.
    const next = takesOf(history.present, lab).find(({ seq }) => seq > take.seq);
    const end = Math.min(count, next ? history.countBefore(next.seq) : count);
    const isBehind = this.#to < history.forgotten || end - this.#to > TAKEN_A_FRAME;
    if (isOther || count < this.#to || isBehind) {
      this.naming += 1;
      this.all = [];
      this.#from = this.#to = end;
    }
    const from = Math.max(history.forgotten, this.#from - TAKEN_A_FRAME);
    const whole = labView(history.stateAfter(end), lab);
    const more = [...history.between(from, this.#from), ...history.between(this.#to, end)]
      .filter((event) => event.seq >= take.seq && isOurs(event, whole))
      .map((event) => ({ event, kind: kindOf(event), words: null, text: null }));
    merge(this.all, more, (a, b) => byTime(a.event, b.event));
    const over = this.all.length - KEPT;
    if (over > 0) this.all.splice(0, over);
    this.#from = over >= 0 ? history.forgotten : from; // what is older has no place
    this.#to = count;
    this.isWhole = this.#from <= history.forgotten;
  }
}

// An unbuffered print() writes its newline by a call of its own: that alone is no row.
const NEWLINE = /^\r?\n$/;

function isOurs(/** @type {Entry} */ event, /** @type {LabView} */ view) {
  if (event.type === "output" && NEWLINE.test(event.text)) return false;
  return event.type === "gap" || belongsHere(event, view);
}
