// Starts the page: holds the state that the server gave, where the reader is, and redraws after every change.
import { Refused, getState, live, post } from "./api.js";
import { createComposer } from "./composer.js";
import { clockOf } from "./dates.js";
import { createInspector } from "./inspector.js";
import { createModal } from "./modal.js";
import { createSidebar } from "./sidebar.js";
import { createStream } from "./stream.js";
import { createThread } from "./thread.js";
import { createToasts } from "./toasts.js";
import { createTour } from "./tour.js";

const byId = (id) => document.getElementById(id);

function namesOf(state) {
  const users = new Map(state.users.map((user) => [user.id, user]));
  const channels = new Map(state.channels.map((channel) => [channel.id, channel]));
  const archived = new Map(state.archived.map((channel) => [channel.id, channel.name]));
  const groups = new Map(state.groups.map((group) => [group.id, group]));
  const names = {
    you: users.get(state.you),
    now: state.now,
    bot: state.bot,
    user: (id) => users.get(id),
    channel: (id) => channels.get(id),
    archived: (id) => archived.get(id),
    group: (id) => groups.get(id),
    people: () => state.users.filter((user) => !user.is_bot && !user.deleted),
    channels: () => state.channels,
  };
  names.clock = clockOf(names);
  return names;
}

/** Where a newcomer starts: #general, else a channel of their own. */
const firstChannel = (channels) =>
  channels.find(({ name }) => name === "general") ?? channels.find(({ member, is_private: hidden }) => member && !hidden) ?? channels[0];

class App {
  constructor() {
    this.place = placeFromHash();
    this.seen = new Map();
    this.toasts = createToasts(byId("toasts"));
    this.parts = [];
  }

  async start() {
    await this.refresh();
    const composer = createComposer(this, byId("composer"), {});
    this.parts = [
      createSidebar(this, byId("sidebar")),
      createStream(this, { stream: byId("stream"), title: byId("place-title"), topic: byId("place-topic"), composer }),
      composer,
      createThread(this, byId("thread")),
      createModal(this),
      createInspector(this, byId("inspector")),
      createTour(this, byId("tour")),
    ];
    this.fill = (text) => composer.fill(text);
    this.listen();
    document.addEventListener("click", (event) => {
      const channel = event.target.closest?.("[data-go-channel]")?.dataset.goChannel;
      if (channel) this.go({ view: "channel", channel, thread: null });
    });
    // As an address it would name no place, and lead to the first channel.
    document.querySelector("a.skip").addEventListener("click", (event) => {
      event.preventDefault();
      byId("composer-input").focus();
    });
    window.addEventListener("hashchange", ({ newURL }) => {
      // Not the address as it stands by now: an answer that came in between has put it back.
      const wanted = placeFromHash(new URL(newURL).hash);
      // An address that names nobody is one for whoever is here.
      this.go({ ...wanted, user: wanted.user || this.place.user }, { fromHash: true });
    });
    if (this.place.view === "home") await this.post("home", {});
    this.draw();
    byId("app").dataset.ready = "true";
  }

  /** Fetches the state; calls that come while one is under way are answered by one more fetch. */
  async refresh() {
    if (this.fetching) {
      this.stale = true;
      return this.fetching;
    }
    this.fetching = this.fetchAll();
    return this.fetching;
  }

  async fetchAll() {
    try {
      do {
        this.stale = false;
        const asked = this.place.user;
        const state = await getState(asked);
        // The person was switched meanwhile: this answer is another's, and must not switch back.
        if (this.place.user !== asked) {
          this.stale = true;
          continue;
        }
        this.state = state;
        this.names = namesOf(this.state);
        this.settle();
        this.draw();
      } while (this.stale);
    } finally {
      // Here and not behind the promise: whoever calls between its end and what follows it would be answered by nobody.
      this.fetching = null;
    }
  }

  /** Puts the place where it can be: the user that was answered for, a channel that this user sees. */
  settle() {
    const { state, place } = this;
    place.user = state.you;
    const known = state.channels.some((channel) => channel.id === place.channel) || (state.dm && place.channel === state.dm);
    if (!known) Object.assign(place, { channel: firstChannel(state.channels)?.id, thread: null });
    this.toasts.show(state.toasts, place.user);
    const hash = `#${new URLSearchParams(Object.entries(place).filter(([, value]) => value))}`;
    if (location.hash !== hash) history.replaceState(null, "", hash);
  }

  draw() {
    for (const part of this.parts) part.draw();
  }

  listen() {
    this.stopListening?.();
    this.stopListening = live(this.place.user, {
      onChange: () => this.refresh().catch((error) => this.say(error)),
      onConnection: (up) => {
        byId("connection").hidden = up;
        byId("connection").textContent = up ? "" : "The playground does not answer; trying again…";
        // What happened between the last answer and this moment was told to nobody.
        if (up) this.refresh().catch((error) => this.say(error));
      },
    });
  }

  async go(change, { fromHash = false } = {}) {
    const userBefore = this.place.user;
    Object.assign(this.place, change);
    if (fromHash && change.thread === undefined) this.place.thread = null;
    document.body.classList.remove("sidebar-open");
    if (this.place.user !== userBefore) {
      // What was read out to one person is not left standing for the next.
      this.announce("");
      this.listen();
    }
    if (change.view === "home" || (this.place.view === "home" && this.place.user !== userBefore)) await this.post("home", {});
    await this.refresh();
  }

  /** Sends one action of the person; what was refused is said in a toast. Answers null then. */
  async post(path, body) {
    try {
      const answer = await post(path, { user: this.place.user, ...body });
      await this.refresh();
      return answer;
    } catch (error) {
      this.say(error);
      return null;
    }
  }

  say(error) {
    if (!(error instanceof Refused || error instanceof TypeError)) throw error;
    this.toasts.add(error instanceof Refused ? error.message : "The playground does not answer; is it still running?");
  }

  announce(text) {
    byId("announcer").textContent = text;
  }

  /** What a block's surface needs; `container` says where the block stands. */
  surface(container, extra = {}) {
    return {
      container,
      names: this.names,
      act: (action) => this.post("act", { container, ...action, values: readAll(extra.readers) }),
      ...extra,
    };
  }
}

function placeFromHash(hash = location.hash) {
  const given = new URLSearchParams(hash.slice(1));
  return { user: given.get("user") ?? "", view: given.get("view") ?? "channel", channel: given.get("channel"), thread: given.get("thread") };
}

/** What is typed and chosen at this moment: Slack sends it along with every action. */
const readAll = (readers) => [...(readers?.values() ?? [])].map(({ read, ...where }) => ({ ...where, value: read() }));

const app = new App();
app.start().catch((error) => {
  byId("place-title").textContent = "The playground did not start";
  byId("place-topic").textContent = error.message;
});
