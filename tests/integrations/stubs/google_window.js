// Google's window as our page sees it, by the documented names: gapi.load, google.picker and what its callback is told.
// Tests look at window.driveAsked, and press the buttons.
(() => {
  const asked = { views: [], features: [] };
  window.driveAsked = asked;
  const picker = {
    Action: { CANCEL: "cancel", ERROR: "error", LOADED: "loaded", PICKED: "picked" },
    Response: { ACTION: "action", DOCUMENTS: "docs" },
    Document: { ID: "id", NAME: "name", URL: "url", MIME_TYPE: "mimeType", ICON_URL: "iconUrl", RESOURCE_KEY: "resourceKey" },
    Feature: { MULTISELECT_ENABLED: "multiselectEnabled" },
    ViewId: { DOCS: "all" },
  };
  picker.DocsView = class {
    constructor(id) { this.told = { id }; asked.views.push(this.told); }
  };
  for (const name of ["setIncludeFolders", "setSelectFolderEnabled", "setEnableDrives", "setFileIds"]) {
    picker.DocsView.prototype[name] = function (value) { this.told[name] = value; return this; };
  }
  picker.PickerBuilder = class {
    addView() { return this; }
    enableFeature(feature) { asked.features.push(feature); return this; }
    build() { return { setVisible: () => draw() }; }
  };
  const settings = ["setOAuthToken", "setDeveloperKey", "setAppId", "setOrigin", "setLocale", "setSize", "setMaxItems", "setCallback"];
  for (const name of settings) {
    picker.PickerBuilder.prototype[name] = function (value) { asked[name] = value; return this; };
  }
  const sheet = { id: "1A2b3C4d5E6f7G8h9I0j", name: "Costs Q4", mimeType: "application/vnd.google-apps.spreadsheet", url: "https://docs.google.com/spreadsheets/d/1A2b3C4d5E6f7G8h9I0j/edit?usp=drive_web", iconUrl: "https://drive-thirdparty.googleusercontent.com/16/type/sheet" };
  const label = { id: "0BxLabelLabelLabel12", name: "Label.pdf", mimeType: "application/pdf", url: "https://drive.google.com/file/d/0BxLabelLabelLabel12/view?usp=drive_web", resourceKey: "0-AbCdEf" };
  function draw() {
    asked.setCallback({ action: "loaded" });
    const box = document.createElement("div");
    box.id = "google-window";
    for (const [words, told] of [["Two files", { action: "picked", docs: [sheet, label] }], ["One file", { action: "picked", docs: [sheet] }], ["Cancel in the window", { action: "cancel" }]]) {
      const button = document.createElement("button");
      button.textContent = words;
      button.addEventListener("click", () => { box.remove(); asked.setCallback(told); });
      box.append(button);
    }
    document.body.append(box);
  }
  window.gapi = { load: (name, { callback }) => { window.google = { picker }; setTimeout(callback, 0); } };
})();
