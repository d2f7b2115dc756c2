// htmx first, then every element by its own line; elements know nothing of each other.
import htmx from "htmx.org";

import "./elements/auto-size.js";
import "./elements/browser-zone.js";
import "./elements/card-keys.js";
import "./elements/command-palette.js";
import "./elements/confirm-dialog.js";
import "./elements/copy-button.js";
import "./elements/deadline-field.js";
import "./elements/draft-keeper.js";
import "./elements/file-drop.js";
import "./elements/filter-form.js";
import "./elements/filter-bar.js";
import "./elements/focus-keeper.js";
import "./elements/hot-keys.js";
import "./elements/htmx-errors.js";
import "./elements/ime-guard.js";
import "./elements/key-help.js";
import "./elements/live-board.js";
import "./elements/live-feed.js";
import "./elements/live-sheet.js";
import "./elements/mention-box.js";
import "./elements/modal-host.js";
import "./elements/pop-menu.js";
import "./elements/quick-add.js";
import "./elements/quote-link.js";
import "./elements/send-keys.js";
import "./elements/side-rail.js";
import "./elements/step-picker.js";
import "./elements/task-board.js";
import "./elements/task-calendar.js";
import "./elements/task-sheet.js";
import "./elements/theme-switch.js";
import "./elements/toast-region.js";
import "./elements/world-clocks.js";
import "./elements/zone-offer.js";

window.htmx = htmx;
