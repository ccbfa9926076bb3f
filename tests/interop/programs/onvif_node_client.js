// Visits a device with npm's onvif and prints what it saw, as JSON.
// Usage: node onvif_node_client.js HOST PORT USER PASSWORD digest|token   (NODE_PATH names where onvif lies)

const crypto = require("crypto");
const http = require("http");
const { promisify } = require("util");
const { Cam } = require("onvif");

const [host, port, user, password, login] = process.argv.slice(2);
const list = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

/** One GET with digest login, by Node's own http. */
function get(uri, authorization) {
  return new Promise((resolve, reject) => {
    const headers = authorization ? { Authorization: authorization } : {};
    http.get(uri, { headers }, (response) => {
      const pieces = [];
      response.on("data", (piece) => pieces.push(piece));
      response.on("end", () => resolve({ response, body: Buffer.concat(pieces) }));
    }).on("error", reject);
  });
}

async function snapshot(uri) {
  const first = await get(uri);
  const offered = first.response.rawHeaders.filter((text) => /^Digest/.test(text) && /SHA-256/.test(text))[0];
  const part = (name) => new RegExp(`${name}="([^"]*)"`).exec(offered)[1];
  const hash = (text) => crypto.createHash("sha256").update(text).digest("hex");
  const url = new URL(uri);
  const target = url.pathname + url.search;
  const secret = hash(`${user}:${part("realm")}:${password}`);
  const answer = hash(`${secret}:${part("nonce")}:00000001:abcd:auth:${hash(`GET:${target}`)}`);
  const second = await get(uri, `Digest username="${user}", realm="${part("realm")}", nonce="${part("nonce")}", `
    + `uri="${target}", algorithm=SHA-256, qop=auth, nc=00000001, cnonce="abcd", response="${answer}"`);
  return second.body;
}

/** Topics and kinds of the messages that come first, by the library's own pull loop. */
function events(camera) {
  return new Promise((resolve, reject) => {
    const found = [];
    const done = () => {
      camera.removeAllListeners("event");
      resolve(found);
    };
    camera.on("eventsError", reject);
    camera.on("event", (message) => {
      found.push([message.topic._, message.message.message.$.PropertyOperation]);
      if (found.length === 1) setTimeout(done, 300);
    });
    setTimeout(done, 8000);
  });
}

async function visit() {
  const camera = new Cam({ hostname: host, port, username: user, password, autoconnect: false,
    useWSSecurity: login === "token", timeout: 10000 });
  const ask = (name, ...given) => promisify(camera[name]).call(camera, ...given);
  await ask("connect");
  const information = await ask("getDeviceInformation");
  const clock = await ask("getSystemDateAndTime");
  const services = await ask("getServices", true);
  const capabilities = await ask("getCapabilities");
  const profiles = await ask("getProfiles");
  const profileToken = profiles[0].$.token;
  const stream = await ask("getStreamUri", { protocol: "RTSP", profileToken });
  const still = await ask("getSnapshotUri", { profileToken });
  const recordings = list(await ask("getRecordings"));
  const recordingToken = recordings[0].recordingToken;
  const encodings = profiles.map((each) => (each.videoEncoderConfiguration
    || each.configurations.videoEncoder).encoding);
  const summary = await ask("getRecordingSummary");
  const result = {
    manufacturer: information.manufacturer,
    serial: information.serialNumber,
    clock_off_s: Math.abs(Date.now() - clock.getTime()) / 1000,
    services: services.map((each) => each.namespace),
    capabilities: Object.keys(capabilities),
    profiles: profiles.map((each, at) => [each.$.token, encodings[at]]),
    stream_uri: stream.uri,
    snapshot: (await snapshot(still.uri)).toString("base64"),
    events: await events(camera),
    recordings: recordings.map((each) => each.recordingToken),
    summary: Number((summary.summary || summary).numberRecordings),
    replay_uri: await ask("getReplayUri", { recordingToken }),
  };
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
}

visit().catch((error) => {
  console.error(error);
  process.exit(1);
});
