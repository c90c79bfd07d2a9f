// Short notices: what Slack's client would say (a command that does not exist, an app that did not answer).
import { h } from "./dom.js";
import { icon } from "./icons.js";

const SHOWN_MS = 8000;

export function createToasts(host) {
  const known = new Set();
  let first = true;
  const add = (text) => {
    // An open modal makes the rest of the page inert and covers it, so its notices stand inside it.
    const dialog = [...document.querySelectorAll("dialog[open]")].at(-1);
    const parent = dialog ?? document.body;
    if (host.parentElement !== parent) parent.append(host);
    const close = h("button", { type: "button", class: "icon-button", "aria-label": "Dismiss", on: { click: () => toast.remove() } }, icon("close"));
    const toast = h("div", { class: "toast" }, h("p", {}, text), close);
    host.append(toast);
    let timer = setTimeout(() => toast.remove(), SHOWN_MS);
    toast.addEventListener("pointerenter", () => clearTimeout(timer));
    toast.addEventListener("pointerleave", () => {
      timer = setTimeout(() => toast.remove(), SHOWN_MS);
    });
  };
  const show = (toasts) => {
    for (const toast of toasts) {
      if (known.has(toast.id)) continue;
      known.add(toast.id);
      if (!first) add(toast.text);
    }
    first = false;
  };
  return { add, show };
}
