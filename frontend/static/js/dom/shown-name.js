// What of a page is shown, as its address has it; the same page in the other language shows it, too.

/** Name in the address what is shown of the page, without a step of history for each; "task": nothing. */
export function nameShown(/** @type {string} */ id) {
  const here = location.pathname + location.search;
  history.replaceState(history.state, "", id === "task" ? here : `${here}#${id}`);
  /** @type {NodeListOf<HTMLAnchorElement>} */
  const links = document.querySelectorAll(".languages a");
  for (const link of links) link.hash = location.hash;
}
