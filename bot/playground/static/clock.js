// The workspace's clock: what time it is there, and buttons that move it forward to see what comes.
import { h } from "./dom.js";

const STEPS = [
  { hours: 1, text: "+1 hour" },
  { hours: 24, text: "+1 day" },
  { hours: 168, text: "+1 week" },
  { hours: 720, text: "+30 days" },
];

/** The control; hidden where the clock cannot be moved. */
export function clockControl(app) {
  const move = async (hours) => {
    app.announce("The clock moves on.");
    if (await app.post("clock", { hours })) app.announce(`It is ${told(app)} now.`);
  };
  const time = h("time", {});
  const progress = h("progress", { class: "clock-progress", max: "1", "aria-label": "The clock is moving", hidden: true });
  const node = h("section", { class: "clock", "aria-labelledby": "clock-title", hidden: true },
    h("h2", { id: "clock-title" }, "Time in the workspace"),
    h("p", {}, time),
    progress,
    h("div", { class: "clock-steps" }, STEPS.map(({ hours, text }) =>
      h("button", { type: "button", class: "clock-step", "aria-label": `Move the clock by ${text.slice(1)}`, data: { focus: `clock-${hours}` }, on: { click: () => move(hours) } }, text))));
  function draw() {
    node.hidden = !app.state.has_clock;
    time.dateTime = app.state.now;
    time.textContent = told(app);
    const done = app.state.clock_progress;
    progress.hidden = typeof done !== "number";
    progress.value = done ?? 0;
  }
  return { node, draw };
}

/** The workspace's moment as the person who is played sees it. */
function told(app) {
  const format = { weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZone: app.names.you?.tz };
  return new Intl.DateTimeFormat("en-GB", format).format(new Date(app.state.now));
}
