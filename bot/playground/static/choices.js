// Checkboxes, radio buttons and the multi-select: several choices shown as a group.
import { freshId, h } from "./dom.js";
import { plain, textObject } from "./mrkdwn.js";

/** Radio buttons or checkboxes; `read` gives the value (or null), or the list of values. */
export function choiceGroup({ element, kind, chosen, props, names }) {
  const name = freshId("choice");
  const picked = new Set([chosen].flat().filter(Boolean));
  const inputs = element.options.map((option, at) => {
    const focus = `${props.data.focus}/${at}`;
    return h("input", { type: kind, name, value: option.value, checked: picked.has(option.value), data: { focus } });
  });
  const rows = element.options.map((option, at) =>
    h("label", { class: "choice" }, inputs[at], h("span", {}, textObject(option.text, names), option.description ? h("small", {}, textObject(option.description, names)) : null)));
  const { id, "aria-describedby": describedBy, "aria-label": label, "aria-invalid": invalid } = props;
  const role = kind === "radio" ? "radiogroup" : "group";
  const labelledBy = id ? `${id}-label` : null;
  const node = h("div", { role, id, class: "choices", "aria-describedby": describedBy, "aria-label": labelledBy ? null : label, "aria-labelledby": labelledBy, "data-invalid": invalid }, rows);
  const values = () => inputs.filter((input) => input.checked).map((input) => input.value);
  return { node, read: () => (kind === "radio" ? values()[0] ?? null : values()) };
}

const FILTER_FROM = 8;

/** A folded list of checkboxes with what is chosen on its face. `onClose` hears when the list has been folded again. */
export function multiChoice({ element, options, groups, chosen, props }) {
  const picked = new Set(chosen);
  const all = groups ? groups.flatMap((group) => group.options) : options;
  const face = h("summary", { id: props.id, "aria-label": props["aria-label"], "aria-describedby": props["aria-describedby"], class: "control", data: props.data });
  const labelOf = (option) => plain(option.text.text);
  const row = (option) => h("label", { class: "choice" }, h("input", { type: "checkbox", value: option.value, checked: picked.has(option.value) }), h("span", {}, labelOf(option)));
  const rows = groups ? groups.flatMap((group) => [h("p", { class: "choice-group" }, group.label.text), ...group.options.map(row)]) : options.map(row);
  const filter = all.length > FILTER_FROM ? h("input", { type: "search", class: "control", placeholder: "Filter…", "aria-label": "Filter the choices" }) : null;
  const list = h("div", { class: "multi-list" }, filter, rows);
  const node = h("details", { class: "multi", "data-invalid": props["aria-invalid"] }, face, list);

  const show = () => {
    const names = all.filter((option) => picked.has(option.value)).flatMap((option) => [h("span", { class: "chip" }, labelOf(option))]);
    face.replaceChildren(...(names.length ? names : [element.placeholder?.text ?? "Choose…"]));
    const full = element.max_selected_items && picked.size >= element.max_selected_items;
    for (const box of list.querySelectorAll("input[type=checkbox]")) box.disabled = Boolean(full) && !box.checked;
  };
  list.addEventListener("change", ({ target }) => {
    if (target.type !== "checkbox") return;
    if (target.checked) picked.add(target.value);
    else picked.delete(target.value);
    show();
  });
  filter?.addEventListener("input", () => {
    for (const label of list.querySelectorAll(".choice")) label.hidden = !label.textContent.toLowerCase().includes(filter.value.toLowerCase());
  });
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !node.open) return;
    event.preventDefault();
    event.stopPropagation();
    node.open = false;
    face.focus();
  });
  show();
  const read = () => all.map((option) => option.value).filter((value) => picked.has(value));
  const onClose = (listener) => node.addEventListener("toggle", () => !node.open && listener());
  return { node, read, onClose };
}
