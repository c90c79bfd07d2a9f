// Slack's mrkdwn as DOM nodes. `names` looks up who and what is mentioned: user(id), channel(id), group(id), clock.
import { h, safeUrl } from "./dom.js";
import { formatDateTokens } from "./dates.js";
import { emojify } from "./emoji.js";

// Stands for a token that was cut out before the styles are read; stripped from what people write.
const HOLE = "\uE000";
const INLINE_TOKEN = /`([^`\n]+)`|<([^<>\n]+)>/g;
const STYLES = { "*": "strong", _: "em", "~": "s" };
// A style opens at a word's start, before something that is no space, and closes at a word's end, as Slack reads it.
const STYLED = /(^|[^\p{L}\p{N}*_~])([*_~])(?=\S)((?:(?!\2)[^\n])*?\S)\2(?![\p{L}\p{N}])/u;

export const unescapeEntities = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** Renders mrkdwn text; returns a list of nodes. */
export function mrkdwn(text, names) {
  const pieces = String(text ?? "").replaceAll(HOLE, "").split(/```\n?([\s\S]*?)\n?```/);
  return pieces.flatMap((piece, at) => (at % 2 ? preformatted(piece) : lines(piece, names, pieces.length > 1)));
}

/** Plain text: only emoji codes mean something. */
export const plain = (text) => [emojify(String(text ?? ""))];

/** A text object of Block Kit, whichever of its two kinds. */
export function textObject(object, names) {
  if (!object) return [];
  if (typeof object === "string") return plain(object);
  return object.type === "mrkdwn" ? mrkdwn(object.text, names) : plain(object.text);
}

const preformatted = (text) => [h("pre", { tabindex: "0" }, h("code", {}, unescapeEntities(text)))];

const LINE_KINDS = [
  { kind: "quote", pattern: /^(?:&gt;|>) ?(.*)$/ },
  { kind: "bullets", pattern: /^\s*[•◦▪-] (.*)$/ },
  { kind: "numbers", pattern: /^\s*(?:\d+)[.)] (.*)$/ },
];

function lines(text, names, besidePre) {
  const trimmed = besidePre ? text.replace(/^\n|\n$/g, "") : text;
  if (!trimmed) return [];
  const runs = [];
  for (const line of trimmed.split("\n")) {
    const found = LINE_KINDS.find(({ pattern }) => pattern.test(line));
    const kind = found?.kind ?? "text";
    const body = found ? found.pattern.exec(line)[1] : line;
    const start = kind === "numbers" ? Number.parseInt(line, 10) : undefined;
    if (runs.at(-1)?.kind === kind) runs.at(-1).bodies.push(body);
    else runs.push({ kind, start, bodies: [body] });
  }
  return runs.flatMap((run) => renderRun(run, names));
}

function renderRun({ kind, start, bodies }, names) {
  if (kind === "text") return withBreaks(bodies, names);
  if (kind === "quote") return [h("blockquote", {}, withBreaks(bodies, names))];
  const items = bodies.map((body) => h("li", {}, inline(body, names)));
  return [kind === "numbers" ? h("ol", { start: start === 1 ? null : start }, items) : h("ul", {}, items)];
}

const withBreaks = (bodies, names) => bodies.flatMap((body, at) => (at ? [h("br"), ...inline(body, names)] : inline(body, names)));

function inline(text, names) {
  const cut = [];
  const holed = text.replace(INLINE_TOKEN, (whole, code, angle) => {
    cut.push(code === undefined ? angleToken(angle, names) : h("code", {}, unescapeEntities(code)));
    return HOLE;
  });
  // Every character is read once, from left to right, so the holes are filled in the order in which they were cut.
  return styled(holed, cut);
}

function styled(text, cut) {
  const found = STYLED.exec(text);
  if (!found) return fill(text, cut);
  const [whole, before, mark, inner] = found;
  const start = found.index + before.length;
  return [
    ...fill(text.slice(0, start), cut),
    h(STYLES[mark], {}, styled(inner, cut)),
    ...styled(text.slice(found.index + whole.length), cut),
  ];
}

function fill(text, cut) {
  return text.split(HOLE).flatMap((piece, at) => {
    const words = piece ? [emojify(unescapeEntities(piece))] : [];
    return at ? [cut.shift(), ...words] : words;
  });
}

function angleToken(token, names) {
  const [head, ...rest] = token.split("|");
  const label = rest.join("|");
  if (head.startsWith("@")) return userMention(head.slice(1), names, label);
  if (head.startsWith("#")) return channelMention(head.slice(1), names, label);
  if (head.startsWith("!")) return special(head.slice(1), label, names);
  return link(unescapeEntities(head), label ? emojify(unescapeEntities(label)) : null, token);
}

/** A link when the address may be followed, else the text as it stands. */
export function link(address, label, asWritten) {
  const href = safeUrl(address);
  if (!href) return `<${unescapeEntities(asWritten ?? address)}>`;
  const shown = label || address.replace(/^mailto:/, "");
  return h("a", { href, target: "_blank", rel: "noopener noreferrer" }, shown);
}

export function userMention(id, names, label = "") {
  const user = names.user(id);
  const own = id === names.you?.id;
  return h("span", { class: own ? "mention mention-you" : "mention", title: user?.real_name }, `@${user?.handle ?? (label || id)}`);
}

export function channelMention(id, names, label = "") {
  const channel = names.channel(id);
  const shown = names.archived(id) ?? label;
  if (!channel) return h("span", { class: "mention" }, shown ? `#${shown}` : "#a private channel");
  return h("button", { type: "button", class: "mention mention-channel", data: { goChannel: id } }, `#${channel.name}`);
}

export const groupMention = (id, names, label = "") =>
  h("span", { class: "mention" }, `@${names.group(id)?.handle ?? (label.replace(/^@/, "") || id)}`);

/** @channel and its kind notify everybody: shown loudly, so that a message that should not ping is seen to. */
export const broadcast = (range) => h("strong", { class: "ping", title: "This notifies everybody" }, `@${range}`);

function special(head, label, names) {
  const [word, ...parts] = head.split("^");
  if (word === "subteam") return groupMention(parts[0], names, unescapeEntities(label));
  if (word === "date") return dateToken(parts, unescapeEntities(label), names);
  if (["channel", "here", "everyone"].includes(word)) return broadcast(word);
  return label ? unescapeEntities(label) : `<!${unescapeEntities(head)}>`;
}

function dateToken([seconds, template, ...link_], fallback, names) {
  const text = formatDateTokens(seconds, unescapeEntities(template ?? "{date}"), names.clock) ?? fallback;
  const time = h("time", { title: fallback || null }, text);
  const href = link_.length ? safeUrl(unescapeEntities(link_.join("^"))) : null;
  return href ? h("a", { href, target: "_blank", rel: "noopener noreferrer" }, time) : time;
}
