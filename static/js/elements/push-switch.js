/* <push-switch data-key data-url>: asks the browser to take messages from our server and tells the server where to. */
class PushSwitch extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("[data-on]");
    this.button.addEventListener("click", () => this.turnOn());
    this.look();
  }

  async look() {
    if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return this.say("unsupported");
    if (Notification.permission === "denied") return this.say("denied");
    const worker = await navigator.serviceWorker.getRegistration();
    const own = await worker?.pushManager.getSubscription();
    this.button.hidden = Boolean(own) && this.querySelector(".lines") !== null;
  }

  async turnOn() {
    this.button.disabled = true;
    try {
      if ((await Notification.requestPermission()) !== "granted") return this.say("denied");
      const worker = await navigator.serviceWorker.ready;
      const asked = { userVisibleOnly: true, applicationServerKey: this.dataset.key };
      const { endpoint, keys } = (await this.subscribe(worker, asked)).toJSON();
      await window.htmx.ajax("POST", this.dataset.url, {
        source: this,
        target: this,
        swap: "outerHTML",
        values: { endpoint, p256dh: keys.p256dh, auth: keys.auth },
      });
    } catch {
      this.say("failed");
    } finally {
      this.button.disabled = false;
    }
  }

  /* One that was made for another key, before the server's secret changed, has to go first. */
  async subscribe(worker, asked) {
    try {
      return await worker.pushManager.subscribe(asked);
    } catch (error) {
      const old = await worker.pushManager.getSubscription();
      if (!old) throw error;
      await old.unsubscribe();
      return worker.pushManager.subscribe(asked);
    }
  }

  say(state) {
    this.button.hidden = state !== "failed";
    for (const words of this.querySelectorAll("[data-state]")) words.hidden = words.dataset.state !== state;
  }
}

customElements.define("push-switch", PushSwitch);
