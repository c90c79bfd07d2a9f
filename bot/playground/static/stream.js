// The centre: a channel's messages, or Baton's Home tab.
import { renderBlocks } from "./blocks.js";
import { dayOf } from "./dates.js";
import { h, patchList, replaceChildren } from "./dom.js";
import { messageNode } from "./message.js";
import { mrkdwn } from "./mrkdwn.js";

export const isReply = (message) => Boolean(message.thread_ts) && message.thread_ts !== message.ts && !message.broadcast;

export function createStream(app, { stream, title, topic, composer }) {
  const list = h("ol", { class: "messages", "aria-label": "Messages" });
  const home = h("div", { class: "home" });
  const chips = h("div", {});
  let shown = null;
  // Pictures arrive after their message, and the tour takes room: a reader at the end stays there until scrolling back.
  let atEnd = true;
  let top = 0;
  stream.addEventListener("scroll", () => {
    const isNear = stream.scrollHeight - stream.scrollTop - stream.clientHeight < 120;
    atEnd = isNear || (atEnd && stream.scrollTop >= top);
    top = stream.scrollTop;
  });
  const sized = new ResizeObserver(() => {
    if (atEnd && list.isConnected) toEnd();
  });
  sized.observe(list);
  sized.observe(stream);
  /** The newest message; in a channel without one, what is said to a newcomer is read from its beginning. */
  function toEnd() {
    stream.scrollTop = list.firstChild ? stream.scrollHeight : 0;
  }
  let homePrint = null;
  let drafts = new Map();
  let readers = new Map();

  function drawHead() {
    const { state, place } = app;
    const channel = app.names.channel(place.channel);
    const dm = place.channel === state.dm;
    title.textContent = place.view === "home" ? `${state.bot.name} – Home` : dm ? state.bot.name : `# ${channel?.name ?? ""}`;
    topic.textContent = place.view === "home" ? "Your own view of the app" : dm ? "Direct message: write in plain words, no command needed" : [channel?.is_private ? "Private channel" : "", channel?.topic].filter(Boolean).join(" · ");
    document.title = `${title.textContent} · ${state.team.name} · Baton playground`;
  }

  function drawHome() {
    const view = app.state.home;
    const print = JSON.stringify([app.place.user, view?.id, view?.hash, view?.blocks]);
    if (print === homePrint && home.isConnected) return;
    homePrint = print;
    for (const [key, { read }] of readers) drafts.set(key, read());
    readers = new Map();
    const surface = view ? app.surface({ kind: "view", id: view.id }, { readers, drafts }) : null;
    patchHome(home, view ? renderBlocks(view.blocks, surface) : [emptyHome(app)]);
  }

  function drawMessages() {
    const { state, place } = app;
    const messages = (state.messages[place.channel] ?? []).filter((message) => !isReply(message));
    const here = `${place.user}/${place.channel}`;
    const moved = shown !== here;
    if (moved) atEnd = true;
    const before = moved ? null : list.lastElementChild?.dataset.key ?? "";
    patchList(list, withDays(app, messages), { key: (item) => item.key, render: (item) => (item.day ? dayNode(item.day) : messageNode(app, item.message, { inThread: false })) });
    replaceChildren(chips, [messages.length ? null : welcome(app, composer)]);
    shown = here;
    if (atEnd) toEnd();
    if (before !== null && messages.length && messages.at(-1).ts > before) announceNew(app, messages.at(-1));
  }

  function draw() {
    drawHead();
    if (app.place.view === "home") {
      if (stream.firstChild !== home) {
        stream.replaceChildren(home);
        shown = null;
        drafts = new Map();
        readers = new Map();
        drawHome();
        stream.scrollTop = 0;
      }
      return drawHome();
    }
    if (stream.firstChild !== chips) stream.replaceChildren(chips, list);
    drawMessages();
  }
  return { draw };
}

function patchHome(home, nodes) {
  const name = document.activeElement && home.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
  const first = () => home.querySelector("button, a, select, input");
  const before = first()?.dataset.focus;
  home.replaceChildren(...nodes);
  if (!name) return;
  const same = home.querySelector(`[data-focus="${CSS.escape(name)}"]`);
  (same ?? first())?.focus({ preventScroll: true });
  // What was pressed has shown another page, which is read from its beginning.
  if (!same && first()?.dataset.focus !== before) home.parentElement.scrollTop = 0;
}

const emptyHome = (app) => h("div", { class: "welcome" }, h("p", {}, `${app.state.bot.name} has not published a Home tab for you yet.`));

function withDays(app, messages) {
  let last = null;
  // A message that says "Today" says something else tomorrow.
  const today = app.names.clock.today();
  return messages.flatMap((message) => {
    const day = dayOf(message.ts, app.names.clock);
    const divider = day === last ? [] : [{ key: `day ${day}`, day }];
    last = day;
    return [...divider, { key: message.ts, message, today, shortcuts: app.state.message_shortcuts.length }];
  });
}

const dayNode = (day) => h("li", { class: "day" }, h("span", {}, day));

/** A message's text as it is read out: its plain twin, with names instead of ids, a line at a time. */
export const spoken = (app, message) => message.text.split("\n").map((line) => h("span", {}, mrkdwn(line, app.names)).textContent).filter(Boolean).join("\n");

function announceNew(app, message) {
  const author = app.names.user(message.user)?.real_name ?? app.state.bot.name;
  app.announce(`${message.ephemeral ? "Only visible to you. " : ""}${author}: ${spoken(app, message)}`);
}

function welcome(app, composer) {
  return h("section", { class: "welcome", "aria-labelledby": "welcome-title" },
    h("h2", { id: "welcome-title" }, `Nothing here yet. Ask ${app.state.bot.name} something.`),
    h("p", {}, "This is a simulated workspace: nothing you do here leaves this machine. Pick a line, press Enter, and look at the answer."),
    h("ul", { class: "suggestions" }, app.state.suggestions.map((suggestion) => h("li", {}, suggestionChip(composer, suggestion), suggestion.why ? h("span", {}, suggestion.why) : null))));
}

export const suggestionChip = (composer, { text, why }) =>
  h("button", { type: "button", class: "suggestion", title: why, on: { click: () => composer.fill(text) } }, h("code", {}, text));
