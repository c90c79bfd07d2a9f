// rich_text blocks: nested sections, lists, quotes and preformatted text.
import { h } from "./dom.js";
import { formatDateTokens } from "./dates.js";
import { emojiFor } from "./emoji.js";
import { broadcast, channelMention, groupMention, link, userMention } from "./mrkdwn.js";

const STYLE_TAGS = { bold: "strong", italic: "em", strike: "s", code: "code", underline: "u" };

function styledWith(style, node) {
  return Object.entries(STYLE_TAGS).reduce((inner, [name, tag]) => (style?.[name] ? h(tag, {}, inner) : inner), node);
}

const LEAVES = {
  text: (leaf) => leaf.text,
  link: (leaf) => link(leaf.url, leaf.text, leaf.url),
  emoji: (leaf) => emojiFor(leaf.name) ?? `:${leaf.name}:`,
  user: (leaf, names) => userMention(leaf.user_id, names),
  channel: (leaf, names) => channelMention(leaf.channel_id, names),
  usergroup: (leaf, names) => groupMention(leaf.usergroup_id, names),
  broadcast: (leaf) => broadcast(leaf.range),
  color: (leaf) => h("code", {}, leaf.value),
  date: (leaf, names) => h("time", {}, formatDateTokens(leaf.timestamp, leaf.format ?? "{date}", names.clock) ?? leaf.fallback),
};

function leaf(element, names) {
  const build = LEAVES[element.type];
  return build ? styledWith(element.style, build(element, names)) : h("span", { class: "unknown-inline" }, `cannot show ${element.type}`);
}

/** Leaves with their line breaks, which arrive inside the text. */
function leaves(elements, names) {
  return (elements ?? []).flatMap((element) => {
    if (element.type !== "text" || !element.text?.includes("\n")) return [leaf(element, names)];
    return element.text.split("\n").flatMap((text, at) => (at ? [h("br"), leaf({ ...element, text }, names)] : [leaf({ ...element, text }, names)]));
  });
}

function list(element, names) {
  const tag = element.style === "ordered" ? "ol" : "ul";
  const start = element.offset ? element.offset + 1 : null;
  const classes = `rt-list indent-${Math.min(element.indent ?? 0, 8)}`;
  return h(tag, { class: classes, start }, element.elements.map((item) => h("li", {}, leaves(item.elements, names))));
}

const PARTS = {
  rich_text_section: (part, names) => h("p", {}, leaves(part.elements, names)),
  rich_text_list: list,
  rich_text_quote: (part, names) => h("blockquote", {}, leaves(part.elements, names)),
  rich_text_preformatted: (part) => h("pre", { tabindex: "0" }, h("code", {}, part.elements.map((piece) => piece.text ?? piece.url ?? ""))),
};

export function richText(block, names) {
  return (block.elements ?? []).map((part) => {
    const build = PARTS[part.type];
    return build ? build(part, names) : h("p", { class: "unknown-block" }, `cannot show ${part.type}`);
  });
}
