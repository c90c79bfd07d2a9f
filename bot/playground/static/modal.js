// Modals: the top of the stack of open views, as a native dialog (which keeps the keyboard inside).
import { renderBlocks } from "./blocks.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { plain } from "./mrkdwn.js";

export function createModal(app) {
  const dialog = h("dialog", { class: "modal", "aria-labelledby": "modal-title" });
  document.body.append(dialog);
  const drafts = new Map();
  let open = null;
  let returnTo = null;

  const closeTop = () => open && app.post("view/close", { view_id: open.id });
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    closeTop();
  });
  // A browser may close a dialog on a second Escape in spite of `cancel`; the view is still open then.
  dialog.addEventListener("close", () => open && dialog.isConnected && dialog.showModal());

  async function submit(event) {
    event.preventDefault();
    const values = [...open.readers.values()].map(({ read, ...where }) => ({ ...where, value: read() }));
    dialog.setAttribute("aria-busy", "true");
    for (const button of dialog.querySelectorAll(".modal-foot button")) button.disabled = true;
    const answer = await app.post("view/submit", { view_id: open.id, values });
    dialog.removeAttribute("aria-busy");
    for (const button of dialog.querySelectorAll(".modal-foot button")) button.disabled = false;
    if (answer?.errors && open) {
      open.localErrors = answer.errors;
      render(app.state.views.at(-1), app.state.views.length);
    }
  }

  function render(view, depth) {
    if (open?.id === view.id) keepDrafts();
    const errors = { ...view.errors, ...(open?.id === view.id ? open.localErrors : null) };
    const focused = dialog.contains(document.activeElement) && open?.id === view.id ? document.activeElement.dataset.focus : null;
    const readers = new Map();
    const viewDrafts = drafts.get(view.id) ?? new Map();
    drafts.set(view.id, viewDrafts);
    const surface = app.surface({ kind: "view", id: view.id }, { readers, drafts: viewDrafts, errors });
    const body = renderBlocks(view.blocks, surface);
    open = { id: view.id, readers, print: printOf(view, depth), localErrors: open?.id === view.id ? open.localErrors : null };
    const toasts = dialog.querySelector("#toasts");
    dialog.replaceChildren(form(view, depth, body, submit, closeTop), ...(toasts ? [toasts] : []));
    if (!dialog.open) {
      returnTo = document.activeElement;
      dialog.showModal();
    }
    focusIn(focused, Object.keys(errors).length > 0);
  }

  function keepDrafts() {
    const kept = drafts.get(open.id);
    for (const [key, { read }] of open.readers) kept.set(key, read());
  }

  function focusIn(name, invalid) {
    const target = (invalid && dialog.querySelector(".invalid .control, .invalid input, .invalid summary"))
      || (name && dialog.querySelector(`[data-focus="${CSS.escape(name)}"]`))
      || dialog.querySelector("[autofocus]")
      || dialog.querySelector(".modal-body :is(input, select, textarea, summary, button):not(:disabled)")
      || dialog.querySelector("#modal-title");
    target?.focus();
  }

  function close() {
    const toasts = dialog.querySelector("#toasts");
    if (toasts) document.body.append(toasts);
    open = null;
    drafts.clear();
    dialog.close();
    dialog.replaceChildren();
    (returnTo?.isConnected ? returnTo : document.getElementById("composer-input"))?.focus({ preventScroll: true });
  }

  function draw() {
    const views = app.state.views;
    const top = views.at(-1);
    if (!top) return open ? close() : undefined;
    if (open?.id === top.id && open.print === printOf(top, views.length)) return undefined;
    if (open && open.id !== top.id && drafts.has(open.id)) keepDrafts();
    if (open?.id === top.id) open.localErrors = null;
    return render(top, views.length);
  }
  return { draw };
}

const printOf = (view, depth) => JSON.stringify([view.hash, view.title, view.submit, view.close, view.blocks, view.errors, depth]);

function form(view, depth, body, submit, closeTop) {
  const close = view.close?.text ?? "Close";
  return h("form", { novalidate: true, class: "modal-form", on: { submit } },
    h("header", { class: "modal-head" },
      h("h2", { id: "modal-title", class: "modal-title", tabindex: "-1" }, plain(view.title?.text)),
      depth > 1 ? h("span", { class: "depth" }, `step ${depth}`) : null,
      h("button", { type: "button", class: "icon-button", "aria-label": depth > 1 ? "Back" : "Close", on: { click: closeTop } }, icon(depth > 1 ? "back" : "close"))),
    h("div", { class: "modal-body" }, body),
    h("footer", { class: "modal-foot" },
      h("button", { type: "button", class: "button", data: { focus: "close" }, on: { click: closeTop } }, plain(close)),
      view.submit ? h("button", { type: "submit", class: "button primary", data: { focus: "submit" } }, plain(view.submit.text)) : null));
}
