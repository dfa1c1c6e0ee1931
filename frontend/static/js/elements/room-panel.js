// <room-panel>: the room and its people, behind a button in the header that counts them: who is there,
// how others come in, how the class works. It lies over the page beside it; on a phone it is a sheet.

import "./invite-board.js";
import "./people-list.js";
import "./room-settings.js";
import { at } from "../net/base.js";
import {
  changePerson,
  changeRoom,
  clearTimeline,
  closeRoom,
  readInvitation,
  removePerson,
  renewToken,
} from "../net/class-api.js";
import { classFailure, peopleCount } from "../words/class-words.js";
import { t } from "../words/i18n.js";
import { h, notYet, on, setAttribute, setText } from "../dom/markup.js";
import { icon } from "../dom/svg.js";
import { visible } from "../model/text.js";

/** @import { InviteBoard } from "./invite-board.js" */
/** @import { PeopleList } from "./people-list.js" */
/** @import { RoomSettings } from "./room-settings.js" */
/** @import { ClassRoom } from "../net/class-room.js" */
/** @typedef {{person: string}} OfPerson */

const PEOPLE =
  "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M2.5 20a6.5 6.5 0 0 1 13 0M16 4.5a3.5 3.5 0 0 1 0 6.5M18 14.2a6.5 6.5 0 0 1 3.5 5.8";

export class RoomPanel extends HTMLElement {
  #count = h("span", { class: "room__count" });
  #button = h("button", {
    class: "room__button",
    type: "button",
    "aria-expanded": "false",
    "aria-controls": "room-sheet",
  });
  #name = h("h2", { class: "room__name" });
  #close = h("button", { class: "button button--quiet button--icon", type: "button" }, "×");
  #failure = h("p", { class: "room__failure", role: "alert" });
  #invite = /** @type {InviteBoard} */ (h("invite-board", { class: "invite" }));
  #people = /** @type {PeopleList} */ (h("people-list"));
  #settings = /** @type {RoomSettings} */ (h("room-settings", { class: "settings" }));
  #sheet = h("section", { class: "room__sheet", id: "room-sheet", "aria-label": t("Room") });
  #desks = h("a", {}, t("All desks"));
  /** @type {ClassRoom} */
  #room = notYet();

  /** Show a class, from now on. */
  begin(/** @type {ClassRoom} */ room) {
    this.#room = room;
    this.#build();
    room.addEventListener("change", () => this.#update());
    this.#update();
    this.#readInvitation();
  }

  #build() {
    this.#sheet.hidden = true;
    setAttribute(this.#close, "aria-label", t("Close"));
    this.#button.append(icon(PEOPLE), this.#count);
    this.#button.addEventListener("click", () => this.#open(this.#sheet.hidden === true));
    this.#close.addEventListener("click", () => this.#open(false));
    this.addEventListener("keydown", ({ key }) => {
      if (key === "Escape" && !this.querySelector("dialog[open]")) this.#open(false);
    });
    this.#listen();
    this.#sheet.append(
      h("header", { class: "room__head" }, this.#name, this.#close),
      this.#failure,
      this.#invite,
      this.#people,
      this.#settings,
      h(
        "p",
        { class: "room__foot" },
        this.#desks,
        " ",
        h("a", { href: at("/") }, t("All my rooms")),
      ),
    );
    this.append(this.#button, this.#sheet);
  }

  #listen() {
    const { id } = this.#room;
    on(this, "person-change", (/** @type {OfPerson & {change: object}} */ { person, change }) =>
      this.#do(() => changePerson(id, person, change)),
    );
    on(this, "person-remove", (/** @type {OfPerson} */ { person }) =>
      this.#do(() => removePerson(id, person)),
    );
    on(this, "person-token", (/** @type {OfPerson} */ { person }) =>
      this.#do(async () => {
        const { token } = await renewToken(id, person);
        this.#people.showLink(person, `${this.#invite.address}/r/${id}#token=${token}`);
      }),
    );
    on(this, "room-change", (/** @type {{change: object}} */ { change }) =>
      this.#do(() => changeRoom(id, change)),
    );
    on(this, "room-clear", () => this.#do(() => clearTimeline(this.#room.room)));
    on(this, "room-close", () => this.#do(() => closeRoom(id)));
    on(this, "room-leave", () => this.#do(() => removePerson(id, this.#room.me.id)));
  }

  #open(/** @type {boolean} */ open) {
    this.#sheet.hidden = !open;
    setAttribute(this.#button, "aria-expanded", String(open));
    (open ? this.#close : this.#button).focus();
  }

  #update() {
    const { state } = this.#room;
    const there = [...state.people.values()].filter((person) => person.online).length;
    setText(this.#count, String(there));
    setAttribute(this.#button, "aria-label", t("Room: {people}", { people: peopleCount(there) }));
    setText(this.#name, visible(state.name));
    this.#desks.hidden = !(this.#room.isHost && state.policy === "own_desks");
    this.#desks.href = at(`/r/${state.id}/class`);
    this.#people.update(this.#room);
    this.#settings.update(this.#room);
  }

  async #readInvitation() {
    const invitation = await this.#do(() => readInvitation(this.#room.id));
    if (invitation) this.#invite.update(invitation);
  }

  /**
   * Ask the API; what it refuses is said here.
   * @template Answer
   * @param {() => Promise<Answer>} request
   */
  async #do(request) {
    try {
      const answer = await request();
      setText(this.#failure, "");
      return answer;
    } catch (error) {
      const { what, hint } = classFailure(/** @type {any} */ (error));
      setText(this.#failure, visible(`${what} ${hint}`));
      this.#update();
      return undefined;
    }
  }
}

customElements.define("room-panel", RoomPanel);
