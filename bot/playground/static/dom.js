// Small DOM helpers. Text always becomes a text node: nothing on this page is ever parsed as HTML.

/**
 * Builds an element. Props: `class`, `data` (an object), `on` (event name -> listener), booleans and attributes.
 * Children: nodes, strings, arrays of them; null, undefined and false are left out.
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  append(node, children);
  return node;
}

export function append(node, children) {
  for (const child of [children].flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child);
  }
  return node;
}

/** An icon or emoji that a screen reader should not read out. */
export const decoration = (text) => h("span", { "aria-hidden": "true" }, text);

export function replaceChildren(node, children) {
  node.replaceChildren();
  return append(node, children);
}

/** Only addresses that a reader may safely follow; anything else is null and stays text. */
export function safeUrl(raw, protocols = ["http:", "https:", "mailto:"]) {
  try {
    const url = new URL(raw);
    return protocols.includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/**
 * Brings `parent`'s children in line with `items`, keeping the node of every item whose fingerprint is unchanged, so that
 * half-chosen selects and the keyboard's place survive a refresh.
 */
export function patchList(parent, items, { key, render }) {
  const old = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  const focused = focusMark(parent);
  const wanted = items.map((item) => {
    const id = key(item);
    const print = fingerprint(item);
    const kept = old.get(id);
    if (kept && kept.fingerprint === print) return kept;
    const node = render(item);
    node.dataset.key = id;
    node.fingerprint = print;
    return node;
  });
  const keep = new Set(wanted);
  for (const node of [...parent.children]) if (!keep.has(node)) node.remove();
  wanted.forEach((node, at) => {
    if (parent.children[at] !== node) parent.insertBefore(node, parent.children[at] ?? null);
  });
  restoreFocus(parent, focused);
}

const fingerprint = (item) => JSON.stringify(item);

/** Draws what stands in `node` anew when `of`, all that it shows, is another than last time. */
export function redraw(node, of, children) {
  const print = fingerprint(of);
  if (node.fingerprint === print) return;
  node.fingerprint = print;
  const mark = focusMark(node);
  replaceChildren(node, children());
  restoreFocus(node, mark);
}

/** Names the focused control inside `root` by its item and its `data-focus`, so that its successor can be found. */
export function focusMark(root) {
  const active = document.activeElement;
  if (!active || active === document.body || !root.contains(active)) return null;
  const item = active.closest("[data-key]");
  return { active, key: item?.dataset.key, name: active.dataset.focus ?? active.id };
}

export function restoreFocus(root, mark) {
  if (!mark || (document.activeElement === mark.active && mark.active.isConnected)) return;
  const within = mark.key === undefined ? root : root.querySelector(`[data-key="${CSS.escape(mark.key)}"]`) ?? root;
  const successor = [...within.querySelectorAll("[data-focus], [id]")].find((node) => (node.dataset.focus ?? node.id) === mark.name);
  if (successor && mark.name) successor.focus({ preventScroll: true });
  else if (mark.key !== undefined && within !== root) {
    within.tabIndex = -1;
    within.focus({ preventScroll: true });
  }
}

let serial = 0;
/** An id for label/for and aria-describedby pairs. */
export const freshId = (prefix) => `${prefix}-${++serial}`;
