// An <explain-note> that a picture shows in its card: its script comes when somebody asks, or soon.

import { h } from "../dom/markup.js";
import { soon } from "../dom/soon.js";

/** @import { RoomEvent } from "../model/types.d.ts" */

const load = soon(() => import("./explain-note.js"));

export class LateNote {
  element = h("explain-note");

  /** Say what an event means; nothing, where the words cannot be had. */
  async tell(/** @type {RoomEvent & {transport?: string}} */ event) {
    if (!(await load().catch(() => null))) return;
    customElements.upgrade(this.element);
    this.element.update(event, { transport: event.transport });
  }
}
