// <people-list>: who is in the room: name, role, whether they are there. Everybody renames themselves;
// the host mutes, removes, and lets somebody in again who has another browser.
// Asks for: "person-change" {person, change}, "person-remove" {person}, "person-token" {person}.

import "./copy-button.js";
import "./sure-button.js";
import { t } from "../words/i18n.js";
import { reconcile } from "../dom/list.js";
import { ask, find, h, setAttribute, setText } from "../dom/markup.js";
import { visible } from "../model/text.js";

/** @import { Person } from "../model/class-state.js" */
/** @import { ClassRoom } from "../net/class-room.js" */
/** @typedef {{person: Person, isMe: boolean, isHost: boolean, link: string}} Row `link`: a personal link that was just made */

const NAME_LIMIT = 40;

export class PeopleList extends HTMLElement {
  #list = h("ul", { class: "people", "aria-label": t("People in this room") });
  /** @type {{id: string, link: string}} whose new link is shown */
  #made = { id: "", link: "" };
  /** @type {ClassRoom | null} */
  #room = null;
  /** @type {Map<string, Row>} */
  #rows = new Map();

  connectedCallback() {
    if (!this.firstChild) this.append(this.#list);
  }

  update(/** @type {ClassRoom} */ room) {
    this.#room = room;
    const rows = [...room.state.people.values()]
      .sort(byPresence)
      .map((person) => this.#row(person));
    this.#rows = new Map(rows.map((row) => [row.person.id, row]));
    reconcile(this.#list, rows, { key: ({ person }) => person.id, create, update: updateRow });
  }

  /** Show the personal link of somebody, once. */
  showLink(/** @type {string} */ id, /** @type {string} */ link) {
    this.#made = { id, link };
    if (this.#room) this.update(this.#room);
  }

  // The same object as long as nothing of it changes: so the list leaves it alone.
  #row(/** @type {Person} */ person) {
    const { me, isHost } = /** @type {ClassRoom} */ (this.#room);
    const link = this.#made.id === person.id ? this.#made.link : "";
    const before = this.#rows.get(person.id);
    const row = { person, isMe: person.id === me.id, isHost, link };
    const isSame = before?.person === person && before.isHost === isHost && before.link === link;
    return isSame ? before : row;
  }
}

const byPresence = (/** @type {Person} */ a, /** @type {Person} */ b) =>
  Number(b.role === "host") - Number(a.role === "host") || Number(b.online) - Number(a.online);

function create(/** @type {Row} */ { person: { id }, isMe, isHost }) {
  const item = h(
    "li",
    { class: "person", "data-person": id },
    h("span", { class: "dot" }),
    h("span", { class: "person__name" }),
    h("span", { class: "person__notes" }),
  );
  if (isMe || isHost) item.append(actions(item, id, isMe));
  return item;
}

/**
 * What can be done about somebody, behind one button.
 * @param {HTMLElement} item
 * @param {string} id
 * @param {boolean} isMe
 */
function actions(item, id, isMe) {
  const more = h("details", { class: "person__more" });
  const name = h("input", {
    class: "field",
    name: "name",
    autocomplete: "off",
    maxlength: NAME_LIMIT,
    "aria-label": t("Name"),
  });
  const rename = h("form", { class: "person__rename" }, name);
  rename.append(h("button", { class: "button", type: "submit" }, t("Rename")));
  rename.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(item, "person-change", { person: id, change: { name: name.value } });
    more.open = false;
  });
  more.addEventListener("toggle", () => {
    if (more.open) name.value = item.dataset.name ?? "";
  });
  more.append(h("summary", { class: "person__open" }, isMe ? t("Rename") : "⋯"), rename);
  if (!isMe) more.append(...hostActions(item, id));
  return more;
}

function hostActions(/** @type {HTMLElement} */ item, /** @type {string} */ id) {
  const mute = h("button", { class: "button person__mute", type: "button" });
  mute.addEventListener("click", () =>
    ask(item, "person-change", { person: id, change: { muted: item.dataset.muted !== "true" } }),
  );
  const link = h("sure-button", { class: "person__link" });
  Object.assign(link, {
    label: t("Personal link"),
    question: t("With a new link they join from another browser; this one is signed out."),
    deed: t("Make the link"),
  });
  link.addEventListener("sure", () => ask(item, "person-token", { person: id }));
  const remove = h("sure-button", { class: "person__remove" });
  Object.assign(remove, { label: t("Remove"), question: t("Remove them from the room?") });
  remove.addEventListener("sure", () => ask(item, "person-remove", { person: id }));
  const made = h("p", { class: "person__made", role: "status" });
  return [h("div", { class: "person__actions" }, mute, link, remove), made];
}

function updateRow(/** @type {HTMLElement} */ item, /** @type {Row} */ { person, isMe, link }) {
  const { name, online, muted, role } = person;
  item.dataset.name = name;
  item.dataset.muted = String(muted);
  item.dataset.online = String(online);
  setAttribute(item.firstChild, "class", online ? "dot dot--on" : "dot");
  setText(find(item, ".person__name"), visible(name));
  const notes = [
    isMe ? t("you") : "",
    role === "host" ? t("host") : "",
    muted ? t("muted") : "",
    online ? "" : t("away"),
  ];
  setText(find(item, ".person__notes"), notes.filter(Boolean).join(" · "));
  const summary = item.querySelector("summary");
  if (summary && !isMe)
    setAttribute(summary, "aria-label", t("What to do: {name}", { name: visible(name) }));
  const mute = item.querySelector(".person__mute");
  if (mute) setText(mute, muted ? t("Unmute") : t("Mute"));
  const made = item.querySelector(".person__made");
  if (made && made.textContent !== link) made.replaceChildren(...linkOf(link));
}

function linkOf(/** @type {string} */ link) {
  if (link === "") return [];
  const copy = h("copy-button");
  copy.text = link;
  return [h("code", {}, link), copy];
}

customElements.define("people-list", PeopleList);
