// Offers the browser's time zone when its clock differs from the profile's; a "no" is remembered on this device, for
// that zone alone: who has kept Shenzhen's clock in Tokyo is still asked in Paris, and not again in Tokyo.
// Two names of one clock (Asia/Calcutta, Asia/Kolkata) are no difference: winter and summer are compared.
customElements.define(
  "zone-offer",
  class extends HTMLElement {
    connectedCallback() {
      const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
      if (!zone || this.#sameClock(zone, this.dataset.zone) || this.#refused().includes(zone)) return;
      this.querySelector("[name=time_zone]").value = zone;
      this.querySelector("[data-place]").textContent = zone.replaceAll("_", " ");
      this.querySelector("[data-no]").addEventListener("click", () => this.#refuse(zone));
      this.hidden = false;
    }

    #sameClock(one, other) {
      const year = new Date().getFullYear();
      return [new Date(), new Date(year, 0, 15), new Date(year, 6, 15)].every((day) => this.#show(day, one) === this.#show(day, other));
    }

    #show(day, timeZone) {
      return new Intl.DateTimeFormat("en", { timeZone, dateStyle: "short", timeStyle: "short" }).format(day);
    }

    #refused() {
      try {
        return (localStorage.getItem("zone-refused") ?? "").split(" ");
      } catch {
        return [];
      }
    }

    #refuse(zone) {
      this.hidden = true;
      try {
        localStorage.setItem("zone-refused", [...this.#refused().slice(-20), zone].join(" ").trim());
      } catch {
        // A browser that keeps nothing asks again on the next page.
      }
    }
  },
);
