/* <offline-queue>: what is ticked and said without a network is kept in this browser and sent when there is one again.
   Forms say so with data-offline="words for what it is". Each deed carries a key of its own, so that one that did arrive
   is not done twice. What the server refuses then is shown with its words, to copy or to drop. */
const RETRY = 30000;

function database() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("linkstar-queue", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("deeds", { keyPath: "id", autoIncrement: true });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function store(mode, run) {
  const db = await database();
  return new Promise((resolve, reject) => {
    const transaction = db.transaction("deeds", mode);
    const asked = run(transaction.objectStore("deeds"));
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onerror = () => reject(transaction.error);
  }).finally(() => db.close());
}

class OfflineQueue extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("[data-open]");
    this.dialog = this.querySelector("dialog");
    this.note = this.querySelector("[data-kept]");
    this.button.addEventListener("click", () => this.dialog.showModal());
    this.dialog.addEventListener("click", (event) => this.act(event.target.closest("[data-act]")));
    // Before htmx-errors, which would say that the server cannot be reached.
    document.addEventListener("htmx:sendError", (event) => this.take(event), true);
    addEventListener("online", () => this.send());
    addEventListener("offline", () => this.draw());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.send());
    navigator.serviceWorker?.addEventListener("message", (event) => event.data.type === "kept" && this.showKept(event.data.date));
    this.register();
    this.draw();
    this.send();
  }

  async register() {
    try {
      await navigator.serviceWorker?.register("/sw.js");
    } catch (error) {
      console.warn("Nothing is kept for offline:", error); // A private window, or a host without TLS.
    }
  }

  take(event) {
    const { elt, requestConfig } = event.detail;
    const form = elt.closest?.("form[data-offline]");
    if (!form || requestConfig.verb !== "post") return;
    event.stopImmediatePropagation();
    const fields = [...requestConfig.formData.entries()].filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string");
    this.keep({
      key: crypto.randomUUID(),
      reader: document.body.dataset.reader,
      url: requestConfig.path,
      fields,
      what: form.dataset.offline,
      text: new Map(fields).get("body") ?? form.dataset.offlineText ?? "",
      at: Date.now(),
    });
    form.classList.add("is-waiting");
    const field = form.querySelector("textarea");
    if (field) {
      field.value = field.defaultValue = "";
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  async keep(deed) {
    await store("readwrite", (deeds) => deeds.add(deed));
    document.body.dispatchEvent(new CustomEvent("toast", { detail: { message: this.dataset.keptWords } }));
    this.draw();
  }

  async mine() {
    const all = await store("readonly", (deeds) => deeds.getAll());
    return all.filter((deed) => deed.reader === document.body.dataset.reader);
  }

  /* One after the other and in one tab only, in the order they were done. */
  async send() {
    if (!navigator.onLine) return;
    await navigator.locks.request("linkstar-queue", { ifAvailable: true }, async (lock) => {
      if (!lock) return;
      let sent = 0;
      for (const deed of (await this.mine()).filter((each) => !each.refused)) {
        const outcome = await this.post(deed);
        if (outcome === "later") break;
        sent += outcome === "done";
      }
      if (sent) this.tell(sent);
    });
    this.draw();
  }

  async post(deed) {
    const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
    const headers = { "X-CSRFToken": token, "HX-Request": "true", "Idempotency-Key": deed.key };
    let answer;
    try {
      answer = await fetch(deed.url, { method: "POST", headers, body: new URLSearchParams(deed.fields) });
    } catch {
      this.again();
      return "later";
    }
    const text = answer.ok ? "" : await answer.text();
    if (answer.ok) {
      await store("readwrite", (deeds) => deeds.delete(deed.id));
      return "done";
    }
    if (answer.status >= 500 || answer.status === 429) this.again();
    if (answer.status >= 500 || answer.status === 429 || answer.status === 401 || text.includes('data-problem="csrf"')) return "later";
    await store("readwrite", (deeds) => deeds.put({ ...deed, refused: answer.status }));
    return "refused";
  }

  again() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), RETRY);
  }

  tell(sent) {
    const message = (sent === 1 ? this.dataset.sentOne : this.dataset.sentMany).replace("{n}", sent);
    document.body.dispatchEvent(new CustomEvent("toast", { detail: { message } }));
    for (const form of document.querySelectorAll(".is-waiting")) form.classList.remove("is-waiting");
    document.body.dispatchEvent(new CustomEvent("task:undone", { bubbles: true, detail: {} }));
    document.body.dispatchEvent(new CustomEvent("board:changed", { bubbles: true }));
  }

  async draw() {
    const deeds = await this.mine();
    const refused = deeds.filter((deed) => deed.refused);
    this.toggleAttribute("data-offline-now", !navigator.onLine);
    this.button.hidden = navigator.onLine && !deeds.length;
    const words = refused.length ? this.dataset.refusedWords : deeds.length ? this.dataset.waitingWords : this.dataset.offlineWords;
    this.button.querySelector("[data-words]").textContent = words.replace("{n}", refused.length || deeds.length);
    this.button.classList.toggle("chip--overdue", refused.length > 0);
    this.querySelector(".queue").replaceChildren(...deeds.map((deed) => this.line(deed)));
  }

  line(deed) {
    const line = this.querySelector("template").content.cloneNode(true).firstElementChild;
    line.dataset.id = deed.id;
    line.querySelector("[data-what]").textContent = deed.what;
    line.querySelector("[data-at]").textContent = new Date(deed.at).toLocaleString(document.documentElement.lang);
    line.querySelector("[data-text]").textContent = deed.text;
    line.querySelector("[data-why]").textContent = deed.refused
      ? { 403: this.dataset.may, 404: this.dataset.gone, 410: this.dataset.gone }[deed.refused] ?? this.dataset.changed
      : "";
    return line;
  }

  async act(button) {
    if (!button) return;
    const line = button.closest("[data-id]");
    if (button.dataset.act === "copy") return navigator.clipboard.writeText(line.querySelector("[data-text]").textContent);
    await store("readwrite", (deeds) => deeds.delete(Number(line.dataset.id)));
    this.draw();
  }

  showKept(date) {
    this.note.hidden = false;
    const at = date ? new Date(date) : new Date();
    this.note.querySelector("[data-when]").textContent = at.toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  }
}

customElements.define("offline-queue", OfflineQueue);
