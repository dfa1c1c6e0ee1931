// The labs of one's own that cannot be used as they are, for whoever hosts a class. A local page has
// them from the beginning.

import { readBrokenLabs } from "../net/api.js";
import { h } from "../dom/markup.js";

/** Show them in their section, which stays hidden where there are none. */
export async function showBrokenLabs(
  /** @type {HTMLElement} */ section,
  /** @type {string} */ room,
) {
  const { labs } = await readBrokenLabs(room).catch(() => ({ labs: [] }));
  const items = labs.map(({ id, problems }) =>
    h(
      "li",
      {},
      h("b", { class: "mono" }, id),
      ...problems.map((each) => h("p", { class: "mono" }, each)),
    ),
  );
  section.querySelector(".broken-list")?.replaceChildren(...items);
  section.hidden = items.length === 0;
}
