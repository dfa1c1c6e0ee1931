// What is said in a class: how it works, why something is not for this person, what the way in says.

import { t, tn } from "./i18n.js";

/** @import { Action, Permissions, Policy, Where } from "../model/permissions.js" */

/** How a class works, with a line of what it means. */
export const POLICIES = Object.freeze(
  /** @type {const} */ ([
    ["watch", t("Guests watch"), t("Guests watch; you start the programs and talk to them.")],
    ["together", t("Together"), t("You start the programs; everybody is a client of them.")],
    ["own_desks", t("Own desks"), t("Each guest has programs of their own; you see all of them.")],
  ]),
);

/** What a policy means to a guest. */
export const policyForGuest = (/** @type {Policy} */ policy) =>
  ({
    watch: t("You watch; the host starts the programs and talks to them."),
    together: t("The host starts the programs; everybody is a client of them."),
    own_desks: t("You have a desk with programs of your own."),
  })[policy];

/** @type {readonly Action[]} what a workbench has controls for */
const CONTROLLED = Object.freeze([
  "start",
  "stop",
  "type",
  "connect",
  "send",
  "keep",
  "clear",
  "name_peer",
]);

/**
 * Why somebody may not do something, in words; what is allowed is left out.
 * @param {(action: Action) => boolean} mayDo
 * @param {Where} where
 * @param {Permissions["muted"]} muted what nobody who is muted may
 */
export function refusals(mayDo, where, muted) {
  /** @type {Partial<Record<Action, string>>} */
  const refused = {};
  for (const action of CONTROLLED) {
    if (!mayDo(action)) refused[action] = whyNot(where, muted.includes(action));
  }
  return refused;
}

function whyNot(
  /** @type {Where} */ { policy, standing, isMuted },
  /** @type {boolean} */ isForMuted,
) {
  if (standing === "other") return t("This is somebody else's desk: here you only watch.");
  if (standing === "owner" && policy !== "own_desks")
    return t("Own desks are closed now: the class works in its room.");
  if (isMuted && isForMuted) return t("The host has muted you: for now you only watch.");
  if (policy === "watch") return t("Here guests watch: the host starts the programs.");
  if (policy === "own_desks") return t("This is the class's room: you work at your own desk.");
  return t("Here the host starts and stops the programs.");
}

/**
 * Why somebody did not get in, or something was not done: what happened, what to try.
 * @param {{code: string, message: string}} error
 * @returns {{what: string, hint: string}}
 */
export function classFailure({ code, message }) {
  return FAILURES[code]?.() ?? { what: message || code, hint: "" };
}

/** @type {Record<string, (() => {what: string, hint: string}) | undefined>} */
const FAILURES = {
  unknown_room: () => ({
    what: t("No room has this code."),
    hint: t("Check the code again. A closed room no longer has one."),
  }),
  not_found: () => ({
    what: t("No room has this code."),
    hint: t("A code is six digits."),
  }),
  locked: () => ({
    what: t("The door of this room is locked."),
    hint: t(
      "Ask the host to open it. If you have been in this room before, ask for your personal link.",
    ),
  }),
  attempts: () => ({
    what: t("Too many wrong codes came from here."),
    hint: t("Wait a minute, then try the code that the host tells you."),
  }),
  limit: () => ({
    what: t("The room is full."),
    hint: t("Ask the host: somebody who has left may still have a place."),
  }),
  invalid: () => ({
    what: t("This name cannot be taken."),
    hint: t("A name has 1 to 40 visible characters."),
  }),
  unauthorized: () => ({
    what: t("This host key is wrong."),
    hint: t("Socket Lab printed it when it started; the link with it works, too."),
  }),
  forbidden: () => ({
    what: t("You may not do that here."),
    hint: "",
  }),
  unreachable_backend: () => ({
    what: t("Socket Lab does not answer."),
    hint: t("Check whether you are online, then try again."),
  }),
};

/** A code as people say it: in two halves. */
export const spokenCode = (/** @type {string} */ code) =>
  /^\d{6}$/.test(code) ? `${code.slice(0, 3)} ${code.slice(3)}` : code;

/** How many are there. */
export const peopleCount = (/** @type {number} */ n) => tn("{n} person", "{n} people", n);

/**
 * Why the page is out of the room, and where to go from there.
 * @param {{code: number, reason: string}} end
 * @returns {{what: string, hint: string, next: "home" | "join" | "class", forget: boolean}}
 */
export function endWords({ code, reason }) {
  if (code === 4404) {
    const hint = t("Everything in it has stopped.");
    return { what: t("This room was closed."), hint, next: "home", forget: true };
  }
  if (reason === "another browser took over") {
    const hint = t("Whoever used your new personal link is you now.");
    return { what: t("You joined from another browser."), hint, next: "join", forget: true };
  }
  if (reason === "removed by the host") {
    const hint = t("If that was a mistake, ask the host and join again.");
    return {
      what: t("The host has removed you from this room."),
      hint,
      next: "home",
      forget: true,
    };
  }
  if (reason === "left") return { what: t("You have left."), hint: "", next: "home", forget: true };
  if (code === 4401) {
    const hint = t("You may have been removed, or the room has forgotten you.");
    return { what: t("This browser is not known in the room."), hint, next: "join", forget: true };
  }
  const hint = t("What happens here is not for everybody.");
  return { what: t("You may not watch here."), hint, next: "class", forget: false };
}
