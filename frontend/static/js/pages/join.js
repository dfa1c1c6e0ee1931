// The door of a room: whoever comes says their name, and is let in.

import { ApiError } from "../net/api.js";
import { at } from "../net/base.js";
import { joinRoom } from "../net/class-api.js";
import { classOf } from "../net/credentials.js";
import { hostKey, rememberedName, rememberName } from "../net/key-ring.js";
import { classFailure, spokenCode } from "../words/class-words.js";
import { find, findAll, setText } from "../dom/markup.js";
import { visible } from "../model/text.js";

const LAB = /^[a-z0-9_]+\/[a-z0-9_]+$/;

const page = JSON.parse(find(document, "#page").textContent ?? "");
const form = /** @type {HTMLFormElement} */ (find(document, ".door-enter"));
const name = /** @type {HTMLInputElement} */ (find(form, "#name"));
const asHost = /** @type {HTMLInputElement} */ (find(form, "#as-host"));
const button = /** @type {HTMLButtonElement} */ (find(form, ".door-go"));
const query = new URLSearchParams(location.search);

for (const place of findAll(document, ".door-code")) {
  setText(place, visible(spokenCode(page.code)));
}
find(document, ".door-with-code").hidden = !/^\d+$/.test(page.code);
find(document, ".door-again").hidden = !query.has("again");
find(form, ".door-as-host").hidden = hostKey() === null;
name.value ||= rememberedName(); // somebody may be quicker than this script
name.focus();
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true;
  try {
    await comeIn();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { what, hint } = classFailure(error);
    setText(find(form, ".door-failure strong"), visible(what));
    setText(find(form, ".door-failure span"), visible(hint));
    find(form, ".door-failure").hidden = false;
  } finally {
    button.disabled = false;
  }
});

button.disabled = false; // a form that is sent before would only load the page anew

async function comeIn() {
  const key = asHost.checked ? hostKey() : null;
  const { room, person } = await joinRoom(page.code, name.value, key ?? "");
  rememberName(person.name);
  location.replace(wayOn(room.id));
}

// Where somebody was before they had to come in: at recordings of this room, at a lab of it.
function wayOn(/** @type {string} */ room) {
  const { lab = "", recordings = "", recording = "" } = Object.fromEntries(query);
  if (classOf(recordings) === room) {
    const asked = new URLSearchParams({ room: recordings, ...(recording && { recording }) });
    return at(`/replay?${asked}`);
  }
  return LAB.test(lab) ? at(`/r/${room}/labs/${lab}`) : at(`/r/${room}`);
}
