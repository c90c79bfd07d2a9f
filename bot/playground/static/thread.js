// The right column: one thread and its own message box.
import { createComposer } from "./composer.js";
import { h, patchList } from "./dom.js";
import { icon } from "./icons.js";
import { messageNode } from "./message.js";
import { spoken } from "./stream.js";

export function createThread(app, root) {
  const list = h("ol", { class: "messages", "aria-label": "Replies" });
  const stream = h("div", { class: "stream" }, list);
  const box = h("div", {});
  const close = () => {
    const opener = document.querySelector(`[data-key="${CSS.escape(app.place.thread ?? "")}"] [data-focus="replies"], [data-key="${CSS.escape(app.place.thread ?? "")}"] [data-focus="reply"]`);
    return app.go({ thread: null }).then(() => opener?.focus());
  };
  root.append(
    h("header", { class: "pane-head" }, h("h2", { id: "thread-title" }, "Thread"),
      h("button", { type: "button", class: "icon-button", "aria-label": "Close thread", on: { click: close } }, icon("close"))),
    stream, box);
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) close();
  });
  const composer = createComposer(app, box, { thread: true });
  let shown = null;

  function draw() {
    const { state, place } = app;
    const messages = place.view === "channel" && place.thread ? (state.messages[place.channel] ?? []) : [];
    const thread = messages.filter((message) => message.ts === place.thread || message.thread_ts === place.thread);
    root.hidden = !thread.length;
    document.body.classList.toggle("thread-open", !root.hidden);
    if (root.hidden) {
      shown = null;
      return;
    }
    const before = list.children.length;
    patchList(list, thread.map((message) => ({ key: message.ts, message, today: app.names.clock.today() })), { key: (item) => item.key, render: (item) => messageNode(app, item.message, { inThread: true }) });
    if (shown !== place.thread || list.children.length > before) stream.scrollTop = stream.scrollHeight;
    if (shown === place.thread && list.children.length > before) app.announce(`Reply: ${spoken(app, thread.at(-1))}`);
    shown = place.thread;
    composer.draw();
  }
  return { draw };
}
