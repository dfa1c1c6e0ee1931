// The class that a page belongs to, as it is now: who it has, how it works, who this browser's person
// is and what they may do here.

import { readRoom } from "./api.js";
import { readMe } from "./class-api.js";
import { classOf } from "./credentials.js";
import { Timeline, timelineUrl } from "./timeline.js";
import { classFrom, placeOf, reduceClass } from "../model/class-state.js";
import { may, standingIn } from "../model/permissions.js";

/** @import { ClassState, Person } from "../model/class-state.js" */
/** @import { Action, Permissions, Where } from "../model/permissions.js" */
/** @import { RoomEvent, RoomInfo } from "../model/types.d.ts" */
/** @import { Told } from "./timeline.js" */
/** @typedef {{room: string, permissions: Permissions}} ClassPage what the page says of itself */

/**
 * Tells: "change"; "ended" {code, reason} when there is no way back to the room.
 */
export class ClassRoom extends EventTarget {
  /** The room that the page shows: the class's own, or a desk of it. */
  room;
  /** The id of the class's own room. */
  id;
  clockOffsetS = 0;
  /** @type {ClassState} */
  state;
  #permissions;
  #me = "";
  /** @type {string | null} */
  #epoch = null;
  /** Whether a guest who has a desk only looks at the class's room. */
  isLooking = false;

  /** @param {ClassPage} page */
  constructor({ room, permissions }) {
    super();
    this.room = room;
    this.id = classOf(room);
    this.#permissions = permissions;
    this.state = classFrom(NOTHING);
  }

  /** Read how everything is now. Throws ApiError. */
  async read() {
    const [room, me] = await Promise.all([readRoom(this.id), readMe(this.id)]);
    this.#me = me.id;
    this.#take(room);
  }

  /**
   * Go on from there. `source` follows the room that the page shows: where that is the class's own, it
   * has the events already.
   * @param {EventTarget} source
   */
  follow(source) {
    const isClass = this.room === this.id;
    const timeline = isClass
      ? null
      : new Timeline({ url: timelineUrl(this.id), epoch: this.#epoch });
    const from = timeline ?? source;
    const on = (/** @type {string} */ type, /** @type {(detail: any) => void} */ act) =>
      from.addEventListener(type, (event) => act(/** @type {CustomEvent} */ (event).detail));
    on("events", (/** @type {Told["events"]} */ { events }) => this.#reduce(events));
    on("gap", (/** @type {Told["gap"]} */ gap) => this.#again(gap));
    on("status", (/** @type {Told["status"]} */ status) => {
      if (status.state === "out") this.dispatchEvent(new CustomEvent("ended", { detail: status }));
    });
    timeline?.start(this.state.seq);
  }

  /** This browser's person. */
  get me() {
    return this.state.people.get(this.#me) ?? NOBODY;
  }

  get isHost() {
    return this.me.role === "host";
  }

  /** Where this browser's person stands, in this room or another of the class. @returns {Where} */
  whereIn(room = this.room) {
    const { me, state } = this;
    return {
      policy: state.policy,
      standing: standingIn(me, room),
      isMuted: me.muted,
      isShown: state.shown?.room === room,
    };
  }

  /** Whether this browser's person may do something. */
  may(/** @type {Action} */ action, room = this.room) {
    return may(this.#permissions, action, this.whereIn(room));
  }

  /** The room of the class where this page has to be instead; null: it is right here. */
  get placeToBe() {
    return placeOf(this.state, this.me, this);
  }

  // After a gap the API knows what is true. What is newer in the events stays: then it is asked again.
  async #again(/** @type {Told["gap"]} */ { restarted }) {
    if (restarted) this.state = { ...this.state, seq: 0 };
    try {
      await this.read();
    } catch {
      // the timeline tells, sooner or later, that the room is lost
    }
  }

  #take(/** @type {RoomInfo} */ room) {
    if (room.epoch === this.#epoch && room.last_seq < this.state.seq) return;
    this.#epoch = room.epoch;
    this.clockOffsetS = room.clock_offset_s;
    this.state = { ...classFrom(room), closing: this.state.closing };
    this.dispatchEvent(new CustomEvent("change"));
  }

  #reduce(/** @type {RoomEvent[]} */ events) {
    const before = this.state;
    this.state = events.reduce(reduceClass, before);
    if (this.state !== before) this.dispatchEvent(new CustomEvent("change"));
  }
}

/** @type {Person} */
const NOBODY = Object.freeze({ id: "", name: "", role: "guest", muted: false, online: false });
/** @type {RoomInfo} */
const NOTHING = {
  id: "",
  code: null,
  name: "",
  policy: "together",
  locked: false,
  shown: null,
  epoch: "",
  last_seq: 0,
  clock_offset_s: 0,
  runs: [],
  clients: [],
  people: [],
  peers: {},
  takes: {},
};
