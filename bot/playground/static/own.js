// What a person can do with a message of their own: put it in other words, or take it away.
import { confirmed } from "./confirm.js";
import { freshId, h } from "./dom.js";
import { icon } from "./icons.js";

/** The buttons of one's own message; none of another's. */
export function ownTools(app, message, { inThread }) {
  if (message.bot || message.user !== app.place.user) return [];
  const at = { channel: message.channel, ts: message.ts };
  const tool = (label, sign, choose) => h("button", { type: "button", class: "icon-button", "aria-haspopup": "dialog", "aria-label": label, title: label, data: { focus: sign }, on: { click: choose } }, icon(sign));
  return [
    tool("Edit message", "edit", async () => {
      const text = await reworded(typed(message.text, app.names));
      if (text) await app.post("edit", { ...at, text });
    }),
    tool("Delete message", "delete", async () => {
      if (!(await confirmed(SURE, app.names)) || !(await app.post("delete", at))) return;
      app.announce("The message is deleted.");
      document.getElementById(inThread ? "thread-input" : "composer-input")?.focus();
    }),
  ];
}

const plain = (text) => ({ type: "plain_text", text });
const SURE = { title: plain("Delete message"), text: plain("It is gone for everybody."), confirm: plain("Delete"), deny: plain("Cancel"), style: "danger" };

/** Asks for other words. Resolves to null when they stay as they are. */
function reworded(before) {
  const opener = document.activeElement;
  return new Promise((resolve) => {
    const heading = freshId("edit");
    const input = h("textarea", { class: "control", rows: "4", required: true, "aria-labelledby": heading, value: before });
    const answer = (text) => {
      dialog.close();
      dialog.remove();
      if (opener?.isConnected) opener.focus({ preventScroll: true });
      resolve(text && text !== before ? text : null);
    };
    const form = h("form", { method: "dialog", on: { submit: (event) => {
      event.preventDefault();
      answer(input.value.trim());
    } } },
    h("div", { class: "modal-body" }, input),
    h("div", { class: "modal-foot" },
      h("button", { type: "button", class: "button", on: { click: () => answer(null) } }, "Cancel"),
      h("button", { type: "submit", class: "button primary" }, "Save")));
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
    const dialog = h("dialog", { class: "modal modal-small", "aria-labelledby": heading, on: { cancel: (event) => {
      event.preventDefault();
      answer(null);
    } } }, h("h2", { id: heading, class: "modal-title" }, "Edit message"), form);
    document.body.append(dialog);
    dialog.showModal();
    input.setSelectionRange(before.length, before.length);
    input.focus();
  });
}

/** A message as it was typed: names in the place of ids. */
function typed(text, names) {
  const said = text
    .replace(/<@(\w+)(?:\|[^>]*)?>/g, (whole, id) => (names.user(id) ? `@${names.user(id).handle}` : whole))
    .replace(/<#(\w+)(?:\|[^>]*)?>/g, (whole, id) => (names.channel(id) ? `#${names.channel(id).name}` : whole))
    .replace(/<((?:https?|mailto):[^|>]*)(?:\|[^>]*)?>/g, "$1");
  return said.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
