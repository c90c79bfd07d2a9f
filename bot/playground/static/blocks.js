// Block Kit's blocks as DOM nodes. One builder a type; an unknown type is shown as such, never left out.
import { freshId, h, safeUrl } from "./dom.js";
import { renderElement } from "./elements.js";
import { icon } from "./icons.js";
import { markdown } from "./markdown.js";
import { plain, textObject } from "./mrkdwn.js";
import { richText } from "./richtext.js";

/** Draws all blocks of a message, modal or Home tab. */
export function renderBlocks(blocks, surface) {
  return (blocks ?? []).map((block) => {
    const build = BLOCKS[block.type];
    const content = build ? build(block, surface) : unknown(block.type);
    content.dataset.block = block.type;
    return content;
  });
}

const unknown = (type) => h("div", { class: "unknown-block" }, `cannot show block type ${type}`);

function section(block, surface) {
  const { names } = surface;
  const fields = block.fields?.map((field) => h("div", { class: "field" }, textObject(field, names)));
  const main = h("div", { class: "section-main" },
    block.text ? h("div", { class: "text" }, textObject(block.text, names)) : null,
    fields ? h("div", { class: "fields" }, fields) : null);
  if (!block.accessory) return h("div", { class: "block section" }, main);
  const accessory = block.accessory.type === "image" ? picture(block.accessory, "accessory-image") : renderElement(block.accessory, block, surface);
  return h("div", { class: "block section with-accessory" }, main, h("div", { class: "accessory" }, accessory));
}

const contextItem = (element, { names }) =>
  element.type === "image" ? picture(element, "context-image") : h("span", { class: "text" }, textObject(element, names));

/** A picture, or its alt text where the address may not be fetched or does not answer. */
function picture({ image_url: address, slack_file: file, alt_text: alt }, classes) {
  const src = safeUrl(address ?? file?.url ?? "", ["https:", "http:", "data:"]);
  const instead = () => h("span", { class: "picture-missing", role: "img", "aria-label": alt }, icon("picture"), alt);
  if (!src) return instead();
  const image = h("img", { class: classes, src, alt, loading: "lazy", referrerpolicy: "no-referrer" });
  image.addEventListener("error", () => image.replaceWith(instead()), { once: true });
  return image;
}

function image(block, { names }) {
  return h("figure", { class: "block image" },
    block.title ? h("figcaption", {}, textObject(block.title, names)) : null,
    picture(block, "block-image"));
}

const GROUPED = new Set(["checkboxes", "radio_buttons"]);

function input(block, surface) {
  const id = freshId("field");
  const error = surface.errors?.[block.block_id];
  const hintId = `${id}-hint`;
  const errorId = `${id}-error`;
  const describedBy = [error ? errorId : null, block.hint ? hintId : null].filter(Boolean).join(" ") || null;
  const field = { id, describedBy, required: !block.optional, invalid: Boolean(error) };
  const text = [plain(block.label.text), block.optional ? h("span", { class: "optional" }, " (optional)") : null];
  const label = GROUPED.has(block.element.type) ? h("span", { id: `${id}-label`, class: "label" }, text) : h("label", { for: id, class: "label" }, text);
  return h("div", { class: error ? "block input invalid" : "block input", data: { blockId: block.block_id ?? "" } },
    label,
    renderElement(block.element, block, surface, field),
    error ? h("p", { id: errorId, class: "field-error" }, error) : null,
    block.hint ? h("p", { id: hintId, class: "hint" }, plain(block.hint.text)) : null);
}

function table(block, { names }) {
  const cell = (content, at, tag) => {
    const align = block.column_settings?.[at]?.align ?? "left";
    const wrapped = block.column_settings?.[at]?.is_wrapped ? "wrapped" : "";
    const shown = content.type === "rich_text" ? richText(content, names) : plain(content.text ?? content.value ?? "");
    return h(tag, { class: `align-${align} ${wrapped}`.trim(), scope: tag === "th" ? "col" : null }, shown);
  };
  const [head, ...rows] = block.rows ?? [];
  return h("div", { class: "block table-scroll", tabindex: "0", role: "group", "aria-label": "Table" },
    h("table", {},
      h("thead", {}, h("tr", {}, (head ?? []).map((content, at) => cell(content, at, "th")))),
      h("tbody", {}, rows.map((row) => h("tr", {}, row.map((content, at) => cell(content, at, "td")))))));
}

function video(block, { names }) {
  const href = safeUrl(block.title_url ?? block.video_url ?? "");
  const title = textObject(block.title, names);
  return h("figure", { class: "block image" },
    h("figcaption", {}, href ? h("a", { href, target: "_blank", rel: "noopener noreferrer" }, "▶ ", title) : title),
    block.description ? h("p", { class: "hint" }, textObject(block.description, names)) : null);
}

const elementsRow = (block, surface) =>
  h("div", { class: "block actions" }, block.elements.map((element) => renderElement(element, block, surface)));

const BLOCKS = {
  section,
  input,
  image,
  table,
  video,
  header: (block) => h("h3", { class: "block header" }, plain(block.text.text)),
  divider: () => h("hr", { class: "block divider" }),
  context: (block, surface) => h("div", { class: "block context" }, block.elements.map((element) => contextItem(element, surface))),
  actions: elementsRow,
  context_actions: elementsRow,
  rich_text: (block, { names }) => h("div", { class: "block rich-text text" }, richText(block, names)),
  markdown: (block) => h("div", { class: "block markdown text" }, markdown(block.text)),
};
