// The guided tour: steps, each with what to do and why; a step that is done says so and the next one waits.
import { h, replaceChildren } from "./dom.js";
import { icon } from "./icons.js";

const KEY = "baton-playground-tour";
const QUESTION = "/whoowns payments-db";
const END_OF_LIFE = "/eol payments";

const RANK = "/devops rank";
const OVER = ["Delivered", "Confirmed"];

const allMessages = (app) => Object.values(app.state.messages).flat();
const said = (app, words) => allMessages(app).some((message) => message.bot && message.text.includes(words));

/** The card of the request in the thread that the tour is about, once there is one. */
const card = (app) => allMessages(app).find(({ bot, ephemeral, thread_ts: root, ts }) => bot && !ephemeral && root === app.state.tour.story && ts !== root);
const isAt = (app, ...states) => states.some((state) => card(app)?.text.includes(`\n${state} · `));
/** The DevOps team's message about that request, which has its title. */
const isEstimated = (app) => allMessages(app).some(({ channel, blocks }) => channel === app.state.tour.devops_channel && JSON.stringify(blocks).includes("Change estimate…"));

/** What Baton has told everybody in a channel, the newest last. */
const told = (app, channel) => (app.state.messages[channel] ?? []).filter(({ bot, ephemeral }) => bot && !ephemeral);
const atDevops = (app, ...words) => told(app, app.state.tour.devops_channel).some(({ text }) => words.every((each) => text.includes(each)));
/** The card of the handoff in the channel of whoever is to accept it. */
const offer = (app) => told(app, app.state.tour.owner_channel).find(({ text }) => text.startsWith(":handshake:") && text.includes("*payments-db*"));
const isAnswered = (app, ...words) => words.every((each) => offer(app)?.text.includes(each));
/** Whether the new owner has been told something since the offer. */
const isTold = (app, ...words) => told(app, app.state.tour.owner_channel).some(({ ts, text }) => ts > offer(app)?.ts && words.every((each) => text.includes(each)));

const theThread = ({ state: { tour } }) => ({ user: tour.requester, view: "channel", channel: tour.threads, thread: tour.story });
const theOwners = ({ state: { tour } }) => ({ user: tour.owner, view: "channel", channel: tour.owner_channel, thread: null });
const theChannel = ({ state: { tour } }) => ({ user: tour.devops, view: "channel", channel: tour.devops_channel, thread: null });

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
    text: "Become the lead of the owning team and open their channel. Press “It is ours” to settle the doubt: whoever doubted hears it, and the answer then carries your name.",
    look: "#user-switcher",
    done: (app) => app.state.you === app.state.tour.owner && said(app, `says <@${app.state.tour.owner}>`),
    help: { text: "Take me there", run: (app) => app.go(theOwners(app)) },
  },
  {
    title: "Ask what reaches its end of life",
    text: "The same database runs PostgreSQL 11. Ask what is overdue for its team, and which versions are unknown. Then move the clock: reminders come to the teams' channels.",
    look: "#composer-input",
    done: (app) => said(app, "Amazon RDS for PostgreSQL 11"),
    help: { text: "Write that question", run: (app) => app.fill(END_OF_LIFE) },
  },
  {
    title: "Turn a story into a request",
    text: "A team has groomed a story that needs five things nobody in it has used. Read the thread, open the menu of a message in it and choose “Open DevOps request”. Most of the form is filled in; check it and press “Open it”.",
    look: "#thread",
    done: (app) => Boolean(card(app)),
    help: { text: "Open the thread", run: (app) => app.go(theThread(app)) },
  },
  {
    title: "Take it on",
    text: "Become the lead of the DevOps team and open its channel. Press “Accept”, then “Estimate…” and write three numbers of hours.",
    look: "#user-switcher",
    done: (app) => isEstimated(app) && isAt(app, "Accepted", "In progress", ...OVER),
    help: { text: "Take me there", run: (app) => app.go(theChannel(app)) },
  },
  {
    title: "See why it stands where it does",
    text: "Ask for the backlog in its order, and press “Why”: the arithmetic in words, with who said what. “/devops picture” draws it.",
    look: "#composer-input",
    done: (app) => said(app, "\nNumber "),
    help: { text: "Write that question", run: (app) => app.go(theChannel(app)).then(() => app.fill(RANK)) },
  },
  {
    title: "Deliver it",
    text: "Scroll up to the request. Press “Delivered…” and say what was built, or open its thread, follow the link to its issue in the simulated GitHub and close it there.",
    done: (app) => isAt(app, ...OVER),
    help: { text: "Take me there", run: (app) => app.go(theChannel(app)) },
  },
  {
    title: "Say that it does the job",
    text: "Go back to the thread as the one who began it. The card has changed in its place, and the question stands below. Press “Yes, it does the job” there.",
    look: "#thread",
    done: (app) => isAt(app, "Confirmed"),
    help: { text: "Open the thread", run: (app) => app.go(theThread(app)) },
  },
  {
    title: "Be reminded",
    text: "The database of payments still runs PostgreSQL 11, and devops owns it. Become the lead of devops and move the clock by a day, until its digest names payments-db.",
    look: ".clock",
    done: (app) => atDevops(app, "*End of life* for *devops*", "PostgreSQL 11", "*payments-db*"),
    help: { text: "Take me there", run: (app) => app.go(theChannel(app)) },
  },
  {
    title: "Ask for help",
    text: "Become the lead of payments and ask who owns it: the application is yours, the database is not. Press “Open DevOps request”, write what you need, choose “support” as its kind and press “Open it”.",
    look: "#composer-input",
    done: (app) => atDevops(app, "Asked by", "payments-db"),
    help: { text: "Write that question", run: (app) => app.go(theOwners(app)).then(() => app.fill(QUESTION)) },
  },
  {
    title: "Deliver it and hand it over",
    text: "As the lead of devops, press “Accept” and then “Delivered…” on that request. Now it has “Hand over”: press it, tick the three parts of payments-db and press “Offer”.",
    look: "#user-switcher",
    done: (app) => Boolean(offer(app)),
    help: { text: "Take me there", run: (app) => app.go(theChannel(app)) },
  },
  {
    title: "Answer each part",
    text: "As the lead of payments, find the offer in your channel. Nothing has moved yet. Press “⋯” beside the backups and decline them; then beside the database, and answer “Not yet”: what it needs, from whom, and until when.",
    done: (app) => isAnswered(app, "*payments-db-backups*: declined by") && (isAnswered(app, "not yet: needs") || isAnswered(app, "*payments-db* (the database): accepted by")),
    help: { text: "Take me there", run: (app) => app.go(theOwners(app)) },
  },
  {
    title: "Accept it",
    text: "What it needed is there. Press “Accept the rest”, then “Accept” for the database that you had put off, and ask again: from this moment on, all of payments-db belongs to payments. A file still names devops, and that is no dispute.",
    look: "#composer-input",
    done: (app) => isAnswered(app, "*payments-db* (the database): accepted by") && said(app, "owns *payments-db*."),
    help: { text: "Write that question", run: (app) => app.go(theOwners(app)).then(() => app.fill(QUESTION)) },
  },
  {
    title: "Be reminded as the new owner",
    text: "Move the clock by a week, and by days, until PostgreSQL 11 comes to the channel of payments. Press “Open” beside it, then “Plan…”. Choose tomorrow as the day and press “Plan it”.",
    look: ".clock",
    done: (app) => isTold(app, "*End of life* for *payments*", "PostgreSQL 11", "*payments-db*") && said(app, "Planned: *Amazon RDS for PostgreSQL 11*"),
    help: { text: "Take me there", run: (app) => app.go(theOwners(app)) },
  },
  {
    title: "See it end",
    text: "Move the clock by a day. On the planned day the database is upgraded, and Baton sees the new version. Ask again what reaches its end of life: PostgreSQL 11 is gone.",
    look: ".clock",
    done: (app) => allMessages(app).some(({ bot, ts, text }) => bot && ts > offer(app)?.ts && text.startsWith("*payments*: ") && text.includes("Dates as of") && !text.includes("PostgreSQL 11")),
    help: { text: "Write that question", run: (app) => app.go(theOwners(app)).then(() => app.fill(END_OF_LIFE)) },
  },
  {
    title: "See the whole picture",
    text: "Open Baton's Home: what your teams have, wait for, and should look at.",
    look: '[data-focus="home"]',
    done: (app) => app.place.view === "home",
    help: { text: "Open Home", run: (app) => app.go({ view: "home", thread: null }) },
  },
];

export function createTour(app, root) {
  let at = restored();
  let shown = null;
  let marked = null;
  const [stream, thread] = ["stream", "thread"].map((id) => document.getElementById(id));

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
    stand();
    const done = isOpen() && Boolean(STEPS[at].done?.(app));
    const print = `${at} ${done}`;
    if (print !== shown) {
      shown = print;
      replaceChildren(root, isOpen() ? step(STEPS[at], done) : [begin()]);
      if (done) app.announce(`Done. ${at + 1 < STEPS.length ? "The next step waits." : "That was the last step."}`);
    }
    mark(isOpen() ? STEPS[at].look : null);
  }

  /** Where a thread covers the rest of the page, the tour stands in it. */
  function stand() {
    const covers = isOpen() && document.body.classList.contains("thread-open") && getComputedStyle(thread).position === "fixed";
    if (covers === (root.parentElement === thread)) return;
    if (covers) thread.insertBefore(root, thread.lastElementChild);
    else stream.after(root);
  }

  function begin() {
    const text = at >= STEPS.length ? "Take the tour again" : "Take the tour (20 minutes)";
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
