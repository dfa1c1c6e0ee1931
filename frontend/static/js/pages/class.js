// The class view, put together: summaries of all desks come live, the class's room says how it works.

import "../elements/class-view.js";
import "../elements/connection-bar.js";
import { find, h, on } from "../dom/markup.js";
import { withNews } from "../model/desks.js";
import { changeRoom } from "../net/class-api.js";
import { Desks } from "../net/desks.js";
import { Timeline, timelineUrl } from "../net/timeline.js";
import { classFailure } from "../words/class-words.js";

/** @import { ClassView } from "../elements/class-view.js" */
/** @import { Policy } from "../model/permissions.js" */
/** @import { ClassRoom } from "../net/class-room.js" */
/** @import { Told } from "../net/desks.js" */

const page = JSON.parse(find(document, "#page").textContent ?? "");
const view = /** @type {ClassView} */ (find(document, "class-view"));
const bar = h("connection-bar");
document.body.append(bar);
const skewS = page.now - Date.now() / 1000; // of the server's clock
view.begin(() => Date.now() / 1000 + skewS);

if (page.hosted) enterClass();
else view.update({ ...nothing(), isHosted: false });

// A class of which nothing is known yet.
function nothing() {
  const policy = /** @type {Policy} */ ("together");
  const { room, labs: titles } = page;
  return { desks: null, room, code: "", policy, isHost: true, isHosted: true, shown: null, titles };
}

async function enterClass() {
  const { enter } = await import("../elements/classroom.js");
  const lost = (/** @type {boolean} */ is) =>
    bar.update(is ? { state: "lost", retryInS: 0, ended: false } : { state: "live", plain: false });
  const mine = await enter(page, { lost });
  const timeline = new Timeline({ url: timelineUrl(mine.id) });
  mine.follow(timeline);
  timeline.start(mine.state.seq);
  if (mine.isHost) followDesks(mine);
  else view.update({ ...nothing(), isHost: false });
}

function followDesks(/** @type {ClassRoom} */ mine) {
  /** @type {import("../model/desks.js").Desks | null} */
  let known = null;
  const update = () => {
    const { id, code, policy, shown } = mine.state;
    view.update({ ...nothing(), desks: known, room: id, code, policy, shown });
  };
  const change = async (/** @type {Parameters<typeof changeRoom>[1]} */ wanted) => {
    try {
      await changeRoom(mine.id, wanted);
      view.fail("");
    } catch (error) {
      view.fail(classFailure(/** @type {any} */ (error)).what);
    }
  };
  const desks = new Desks(mine.id);
  on(desks, "desks", (/** @type {Told["desks"]} */ { news }) => {
    known = withNews(known ?? new Map(), news);
    update();
  });
  on(desks, "status", (/** @type {Told["status"]} */ status) => bar.update(status));
  on(document, "timeline-retry", () => desks.retry());
  for (const change of ["online", "offline"]) addEventListener(change, () => desks.retry());
  on(view, "desk-show", (/** @type {{desk: string | null, lab?: string | null}} */ order) => {
    const shown = order.desk === null ? null : { room: order.desk, lab: order.lab ?? null };
    change({ shown });
  });
  on(view, "policy-set", (/** @type {{policy: Policy}} */ wanted) => change(wanted));
  mine.addEventListener("change", update);
  update();
  desks.start();
}
