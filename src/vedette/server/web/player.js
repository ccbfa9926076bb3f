// Moving pictures from fragments over a WebSocket, or from one JPEG after the other.

const SNAPSHOT_MS = 1000;
const KEEP_S = 20; // seconds behind the playing position that the browser keeps, and before it in a pause
const GAP_NEAR_S = 0.2; // so near to the end of what there is counts as seen
const STARVED_MS = 3000; // footage that is being recorded comes every two seconds
const SOUGHT_MOST_MS = 1500; // a browser that seeks for longer never gets there
const TEND_MS = 500;
const EMPTY_MOST_MS = 3000; // with whole fragments, and nothing in them that a browser would begin with
const LIVE_BEHIND_MOST_S = 2.5; // further behind, a live picture jumps forward
const STORE_MOST_S = 10; // of footage that is to be seen yet: more is held back at the server, …
const STORE_FEW_S = 5; // … until there is so little
const WAITING_MOST_BYTES = 32e6; // of what a browser has yet to take from the page
const DELAY_MOST_S = 30; // so much is kept by something on the way, where the server cannot leave it out
const FRESH_MS = 8000; // the server says something every five seconds
const SILENT_MOST_MS = 15000; // then the connection is dead, whatever the browser believes
const ANSWER_MOST_MS = 15000;

let quickestS = Infinity; // our clock minus the server's, as far as the messages of all connections tell

/** An address of this server, without the login that may stand in the page's own: fetch refuses those. */
export const here = (path) => new URL(path, location.origin + location.pathname);

/** What the server answers; a server or a network that has fallen silent is told as such, and not waited for. */
export async function ask(path, read) {
  try {
    const response = await fetch(here(path), { cache: "no-store", signal: AbortSignal.timeout(ANSWER_MOST_MS) });
    return await read(response);
  } catch (error) {
    if (error.name !== "TimeoutError") throw error;
    throw new Error(`no answer within ${ANSWER_MOST_MS / 1000} seconds`);
  }
}

/** A refusal as it is told; to ask again is of no use where it `isForbidden`. */
export const refusal = ({ status, statusText }, problem) => Object.assign(
  new Error(problem || `${status} ${statusText}`), { status, isForbidden: status === 403 },
);

/** What a browser cannot play, by its name and as it was asked for. */
function refusalOf(mime) {
  const codec = /codecs="([^",]*)/.exec(mime)[1];
  const name = { avc1: "H.264", hvc1: "H.265" }[codec.slice(0, 4)] || "video";
  return `this browser cannot play ${name} (${codec})`;
}

/** Whether a message is the beginning of a fragment: large ones come in several. */
const beginsFragment = (message) => message.byteLength > 8 && new DataView(message).getUint32(4) === 0x70726674; // prft

const bytesOf = (messages) => messages.reduce((sum, each) => sum + (each.byteLength || 0), 0);

/**
 * Plays fragments that come over a WebSocket; a text message with a type begins them anew. What follows a gap in
 * footage waits until what was before it has been seen, and so does the end. Whoever pauses for long is sent no
 * more: then it is over. So it is when nothing comes any more: a network that is gone closes no connection.
 * A browser that plays more slowly than real time has footage wait at the server, and leaps to the latest live
 * picture, once it has seen the one that it leapt to before.
 */
export class FragmentPlayer {
  constructor(video, path, { live, fromUs, onPlaying, onProblem, onOver }) {
    Object.assign(this, { video, live, fromUs, onPlaying, onProblem, onOver });
    this.queue = [];
    this.later = null; // messages from behind a gap on
    this.pausedMs = this.silentMs = this.stuckMs = 0;
    this.hasSound = undefined; // until the server has told
    this.isOut = true; // of pictures that are to be seen yet
    this.delayS = this.waitingS = 0; // how long a live picture was on the way, and waited at the server before
    this.beganS = Date.now() / 1000;
    this.startUs = 0; // UTC of media time zero, where the server tells it
    const base = here(path);
    base.protocol = base.protocol === "https:" ? "wss:" : "ws:";
    this.socket = new WebSocket(base);
    this.socket.binaryType = "arraybuffer";
    this.socket.onmessage = (event) => this.take(event.data);
    this.socket.onclose = (event) => this.over(event.code === 1000);
    this.watch = setInterval(() => this.tend(), TEND_MS);
  }

  close() {
    this.isClosed = true;
    clearInterval(this.watch);
    this.socket.close();
    this.letGo();
  }

  get positionUs() {
    return this.startUs ? this.startUs + (this.seekS || this.video.currentTime) * 1e6 : 0;
  }

  /** Whether the way to the server is open, as far as one can tell. */
  get isFresh() {
    return !this.hasEnded && this.silentMs < FRESH_MS;
  }

  /** Whether all that came has been seen, and no more has come for a while. */
  get isStarved() {
    return this.stuckMs >= STARVED_MS && this.isOut && !this.later && !this.hasEnded;
  }

  /** How far a live picture is behind, as the server told last. */
  get behindS() {
    return this.delayS + this.waitingS;
  }

  /** Nothing more will come; `isOrderly` says that the server wanted it so. */
  over(isOrderly) {
    if (this.isClosed || this.hasEnded) return;
    this.hasEnded = true;
    this.isOrderly = isOrderly;
    const isMore = this.later || (isOrderly && this.startUs && this.source); // to see, then `tend` goes on
    if (!isMore || this.video.paused) this.finish();
  }

  finish() {
    if (this.isFinished) return;
    this.isFinished = true;
    this.onOver(Boolean(this.hasPicture), this.isOrderly);
  }

  take(message) {
    if (this.isClosed) return;
    this.silentMs = 0;
    const told = typeof message === "string" && JSON.parse(message);
    if (told && told.sent_s) this.measure(told);
    if (told && !told.mime && !told.problem) return; // it only says that the way is open
    if (this.later) {
      this.later.push(message);
      return;
    }
    if (!told) {
      this.queue.push(message);
      this.feed();
      return;
    }
    if (this.source && this.startUs) this.later = [message];
    else if (told.problem) this.fail(told.problem, true);
    else if (told.mime) this.begin(told);
  }

  /** How late a message is, if what came most quickly had no delay; a clock may have been set since then. */
  measure({ mime, sent_s: sentS, waiting_s: waitingS }) {
    const nowS = Date.now() / 1000;
    if (mime) quickestS = Math.max(quickestS, this.beganS - sentS); // it was sent after it was asked for
    quickestS = Math.min(quickestS, nowS - sentS);
    this.delayS = nowS - sentS - quickestS;
    this.waitingS = waitingS || 0;
  }

  begin({ mime, from_us: fromUs }) {
    if (!window.MediaSource || !MediaSource.isTypeSupported(mime)) {
      this.fail(refusalOf(mime), true);
      return;
    }
    this.hasSound = mime.includes("mp4a");
    this.letGo();
    this.startUs = fromUs || 0;
    this.stuckMs = this.emptyMs = this.fragments = 0;
    // Footage comes in whole groups of pictures: the first one may begin before what was asked for.
    this.seekS = this.startUs && this.fromUs ? Math.max(0, (this.fromUs - this.startUs) / 1e6) : 0;
    this.fromUs = 0;
    const source = (this.source = new MediaSource());
    source.onsourceopen = () => {
      if (this.isClosed || source !== this.source) return;
      try {
        this.buffer = source.addSourceBuffer(mime);
      } catch (error) {
        this.fail(error.message);
        return;
      }
      this.buffer.onupdateend = () => this.feed();
      this.feed();
    };
    this.url = URL.createObjectURL(source);
    this.video.src = this.url;
    // By itself Firefox begins only what it thinks it has enough of; one that forbids it shows its own button.
    this.video.play().catch(() => {});
  }

  /** What there is has been seen: go on behind the gap, or come to the end. */
  passOn() {
    if (this.queue.length || this.buffer.updating || (this.hasPicture && this.video.paused)) return;
    const messages = this.later;
    if (messages) {
      this.later = this.source = null;
      for (const message of messages) this.take(message);
    } else if (this.hasEnded) {
      this.finish();
    }
  }

  letGo() {
    this.queue = [];
    this.buffer = this.source = null;
    this.hasPicture = false;
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = null;
    this.video.removeAttribute("src");
    this.video.load();
  }

  feed() {
    if (!this.buffer || this.buffer.updating || !this.queue.length) return;
    const message = this.queue.shift();
    this.fragments += beginsFragment(message);
    try {
      this.buffer.appendBuffer(message);
    } catch (error) {
      this.fail(error.message);
    }
  }

  tend() {
    const { video, buffer } = this;
    const isPaused = this.hasPicture && video.paused;
    this.pausedMs = isPaused ? this.pausedMs + TEND_MS : 0;
    this.stuckMs = !isPaused && video.currentTime === this.formerS ? this.stuckMs + TEND_MS : 0;
    this.formerS = video.currentTime;
    if (this.pausedMs > KEEP_S * 1000) this.socket.close();
    if (this.delayS > DELAY_MOST_S && !this.hasEnded && !video.paused) {
      this.fail("the connection is too slow: going on with the newest picture");
      return;
    }
    this.silentMs += TEND_MS; // counted, not measured: a page that was asleep has first to hear what has come
    if (this.silentMs > SILENT_MOST_MS && !this.hasEnded) {
      this.socket.close();
      this.over(false);
    }
    this.hold();
    if (this.isTooSlow) {
      this.fail("this browser is too slow for the picture: going on with the newest one");
      return;
    }
    if (!buffer) return;
    if (!video.buffered.length) {
      this.isOut = true;
      if (this.fragments > 1) this.emptyMs += TEND_MS; // then one has come whole
      if (this.emptyMs < EMPTY_MOST_MS) this.passOn();
      else this.fail("this browser finds no key frame in the picture", true);
      return;
    }
    if (video.error) {
      this.fail("the picture cannot be decoded");
      return;
    }
    const ranges = video.buffered;
    const end = ranges.end(ranges.length - 1);
    const next = this.live ? ranges.start(ranges.length - 1) : this.nextSeen(ranges);
    if (video.currentTime < next) video.currentTime = next;
    if (this.seekS && end > this.seekS) {
      video.currentTime = this.seekS;
      this.seekS = 0;
    }
    if (this.live && !video.paused && !video.seeking && end - video.currentTime > LIVE_BEHIND_MOST_S) {
      video.currentTime = end - 0.3;
    }
    if (!buffer.updating && video.currentTime - ranges.start(0) > 2 * KEEP_S) {
      buffer.remove(ranges.start(0), video.currentTime - KEEP_S);
    }
    const isThere = !this.seekS || this.later || this.hasEnded; // before, it is another moment's picture
    if (!this.hasPicture && video.readyState >= 2 && isThere) {
      this.hasPicture = true;
      this.onPlaying();
    }
    const isSought = video.seeking && this.stuckMs < SOUGHT_MOST_MS; // then it has to be seen first
    this.isOut = !isSought && this.isSeenUpTo(end);
    if (this.isOut) this.passOn();
  }

  /** How much there is to be seen yet, without what waits behind a gap. */
  get storeS() {
    const { buffered, currentTime } = this.video;
    return buffered.length ? buffered.end(buffered.length - 1) - (this.seekS || currentTime) : 0;
  }

  /** Whether a live picture that was leapt to does not come, or what comes is not even taken. */
  get isTooSlow() {
    if (!this.live || this.hasEnded) return false;
    return (this.video.seeking && this.storeS > KEEP_S) || bytesOf(this.queue) > WAITING_MOST_BYTES;
  }

  /** Tell the server where footage is to wait, and when it is wanted again. */
  hold() {
    if (this.live || this.socket.readyState !== WebSocket.OPEN) return;
    const waitingBytes = bytesOf(this.queue) + bytesOf(this.later || []);
    const isPlenty = this.storeS > (this.isHeld ? STORE_FEW_S : STORE_MOST_S) || waitingBytes > WAITING_MOST_BYTES;
    if (isPlenty === Boolean(this.isHeld)) return;
    this.isHeld = isPlenty;
    this.socket.send(isPlenty ? "hold" : "go on");
  }

  /** Where pictures last long, a browser stops well before the end of the last one: it stays for as long. */
  isSeenUpTo(timeS) {
    return timeS - this.video.currentTime <= GAP_NEAR_S + this.stuckMs / 1000;
  }

  /** Where to go on: behind a hole in what came, once what is before it has been seen. */
  nextSeen(ranges) {
    const { currentTime } = this.video;
    for (let at = 0; at < ranges.length; at++) {
      if (currentTime < ranges.start(at)) return ranges.start(at);
      if (currentTime < ranges.end(at) && !this.isSeenUpTo(ranges.end(at))) break;
    }
    return currentTime;
  }

  /** `isFinal` says that trying again will not help: pictures have to come another way. */
  fail(problem, isFinal = false) {
    if (this.isClosed || this.isFinished) return;
    clearInterval(this.watch);
    if (isFinal) this.hasSound = false;
    this.later = null; // nothing more can be seen with this player
    const { error } = this.video; // it may be met by who appends to what has failed
    this.isDamaged = Boolean(error);
    this.onProblem((error && error.message) || problem, isFinal);
    this.socket.close();
    if (this.hasEnded) this.finish();
    else this.over(false);
  }
}

/** Shows the latest JPEG again and again, for browsers and streams that MediaSource cannot serve. */
export class SnapshotPlayer {
  constructor(still, path, { onPlaying, onProblem }) {
    Object.assign(this, { still, path, onPlaying, onProblem });
    this.hasSound = false;
    this.show();
  }

  get isFresh() {
    return performance.now() - this.shownMs < FRESH_MS;
  }

  async show() {
    const beganMs = performance.now();
    try {
      const blob = await picture(this.path);
      if (this.isClosed) return;
      showStill(this.still, blob);
      this.shownMs = performance.now();
      this.onPlaying();
    } catch (error) {
      this.shownMs = -Infinity;
      if (!this.isClosed) this.onProblem(error.message, error.isForbidden);
      if (error.isForbidden) return;
    }
    if (this.isClosed) return;
    this.timer = setTimeout(() => this.show(), Math.max(0, SNAPSHOT_MS - (performance.now() - beganMs)));
  }

  close() {
    this.isClosed = true;
    clearTimeout(this.timer);
  }
}

export const picture = (path) => ask(path, async (response) => {
  if (response.ok) return response.blob();
  const text = (await response.text()).trim(); // one line, or JSON with a problem in it
  const told = text.startsWith("{") ? JSON.parse(text).problem : text;
  throw refusal(response, told);
});

export function showStill(still, blob) {
  const former = still.src;
  still.src = URL.createObjectURL(blob);
  still.hidden = false;
  if (former.startsWith("blob:")) URL.revokeObjectURL(former);
}
