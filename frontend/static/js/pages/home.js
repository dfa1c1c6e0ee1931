// The start of a hosted playground: come into a room by its code, go back into one's own, and, for who
// holds the host key, make one.

import { ApiError, readRoom } from "../net/api.js";
import { at } from "../net/base.js";
import { joinRoom, listRooms, makeRoom, readMe } from "../net/class-api.js";
import {
  hostKey,
  keepHostKey,
  keepToken,
  rememberedName,
  rememberName,
  roomsEntered,
  takeFragment,
} from "../net/key-ring.js";
import { classFailure, peopleCount, POLICIES } from "../words/class-words.js";
import { t } from "../words/i18n.js";
import { find, findAll, h, setText } from "../dom/markup.js";
import { visible } from "../model/text.js";

/** @import { Policy } from "../model/permissions.js" */
/** @import { RoomInfo } from "../model/types.d.ts" */
/** @typedef {{room: RoomInfo, role: "host" | "guest" | null}} Entry `role` null: not yet in it */

const root = find(document, ".door");
const code = /** @type {HTMLInputElement} */ (find(root, "#code"));
const key = /** @type {HTMLInputElement} */ (find(root, "#host-key"));
const name = /** @type {HTMLInputElement} */ (find(root, "#room-name"));
const myName = /** @type {HTMLInputElement} */ (find(root, "#host-name"));

myName.value ||= rememberedName();
takeFragment();
addEventListener("hashchange", () => {
  takeFragment();
  showHost();
});
find(root, ".door-policies").append(...POLICIES.map(policyChoice));
onSubmit(".door-join", async () => {
  const digits = code.value.replace(/\s/g, "");
  if (digits) location.assign(at(`/join/${encodeURIComponent(digits)}`));
});
onSubmit(".door-key", async () => {
  const given = key.value.trim();
  await listRooms(given);
  keepHostKey(given);
  key.value = "";
  await showHost();
});
onSubmit(".door-make", async () => {
  const chosen = /** @type {HTMLInputElement} */ (find(root, ".door-policies input:checked"));
  const policy = /** @type {Policy} */ (chosen.value);
  const host = myName.value.trim();
  const order = { name: name.value, policy, host: host || t("Host") };
  const { room } = await makeRoom(order, hostKey() ?? "");
  if (host) rememberName(host);
  location.assign(at(`/r/${room.id}`));
});
find(root, ".door-forget").addEventListener("click", () => {
  keepHostKey(null);
  location.reload();
});
// A form that is sent before this would only load the page anew.
for (const button of findAll(root, "button[type=submit]")) button.removeAttribute("disabled");
showHost();

/**
 * Do something when a form is sent; what goes wrong is said in the form.
 * @param {string} selector
 * @param {() => Promise<void>} act
 */
function onSubmit(selector, act) {
  const form = find(root, selector);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const failure = find(form, ".door-failure");
    setText(failure, "");
    try {
      await act();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const { what, hint } = classFailure(error);
      setText(failure, visible(`${what} ${hint}`));
    }
  });
}

async function showHost() {
  const given = hostKey();
  find(root, ".door-host").hidden = given === null;
  find(root, ".door-key").hidden = given !== null;
  const mine = await Promise.all(roomsEntered().map(entryOf));
  /** @type {Entry[]} */
  const entries = mine.filter((entry) => entry !== null);
  if (given !== null) entries.push(...(await othersThan(entries, given)));
  find(root, ".door-rooms").hidden = entries.length === 0;
  find(root, ".door-list").replaceChildren(...entries.map(row));
}

// A room that is closed, or that we were sent out of, is none of ours any more.
/** @returns {Promise<Entry | null>} */
async function entryOf(/** @type {string} */ id) {
  try {
    const [room, me] = await Promise.all([readRoom(id), readMe(id)]);
    return { room, role: me.role };
  } catch (error) {
    const { status = 0 } = /** @type {ApiError} */ (error);
    if (status === 401 || status === 404) keepToken(id, null);
    return null;
  }
}

/** @returns {Promise<Entry[]>} */
async function othersThan(/** @type {Entry[]} */ entries, /** @type {string} */ given) {
  const known = new Set(entries.map(({ room }) => room.id));
  try {
    const { rooms } = await listRooms(given);
    return rooms.filter(({ id }) => !known.has(id)).map((room) => ({ room, role: null }));
  } catch (error) {
    if (/** @type {ApiError} */ (error).status !== 401) return [];
    keepHostKey(null);
    find(root, ".door-host").hidden = true;
    find(root, ".door-key").hidden = false;
    setText(
      find(root, ".door-key .door-failure"),
      classFailure(/** @type {ApiError} */ (error)).what,
    );
    return [];
  }
}

function row(/** @type {Entry} */ { room, role }) {
  const there = room.people.filter((person) => person.online).length;
  const notes = [
    role === "host" ? t("host") : role === "guest" ? t("guest") : "",
    peopleCount(there),
  ];
  const enter = h("a", { class: "button", href: at(`/r/${room.id}`) }, t("Go in"));
  if (role === null) enter.addEventListener("click", (event) => enterAsHost(event, room.id));
  return h(
    "li",
    { class: "door-room" },
    h("span", { class: "door-room-name" }, visible(room.name)),
    h("span", { class: "door-room-notes" }, notes.filter(Boolean).join(" · ")),
    enter,
  );
}

async function enterAsHost(/** @type {MouseEvent} */ event, /** @type {string} */ id) {
  event.preventDefault();
  await joinRoom(id, rememberedName() || t("Host"), hostKey() ?? "");
  location.assign(at(`/r/${id}`));
}

/** @param {(typeof POLICIES)[number]} policy */
function policyChoice([policy, word, meaning]) {
  const input = h("input", { type: "radio", name: "policy", value: policy });
  input.checked = policy === "together";
  return h(
    "label",
    { class: "policy" },
    input,
    h("span", { class: "policy__word" }, word),
    h("span", { class: "policy__meaning" }, meaning),
  );
}
