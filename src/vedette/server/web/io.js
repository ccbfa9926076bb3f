// Relays to switch and inputs to see. Relays are switched as any client does it, by the standard's operation.

import { badge, getJson } from "./card.js";
import { here } from "./player.js";

const POLL_MS = 2000;
const SOAP = "http://www.w3.org/2003/05/soap-envelope";
const DEVICE = "http://www.onvif.org/ver10/device/wsdl";

const byId = (id) => document.getElementById(id);
const rows = new Map();

/** The message that sets a relay; made as a tree, so that no token can become markup. */
function message(token, isActive) {
  const tree = document.implementation.createDocument(SOAP, "s:Envelope");
  const body = tree.documentElement.appendChild(tree.createElementNS(SOAP, "s:Body"));
  const request = body.appendChild(tree.createElementNS(DEVICE, "SetRelayOutputState"));
  request.appendChild(tree.createElementNS(DEVICE, "RelayOutputToken")).textContent = token;
  request.appendChild(tree.createElementNS(DEVICE, "LogicalState")).textContent = isActive ? "active" : "inactive";
  return new XMLSerializer().serializeToString(tree);
}

async function switchRelay(token, isActive) {
  const response = await fetch(here("onvif/device_service"), {
    method: "POST",
    headers: { "Content-Type": "application/soap+xml; charset=utf-8" },
    body: message(token, isActive),
  });
  if (response.ok) return;
  const answer = new DOMParser().parseFromString(await response.text(), "application/xml");
  const reason = answer.getElementsByTagNameNS(SOAP, "Text")[0];
  throw new Error(reason ? reason.textContent : `${response.status} ${response.statusText}`);
}

async function closeCircuit(token, isClosed) {
  const response = await fetch(here(`api/io/inputs/${encodeURIComponent(token)}`), {
    method: "PUT",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ closed: isClosed }),
  });
  if (response.ok) return;
  const answer = await response.json().catch(() => ({}));
  throw new Error(answer.problem || `${response.status} ${response.statusText}`);
}

/** The row of a relay or an input; `act` is what its button does, given the state it had last. */
function row(kind, token, act) {
  const key = `${kind} ${token}`;
  const known = rows.get(key);
  if (known) return known;
  const element = byId("line").content.firstElementChild.cloneNode(true);
  const made = { element, state: null };
  for (const name of ["token", "state", "act", "problem"]) made[name + "Part"] = element.querySelector(`.${name}`);
  made.tokenPart.textContent = token;
  made.actPart.addEventListener("click", async () => {
    made.actPart.disabled = true;
    made.problemPart.textContent = "";
    try {
      await act(made.state);
      await look();
    } catch (error) {
      made.problemPart.textContent = error.message;
    }
    made.actPart.disabled = false;
  });
  rows.set(key, made);
  byId(kind).append(element);
  return made;
}

function show({ relays, inputs }) {
  const seen = new Set();
  for (const relay of relays) {
    const made = row("relays", relay.token, (state) => switchRelay(relay.token, !state.active));
    made.state = relay;
    badge(made.statePart, relay.active ? "active" : "inactive", relay.active ? "good" : "quiet");
    made.statePart.title = relay.closed ? "the contact is closed" : "the contact is open";
    made.actPart.textContent = relay.active ? "Switch off" : "Switch on";
    seen.add(`relays ${relay.token}`);
  }
  for (const input of inputs) {
    const made = row("inputs", input.token, (state) => closeCircuit(input.token, !state.closed));
    made.state = input;
    badge(made.statePart, input.active ? "active" : "idle", input.active ? "good" : "quiet");
    made.statePart.title = input.closed ? "the circuit is closed" : "the circuit is open";
    made.actPart.hidden = !input.virtual;
    made.actPart.textContent = input.closed ? "Open circuit" : "Close circuit";
    seen.add(`inputs ${input.token}`);
  }
  for (const [key, made] of rows) {
    if (seen.has(key)) continue;
    made.element.remove();
    rows.delete(key);
  }
  byId("io").hidden = seen.size === 0;
  byId("relay-group").hidden = relays.length === 0;
  byId("input-group").hidden = inputs.length === 0;
}

async function look() {
  show(await getJson("api/io"));
}

/** Look again and again, unless it is forbidden; what does not answer is told by the page's own state. */
export async function followIo() {
  try {
    await look();
  } catch (error) {
    byId("io").hidden = true;
    if (error.isForbidden) return; // each time would be written into the audit log
  }
  setTimeout(followIo, POLL_MS);
}
