// The page: every camera's live picture and state, a scrub bar over its recording, and inputs and outputs.

import { Card, badge, getJson } from "./card.js";
import { followIo } from "./io.js";
import { asDate, asUtc, followClock, nowUs, spoken } from "./times.js";

const POLL_MS = 3000;
const byId = (id) => document.getElementById(id);

const cards = new Map();
let isConnected = true;
const watcher = new IntersectionObserver((entries) => {
  for (const entry of entries) cards.get(entry.target.dataset.token)?.setOnScreen(entry.isIntersecting);
}, { rootMargin: "200px" });
document.addEventListener("visibilitychange", () => {
  for (const card of cards.values()) card.setOnScreen(card.isOnScreen);
});

/** Of all cameras one is heard. */
function hearAlone(heard) {
  for (const card of cards.values()) if (card !== heard) card.setSounding(false);
}

function show(cameras) {
  const tokens = new Set(cameras.map((camera) => camera.token));
  for (const [token, card] of cards) {
    if (!tokens.has(token)) {
      watcher.unobserve(card.element);
      card.remove();
      cards.delete(token);
    }
  }
  for (const camera of cameras) {
    const card = cards.get(camera.token);
    if (card) {
      card.update(camera);
      continue;
    }
    const made = new Card(camera, { onSound: hearAlone });
    made.element.dataset.token = camera.token;
    cards.set(camera.token, made);
    byId("cameras").append(made.element);
    watcher.observe(made.element);
  }
  byId("cameras").classList.toggle("few", cameras.length <= 1);
  byId("empty").hidden = cameras.length > 0;
  const live = cameras.filter((camera) => camera.state === "live").length;
  byId("summary").textContent = cameras.length ? `${live} of ${cameras.length} cameras live` : "";
}

/** Why nothing is known of the cameras; a refusal is an answer, too. */
function saidOf({ status, message }) {
  if (status === 401) return "This page is no longer logged in: load it anew.";
  return status ? `Vedette refuses: ${message}` : `Vedette does not answer: ${message}`;
}

async function poll() {
  try {
    const { cameras, utc_us: utcUs } = await getJson("api/cameras");
    if (utcUs) followClock(utcUs);
    show(cameras);
    if (!isConnected) for (const card of cards.values()) card.answersAgain();
    isConnected = true;
    badge(byId("connection"), "connected", "good");
    byId("alert").hidden = true;
  } catch (error) {
    isConnected = false;
    badge(byId("connection"), error.status ? "refused" : "no connection", "bad");
    byId("alert").textContent = saidOf(error);
    byId("alert").hidden = false;
  }
  setTimeout(poll, POLL_MS);
}

setInterval(() => {
  byId("clock").textContent = spoken(nowUs());
  byId("clock").title = asUtc(nowUs());
  byId("clock").dateTime = asDate(nowUs()).toISOString();
}, 1000);
byId("first").append(` --server ${location.origin}`);
poll();
followIo();
