/* <file-drop>: files that are dropped on the page, or pasted, go to the topmost one; they fill the form's own input and
   send it. Files that are chosen or photographed are listed first, and a note can be written (data-chosen).
   What cannot be stored is said before anything is sent; the server judges again. */
class FileDrop extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.input = this.querySelector("[data-main]");
    this.camera = this.querySelector("[capture]");
    this.chosen = this.querySelector(".filedrop__chosen");
    this.going = this.querySelector(".filedrop__going");
    this.errors = this.querySelector(".filedrop__errors");
    this.listen(this.input, "change", () => this.choose([...this.input.files]));
    this.listen(this.camera, "change", () => this.photographed());
    this.listen(this.form, "htmx:xhr:progress", (event) => this.show(event.detail));
    this.listen(this.form, "htmx:beforeRequest", () => (this.going.hidden = false));
    this.listen(this.form, "htmx:afterRequest", () => this.stopped());
    this.listen(this.form, "submit", (event) => this.check(event), true);
    this.listen(this.querySelector("[data-stop]"), "click", () => this.form.dispatchEvent(new CustomEvent("htmx:abort")));
    for (const name of ["paste", "dragover", "dragleave", "drop"]) this.listen(document, name, (event) => this[name](event));
  }

  disconnectedCallback() {
    this.stops.forEach((stop) => stop());
  }

  listen(target, name, run, capture = false) {
    target.addEventListener(name, run, capture);
    (this.stops ??= []).push(() => target.removeEventListener(name, run, capture));
  }

  /* Of several on the page, the one in the open sheet is meant; without a sheet, the first. */
  get isMeant() {
    const place = document.querySelector("dialog:modal") ?? document;
    return place.querySelector("file-drop") === this && this.going.hidden;
  }

  paste(event) {
    const files = [...(event.clipboardData?.files ?? [])];
    // Office programs put a picture beside the text they copy; in a field the text is meant.
    const isText = event.target.closest?.("input, textarea") && event.clipboardData.types.includes("text/plain");
    if (!files.length || isText || !this.isMeant) return;
    event.preventDefault();
    this.send(files.map((file) => this.named(file)));
  }

  /* Every pasted picture is called image.png; the time tells them apart. */
  named(file) {
    if (file.name !== "image.png") return file;
    const now = new Date();
    const two = (number) => String(number).padStart(2, "0");
    const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
    const clock = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join(".");
    return new File([file], `${this.dataset.screenshot} ${day} ${clock}.png`, { type: file.type });
  }

  dragover(event) {
    if (!this.isMeant || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.toggleAttribute("data-over", true);
  }

  dragleave(event) {
    if (!event.relatedTarget) this.removeAttribute("data-over");
  }

  drop(event) {
    this.removeAttribute("data-over");
    if (!event.dataTransfer?.files.length || !this.isMeant) return;
    event.preventDefault();
    this.send([...event.dataTransfer.files]);
  }

  photographed() {
    const photos = [...this.camera.files];
    this.camera.value = "";
    this.choose(this.input.multiple ? [...this.input.files, ...photos] : photos);
  }

  send(files) {
    if (this.choose(files)) this.form.requestSubmit();
  }

  /* Keep what can be stored, name what cannot; how many are kept. */
  choose(files) {
    const { mostBytes, mostFiles, large, empty, many } = this.dataset;
    const problems = [];
    const kept = files.filter((file) => {
      const problem = file.size > Number(mostBytes) ? large : file.size ? null : empty;
      if (problem) problems.push(`${file.name}: ${problem}`);
      return !problem;
    });
    if (kept.length > Number(mostFiles)) problems.push(many);
    const box = new DataTransfer();
    kept.slice(0, Number(mostFiles)).forEach((file) => box.items.add(file));
    this.input.files = box.files;
    this.list(box.files);
    this.say(problems);
    return box.files.length;
  }

  list(files) {
    this.chosen.replaceChildren(...[...files].map((file) => this.line("li", `${file.name} · ${this.size(file.size)}`)));
    this.chosen.hidden = !files.length;
    this.toggleAttribute("data-chosen", files.length > 0);
  }

  say(problems) {
    this.errors.replaceChildren(...problems.map((problem) => this.line("p", problem, "field__error")));
  }

  line(tag, text, className = "") {
    const line = document.createElement(tag);
    line.className = className;
    line.textContent = text;
    return line;
  }

  size(bytes) {
    const power = Math.min(Math.floor(Math.log2(bytes) / 10), 3);
    return `${(bytes / 1024 ** power).toFixed(power ? 1 : 0)} ${["B", "KB", "MB", "GB"][power]}`;
  }

  check(event) {
    if (this.input.files.length) return;
    event.preventDefault();
    event.stopPropagation();
    this.input.click();
  }

  show({ loaded, total }) {
    if (!total || this.going.hidden) return;
    // The answer reports its own progress on the same channel; what was sent stays sent.
    const percent = Math.max(this.querySelector("progress").value, Math.round((100 * loaded) / total));
    this.querySelector("progress").value = percent;
    this.querySelector("[data-percent]").textContent = `${percent} %`;
  }

  stopped() {
    this.going.hidden = true;
    this.querySelector("progress").value = 0;
    this.querySelector("[data-percent]").textContent = "";
  }
}

customElements.define("file-drop", FileDrop);
