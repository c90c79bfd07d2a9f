// The left column: workspace, who you are, channels, the conversation with Baton, its Home tab.
import { focusMark, h, replaceChildren, restoreFocus } from "./dom.js";
import { clockControl } from "./clock.js";
import { icon } from "./icons.js";

export function createSidebar(app, root) {
  const opener = document.getElementById("open-sidebar");
  const scrim = document.getElementById("scrim");
  const setOpen = (open) => {
    document.body.classList.toggle("sidebar-open", open);
    opener.setAttribute("aria-expanded", String(open));
    scrim.hidden = !open;
    if (open) root.querySelector("[aria-current=page], select")?.focus();
  };
  opener.addEventListener("click", () => setOpen(!document.body.classList.contains("sidebar-open")));
  scrim.addEventListener("click", () => setOpen(false));
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !document.body.classList.contains("sidebar-open")) return;
    setOpen(false);
    opener.focus();
  });
  const go = (change) => {
    setOpen(false);
    return app.go({ thread: null, ...change });
  };
  const openDm = async () => {
    const answer = app.state.dm ? { channel: app.state.dm } : await app.post("dm", {});
    if (answer) await go({ view: "channel", channel: answer.channel });
  };

  const channelItem = (channel) => {
    return item(app, { focus: channel.id, here: app.place.view === "channel" && app.place.channel === channel.id, unread: isUnread(app, channel.id), choose: () => go({ view: "channel", channel: channel.id }) },
      icon(channel.is_private ? "lock" : "hash"), h("span", {}, channel.name, channel.is_private ? h("span", { class: "visually-hidden" }, " (private)") : null));
  };

  function draw() {
    const { state, place } = app;
    markSeen(app);
    const mark = focusMark(root);
    const inChannel = place.view === "channel";
    const mine = state.channels.filter((channel) => channel.member);
    const others = state.channels.filter((channel) => !channel.member);
    replaceChildren(root, [
      h("div", { class: "workspace" }, h("img", { src: "play/static/icon.svg", alt: "", width: "28", height: "28" }), h("strong", {}, state.team.name)),
      userSwitcher(app, go),
      h("div", { class: "sidebar-scroll" },
        heading("Channels"), h("ul", {}, mine.map(channelItem)),
        others.length ? [heading("Other channels"), h("ul", {}, others.map(channelItem))] : null,
        heading("Direct messages"),
        h("ul", {}, item(app, { focus: "dm", here: inChannel && place.channel === state.dm, unread: isUnread(app, state.dm), choose: openDm }, icon("talk"), h("span", {}, state.bot.name))),
        state.has_home ? heading("Apps") : null,
        state.has_home ? h("ul", {}, item(app, { focus: "home", here: place.view === "home", choose: () => go({ view: "home" }) }, icon("home"), h("span", {}, `${state.bot.name} – Home`))) : null),
      shortcuts(app),
      clockControl(app),
    ]);
    restoreFocus(root, mark);
  }
  return { draw };
}

const heading = (text) => h("h2", {}, text);

function item(app, { focus, here, unread, choose }, ...content) {
  const hint = unread ? h("span", { class: "unread-dot" }, h("span", { class: "visually-hidden" }, "new messages")) : null;
  return h("li", {}, h("button", { type: "button", class: unread ? "side-item unread" : "side-item", "aria-current": here ? "page" : null, data: { focus }, on: { click: choose } }, content, hint));
}

function userSwitcher(app, go) {
  const select = h("select", { id: "user-switcher", on: { change: () => go({ user: select.value }) } },
    app.names.people().map((user) => h("option", { value: user.id, selected: user.id === app.place.user }, `${user.real_name} (@${user.handle})`)));
  return h("div", { class: "you" }, h("label", { for: "user-switcher" }, "You are:"), select);
}

/** Global shortcuts stand behind the message box in Slack; here they are buttons. */
function shortcuts(app) {
  if (!app.state.global_shortcuts.length) return null;
  return h("div", { class: "global-shortcuts" }, heading("Shortcuts"), app.state.global_shortcuts.map((shortcut) =>
    h("button", { type: "button", class: "side-item", title: shortcut.description, data: { focus: shortcut.callback_id }, on: { click: () => app.post("shortcut", { callback_id: shortcut.callback_id }) } }, icon("bolt"), h("span", {}, shortcut.name))));
}

const latest = (app, channel) => app.state.messages[channel]?.at(-1)?.ts ?? "0";

function seenBy(app) {
  const { user } = app.place;
  if (!app.seen.has(user)) app.seen.set(user, new Map(Object.keys(app.state.messages).map((channel) => [channel, latest(app, channel)])));
  return app.seen.get(user);
}

function markSeen(app) {
  const seen = seenBy(app);
  if (app.place.view === "channel") seen.set(app.place.channel, latest(app, app.place.channel));
}

/** Something came since this user was last looked over the shoulder of. */
const isUnread = (app, channel) => Boolean(channel) && latest(app, channel) > (seenBy(app).get(channel) ?? "0");
