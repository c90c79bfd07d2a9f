// The message box: Enter sends; "/" completes commands, "@" completes people.
import { freshId, h } from "./dom.js";
import { icon } from "./icons.js";
import { suggestionChip } from "./stream.js";

export function createComposer(app, root, { thread = false }) {
  const listId = freshId("completions");
  const hintId = freshId("composer-hint");
  const input = h("textarea", {
    id: thread ? "thread-input" : "composer-input", rows: "1", role: "combobox", autocomplete: "off", spellcheck: "true",
    "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": listId, "aria-describedby": hintId,
  });
  const list = h("ul", { id: listId, role: "listbox", "aria-label": "Suggestions", class: "completions", hidden: true });
  const hint = h("p", { id: hintId, class: "composer-hint" });
  const sendButton = h("button", { type: "submit", class: "button primary" }, "Send");
  const tries = h("div", { class: "tries", hidden: true });
  const form = h("form", { class: "composer", on: { submit: (event) => {
    event.preventDefault();
    send();
  } } }, list, h("div", { class: "composer-row" }, input, sendButton), hint);
  root.append(tries, form);
  let offers = [];
  let at = 0;

  async function send() {
    const text = input.value.trim();
    if (!text || !app.place.channel) return;
    const before = input.value;
    input.value = "";
    update();
    if (text.startsWith("/")) sessionStorage.setItem(TRIED_KEY, "yes");
    const { channel, thread: threadTs } = app.place;
    const answer = await app.post("message", { channel, text, thread_ts: thread ? threadTs : null });
    if (!answer && !input.value) input.value = before;
    update();
  }

  function fill(text) {
    input.value = text;
    input.focus();
    input.setSelectionRange(text.length, text.length);
    update();
  }

  function choose(index) {
    const { from, insert } = offers[index];
    const end = input.selectionStart;
    input.setRangeText(insert, from, end, "end");
    input.focus();
    update();
  }

  function showOffers() {
    list.hidden = !offers.length;
    input.setAttribute("aria-expanded", String(offers.length > 0));
    list.replaceChildren(...offers.map((offer, index) => h("li", {
      id: `${listId}-${index}`, role: "option", "aria-selected": String(index === at),
      on: { pointerdown: (event) => {
        event.preventDefault();
        choose(index);
      } },
    }, h("strong", {}, offer.label), offer.usage ? h("code", {}, ` ${offer.usage}`) : null, offer.note ? h("small", {}, offer.note) : null)));
    if (offers.length) input.setAttribute("aria-activedescendant", `${listId}-${at}`);
    else input.removeAttribute("aria-activedescendant");
    list.children[at]?.scrollIntoView({ block: "nearest" });
  }

  function update() {
    input.style.height = "auto";
    input.style.height = `${Math.min(input.scrollHeight + 2, 180)}px`;
    offers = offersFor(app, input.value.slice(0, input.selectionStart), { thread });
    at = 0;
    showOffers();
    hint.textContent = hintFor(app, input.value, { thread });
  }

  function onKey(event) {
    if (offers.length && !event.isComposing) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        event.preventDefault();
        at = (at + step + offers.length) % offers.length;
        return showOffers();
      }
      if (event.key === "Escape") {
        event.preventDefault();
        offers = [];
        return showOffers();
      }
      if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey)) {
        event.preventDefault();
        return choose(at);
      }
    }
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
    return undefined;
  }

  input.addEventListener("input", update);
  input.addEventListener("keydown", onKey);
  input.addEventListener("blur", () => {
    offers = [];
    showOffers();
  });

  const composer = { draw, fill };
  function draw() {
    const { state, place } = app;
    root.hidden = place.view === "home";
    const name = place.channel === state.dm ? state.bot.name : `#${app.names.channel(place.channel)?.name ?? ""}`;
    input.setAttribute("aria-label", thread ? "Reply in thread" : `Message ${name}`);
    input.placeholder = thread ? "Reply…" : `Message ${name}`;
    hint.textContent = hintFor(app, input.value, { thread });
    drawTries(app, tries, composer, { thread });
  }
  return composer;
}

const TRIED_KEY = "baton-playground-tried";

/** Until a command has been tried, the suggestions stand above the box in a channel that is not empty, too. */
function drawTries(app, tries, composer, { thread }) {
  const messages = app.state.messages[app.place.channel] ?? [];
  const hide = thread || !messages.length || app.place.view === "home" || sessionStorage.getItem(TRIED_KEY);
  tries.hidden = Boolean(hide);
  if (hide || tries.children.length) return;
  const done = () => {
    sessionStorage.setItem(TRIED_KEY, "yes");
    tries.hidden = true;
  };
  tries.append(
    h("span", {}, "Try:"),
    app.state.suggestions.slice(0, 4).map((suggestion) => suggestionChip(composer, suggestion)).reduce((all, chip) => (all.append(chip), all), h("span", { class: "tries-chips" })),
    h("button", { type: "button", class: "icon-button", "aria-label": "Hide the suggestions", on: { click: done } }, icon("close")));
}

function offersFor(app, before, { thread }) {
  const slash = /^\/(\S*)$/.exec(before);
  if (slash && !thread) return commandOffers(app, slash[0]);
  const mention = /(?:^|\s)@([\w.-]*)$/.exec(before);
  return mention ? peopleOffers(app, mention[1], before.length - mention[1].length - 1) : [];
}

function commandOffers(app, typed) {
  const fits = app.state.commands.filter(({ command }) => command.startsWith(typed) && command !== typed);
  return fits.map(({ command, usage_hint: usage, description }) => ({ label: command, usage, note: description, from: 0, insert: `${command} ` }));
}

function peopleOffers(app, typed, from) {
  const wanted = typed.toLowerCase();
  const everyone = [{ handle: app.state.bot.handle, real_name: app.state.bot.name }, ...app.names.people()];
  const fits = everyone.filter(({ handle, real_name: name }) => handle.startsWith(wanted) || name.toLowerCase().includes(wanted));
  return fits.filter(({ handle }) => handle !== typed).slice(0, 8).map(({ handle, real_name: name }) => ({ label: `@${handle}`, note: name, from, insert: `@${handle} ` }));
}

function hintFor(app, text, { thread }) {
  if (thread) return text.startsWith("/") ? "Slash commands do not work in threads: mention the app or use a message shortcut." : "";
  const typed = text.split(/\s/, 1)[0];
  const command = app.state.commands.find((each) => each.command === typed);
  if (command) return `${command.command} ${command.usage_hint ?? ""} – ${command.description ?? ""}`;
  return text ? "Enter sends, Shift + Enter makes a new line" : "Type / for commands, @ for people";
}
