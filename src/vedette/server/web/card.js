// One camera: its picture, its state, its recording.

import { FragmentPlayer, SnapshotPlayer, ask, picture, refusal, showStill } from "./player.js";
import { Scrub } from "./scrub.js";
import { asUtc, nowUs, spoken } from "./times.js";

const TIMELINE_MS = 5000;
const STILL_MS = 150;
const PASSING_MS = 5000;
const BEHIND_TOLD_S = 4; // what a slow connection may be behind and be called live
const STILLS_AFTER = 2; // attempts at a moving picture, then one still after the other

export const getJson = (path) => ask(path, async (response) => {
  if (response.ok) return response.json();
  const { problem } = await response.json().catch(() => ({}));
  throw refusal(response, problem);
});

export function badge(element, text, kind) {
  element.textContent = text;
  element.classList.remove("good", "warn", "bad");
  element.classList.add(kind);
}

const codecsOf = ({ main, sub }) => [main, sub].map((stream) => (stream && stream.codec) || "").join(" ");

/** One camera. */
export class Card {
  constructor(camera, { onSound }) {
    this.onSound = onSound;
    this.token = camera.token;
    this.element = document.getElementById("card").content.firstElementChild.cloneNode(true);
    this.parts = {};
    for (const name of ["name", "state", "recording", "message", "when", "live", "back", "play", "sound", "range",
      "full", "facts", "note", "still", "stage"]) {
      this.parts[name] = this.element.querySelector(`.${name}`);
    }
    this.video = this.element.querySelector("video");
    this.video.onplay = () => { if (this.isResting) this.goOn(); }; // by a browser's own button
    this.isSounding = false;
    this.video.muted = true; // a browser plays nothing else unasked
    this.failures = 0;
    this.refused = new Map(); // why a live stream, "sub" or "main", cannot be played
    this.trouble = ""; // why the latest live picture ended
    this.saidOfEnd = "";
    this.scrub = new Scrub(this.element.querySelector(".scrub"), {
      onPreview: (us) => this.preview(us),
      onSeek: (us) => this.playFrom(us),
      onLive: () => this.goLive(),
      onCancel: () => this.endPreview(),
    });
    this.parts.live.onclick = () => this.goLive();
    this.parts.back.onclick = () => this.scrub.seek((this.scrub.positionUs || nowUs()) - 60e6);
    this.parts.play.onclick = () => this.toggle();
    this.parts.sound.onclick = () => this.setSounding(!this.isSounding);
    this.parts.full.onclick = () => this.fullScreen();
    this.parts.range.onchange = () => {
      this.scrub.rangeS = Number(this.parts.range.value);
      this.scrub.show(this.scrub.positionUs);
      this.loadTimeline();
    };
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.clock = setInterval(() => this.tick(), 250);
    this.timeline = setInterval(() => this.loadTimeline(), TIMELINE_MS);
    this.update(camera);
  }

  remove() {
    clearInterval(this.clock);
    clearInterval(this.timeline);
    this.stop();
    this.element.remove();
  }

  /** Only what can be seen is played; in a tab that nobody looks at a browser would stop pictures itself. */
  setOnScreen(isOnScreen) {
    this.isOnScreen = isOnScreen;
    const isVisible = isOnScreen && !document.hidden;
    if (isVisible === this.isVisible) return;
    this.isVisible = isVisible;
    if (!isVisible) {
      if (!this.isHalted) this.stop(); // a pause stays one, with its picture
      return;
    }
    if (!this.player) this.goOn();
    this.loadTimeline();
  }

  /** Whether the camera gives pictures now. */
  get canShow() {
    return Boolean(this.camera.state === "live" && this.camera.main && this.camera.main.codec);
  }

  /** The live streams that may be played, the better choice first: what is seen in a card can be small. */
  get liveStreams() {
    const streams = this.camera.sub ? ["sub", "main"] : ["main"];
    if (this.isSounding && this.isMainHeard) streams.reverse();
    return streams.filter((stream) => !this.refused.has(stream));
  }

  /** Whether of two live streams the main one alone has sound that browsers play. */
  get isMainHeard() {
    const { main, sub } = this.camera;
    return Boolean(main && main.audio === "AAC" && sub && sub.audio !== "AAC");
  }

  /** Whether there is sound to turn on; undefined where that is not known yet. */
  get canSound() {
    const { player } = this;
    if (!player || player.hasSound || player.hasSound === undefined) return player ? player.hasSound : undefined;
    return !this.fromUs && this.stream === "sub" && this.isMainHeard && !this.refused.has("main");
  }

  /** Whether somebody has stopped the picture by hand. */
  get isHalted() {
    return Boolean(this.isPaused && this.video.paused && this.player && this.player.hasPicture);
  }

  update(camera) {
    const { parts } = this;
    const isLive = camera.state === "live";
    const couldShow = !this.camera || this.canShow;
    const hadCodecs = this.camera && codecsOf(this.camera);
    this.camera = camera;
    if (hadCodecs && hadCodecs !== codecsOf(camera) && this.refused.size) this.tryStreams();
    if (this.canShow && !couldShow && !this.fromUs && this.isVisible && !this.isHalted) this.goLive();
    if (!this.canShow && this.player instanceof SnapshotPlayer) this.stop();
    parts.name.textContent = camera.name || camera.token;
    this.scrub.element.setAttribute("aria-label", `Recording of ${parts.name.textContent}`);
    badge(parts.state, isLive ? "live" : camera.problem ? "no picture" : camera.state, isLive ? "good" : "bad");
    parts.state.title = camera.problem || "";
    const recording = camera.recording;
    const isRecording = Boolean(recording && recording.state === "recording");
    this.scrub.isEnabled = Boolean(recording && recording.from_utc_us);
    this.scrub.latestUs = recording ? recording.to_utc_us : 0;
    if (this.isAtEnd && recording && recording.to_utc_us > this.endUs) this.playFrom(this.positionUs);
    const trouble = recording && recording.state === "error" ? "bad" : "warn";
    badge(parts.recording, isRecording ? "recording" : "not recording", isRecording ? "good" : trouble);
    parts.recording.title = (recording && recording.problem) || "";
    const { codec, width, height, fps, bitrate_kbps: kbps } = camera.main || {};
    const viewers = [camera.main, camera.sub].reduce((sum, stream) => sum + ((stream && stream.viewers) || 0), 0);
    const facts = [
      codec, width && `${width}×${height}`, fps && `${Math.round(fps * 10) / 10} fps`,
      kbps && `${(kbps / 1000).toFixed(1)} Mbit/s`, `${viewers} ${viewers === 1 ? "viewer" : "viewers"}`,
      recording && recording.from_utc_us && `recorded since ${spoken(recording.from_utc_us)}`,
    ];
    parts.facts.textContent = facts.filter(Boolean).join(" · ");
    if (recording && recording.from_utc_us) parts.facts.title = `recorded since ${asUtc(recording.from_utc_us)}`;
    if (!this.canShow && !this.fromUs) this.sayWhyNot();
  }

  /** A stream has come or is another: what could not be played may be played now. */
  tryStreams() {
    this.refused.clear();
    if (this.player && !this.fromUs && !this.isHalted) this.goLive();
  }

  /** The server is back: what failed while it was away says nothing about the camera. */
  answersAgain() {
    this.failures = 0;
    if (!this.fromUs && this.isVisible && !this.isHalted && !(this.player && this.player.isFresh)) this.goLive();
  }

  sayWhyNot() {
    const { state, problem, main } = this.camera;
    const missing = main && main.audio ? "sound without a picture" : "no picture yet";
    this.say(problem || (state === "live" ? missing : "waiting for the camera"));
  }

  say(text) {
    if (this.parts.message.textContent !== text) this.parts.message.textContent = text;
  }

  /** Say what concerns nothing that is shown, and take it back by and by. */
  sayInPassing(text) {
    this.say(text);
    setTimeout(() => { if (this.parts.message.textContent === text) this.say(""); }, PASSING_MS);
  }

  /** Say why there is less to see than there should be, for as long as it is so. */
  note(text) {
    if (this.parts.note.textContent !== text) this.parts.note.textContent = text;
  }

  /** Say where footage is at its end, also where it goes on by itself once there is more. */
  sayEnd() {
    const { parts, player, camera: { recording } } = this;
    const isAtEnd = this.fromUs && !this.scrub.isHeld && player && player.isStarved;
    const end = recording && recording.state === "recording" ? "waiting for the recording" : "end of the recording";
    const text = isAtEnd ? end : "";
    if (text === this.saidOfEnd) return;
    if (text || parts.message.textContent === this.saidOfEnd) this.say(text);
    this.saidOfEnd = text;
  }

  stop() {
    clearTimeout(this.retry);
    this.isResting = this.isUnplayable = this.isAtEnd = this.isPaused = false;
    if (this.fromUs) this.fromUs = this.positionUs;
    if (this.player) this.player.close();
    this.player = null;
  }

  /** What instant is shown; 0 for live. */
  get positionUs() {
    return this.fromUs && Math.round((this.player && this.player.positionUs) || this.fromUs);
  }

  goLive() {
    if (this.fromUs) this.note("");
    this.stop();
    this.fromUs = this.wantedUs = 0;
    this.scrub.show(0);
    if (!this.isVisible) return;
    if (!this.canShow) { // there is nothing to ask for; `update` goes on when there is
      this.parts.still.hidden = true;
      this.note("");
      this.sayWhyNot();
      return;
    }
    [this.stream] = this.liveStreams;
    if (this.stream && this.failures < STILLS_AFTER) {
      this.play(`api/live/${this.token}?stream=${this.stream}`, { live: true });
      return;
    }
    const why = this.refused.get("main") || this.trouble || "moving pictures do not come through";
    this.note(`${why}: one picture a second is shown`);
    this.player = new SnapshotPlayer(this.parts.still, `snapshot/${this.token}`, this.callbacks());
    this.retry = setTimeout(() => {
      this.failures = 0;
      this.refused.clear();
      this.goLive();
    }, 30000);
  }

  playFrom(wantedUs) {
    const us = Math.round(wantedUs);
    if (!this.isUnplayable) this.note("");
    this.stop();
    this.fromUs = us;
    this.scrub.show(us);
    this.say("");
    this.loadTimeline();
    if (this.isVisible) this.play(`api/playback/${this.token}?from_us=${us}`, { fromUs: us });
  }

  play(path, way) {
    this.player = new FragmentPlayer(this.video, path, { ...way, ...this.callbacks() });
  }

  callbacks() {
    return {
      onPlaying: () => {
        if (this.player instanceof FragmentPlayer) {
          this.failures = 0;
          this.trouble = "";
          this.note("");
          if (!this.scrub.isHeld) this.parts.still.hidden = true; // the picture at the pointer stays
        }
        this.say("");
      },
      onProblem: (problem, isFinal) => {
        if (isFinal && this.player instanceof SnapshotPlayer) clearTimeout(this.retry);
        else if (isFinal) this.refuse(problem);
        else if (!this.fromUs) this.trouble = problem;
        if (!isFinal || this.player instanceof SnapshotPlayer) this.say(problem);
      },
      onOver: (hadPicture, isOrderly) => this.ended(hadPicture, isOrderly),
    };
  }

  /** What is played cannot be: `ended` follows, and goes on with what can be shown live instead. */
  refuse(problem) {
    if (!this.fromUs) {
      this.refused.set(this.stream, problem);
      return;
    }
    this.isUnplayable = true;
    this.note(`${problem}: the picture of this moment is shown`);
    this.preview(this.fromUs);
  }

  ended(hadPicture, isOrderly) {
    const isLive = !this.fromUs;
    if (hadPicture && this.video.paused && !this.video.error) { // a pause stays one, with its picture
      this.isResting = true;
      return;
    }
    if (!isLive) {
      if (this.isUnplayable) return; // the note says why
      this.isAtEnd = isOrderly; // `update` goes on when there is more
      this.endUs = this.camera.recording ? this.camera.recording.to_utc_us : 0;
      if (isOrderly) this.say("end of the recording");
      else if (!this.parts.message.textContent) this.say("connecting again");
      if (isOrderly) return;
      // The same footage would fail at the same place: farther each time, until there is a picture again.
      const { isDamaged } = this.player;
      this.skipS = isDamaged ? (this.skipS && !hadPicture ? 2 * this.skipS : 1) : 0;
      const goOn = () => { if (this.isVisible) this.playFrom(this.positionUs + this.skipS * 1e6); };
      this.retry = setTimeout(goOn, isDamaged ? 1000 : 5000);
      return;
    }
    if (this.refused.has(this.stream)) {
      this.goLive();
      return;
    }
    this.failures = hadPicture ? 0 : this.failures + 1;
    if (this.canShow && !this.parts.message.textContent) this.say("connecting again");
    this.retry = setTimeout(() => this.goLive(), Math.min(8000, 700 * 2 ** this.failures));
  }

  async preview(us) {
    this.wantedUs = us;
    if (this.isFetching) return;
    this.isFetching = true;
    while (this.wantedUs) {
      const wantedUs = Math.round(this.wantedUs);
      this.wantedUs = 0;
      try {
        const blob = await picture(`api/frame/${this.token}?at_us=${wantedUs}`);
        if (!this.isPreviewWanted) break;
        showStill(this.parts.still, blob);
        this.say("");
      } catch (error) {
        if (this.isPreviewWanted) this.say(error.message);
      }
      await new Promise((done) => setTimeout(done, STILL_MS));
    }
    this.isFetching = false;
  }

  /** Whether a single picture of the recording is still of use: it is gone elsewhere, or plays already. */
  get isPreviewWanted() {
    if (this.scrub.isHeld) return true;
    return this.fromUs > 0 && !(this.player && this.player.hasPicture);
  }

  /** The bar was let go of without a choice: what was there before is shown again. */
  endPreview() {
    this.wantedUs = 0;
    if (this.isUnplayable) this.preview(this.fromUs);
    else if (!(this.player instanceof SnapshotPlayer)) this.parts.still.hidden = true;
    this.say("");
    if (!this.canShow && !this.fromUs) this.sayWhyNot();
  }

  async loadTimeline() {
    if (!this.isVisible || !this.scrub.isEnabled) return;
    const fromUs = Math.round(this.scrub.startUs);
    const toUs = Math.round(this.scrub.endUs);
    try {
      const path = `api/timeline/${this.token}?from_us=${fromUs}&to_us=${toUs}`;
      this.scrub.spans = (await getJson(path)).spans;
    } catch {
      return; // the badge of the connection says it
    }
    this.scrub.draw();
  }

  toggle() {
    if (this.parts.play.disabled) return;
    this.isPaused = !this.video.paused;
    if (this.isPaused) this.video.pause();
    else this.video.play().catch(() => {});
  }

  setSounding(isSounding) {
    this.isSounding = isSounding;
    this.video.muted = !isSounding;
    this.parts.sound.setAttribute("aria-pressed", String(isSounding));
    if (isSounding) this.onSound(this);
    const isOther = this.stream !== this.liveStreams[0];
    if (isOther && !this.fromUs && this.player instanceof FragmentPlayer && !this.isHalted) this.goLive();
  }

  goOn() {
    if (this.fromUs) this.playFrom(this.positionUs);
    else this.goLive();
  }

  fullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.enterFullScreen().catch((error) => this.sayInPassing(error.message));
  }

  async enterFullScreen() {
    const { stage } = this.parts;
    await stage.requestFullscreen();
    stage.focus(); // keys go nowhere else there
  }

  key(event) {
    if (event.target.closest("button, select") || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === " ") this.toggle();
    else if (event.key === "f") this.fullScreen();
    else if (event.key === "m" && !this.parts.sound.hidden) this.setSounding(!this.isSounding);
    else return;
    event.preventDefault();
  }

  tick() {
    const { parts } = this;
    const isLive = !this.fromUs && !this.scrub.isHeld;
    const { player, positionUs } = this;
    if (!this.scrub.isHeld) this.scrub.show(positionUs);
    const canPause = player instanceof FragmentPlayer && !this.isUnplayable && !this.isAtEnd;
    const isPaused = canPause && this.video.paused && player.hasPicture;
    const isNow = isLive && this.camera.state === "live" && player && player.isFresh;
    const behindS = isLive && !isPaused && player && player.behindS > BEHIND_TOLD_S ? player.behindS : 0;
    parts.when.classList.toggle("live", isLive && !isPaused && !behindS);
    parts.when.hidden = isLive && !isPaused && !(isNow && (player.hasPicture || !canPause));
    const liveText = behindS ? `${Math.round(behindS)} s behind` : "LIVE";
    const text = !isLive ? spoken(this.scrub.positionUs || positionUs) : isPaused ? "paused" : liveText;
    if (parts.when.textContent !== text) parts.when.textContent = text;
    parts.when.title = behindS ? "the connection is too slow for this picture" : asUtc(isLive ? nowUs() : positionUs);
    parts.live.setAttribute("aria-pressed", String(isLive));
    parts.play.textContent = isPaused ? "Play" : "Pause";
    parts.play.disabled = !canPause;
    if (this.canSound !== undefined) parts.sound.hidden = !this.canSound;
    parts.back.disabled = !this.scrub.isEnabled;
    this.sayEnd();
  }
}
