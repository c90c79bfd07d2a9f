// The left column: workspace, who you are, channels, the conversation with Baton, its Home tab.
import { h, patchList, redraw } from "./dom.js";
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

  const switcher = userSwitcher(app, go);
  const mine = h("ul", {});
  const others = h("ul", {});
  const talks = h("ul", {});
  const apps = h("ul", {});
  const [othersTitle, appsTitle] = [heading("Other channels"), heading("Apps")];
  const workspace = h("strong", {});
  const global = h("div", {});
  const clock = clockControl(app);
  root.append(
    h("div", { class: "workspace" }, h("img", { src: "play/static/icon.svg", alt: "", width: "28", height: "28" }), workspace),
    switcher.node,
    h("div", { class: "sidebar-scroll" }, heading("Channels"), mine, heading("Direct messages"), talks, appsTitle, apps, othersTitle, others),
    global,
    clock.node);

  const channelItem = ({ id, name, is_private: hidden, here, unread }) =>
    item({ focus: id, here, unread, choose: () => go({ view: "channel", channel: id }) },
      icon(hidden ? "lock" : "hash"), h("span", {}, name, hidden ? h("span", { class: "visually-hidden" }, " (private)") : null));
  const talkItem = ({ name, here, unread }) => item({ focus: "dm", here, unread, choose: openDm }, icon("talk"), h("span", {}, name));
  const homeItem = ({ name, here }) => item({ focus: "home", here, choose: () => go({ view: "home" }) }, icon("home"), h("span", {}, `${name} – Home`));

  // Only what has changed is drawn anew: a node that goes between a finger's coming down and its going up loses the click.
  function draw() {
    const { state, place } = app;
    markSeen(app);
    const inChannel = place.view === "channel";
    const told = (channel) => ({ ...channel, here: inChannel && place.channel === channel.id, unread: isUnread(app, channel.id) });
    const fill = (list, items, render) => patchList(list, items, { key: (each) => each.id, render });
    if (workspace.textContent !== state.team.name) workspace.textContent = state.team.name;
    switcher.draw();
    fill(mine, state.channels.filter((channel) => channel.member).map(told), channelItem);
    fill(others, state.channels.filter((channel) => !channel.member).map(told), channelItem);
    fill(talks, [{ id: "dm", name: state.bot.name, here: inChannel && place.channel === state.dm, unread: isUnread(app, state.dm) }], talkItem);
    fill(apps, state.has_home ? [{ id: "home", name: state.bot.name, here: place.view === "home" }] : [], homeItem);
    othersTitle.hidden = !others.children.length;
    appsTitle.hidden = !state.has_home;
    redraw(global, state.global_shortcuts, () => [shortcuts(app)]);
    clock.draw();
  }
  return { draw };
}

const heading = (text) => h("h2", {}, text);

function item({ focus, here, unread, choose }, ...content) {
  const hint = unread ? h("span", { class: "unread-dot" }, h("span", { class: "visually-hidden" }, "new messages")) : null;
  return h("li", {}, h("button", { type: "button", class: unread ? "side-item unread" : "side-item", "aria-current": here ? "page" : null, data: { focus }, on: { click: choose } }, content, hint));
}

function userSwitcher(app, go) {
  const select = h("select", { id: "user-switcher", on: { change: () => go({ user: select.value }) } });
  const option = (user) => h("option", { value: user.id }, `${user.real_name} (@${user.handle})`);
  function draw() {
    redraw(select, app.names.people().map(({ id, real_name: name, handle }) => [id, name, handle]), () => app.names.people().map(option));
    if (select.value !== app.place.user) select.value = app.place.user;
  }
  return { node: h("div", { class: "you" }, h("label", { for: "user-switcher" }, "You are:"), select), draw };
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
