// Builds elements: text from outside goes in as text nodes, never as HTML.

/**
 * Make an element: h("button", {class: "button", type: "button", onclick: f}, "Send").
 * A property that starts with "on" is a listener; null, undefined and false leave an attribute out.
 * @template {string} Name
 * @param {Name} name
 * @param {Record<string, any>} [properties]
 * @param {...(Node | string | null | undefined)} children
 * @returns {Name extends keyof HTMLElementTagNameMap ? HTMLElementTagNameMap[Name] : any}
 */
export function h(name, properties = {}, ...children) {
  /** @type {any} */
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(key, value);
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/**
 * The first element in `root` that a selector finds, null when there is none.
 * @returns {HTMLElement}
 */
export const find = (root, selector) => root.querySelector(selector);

/**
 * All elements in `root` that a selector finds.
 * @returns {HTMLElement[]}
 */
export const findAll = (root, selector) => [...root.querySelectorAll(selector)];

/** Write the text of an element, touching the page only when it changes. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Set or remove an attribute, touching the page only when it changes. */
export function setAttribute(element, name, value) {
  const absent = value === null || value === undefined || value === false;
  if (absent) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

/** Put the colour of a client (1 to 8, by its number in the room) on an element as --who. */
export function setColour(element, number) {
  const colour = number === null ? "var(--ink-2)" : `var(--c${((number - 1) % 8) + 1})`;
  if (element.style.getPropertyValue("--who") !== colour) {
    element.style.setProperty("--who", colour);
  }
}

/** Hear of an event like those of ask(): `act` gets its detail. */
export function on(target, type, act) {
  target.addEventListener(type, ({ detail }) => act(detail));
}

/** Tell the page what a person wants: an event that climbs to whoever can do it. */
export function ask(element, type, detail = {}) {
  element.dispatchEvent(new CustomEvent(type, { bubbles: true, detail }));
}
