// Block Kit's interactive elements. A surface says where they stand: {container, names, errors, drafts, readers, act}.
import { decoration, h, safeUrl } from "./dom.js";
import { confirmed } from "./confirm.js";
import { icon } from "./icons.js";
import { openMenu } from "./menu.js";
import { plain, textObject } from "./mrkdwn.js";
import { choiceGroup, multiChoice } from "./choices.js";

export const valueKey = (block, element) => `${block.block_id ?? ""}\n${element.action_id ?? ""}`;

/**
 * Draws one element. `field` carries what its input block knows: {id, describedBy, required, invalid}.
 * An element outside an input block (or in one with dispatch_action) sends its action as soon as it is used.
 */
export function renderElement(element, block, surface, field = {}) {
  const build = ELEMENTS[element.type];
  if (!build) return h("div", { class: "unknown-block" }, `cannot show element type ${element.type}`);
  return build({ element, block, surface, field, focus: `${block.block_id}/${element.action_id}` });
}

const sendsAtOnce = ({ block }) => block.type !== "input" || block.dispatch_action === true;

async function send(at, value, node) {
  const { element, block, surface } = at;
  if (!(await confirmed(element.confirm, surface.names))) return false;
  node.setAttribute("aria-busy", "true");
  try {
    await surface.act({ block_id: block.block_id, action_id: element.action_id, value });
  } finally {
    node.removeAttribute("aria-busy");
  }
  return true;
}

/** Remembers how to read a control, and what was chosen before the view was redrawn. */
function register({ element, block, surface }, read) {
  surface.readers?.set(valueKey(block, element), { block_id: block.block_id, action_id: element.action_id, read });
}

function initial({ element, block, surface }, fallback) {
  const draft = surface.drafts?.get(valueKey(block, element));
  return draft === undefined ? fallback : draft;
}

function onCommit(at, read, node) {
  let last = JSON.stringify(read());
  return async () => {
    const value = read();
    if (!sendsAtOnce(at) || JSON.stringify(value) === last) return;
    last = JSON.stringify(value);
    await send(at, value, node);
  };
}

const fieldProps = ({ field, element, focus }) => ({
  id: field.id,
  "aria-describedby": field.describedBy,
  "aria-invalid": field.invalid ? "true" : null,
  "aria-required": field.required ? "true" : null,
  "aria-label": field.id ? null : element.accessibility_label ?? element.placeholder?.text ?? element.action_id,
  autofocus: element.focus_on_load === true,
  data: { focus },
});

function button(at) {
  const { element, surface, focus } = at;
  const href = element.url ? safeUrl(element.url) : null;
  const classes = ["button", ["primary", "danger"].includes(element.style) ? element.style : ""].join(" ").trim();
  const common = { class: classes, "aria-label": element.accessibility_label, data: { focus, action: element.action_id } };
  const click = () => send(at, element.value ?? null, node);
  const content = [textObject(element.text, surface.names), href ? decoration(" ↗") : null];
  const node = href
    ? h("a", { ...common, href, target: "_blank", rel: "noopener noreferrer", on: { click } }, content)
    : h("button", { ...common, type: "button", on: { click } }, content);
  return node;
}

function iconButton(at) {
  const label = at.element.text?.text ?? at.element.icon;
  const node = h("button", { type: "button", class: "button quiet", data: { focus: at.focus }, on: { click: () => send(at, at.element.value ?? null, node) } }, label);
  return node;
}

function feedbackButtons(at) {
  const choice = (side, sign) => {
    const option = at.element[side];
    const node = h("button", { type: "button", class: "button quiet", "aria-label": option.accessibility_label, on: { click: () => send(at, option.value, node) } }, `${sign} `, textObject(option.text, at.surface.names));
    return node;
  };
  return h("span", { class: "row" }, choice("positive_button", "👍"), choice("negative_button", "👎"));
}

function overflow(at) {
  const { element, surface } = at;
  const items = () => element.options.map((option) => ({
    label: plain(option.text.text),
    note: option.description?.text,
    href: option.url ? safeUrl(option.url) : null,
    choose: () => send(at, option.value, node),
  }));
  const open = () => openMenu(node, element.accessibility_label ?? "More actions", items());
  const node = h("button", { type: "button", class: "button overflow", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": element.accessibility_label ?? "More actions", data: { focus: at.focus, action: element.action_id, surface: surface.container.kind }, on: { click: open } }, icon("more"));
  return node;
}

const optionNode = (option, chosen) =>
  h("option", { value: option.value, selected: option.value === chosen }, plain(option.text.text), option.description ? ` – ${option.description.text}` : null);

/** A drop-down of options, or of people or channels made into options. */
function select(at, options, groups, preset) {
  const chosen = initial(at, preset) ?? "";
  const listed = groups
    ? groups.map((group) => h("optgroup", { label: group.label.text }, group.options.map((option) => optionNode(option, chosen))))
    : options.map((option) => optionNode(option, chosen));
  const empty = h("option", { value: "", selected: chosen === "" }, at.element.placeholder?.text ?? "Choose…");
  const node = h("select", { class: "control", ...fieldProps(at), data: { focus: at.focus, action: at.element.action_id } }, empty, listed);
  node.value = chosen;
  const read = () => node.value || null;
  register(at, read);
  const commit = onCommit(at, read, node);
  node.addEventListener("change", commit);
  return node;
}

const asOptions = (items, label) => items.map((item) => ({ value: item.id, text: { text: label(item) } }));
const people = ({ surface }) => asOptions(surface.names.people(), (user) => `${user.real_name} (@${user.handle})`);
const channels = ({ surface }) => asOptions(surface.names.channels(), (channel) => `#${channel.name}`);

function conversations(at) {
  const include = at.element.filter?.include;
  const listed = at.surface.names.channels().filter((channel) => !include || include.includes(channel.is_private ? "private" : "public"));
  const withPeople = !include || include.includes("im") ? people(at) : [];
  return [...asOptions(listed, (channel) => `#${channel.name}`), ...withPeople];
}

function multi(at, options, groups, preset) {
  const { node, read, onClose } = multiChoice({ element: at.element, options, groups, chosen: initial(at, preset ?? []), props: fieldProps(at) });
  register(at, read);
  onClose(onCommit(at, read, node));
  return node;
}

function choice(at, kind) {
  const preset = kind === "radio" ? at.element.initial_option?.value ?? null : (at.element.initial_options ?? []).map((option) => option.value);
  const { node, read } = choiceGroup({ element: at.element, kind, chosen: initial(at, preset), props: fieldProps(at), names: at.surface.names });
  register(at, read);
  const commit = onCommit(at, read, node);
  node.addEventListener("change", commit);
  return node;
}

function typed(at, props, preset, convert = (text) => text) {
  const { element } = at;
  const tag = element.multiline ? "textarea" : "input";
  const kind = element.multiline ? { rows: "4" } : { type: "text", ...props };
  const node = h(tag, { class: "control", placeholder: element.placeholder?.text, autocomplete: "off", ...kind, ...fieldProps(at), value: String(initial(at, preset ?? "") ?? "") });
  const read = () => (node.value === "" ? null : convert(node.value));
  register(at, read);
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const commit = onCommit(at, read, node);
  if (["date", "time", "datetime-local"].includes(kind.type)) node.addEventListener("change", commit);
  else if (triggers.includes("on_character_entered")) node.addEventListener("input", commit);
  else node.addEventListener("keydown", (event) => event.key === "Enter" && !element.multiline && sendsAtOnce(at) && (event.preventDefault(), commit()));
  return node;
}

const localDateTime = (seconds) => {
  if (!seconds) return "";
  const date = new Date(seconds * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60e3).toISOString().slice(0, 16);
};

function dateTime(at) {
  const draft = initial(at, at.element.initial_date_time);
  return typed({ ...at, surface: { ...at.surface, drafts: undefined } }, { type: "datetime-local" }, localDateTime(draft), (text) => Math.floor(new Date(text).getTime() / 1000));
}

const numberProps = (element) => ({
  type: "number",
  step: element.is_decimal_allowed ? "any" : "1",
  min: element.min_value,
  max: element.max_value,
});

const values = (options) => options?.map((option) => option.value);

const ELEMENTS = {
  button,
  overflow,
  icon_button: iconButton,
  feedback_buttons: feedbackButtons,
  static_select: (at) => select(at, at.element.options, at.element.option_groups, at.element.initial_option?.value),
  users_select: (at) => select(at, people(at), null, at.element.initial_user),
  channels_select: (at) => select(at, channels(at), null, at.element.initial_channel),
  conversations_select: (at) => select(at, conversations(at), null, at.element.initial_conversation),
  multi_static_select: (at) => multi(at, at.element.options, at.element.option_groups, values(at.element.initial_options)),
  multi_users_select: (at) => multi(at, people(at), null, at.element.initial_users),
  multi_channels_select: (at) => multi(at, channels(at), null, at.element.initial_channels),
  multi_conversations_select: (at) => multi(at, conversations(at), null, at.element.initial_conversations),
  checkboxes: (at) => choice(at, "checkbox"),
  radio_buttons: (at) => choice(at, "radio"),
  plain_text_input: (at) => typed(at, { minlength: null }, at.element.initial_value),
  number_input: (at) => typed(at, numberProps(at.element), at.element.initial_value),
  email_text_input: (at) => typed(at, { type: "email" }, at.element.initial_value),
  url_text_input: (at) => typed(at, { type: "url" }, at.element.initial_value),
  datepicker: (at) => typed(at, { type: "date" }, at.element.initial_date),
  timepicker: (at) => typed(at, { type: "time" }, at.element.initial_time),
  datetimepicker: dateTime,
};
