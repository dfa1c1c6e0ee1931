// <client-browser>: a mini browser. One request a connection, shown byte for byte, and the raw
// response beside the page that it makes. The page is shown in a frame without scripts or origin.

import { byteCount } from "../words/format.js";
import { bodyText, parseResponse, requestBytes, requestText } from "../model/http-message.js";
import { t } from "../words/i18n.js";
import { h, notYet, on, setAttribute, setText } from "../dom/markup.js";
import { readable } from "../model/payload.js";
import { presetChips } from "./preset-chips.js";
import { visible } from "../model/text.js";
import { at } from "../net/base.js";

const KEPT_BYTES = 1_048_576; // of one response
const SHOWN_BYTES = 65_536; // of its raw text
const RENDERED_CHARACTERS = 100_000; // what the server takes, whatever the script of the page
const NOTHING_YET = t("Press Go: the page appears here.");
let made = 0;

/** @import { ClientSession, Told } from "../net/client-session.js" */
/** @import { Response } from "../model/http-message.js" */
/** @import { BrowserClient, LabSummary } from "../model/types.d.ts" */

export class ClientBrowser extends HTMLElement {
  /** @type {ClientSession} */
  session = notYet();
  /** @type {Pick<LabSummary, "port"> & {client: BrowserClient}} */
  lab = notYet();
  #method = h("select", { class: "field", "aria-label": t("Method") });
  #path = h("input", {
    class: "field mono",
    value: "/",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    "aria-label": t("Path"),
  });
  #form = h("form", { class: "browser__bar" });
  #status = h("p", { class: "browser__status", role: "status" });
  #request = h("textarea", {
    class: "field browser__request mono",
    rows: "4",
    spellcheck: "false",
  });
  #head = h("pre", { class: "browser__head", tabindex: "0" });
  #body = h("pre", { class: "browser__body", tabindex: "0" });
  #raw = h("div", { class: "browser__response" });
  #frame = h("iframe", {
    class: "browser__frame",
    sandbox: "",
    title: t("The page"),
    referrerpolicy: "no-referrer",
  });
  #page = h("div", { class: "browser__page" });
  #html = h("textarea", { name: "html", hidden: "" });
  // A frame of its own policy: `srcdoc` would inherit ours, and show the page without its styles.
  #echo = h(
    "form",
    { action: at("/sandbox"), method: "post", enctype: "text/plain", hidden: "" },
    this.#html,
  );
  #nothing = h("p", { class: "browser__nothing" }, NOTHING_YET);
  /** @type {Told["data"]["bytes"][]} */
  #pieces = [];
  #received = 0;
  #waiting = false;
  /** @type {Response | null} */
  #response = null;
  #edited = false;

  connectedCallback() {
    if (this.firstChild) return;
    made += 1;
    for (const method of ["GET", "HEAD", "POST"]) this.#method.append(h("option", {}, method));
    this.#request.id = `browser-request-${made}`;
    this.#form.append(
      this.#method,
      this.#path,
      h("button", { class: "button button--primary", type: "submit" }, t("Go")),
    );
    this.#form.addEventListener("submit", (event) => this.#go(event));
    this.#form.addEventListener("input", () => this.#compose());
    this.#request.addEventListener("input", () => {
      this.#edited = true;
    });
    this.#raw.append(this.#head, this.#body);
    this.#frame.name = this.#echo.target = `browser-page-${made}`;
    this.#page.append(this.#nothing, this.#frame, this.#echo);
    this.append(this.#form, this.#presets(), this.#status, this.#parts());
    this.#listen();
    this.#frame.hidden = true;
    this.#raw.hidden = true;
    this.#compose();
  }

  /** The page as it looks, and beside it what was sent for it and what came. */
  #parts() {
    const page = h(
      "section",
      { class: "browser__part browser__part--page" },
      h("h4", {}, t("The page")),
      this.#page,
    );
    const messages = h(
      "section",
      { class: "browser__part" },
      h(
        "h4",
        {},
        h("label", { for: this.#request.id }, t("The request as it is sent")),
        h("span", { class: "browser__hint" }, t("each line ends with CR LF")),
      ),
      this.#request,
      h("h4", {}, t("The response as it came")),
      this.#raw,
    );
    return h("div", { class: "browser__parts" }, page, messages);
  }

  update() {
    if (!this.#edited) this.#compose();
    setText(this.#status, this.#statusWords());
    const bad = this.#response !== null && !((this.#response.status ?? 600) < 400);
    setAttribute(this.#status, "data-tone", bad && !this.#waiting ? "danger" : null);
  }

  #statusWords() {
    if (this.#waiting) return t("waiting for the response…");
    if (this.#response === null) return "";
    const { isHttp, status, reason, body } = this.#response;
    if (!isHttp) return t("This is not an HTTP response.");
    const size = byteCount(body.length);
    return `${status} ${visible(reason)} · ${t("body: {size}", { size })}`;
  }

  #presets() {
    const presets = this.lab.client.presets.map((text) => ({ text, label: visible(text) }));
    return presetChips(presets, {
      fill: (path) => {
        this.#path.value = path;
        this.#compose();
        this.#path.focus();
      },
      send: () => this.#form.requestSubmit(),
    });
  }

  #compose() {
    this.#edited = false;
    const path = this.#path.value.trim() || "/";
    const host = this.session.peer ?? `127.0.0.1:${this.lab.port}`;
    const text = requestText({ method: this.#method.value, path, host });
    if (this.#request.value !== text) this.#request.value = text;
  }

  #go(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    if (this.session.isLive) this.session.close();
    this.#pieces = [];
    this.#received = 0;
    if (!this.session.reconnect()) return;
    this.#waiting = this.session.send(requestBytes(this.#request.value));
    this.update();
  }

  #listen() {
    on(this.session, "data", (/** @type {Told["data"]} */ { bytes }) => {
      if (this.#received < KEPT_BYTES) this.#pieces.push(bytes);
      this.#received += bytes.length;
    });
    this.session.addEventListener("closed", () => this.#show());
    this.session.addEventListener("anew", () => this.#showNothing());
  }

  #showNothing() {
    this.#response = null;
    this.#raw.hidden = this.#frame.hidden = true;
    this.#nothing.hidden = false;
    setText(this.#nothing, NOTHING_YET);
  }

  async #show() {
    this.#waiting = false;
    if (this.#received > 0) {
      const bytes = new Uint8Array(await new Blob(this.#pieces).arrayBuffer());
      this.#response = parseResponse(bytes);
      this.#showResponse(this.#response);
    }
    this.update();
  }

  #showResponse(/** @type {Response} */ { head, body, headers, isHttp }) {
    const type = headers.get("content-type") ?? "";
    this.#raw.hidden = false;
    this.#head.hidden = !isHttp;
    setText(this.#head, visible(head.replaceAll("\r\n", "\n"), { lines: true }));
    const shown = readable(body.subarray(0, SHOWN_BYTES));
    const rest = this.#received - SHOWN_BYTES;
    setText(this.#body, rest > 0 ? `${shown}\n… +${byteCount(rest)}` : shown);
    this.#body.hidden = body.length === 0;
    const html = isHttp && /^text\/html/i.test(type) && body.length > 0;
    this.#frame.hidden = !html;
    this.#nothing.hidden = html;
    if (html) this.#render(bodyText(body, type));
    else setText(this.#nothing, t("This response has no page to show."));
  }

  #render(/** @type {string} */ text) {
    this.#html.value = text.slice(0, RENDERED_CHARACTERS);
    this.#echo.submit();
  }
}

customElements.define("client-browser", ClientBrowser);
