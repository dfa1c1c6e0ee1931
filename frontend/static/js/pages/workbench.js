// The workbench of a lab, put together: a live room is shown by the bench, and what the elements ask
// for goes to the room.

import "../elements/run-console.js";
import "../elements/run-panel.js";
import "../elements/run-state.js";
import "../elements/see-view.js";
import { Bench } from "../elements/bench.js";
import { nextTask } from "../dom/frame.js";
import { find, h, on } from "../dom/markup.js";
import { loadKeysSheet, loadLateSheet } from "../dom/late-sheet.js";
import { soon } from "../dom/soon.js";
import { mainProgram } from "../model/lab-view.js";
import { LiveRoom } from "../net/live-room.js";

/** @import { Moment } from "../model/moment.js" */
/** @import { Failure, Order } from "../net/live-room.js" */
/** @import { Told } from "../net/timeline.js" */
/** @typedef {{run: string}} OfRun */

const page = JSON.parse(find(document, "#page").textContent ?? "");
const room = new LiveRoom(page);
const bench = new Bench(room, { lang: page.lang });
const bar = h("connection-bar");
document.body.append(bar);
/** @type {Told["status"]} */
let link = { state: "live", plain: false };
const loadBar = soon(async () => {
  await import("../elements/connection-bar.js");
  say(link);
});
soon(async () => {
  await Promise.all([
    import("../elements/take-bar.js"),
    import("../elements/port-holder.js"),
    loadLateSheet(),
  ]);
  bench.update();
  const { showReport } = await import("../elements/lab-report.js");
  showReport(page);
});

on(room, "status", say);
on(room, "change", () => tellBar());
on(document, "past-leave", () => room.leavePast());
on(document, "past-save", async () => {
  const { savePast } = await import("../net/save-past.js");
  if (room.past) savePast(room.past, room);
});
on(room, "server", (/** @type {OfRun} */ { run }) => {
  for (const desk of document.querySelectorAll("client-desk")) desk.serverStarted?.(run);
});
on(document, "client-wanted", () => {
  const tab = find(document, '.bench-tab[aria-controls="do"]');
  if (tab.checkVisibility()) tab.click();
  for (const desk of document.querySelectorAll("client-desk")) desk.invite?.();
});
on(document, "timeline-retry", () => room.retry());
on(document, "moment", (/** @type {{moment: Moment}} */ { moment }) => room.moveTo(moment));
on(document, "take-begin", () => room.beginTake());
on(document, "take-shown", (/** @type {{take: number}} */ { take }) => {
  const save = /** @type {HTMLAnchorElement} */ (find(document, ".save-take"));
  save.search = `?lab=${page.lab.id}&take=${take}`;
});
on(document, "run-start", (/** @type {Order} */ order) => room.startRun(order));
on(document, "run-stop", (/** @type {OfRun} */ { run }) => room.stopRun(run));
on(document, "run-choose", (/** @type {OfRun} */ { run }) => room.choose(run));
on(document, "run-refuse", (/** @type {Failure} */ failure) => room.refuse(failure));
on(document, "failure-hide", () => room.refuse(null));
on(document, "run-type", (/** @type {OfRun & {text: string}} */ { run, text }) =>
  room.typeInto(run, text),
);
on(document, "peer-name", (/** @type {{address: string, name: string}} */ { address, name }) =>
  room.namePeer(address, name),
);
on(document, "run-end-input", (/** @type {OfRun} */ { run }) => room.endInput(run));

document.addEventListener("click", ({ target }) => {
  const wish = target instanceof Element ? target.closest("[data-start]") : null;
  if (wish instanceof HTMLElement) room.startRun({ program: wish.dataset.start });
});

find(document, ".keys-open").addEventListener("click", showKeys);
document.addEventListener("keydown", (event) => {
  if (event.key === "?" && !isTyped(event)) showKeys();
});

if (page.hosted) enterClass();
else begin();

// The page's elements are there now. To ask what happens is the next task, and to show it another: in one
// they would keep a slow page from answering.
async function begin() {
  await nextTask();
  room.start(page.last_seq);
  await nextTask();
  bench.start();
  teach();
}

// Whoever hosts has the answers to the task's questions; they come late.
async function teach() {
  const { showAnswers } = await import("../elements/task-answers.js");
  await showAnswers(page);
}

async function showKeys() {
  const [keys] = await Promise.all([import("../elements/key-help.js"), loadKeysSheet()]);
  keys.showKeys();
}

const isTyped = (/** @type {Event} */ { target }) =>
  target instanceof Element &&
  target.matches("input:not([type=range], [type=radio]), textarea, select");

// Who works here, and may do what, has to be known first.
async function enterClass() {
  const { enter, refusedIn } = await import("../elements/classroom.js");
  const lost = (/** @type {boolean} */ is) =>
    say(is ? { state: "lost", retryInS: 0, ended: false } : { state: "live", plain: false });
  const mine = await enter(page, { lost });
  const allow = () => {
    room.identify(mine.me.id);
    room.allow(refusedIn(mine, page.permissions));
  };
  mine.addEventListener("change", allow);
  bench.start();
  allow();
  mine.follow(room);
  room.start(mine.room === mine.id ? mine.state.seq : null);
  if (mine.isHost) return teach();
  const { tellGuests } = await import("../elements/guest-arguments.js");
  tellGuests(page.arguments, mainProgram(page.lab));
}

// Of a connection that is well there is nothing to say, and so what says it comes late.
function say(/** @type {Told["status"]} */ status) {
  link = status;
  bar.update?.(status);
  tellBar();
  if (status.state !== "connecting")
    document.documentElement.toggleAttribute("data-lost", status.state === "lost");
  if (status.state === "lost") loadBar();
}

function tellBar() {
  bar.remember?.(room.present.memory);
  bar.offer?.(room.past !== null);
}
