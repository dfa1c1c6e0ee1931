// The things of a picture that are in view, each a group of shapes: made when it comes into view,
// changed where it differs, taken away when it leaves.

import { setAttribute } from "../dom/markup.js";
import { patch, svg } from "../dom/svg.js";

/** @import { Shape } from "../dom/svg.js" */
/**
 * How a thing looks: `colour` is a CSS colour, `isBehind` whether it stands behind what is there;
 * `name` is what it is called, asked for when it comes into view and while it is chosen: what has
 * words of its own is called by them, and described by this.
 * @typedef {{kind: string, shapes: Shape[], colour: string, isLit: boolean, isChosen: boolean,
 *   name: () => string, isBehind?: boolean}} Look
 */
/** @typedef {SVGElement & {item: any}} Group */

let numbers = 0;

export class ItemLayer {
  group = svg("g");
  /** @type {Map<unknown, Group>} */
  #nodes = new Map();
  /** @type {WeakMap<Group, {colour: string, isLit: boolean, isChosen: boolean, says: boolean}>} */
  #looks = new WeakMap();
  #uid = `items-${++numbers}`;
  #count = 0;

  /** The group of a thing; undefined: it is not in view. */
  nodeOf(/** @type {unknown} */ key) {
    return this.#nodes.get(key);
  }

  /**
   * Show a thing as it looks now.
   * @param {unknown} key
   * @param {any} item
   * @param {Look} look
   */
  put(key, item, { kind, shapes, colour, isLit, isChosen, name, isBehind = false }) {
    const known = this.#nodes.get(key);
    const node = known ?? this.#make(key, kind, isBehind);
    const before = known && this.#looks.get(known);
    node.item = item;
    patch(node, shapes);
    if (before?.colour !== colour) node.style.setProperty("--who", colour);
    if (before?.isLit !== isLit) node.classList.toggle("is-lit", isLit);
    const says = shapes.some(([tag]) => tag === "text");
    if (isChosen || before?.says !== says) {
      const told = name();
      setAttribute(node, "aria-label", says ? null : told);
      setAttribute(node, "aria-description", says ? told : null);
    }
    if (before?.isChosen !== isChosen) node.classList.toggle("is-focused", isChosen);
    this.#looks.set(node, { colour, isLit, isChosen, says });
    return node;
  }

  /** Take away the things for which `stays` does not hold. */
  keep(/** @type {(key: any) => boolean} */ stays) {
    for (const [key, node] of this.#nodes) {
      if (stays(key)) continue;
      node.remove();
      this.#nodes.delete(key);
    }
    this.#say();
  }

  // A list without anything in it is none.
  #say() {
    const list = this.group.ownerSVGElement;
    if (list) setAttribute(list, "role", this.#nodes.size > 0 ? "listbox" : null);
  }

  clear() {
    this.keep(() => false);
  }

  #make(/** @type {unknown} */ key, /** @type {string} */ kind, /** @type {boolean} */ isBehind) {
    const made = svg("g", { class: `item item--${kind}`, role: "option" });
    const node = Object.assign(made, { item: null });
    node.id = `${this.#uid}-${++this.#count}`;
    this.#nodes.set(key, node);
    if (isBehind) this.group.prepend(node);
    else this.group.append(node);
    if (this.#nodes.size === 1) this.#say();
    return node;
  }
}

/**
 * Hear what a person points at in a layer, null: at nothing any more, and picks.
 * @param {Element} layer
 * @param {{onpoint: (item: any) => void, onpick: (item: any) => void}} hears
 */
export function hearItems(layer, { onpoint, onpick }) {
  layer.addEventListener("pointerover", (event) => onpoint(itemOf(event)));
  layer.addEventListener("pointerleave", () => onpoint(null));
  layer.addEventListener("click", (event) => {
    const item = itemOf(event);
    if (item !== null) onpick(item);
  });
}

/** The thing whose shapes an event is at; null: none. @returns {any} */
function itemOf(/** @type {Event} */ { target }) {
  const group = target instanceof Element ? target.closest("g.item") : null;
  return group && "item" in group ? group.item : null;
}
