// One message: author, time, blocks, reactions, and the menu of what can be done with it.
import { renderBlocks } from "./blocks.js";
import { fullTimeOf, timeOf } from "./dates.js";
import { decoration, h } from "./dom.js";
import { QUICK_REACTIONS, emojiFor } from "./emoji.js";
import { icon } from "./icons.js";
import { openMenu } from "./menu.js";
import { mrkdwn } from "./mrkdwn.js";
import { ownTools } from "./own.js";

export function messageNode(app, message, { inThread }) {
  const author = authorOf(app, message);
  const surface = app.surface({ kind: "message", channel: message.channel, ts: message.ts }, { readers: new Map() });
  const body = message.blocks.length
    ? h("div", { class: "blocks" }, renderBlocks(message.blocks, surface))
    : h("div", { class: "blocks" }, h("div", { class: "block text" }, mrkdwn(message.text, app.names)));
  const classes = ["message", message.ephemeral ? "ephemeral" : ""].join(" ").trim();
  return h("li", { class: classes, data: { ts: message.ts } },
    avatar(author),
    h("article", { class: "message-main", "aria-label": `${author.real_name}, ${timeOf(message.ts, app.names.clock)}` },
      message.ephemeral ? h("p", { class: "only-you" }, icon("eye"), "Only visible to you") : null,
      head(app, message, author),
      body,
      (message.attachments ?? []).map((attachment) => attachmentNode(attachment, surface)),
      (message.files ?? []).map(fileNode),
      reactions(app, message),
      inThread ? null : replies(app, message)),
    toolbar(app, message, { inThread }));
}

/** A picture is shown, and opens in a tab of its own; any other file is named. */
function fileNode(file) {
  if (!file.is_picture) return h("p", { class: "file-chip" }, icon("clip"), file.title, h("small", {}, ` ${file.name}`));
  const address = `play/file/${encodeURIComponent(file.id)}`;
  return h("figure", { class: "picture" },
    h("figcaption", {}, file.title),
    h("a", { href: address, target: "_blank", rel: "noopener" }, h("img", { src: address, alt: file.alt })));
}

/** Attachments are Slack's older form; only what apps still use of it is drawn. */
function attachmentNode(attachment, surface) {
  const content = attachment.blocks ? renderBlocks(attachment.blocks, surface) : mrkdwn(attachment.text ?? attachment.fallback, surface.names);
  return h("div", { class: "attachment" }, attachment.title ? h("strong", {}, attachment.title) : null, content);
}

function authorOf(app, message) {
  const user = app.names.user(message.user);
  if (user) return user;
  return { id: message.user ?? "?", real_name: message.bot ? app.state.bot.name : "Unknown", is_bot: message.bot };
}

function head(app, message, author) {
  return h("header", { class: "message-head" },
    h("strong", {}, author.is_bot ? app.state.bot.name : author.real_name),
    author.is_bot ? h("span", { class: "app-badge" }, "App") : null,
    h("time", { datetime: new Date(Number.parseFloat(message.ts) * 1000).toISOString(), title: fullTimeOf(message.ts, app.names.clock) }, timeOf(message.ts, app.names.clock)),
    message.edited ? h("span", { class: "edited" }, "(edited)") : null);
}

const avatar = (author) =>
  author.is_bot
    ? h("img", { class: "avatar", src: "play/static/icon.svg", alt: "", width: "38", height: "38" })
    : h("div", { class: `avatar tint-${tint(author.id)}`, "aria-hidden": "true" }, initials(author.real_name));

const initials = (name) => name.split(/\s+/).slice(0, 2).map((word) => [...word][0] ?? "").join("").toUpperCase();
const tint = (id) => [...id].reduce((sum, character) => sum + character.codePointAt(0), 0) % 6;

function reactions(app, message) {
  if (!message.reactions?.length) return null;
  return h("ul", { class: "reactions", "aria-label": "Reactions" }, message.reactions.map(({ name, users }) => {
    const who = users.map((id) => app.names.user(id)?.real_name ?? id).join(", ");
    return h("li", { title: `:${name}: ${who}` }, h("span", {}, emojiFor(name) ?? `:${name}:`), ` ${users.length}`);
  }));
}

function replies(app, message) {
  if (!message.reply_count) return null;
  const text = message.reply_count === 1 ? "1 reply" : `${message.reply_count} replies`;
  return h("button", { type: "button", class: "replies", data: { focus: "replies" }, on: { click: () => app.go({ thread: message.ts }) } }, text);
}

function toolbar(app, message, { inThread }) {
  if (message.ephemeral) return null;
  const root = message.thread_ts ?? message.ts;
  const reply = inThread ? null : h("button", { type: "button", class: "icon-button", "aria-label": "Reply in thread", title: "Reply in thread", data: { focus: "reply" }, on: { click: () => app.go({ thread: root }).then(() => document.getElementById("thread-input")?.focus()) } }, icon("reply"));
  const react = h("button", { type: "button", class: "icon-button", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": "Add a reaction", title: "Add a reaction", data: { focus: "react" }, on: { click: () => openMenu(react, "Reactions", reactionItems(app, message)) } }, icon("react"));
  const more = h("button", { type: "button", class: "icon-button", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": "Message shortcuts", title: "Message shortcuts", data: { focus: "more" }, on: { click: () => openMenu(more, "Message shortcuts", shortcutItems(app, message)) } }, icon("more"));
  return h("div", { class: "message-tools", role: "group", "aria-label": "Message actions" }, reply, react, ownTools(app, message, { inThread }), more);
}

function shortcutItems(app, message) {
  const run = (callback_id) => app.post("shortcut", { callback_id, channel: message.channel, ts: message.ts });
  const listed = app.state.message_shortcuts.map(({ name, description, callback_id }) => ({ label: name, note: description, sign: icon("bolt"), choose: () => run(callback_id) }));
  return listed.length ? listed : [{ label: "This app has no message shortcuts" }];
}

function reactionItems(app, message) {
  const react = (emoji) => app.post("react", { channel: message.channel, ts: message.ts, emoji });
  const names = [...app.state.emoji, ...QUICK_REACTIONS.filter((name) => !app.state.emoji.includes(name))];
  return names.map((name) => ({ label: `:${name}:`, sign: decoration(emojiFor(name) ?? "+"), choose: () => react(name) }));
}
