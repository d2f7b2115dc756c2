/* <live-work data-parts>: parts that gather the work of many projects follow what others do ("work:changed"): each is
   asked for again, a little later when much happens, and takes its place only when it reads otherwise than what stands there.
   A part in which somebody types or has a menu open waits until they are done. */
import { read } from "../own-writes.js";

const EVERY = 1500;
const RETRY = 1000;

class LiveWork extends HTMLElement {
  connectedCallback() {
    this.askedAt = 0;
    this.hear = () => this.soon(100 + Math.random() * 300);
    document.body.addEventListener("work:changed", this.hear);
  }

  disconnectedCallback() {
    document.body.removeEventListener("work:changed", this.hear);
    clearTimeout(this.timer);
  }

  /* The first of many changes is shown at once, the others together. */
  soon(delay) {
    if (this.timer) return;
    const wait = Math.max(delay, this.askedAt + EVERY - Date.now());
    this.timer = setTimeout(() => {
      this.timer = null;
      this.draw();
    }, wait);
  }

  async draw() {
    this.askedAt = Date.now();
    const parts = [...document.querySelectorAll(this.dataset.parts)];
    const drawn = await Promise.all(parts.map((part) => this.follow(part)));
    if (drawn.includes(false)) this.soon(RETRY);
  }

  /* Whether that was done with; false asks for another try. */
  async follow(part) {
    if (this.isBusy(part)) return false;
    const fresh = await this.fetch(part);
    if (!fresh || !part.isConnected || this.look(fresh) === this.look(part)) return true;
    if (this.isBusy(part)) return false;
    const focus = part.contains(document.activeElement) ? document.activeElement : null;
    const [id, href] = [focus?.id, focus?.getAttribute("href")];
    part.replaceWith(fresh);
    window.htmx.process(fresh);
    const again = id ? document.getElementById(id) : href && fresh.querySelector(`a[href="${CSS.escape(href)}"]`);
    again?.focus?.({ preventScroll: true });
    return true;
  }

  async fetch(part) {
    const url = part.getAttribute("hx-get") || location.pathname + location.search;
    const headers = { "HX-Request": "true", "HX-Target": part.id, "HX-Trigger": part.id };
    try {
      const answer = await read(url, { headers, redirect: "error" });
      if (!answer.ok) return null;
      const fresh = new DOMParser().parseFromString(answer.text, "text/html").getElementById(part.id);
      fresh?.querySelectorAll("[hx-swap-oob]").forEach((each) => each.remove());
      return fresh && document.importNode(fresh, true);
    } catch {
      return null; // The next bell, or the feed when it is back, asks again.
    }
  }

  isBusy(part) {
    const active = document.activeElement;
    if (part.contains(active) && active.matches("input:not([type=checkbox]), textarea, select")) return true;
    return part.matches(".htmx-request") || Boolean(part.querySelector(":popover-open, .htmx-request, [data-dragging]"));
  }

  /* As the server drew it: without tokens, and without what htmx has done to it since. */
  look(part) {
    const copy = part.cloneNode(true);
    copy.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((each) => each.remove());
    for (const each of [copy, ...copy.querySelectorAll("*")]) {
      ["style", "tabindex", "draggable"].forEach((name) => each.removeAttribute(name));
      each.classList.remove("htmx-added", "htmx-settling", "htmx-swapping", "htmx-request");
      if (!each.classList.length) each.removeAttribute("class");
    }
    return copy.outerHTML.replace(/\s+/g, " ");
  }
}

customElements.define("live-work", LiveWork);
