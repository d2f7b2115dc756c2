/* Wires what htmx has put into the page in the moment it is there. htmx itself does so 20 ms later, or much later on a busy
   machine: who is quicker would type or press into nothing. Elements that are wired already are left as they are. */
import htmx from "htmx.org";

for (const name of ["htmx:afterSwap", "htmx:oobAfterSwap"]) {
  document.addEventListener(name, (event) => event.target.isConnected && htmx.process(event.target));
}
