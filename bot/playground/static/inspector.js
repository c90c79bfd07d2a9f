// "Behind the scenes": the raw payloads that went to the app, its answers, and the Web API calls that followed.
import { Refused, getTraffic } from "./api.js";
import { h, redraw } from "./dom.js";

export function createInspector(app, root) {
  const list = h("div", {});
  const shown = h("div", {});
  root.querySelector("#inspector-body").append(list, shown);
  let follow = true;
  let chosen = -1;
  let asked = 0;

  async function draw() {
    if (!root.open) return;
    const question = ++asked;
    try {
      const traffic = await getTraffic(follow ? -1 : chosen);
      // Answers may overtake one another; only the one to the last question is shown.
      if (question === asked) render(traffic);
    } catch (error) {
      if (!(error instanceof Refused || error instanceof TypeError)) throw error;
      if (question === asked) say("The traffic could not be read; it is read again after the next change.");
    }
  }

  function say(sentence) {
    redraw(list, [], () => []);
    redraw(shown, sentence, () => [h("p", {}, sentence)]);
  }

  /** The list and what is looked at are drawn apart: a delivery that arrives does not fold what somebody reads. */
  function render({ recent, delivery, calls }) {
    if (!delivery) {
      say("Nothing has been sent to the app yet. Run a command and look here again.");
      return;
    }
    redraw(list, [recent, delivery.index], () => [picker(recent, delivery)]);
    redraw(shown, [delivery, calls], () => [
      h("div", { class: "traffic" },
        part(`Slack → app: ${delivery.kind}`, `${delivery.transport} · ${delivery.at}${delivery.retry_num ? ` · redelivery ${delivery.retry_num}` : ""}`, delivery.payload),
        part(`App → Slack: ${delivery.status ?? "no answer"}`, delivery.seconds === null ? "" : `after ${Math.round(delivery.seconds * 1000)} ms`, delivery.answer),
        h("section", {}, h("h3", {}, calls.length === 1 ? "1 Web API call" : `${calls.length} Web API calls`), calls.map(callNode))),
    ]);
  }

  function picker(recent, delivery) {
    const select = h("select", { class: "control", id: "delivery-picker", on: { change: () => {
      chosen = Number(select.value);
      follow = chosen === recent[0].index;
      draw();
    } } }, recent.map((each) => h("option", { value: String(each.index), selected: each.index === delivery.index }, `${each.index + 1}. ${each.title}`)));
    return h("p", { class: "picker" }, h("label", { for: "delivery-picker" }, "Delivery"), select);
  }

  root.addEventListener("toggle", draw);
  return { draw };
}

const pretty = (value) => (value === null || value === "" ? "(empty)" : typeof value === "string" ? value : JSON.stringify(value, null, 2));

const part = (title, note, value) =>
  h("section", {}, h("h3", {}, title), note ? h("p", { class: "hint" }, note) : null, h("pre", { tabindex: "0", "aria-label": title }, pretty(value)));

function callNode(call) {
  const ok = call.response?.ok !== false && call.http_status < 400;
  return h("details", { class: "call" },
    h("summary", {}, h("code", {}, call.method), " ", h("span", { class: ok ? "ok" : "not-ok" }, ok ? "ok" : call.response?.error ?? String(call.http_status))),
    h("pre", { tabindex: "0", "aria-label": `${call.method} arguments` }, pretty(call.arguments)),
    h("pre", { tabindex: "0", "aria-label": `${call.method} answer` }, pretty(call.response)));
}
