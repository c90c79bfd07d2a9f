// The page's side of the HTTP interface. Addresses are relative, so that the page also works behind a path prefix.

/** The server refused the request and said why. */
export class Refused extends Error {}

async function answerOf(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(body.error ?? `The playground answered ${response.status}; see its log.`);
  if (body.refused) throw new Refused(body.refused);
  return body;
}

export const getState = (user) => fetch(`play/state?user=${encodeURIComponent(user ?? "")}`).then(answerOf);
export const getTraffic = (index) => fetch(`play/traffic?index=${index}`).then(answerOf);

export function post(path, body) {
  return fetch(`play/${path}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }).then(answerOf);
}

/** Listens to changes; the browser reconnects by itself. Returns a function that stops. */
export function live(user, { onChange, onConnection }) {
  const source = new EventSource(`play/live?user=${encodeURIComponent(user)}`);
  source.addEventListener("open", () => onConnection(true));
  source.addEventListener("error", () => onConnection(false));
  source.addEventListener("change", (event) => onChange(JSON.parse(event.data)));
  return () => source.close();
}
