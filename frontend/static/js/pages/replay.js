// The replay page, put together: a file that somebody opens becomes a recorded room, which the bench of
// the workbench shows and the playback bar plays.

import "../elements/bench-tabs.js";
import "../elements/playback-bar.js";
import "../elements/recording-shelf.js";
import "../elements/run-console.js";
import "../elements/run-state.js";
import "../elements/see-view.js";
import { Bench } from "../elements/bench.js";
import { RecordedSources } from "../elements/recorded-sources.js";
import { RecordingInfo } from "../elements/recording-info.js";
import { RecordingOpener } from "../elements/recording-opener.js";
import { t } from "../words/i18n.js";
import { find, on } from "../dom/markup.js";
import { prepare } from "../model/playback.js";
import { labsOf, strangeLab } from "../model/recorded-labs.js";
import { KeptRecordings } from "../net/kept-recordings.js";
import { RecordedRoom } from "../net/recorded-room.js";

/** @import { PlaybackBar } from "../elements/playback-bar.js" */
/** @import { RecordingShelf } from "../elements/recording-shelf.js" */
/** @import { Lab } from "../model/recorded-labs.js" */
/** @import { Recording } from "../model/recording.js" */
/** @import { ClassRoom } from "../net/class-room.js" */

// Where keys have a meaning of their own: typing, choosing, scrolling.
const OWN_KEYS =
  "input:not([type=range]), textarea, select, [role=tablist], [role=listbox], .diagram__scroll, [role=region], " +
  "[role=log], pre";
const OWN_SPACE = "button, a, summary";

const page = JSON.parse(find(document, "#page").textContent ?? "");
const root = find(document, ".replay");
const bar = /** @type {PlaybackBar} */ (find(root, "playback-bar"));
const query = new URLSearchParams(location.search);
const shelf = /** @type {RecordingShelf} */ (find(root, "recording-shelf"));
const kept = new KeptRecordings(page.room);
const opener = new RecordingOpener(root);
const info = new RecordingInfo(root, page);
const sources = new RecordedSources(find(root, ".column--read"), page);
/** @type {RecordedRoom | null} */
let room = null;
/** @type {Bench | null} */
let bench = null;
/** @type {ClassRoom | null} who asks, where people have names */
let mine = null;

on(
  opener,
  "recording",
  (/** @type {{name: string, recording: Recording}} */ { name, recording }) => {
    const events = prepare(recording);
    const labs = labsOf(events, page.labs, recording.header.lab);
    bench?.stop();
    room?.close();
    const shown = new RecordedRoom(
      { ...recording, events },
      { lab: labs[0] ?? strangeLab("", []), hint: t("Press play, or → for the first event.") },
    );
    room = shown;
    bench = new Bench(room, { lang: page.lang, root });
    find(root, ".replay-open").hidden = true;
    shelf.remove();
    find(root, ".replay-shown").hidden = false;
    document.body.classList.add("is-replaying");
    info.describe(name, { ...recording, events }, labs);
    on(room, "change", () => bar.update(shown.playback, shown));
    bench.start();
    showLab(room.lab);
    find(bar, ".playback__play").focus({ preventScroll: true });
  },
);

on(info, "lab", (/** @type {{lab: Lab}} */ { lab }) => showLab(lab));
on(bar, "playback-play", (/** @type {{playing: boolean}} */ { playing }) => room?.play(playing));
on(bar, "playback-step", (/** @type {{by: number}} */ { by }) => room?.step(by));
on(bar, "playback-seek", (/** @type {{time: number}} */ { time }) => room?.seek(time));
on(bar, "playback-speed", (/** @type {{speed: number}} */ { speed }) => room?.setSpeed(speed));
on(bar, "playback-skip", (/** @type {{skip: boolean}} */ { skip }) => room?.skipWaits(skip));
document.addEventListener("keydown", (event) => press(event));
on(kept, "change", () => updateShelf());
on(shelf, "recording-keep", (/** @type {{name: string, lab?: string}} */ what) => kept.keep(what));
on(shelf, "recording-delete", (/** @type {{id: string}} */ { id }) => kept.delete(id));
on(shelf, "recording-rename", (/** @type {{id: string, name: string}} */ { id, name }) =>
  kept.rename(id, name),
);
on(shelf, "recording-undo", () => kept.bringBack());
opener.start();
if (query.has("example")) opener.openExample(page.example);
else if (page.room) openShelf(query.get("recording") ?? "");

async function openShelf(/** @type {string} */ wanted) {
  if (page.hosted) {
    const { whoAsks } = await import("../net/recordings-way.js");
    mine = await whoAsks(page, wanted);
    document.addEventListener("click", save);
  }
  if (wanted) opener.openKept(wanted, kept);
  else kept.start();
}

function updateShelf() {
  const mayKeep = !page.hosted || (mine?.may("keep") ?? false);
  const lab = query.get("lab") ?? "";
  shelf.update({ kept, mayKeep, lab, people: mine?.state.people ?? new Map() });
}

// A file of a hosted room needs our token with it.
async function save(/** @type {MouseEvent} */ event) {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link?.hasAttribute("download")) return;
  event.preventDefault();
  const { download } = await import("../net/file-download.js");
  await kept.trying(() => download(link));
}

async function showLab(/** @type {Lab} */ lab) {
  info.showLab(lab);
  room?.showLab(lab);
  if (await sources.show(lab)) bench?.update();
}

function press(/** @type {KeyboardEvent} */ event) {
  const { target, key } = event;
  if (room === null || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!(target instanceof Element) || target.closest(OWN_KEYS)) return;
  if (key === " " && !target.closest(OWN_SPACE)) room.play();
  else if (key === "ArrowRight") room.step(1);
  else if (key === "ArrowLeft") room.step(-1);
  else return;
  event.preventDefault();
}
