// When the page is drawn: once a frame, in four steps. First what came is taken, then everything is
// written, then whatever is asked is measured, and only then is anything scrolled: so a frame is laid
// out once.

/** @typedef {"take" | "draw" | "measure" | "place"} Step */

/** @type {readonly Step[]} */
const STEPS = Object.freeze(["take", "draw", "measure", "place"]);
const HIDDEN_PAGE_MS = 250; // a page that is not shown gets no animation frames

/** @type {Map<Step, Set<() => void>>} */
const asked = new Map(STEPS.map((step) => [step, new Set()]));
let running = -1; // the step of the frame that is going on; -1: none
/** @type {(() => void) | null} */
let cancel = null; // takes back the frame that is asked for

/**
 * Call `act` once in a step of the next frame: "take", "draw", "measure" or "place". What an earlier step of
 * a frame asks for is done in the same frame.
 * @param {Step} step
 * @param {() => void} act
 */
export function inFrame(step, act) {
  asked.get(step)?.add(act);
  if (STEPS.indexOf(step) <= running || running === -1) schedule();
}

function schedule() {
  if (cancel !== null) return;
  const frame = requestAnimationFrame(run);
  const timer = setTimeout(run, HIDDEN_PAGE_MS);
  cancel = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}

function run() {
  cancel?.();
  cancel = null;
  try {
    for (running = 0; running < STEPS.length; running += 1) {
      const acts = asked.get(STEPS[running]) ?? [];
      asked.set(STEPS[running], new Set());
      for (const act of acts) attempt(act);
    }
  } finally {
    running = -1;
  }
}

/** Resolves in a task of its own, so that the page can answer in between. */
export const nextTask = () => new Promise((resolve) => setTimeout(resolve));

/**
 * Act; one part that fails does not keep the others from being drawn.
 * @param {() => void} act
 */
function attempt(act) {
  try {
    act();
  } catch (error) {
    reportError(error);
  }
}
