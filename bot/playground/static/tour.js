// The guided tour: five steps, each with what to do and why; a step that is done says so and the next one waits.
import { h, replaceChildren } from "./dom.js";
import { icon } from "./icons.js";

const KEY = "baton-playground-tour";
const QUESTION = "/whoowns payments-db";
const END_OF_LIFE = "/eol payments";

const allMessages = (app) => Object.values(app.state.messages).flat();
const said = (app, words) => allMessages(app).some((message) => message.bot && message.text.includes(words));

/** Each step: a title, a few sentences, what to look at, when it is done, and a way to have it done. */
const STEPS = [
  {
    title: "Ask who owns something",
    text: "Type a question in any spelling and press Enter. The answer names both owners of this database, the file that says so, its age, and who confirmed it. Add “six months ago” to see who owned it then.",
    look: "#composer-input",
    done: (app) => said(app, "owns the application of *payments-db*"),
    help: { text: "Write the question for me", run: (app) => app.fill(QUESTION) },
  },
  {
    title: "Say that it is wrong",
    text: "Press “Wrong owner?” under the answer and send the form. Your doubt is recorded, and the owner is told once.",
    look: "#stream .message:last-child",
    done: (app) => said(app, "Your doubt is recorded") || said(app, "thinks that you do not own"),
  },
  {
    title: "Be the owner",
    text: "Become the lead of the owning team and open their channel. Press “We own it” to settle the doubt: the answer then carries their name.",
    look: "#user-switcher",
    done: (app) => app.state.you === app.state.tour.owner && said(app, `confirmed by <@${app.state.tour.owner}>`),
    help: { text: "Take me there", run: (app) => app.go({ user: app.state.tour.owner, view: "channel", channel: app.state.tour.owner_channel, thread: null }) },
  },
  {
    title: "Ask what reaches its end of life",
    text: "The same database runs PostgreSQL 11. Ask what is overdue for its team, and which versions are unknown. Then move the clock: reminders come to the teams' channels.",
    look: "#composer-input",
    done: (app) => said(app, "Amazon RDS for PostgreSQL 11"),
    help: { text: "Write that question", run: (app) => app.fill(END_OF_LIFE) },
  },
  {
    title: "See the whole picture",
    text: "In #grooming, open a message's menu and choose “Who owns this?”. Then open Baton's Home.",
    look: '[data-focus="home"]',
    done: (app) => app.place.view === "home",
    help: { text: "Open the threads", run: (app) => app.go({ view: "channel", channel: app.state.tour.threads, thread: null }) },
  },
];

export function createTour(app, root) {
  let at = restored();
  let shown = null;
  let marked = null;

  const goTo = (step) => {
    at = step;
    sessionStorage.setItem(KEY, String(step));
    shown = null;
    draw();
    root.querySelector("h2, button")?.focus();
  };
  const isOpen = () => at >= 0 && at < STEPS.length;

  function draw() {
    if (!app.state.tour) {
      root.hidden = true;
      return;
    }
    root.hidden = false;
    const done = isOpen() && Boolean(STEPS[at].done?.(app));
    const print = `${at} ${done}`;
    if (print !== shown) {
      shown = print;
      replaceChildren(root, isOpen() ? step(STEPS[at], done) : [begin()]);
      if (done) app.announce(`Done. ${at + 1 < STEPS.length ? "The next step waits." : "That was the last step."}`);
    }
    mark(isOpen() ? STEPS[at].look : null);
  }

  function begin() {
    const text = at >= STEPS.length ? "Take the tour again" : "Take the tour: five steps, five minutes";
    const start = async () => {
      // Whoever owns it would not doubt it: the tour is taken as somebody of another team, in #general.
      await app.go({ user: app.state.tour.asker, view: "channel", channel: null, thread: null });
      goTo(0);
    };
    return h("button", { type: "button", class: "tour-begin", on: { click: start } }, text);
  }

  function step({ title, text, done: check, help }, done) {
    const last = at + 1 === STEPS.length;
    const next = h("button", { type: "button", class: done || !check ? "button primary" : "button", on: { click: () => goTo(at + 1) } }, last ? "Finish" : done || !check ? "Next" : "Skip this step");
    return [
      h("header", {},
        h("h2", { tabindex: "-1" }, h("span", { class: "tour-count" }, `${at + 1} of ${STEPS.length}`), ` ${title}`),
        h("button", { type: "button", class: "icon-button", "aria-label": "Leave the tour", on: { click: () => goTo(STEPS.length) } }, icon("close"))),
      h("p", {}, text),
      done ? h("p", { class: "tour-done", role: "status" }, "✓ Done") : null,
      h("div", { class: "tour-buttons" },
        at > 0 ? h("button", { type: "button", class: "button", on: { click: () => goTo(at - 1) } }, "Back") : null,
        help && !done ? h("button", { type: "button", class: "button", on: { click: () => help.run(app) } }, help.text) : null,
        next),
    ];
  }

  /** Rings what the step is about; the ring follows when the page is drawn anew. */
  function mark(selector) {
    const wanted = selector ? document.querySelector(selector) : null;
    if (wanted === marked) return;
    marked?.classList.remove("tour-look");
    wanted?.classList.add("tour-look");
    marked = wanted;
  }
  return { draw };
}

/** Where the reader was; -1 before the first time. */
function restored() {
  const kept = Number.parseInt(sessionStorage.getItem(KEY) ?? "-1", 10);
  return Number.isInteger(kept) && kept >= -1 && kept <= STEPS.length ? kept : -1;
}
