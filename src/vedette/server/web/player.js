// Moving pictures from fragments over a WebSocket, or from one JPEG after the other.

const SNAPSHOT_MS = 1000;
const KEEP_S = 20; // seconds behind the playing position that the browser keeps, and before it in a pause
const GAP_NEAR_S = 0.2; // so near to the end of what there is counts as seen
const TEND_MS = 500;
const LIVE_BEHIND_MOST_S = 2.5; // further behind, a live picture jumps forward

/** An address of this server, without the login that may stand in the page's own: fetch refuses those. */
export const here = (path) => new URL(path, location.origin + location.pathname);

/**
 * Plays fragments that come over a WebSocket; a text message with a type begins them anew. What follows a gap in
 * footage waits until what was before it has been seen. Whoever pauses for long is sent no more: then it is over.
 */
export class FragmentPlayer {
  constructor(video, path, { live, fromUs, onPlaying, onProblem, onOver }) {
    Object.assign(this, { video, live, fromUs, onPlaying, onProblem, onOver });
    this.queue = [];
    this.later = null; // messages from behind a gap on
    this.pausedMs = 0;
    this.startUs = 0; // UTC of media time zero, where the server tells it
    const base = here(path);
    base.protocol = base.protocol === "https:" ? "wss:" : "ws:";
    this.socket = new WebSocket(base);
    this.socket.binaryType = "arraybuffer";
    this.socket.onmessage = (event) => this.take(event.data);
    this.socket.onclose = () => this.over();
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

  over() {
    this.hasEnded = true;
    if (this.isClosed || (this.later && !this.video.paused)) return; // there is more to see
    this.onOver(Boolean(this.hasPicture));
  }

  take(message) {
    if (this.isClosed) return;
    if (this.later) {
      this.later.push(message);
      return;
    }
    if (typeof message !== "string") {
      this.queue.push(message);
      this.feed();
      return;
    }
    const told = JSON.parse(message);
    if (this.source && this.startUs) this.later = [message];
    else if (told.problem) this.fail(told.problem, true);
    else if (told.mime) this.begin(told);
  }

  begin({ mime, from_us: fromUs }) {
    if (!window.MediaSource || !MediaSource.isTypeSupported(mime)) {
      this.fail(`this browser cannot play ${mime}`, true);
      return;
    }
    this.letGo();
    this.startUs = fromUs || 0;
    // Footage comes in whole groups of pictures: the first one may begin before what was asked for.
    this.seekS = this.startUs && this.fromUs ? Math.max(0, (this.fromUs - this.startUs) / 1e6) : 0;
    this.fromUs = 0;
    const source = (this.source = new MediaSource());
    source.onsourceopen = () => {
      if (this.isClosed || source !== this.source) return;
      URL.revokeObjectURL(this.url);
      this.buffer = source.addSourceBuffer(mime);
      this.buffer.onupdateend = () => this.feed();
      this.feed();
    };
    this.url = URL.createObjectURL(source);
    this.video.src = this.url;
  }

  /** Go on behind a gap once what was before it has been seen. */
  passGap(aheadS) {
    if (!this.later || this.queue.length || this.buffer.updating || aheadS > GAP_NEAR_S) return;
    if (this.hasPicture && this.video.paused) return;
    const messages = this.later;
    this.later = this.source = null;
    for (const message of messages) this.take(message);
    if (this.hasEnded) this.over();
  }

  letGo() {
    this.queue = [];
    this.buffer = this.source = null;
    this.hasPicture = false;
    this.video.removeAttribute("src");
    this.video.load();
  }

  feed() {
    if (!this.buffer || this.buffer.updating || !this.queue.length) return;
    try {
      this.buffer.appendBuffer(this.queue.shift());
    } catch (error) {
      this.fail(error.message);
    }
  }

  tend() {
    const { video, buffer } = this;
    this.pausedMs = this.hasPicture && video.paused ? this.pausedMs + TEND_MS : 0;
    if (this.pausedMs > KEEP_S * 1000) this.socket.close();
    if (!buffer) return;
    if (!video.buffered.length) {
      this.passGap(0);
      return;
    }
    if (video.error) {
      this.fail(video.error.message || "the picture cannot be decoded");
      return;
    }
    const ranges = video.buffered;
    const first = ranges.start(ranges.length - 1);
    const end = ranges.end(ranges.length - 1);
    if (video.currentTime < first) video.currentTime = first;
    if (this.seekS && end > this.seekS) {
      video.currentTime = this.seekS;
      this.seekS = 0;
    }
    if (this.live && !video.paused && end - video.currentTime > LIVE_BEHIND_MOST_S) {
      video.currentTime = end - 0.3;
    }
    if (!buffer.updating && video.currentTime - ranges.start(0) > 2 * KEEP_S) {
      buffer.remove(ranges.start(0), video.currentTime - KEEP_S);
    }
    if (!this.hasPicture && video.readyState >= 2) {
      this.hasPicture = true;
      this.onPlaying();
    }
    this.passGap(end - video.currentTime);
  }

  /** `isFinal` says that trying again will not help: pictures have to come another way. */
  fail(problem, isFinal = false) {
    if (this.isClosed) return;
    this.onProblem(problem, isFinal);
    this.socket.close();
  }
}

/** Shows the latest JPEG again and again, for browsers and streams that MediaSource cannot serve. */
export class SnapshotPlayer {
  constructor(still, path, { onPlaying, onProblem }) {
    Object.assign(this, { still, path, onPlaying, onProblem });
    this.show();
  }

  async show() {
    const beganMs = performance.now();
    try {
      const blob = await picture(this.path);
      if (this.isClosed) return;
      showStill(this.still, blob);
      this.onPlaying();
    } catch (error) {
      if (!this.isClosed) this.onProblem(error.message);
    }
    if (this.isClosed) return;
    this.timer = setTimeout(() => this.show(), Math.max(0, SNAPSHOT_MS - (performance.now() - beganMs)));
  }

  close() {
    this.isClosed = true;
    clearTimeout(this.timer);
  }
}

export async function picture(path) {
  const response = await fetch(here(path), { cache: "no-store" });
  if (response.ok) return response.blob();
  const text = (await response.text()).trim(); // one line, or JSON with a problem in it
  const told = text.startsWith("{") ? JSON.parse(text).problem : text;
  throw new Error(told || `no picture (${response.status})`);
}

export function showStill(still, blob) {
  const former = still.src;
  still.src = URL.createObjectURL(blob);
  still.hidden = false;
  if (former.startsWith("blob:")) URL.revokeObjectURL(former);
}
