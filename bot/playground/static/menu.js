// A small menu that opens beside a button: arrow keys, Escape, a click outside; the keyboard returns to the button.
import { h } from "./dom.js";

let openNow = null;

/** Items: {label, choose, note, href, sign}. `choose` runs after the menu has closed. */
export function openMenu(anchor, label, items) {
  if (openNow?.anchor === anchor) return openNow.close();
  openNow?.close();
  const menu = h("div", { role: "menu", "aria-label": label, class: "menu" }, items.map((item) => menuItem(item)));
  const dismiss = (event) => {
    if (!menu.contains(event.target) && !anchor.contains(event.target)) close({ refocus: false });
  };
  const close = ({ refocus = true } = {}) => {
    document.removeEventListener("pointerdown", dismiss, true);
    window.removeEventListener("resize", close);
    menu.remove();
    anchor.setAttribute("aria-expanded", "false");
    openNow = null;
    if (refocus && anchor.isConnected) anchor.focus({ preventScroll: true });
  };
  menu.addEventListener("keydown", (event) => onKey(event, menu, close));
  menu.addEventListener("click", (event) => {
    const chosen = items[[...menu.children].indexOf(event.target.closest("[role=menuitem]"))];
    if (!chosen) return;
    close();
    chosen.choose?.();
  });
  (anchor.closest("dialog") ?? document.body).append(menu);
  place(menu, anchor);
  document.addEventListener("pointerdown", dismiss, true);
  window.addEventListener("resize", close);
  anchor.setAttribute("aria-expanded", "true");
  openNow = { anchor, close };
  menu.firstElementChild?.focus();
  return close;
}

function menuItem({ label, note, href, sign }) {
  const content = [sign, h("span", {}, label, note ? h("small", {}, note) : null)];
  if (href) return h("a", { role: "menuitem", tabindex: "-1", href, target: "_blank", rel: "noopener noreferrer" }, content);
  return h("button", { role: "menuitem", tabindex: "-1", type: "button" }, content);
}

function place(menu, anchor) {
  const box = anchor.getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  const left = Math.min(Math.max(8, box.right - size.width), window.innerWidth - size.width - 8);
  const below = box.bottom + 4;
  const top = below + size.height < window.innerHeight ? below : Math.max(8, box.top - size.height - 4);
  menu.style.left = `${left}px`;
  menu.style.top = `${top}px`;
}

function onKey(event, menu, close) {
  const items = [...menu.children];
  const at = items.indexOf(document.activeElement);
  const moves = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 };
  if (event.key in moves) {
    event.preventDefault();
    items[(moves[event.key] + items.length) % items.length]?.focus();
  } else if (event.key === "Escape" || event.key === "Tab") {
    event.preventDefault();
    event.stopPropagation();
    close();
  }
}
