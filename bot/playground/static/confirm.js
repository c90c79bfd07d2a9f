// Block Kit's confirm object: asks before an action is sent.
import { freshId, h } from "./dom.js";
import { textObject } from "./mrkdwn.js";

/** Resolves to true when there is nothing to confirm, or the person confirms. */
export function confirmed(confirm, names) {
  if (!confirm) return Promise.resolve(true);
  const before = document.activeElement;
  return new Promise((resolve) => {
    const heading = freshId("confirm");
    const style = confirm.style === "danger" ? "danger" : "primary";
    const answer = (yes) => {
      dialog.close();
      dialog.remove();
      if (before?.isConnected) before.focus({ preventScroll: true });
      resolve(yes);
    };
    const dialog = h("dialog", { class: "modal modal-small", "aria-labelledby": heading, on: {
      cancel: (event) => {
        event.preventDefault();
        answer(false);
      },
    } },
    h("h2", { id: heading, class: "modal-title" }, textObject(confirm.title, names)),
    h("div", { class: "modal-body" }, h("div", { class: "text" }, textObject(confirm.text, names))),
    h("div", { class: "modal-foot" },
      h("button", { type: "button", class: "button", on: { click: () => answer(false) } }, textObject(confirm.deny ?? "Cancel", names)),
      h("button", { type: "button", class: `button ${style}`, on: { click: () => answer(true) } }, textObject(confirm.confirm ?? "Yes", names))));
    document.body.append(dialog);
    dialog.showModal();
  });
}
