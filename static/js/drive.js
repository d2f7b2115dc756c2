/* <drive-window data-script data-key data-app data-locale data-most data-token [data-only] [data-at-once]>: Google's own
   window for choosing files. Its script comes from Google and is on this page only (docs/decisions/0021). What was chosen
   goes into the form's field, where the person sees it before it is sent; with data-at-once it is sent right away. */
const PATIENCE_MS = 15_000;

class DriveWindow extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.opener = this.querySelector("[data-open]");
    this.opener.addEventListener("click", () => this.open());
    this.open();
  }

  async open() {
    this.say("opening");
    this.opener.disabled = true;
    try {
      const [token] = await Promise.all([this.token(), this.ready()]);
      this.show(token);
      this.say("");
    } catch (error) {
      this.say(error instanceof Refused ? "refused" : "unreachable", error.message);
    } finally {
      this.opener.disabled = false;
    }
  }

  async token() {
    const csrf = this.form.querySelector("[name=csrfmiddlewaretoken]").value;
    const answer = await fetch(this.dataset.token, { method: "POST", headers: { "X-CSRFToken": csrf } });
    if (answer.ok) return (await answer.json()).token;
    if (answer.status === 409) throw new Refused((await answer.json()).error);
    throw new Error();
  }

  /* Once; a second try after a failure asks for the script again. */
  ready() {
    this.loading ??= this.load().catch((error) => {
      this.loading = null;
      throw error;
    });
    return this.loading;
  }

  async load() {
    await within(new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = this.dataset.script;
      script.addEventListener("load", resolve);
      script.addEventListener("error", () => reject(new Error()));
      document.head.append(script);
    }));
    await new Promise((resolve, reject) => {
      const failed = () => reject(new Error());
      window.gapi.load("picker", { callback: resolve, onerror: failed, timeout: PATIENCE_MS, ontimeout: failed });
    });
  }

  show(token) {
    const { picker } = window.google;
    const builder = new picker.PickerBuilder()
      .setOAuthToken(token)
      .setDeveloperKey(this.dataset.key)
      .setAppId(this.dataset.app)
      .setOrigin(window.location.origin)
      .setLocale(this.dataset.locale)
      .setSize(Math.min(1051, window.innerWidth), Math.min(650, window.innerHeight))
      .setCallback((told) => this.hear(told));
    if (this.dataset.only) {
      builder.addView(new picker.DocsView(picker.ViewId.DOCS).setFileIds(this.dataset.only));
    } else {
      const view = () => new picker.DocsView(picker.ViewId.DOCS).setIncludeFolders(true).setSelectFolderEnabled(true);
      builder.addView(view()).addView(view().setEnableDrives(true));
      builder.enableFeature(picker.Feature.MULTISELECT_ENABLED).setMaxItems(Number(this.dataset.most));
    }
    builder.build().setVisible(true);
  }

  hear(told) {
    const { Action, Document, Response } = window.google.picker;
    if (told[Response.ACTION] === Action.ERROR) return this.say("unreachable");
    if (told[Response.ACTION] !== Action.PICKED) return;
    const files = told[Response.DOCUMENTS].map((file) => ({
      id: file[Document.ID],
      name: file[Document.NAME],
      mimeType: file[Document.MIME_TYPE],
      iconUrl: file[Document.ICON_URL],
      url: file[Document.URL],
      resourceKey: file[Document.RESOURCE_KEY] ?? file.resourceKey,
    }));
    this.form.elements.chosen.value = JSON.stringify(files);
    if ("atOnce" in this.dataset) return this.form.requestSubmit();
    const lines = files.map((file) => Object.assign(document.createElement("li"), { textContent: file.name }));
    this.querySelector("[data-list]").replaceChildren(...lines);
    this.say("");
    this.form.hidden = false;
    this.form.querySelector("[type=submit]").focus();
  }

  say(state, words) {
    for (const part of this.querySelectorAll("[data-state]")) part.hidden = part.dataset.state !== state;
    if (state === "refused") this.querySelector("[data-words]").textContent = words;
  }
}

/* Our own server says no, in words. */
class Refused extends Error {}

function within(promise) {
  const late = new Promise((resolve, reject) => setTimeout(() => reject(new Error()), PATIENCE_MS));
  return Promise.race([promise, late]);
}

customElements.define("drive-window", DriveWindow);
