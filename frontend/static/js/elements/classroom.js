// What a page of a hosted room has beside what every page of a room has: it finds out who this browser
// is, goes where that person works, and shows the class. Loaded by such pages only.

import "./class-bar.js";
import "./room-panel.js";
import { pathOf } from "./class-bar.js";
import { showEnd } from "./class-end.js";
import { at } from "../net/base.js";
import { ClassRoom } from "../net/class-room.js";
import { classOf, tokenOf } from "../net/credentials.js";
import { download } from "../net/file-download.js";
import { keepToken, takeFragment } from "../net/key-ring.js";
import { refusals } from "../words/class-words.js";
import { t } from "../words/i18n.js";
import { find } from "../dom/markup.js";

/** @import { ClassBar } from "./class-bar.js" */
/** @import { RoomPanel } from "./room-panel.js" */
/** @import { ApiError } from "../net/api.js" */
/** @import { Permissions } from "../model/permissions.js" */
/** @import { Refused } from "../net/live-room.js" */
/** @typedef {{room: string, permissions: Permissions, lab?: {id: string}}} HostedPage */

const LOOKING = "socketlab.looking."; // in sessionStorage, by class: this tab looks at its room
const SAID = "socketlab.said";
const RETRY_MS = 2000;

/**
 * Enter the class of a page. Resolves with it once it is known who asks; never, when the page goes
 * elsewhere.
 * @param {HostedPage} page
 * @param {{lost: (lost: boolean) => void}} tell `lost` says that the server does not answer
 * @returns {Promise<ClassRoom>}
 */
export async function enter(page, { lost }) {
  const lab = page.lab?.id ?? "";
  const room = new ClassRoom(page);
  takeFragment(page.room);
  if (tokenOf(room.id) === null) return goTo(doorOf(page));
  await readPatiently(room, page, lost);
  room.isLooking = sessionStorage.getItem(LOOKING + room.id) !== null;
  const place = room.placeToBe;
  if (place !== null) return goTo(pathOf(place, lab));
  const said = sessionStorage.getItem(SAID) ?? "";
  sessionStorage.removeItem(SAID);
  /** @type {RoomPanel} */ (find(document, "room-panel")).begin(room);
  /** @type {ClassBar} */ (find(document, "class-bar")).begin(room, { lab, said });
  room.addEventListener("change", () => goWhereTheClassIs(room, lab));
  room.addEventListener("ended", (event) => {
    showEnd(room, /** @type {CustomEvent} */ (event).detail);
  });
  document.addEventListener("click", (event) => click(event, room));
  return room;
}

/**
 * Why this person may not do something here, in words, by what it is.
 * @param {ClassRoom} room
 * @param {Permissions} permissions
 * @returns {Refused}
 */
export const refusedIn = (room, permissions) =>
  refusals((action) => room.may(action), room.whereIn(), permissions.muted);

// A page that begins while the server is away waits for it.
async function readPatiently(
  /** @type {ClassRoom} */ room,
  /** @type {HostedPage} */ page,
  /** @type {(lost: boolean) => void} */ lost,
) {
  while (true) {
    try {
      await room.read();
      lost(false);
      return;
    } catch (error) {
      const { status = 0 } = /** @type {ApiError} */ (error);
      if (status === 401) {
        keepToken(room.id, null);
        await goTo(`${doorOf(page)}${page.lab ? "&" : "?"}again`);
      }
      if (status === 404) {
        showEnd(room, { code: 4404, reason: "" });
        await new Promise(() => {});
      }
      lost(true);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

function doorOf(/** @type {HostedPage} */ { room, lab }) {
  return at(`/join/${classOf(room)}${lab ? `?lab=${lab.id}` : ""}`);
}

/**
 * Leave the page; what stands after it does not run.
 * @param {string} href
 * @returns {Promise<never>}
 */
function goTo(href) {
  location.replace(href);
  return new Promise(() => {});
}

function goWhereTheClassIs(/** @type {ClassRoom} */ room, /** @type {string} */ lab) {
  if (room.state.policy !== "own_desks") {
    room.isLooking = false;
    sessionStorage.removeItem(LOOKING + room.id);
  }
  const place = room.placeToBe;
  if (place === null) return;
  const said = t("The class works in its room again; your desk is closed.");
  if (place === room.id) sessionStorage.setItem(SAID, said);
  goTo(pathOf(place, lab));
}

// A link between desk and room says which of both this tab is for; a file needs our token with it.
function click(/** @type {MouseEvent} */ event, /** @type {ClassRoom} */ room) {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link) return;
  if (link.dataset.look === "true") sessionStorage.setItem(LOOKING + room.id, "");
  if (link.dataset.look === "false") sessionStorage.removeItem(LOOKING + room.id);
  if (link.hasAttribute("download") && link.origin === location.origin) {
    event.preventDefault();
    download(link);
  }
}
