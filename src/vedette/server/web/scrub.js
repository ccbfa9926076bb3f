// The scrub bar under a camera's picture.

import { aheadOfUtcS, asUtc, nowUs, spoken, tickLabel } from "./times.js";

/** The scrub bar: what is recorded, where one is, and going elsewhere by pointer or keys. */
export class Scrub {
  constructor(element, { onPreview, onSeek, onLive, onCancel }) {
    Object.assign(this, { element, onPreview, onSeek, onLive, onCancel });
    this.canvas = element.querySelector("canvas");
    this.hint = element.querySelector(".hint");
    this.rangeS = 600;
    this.spans = []; // of what the bar stands for now; there may be more
    this.isEnabled = false;
    this.positionUs = 0; // 0: live
    this.latestUs = 0; // of what is recorded: later than now where a clock was set back
    this.endUs = nowUs();
    element.addEventListener("pointerdown", (event) => this.grab(event));
    element.addEventListener("pointermove", (event) => this.move(event));
    element.addEventListener("pointerup", (event) => this.drop(event));
    element.addEventListener("pointercancel", () => this.letGo());
    element.addEventListener("pointerleave", () => (this.hint.hidden = true));
    element.addEventListener("keydown", (event) => this.key(event));
    element.addEventListener("keyup", (event) => this.keyUp(event));
    element.addEventListener("blur", () => this.letGo());
    new ResizeObserver(() => this.draw()).observe(element);
  }

  get startUs() {
    return this.endUs - this.rangeS * 1e6;
  }

  get lastUs() {
    return Math.max(nowUs(), this.latestUs);
  }

  show(positionUs) {
    this.positionUs = positionUs;
    if (!this.isHeld) {
      const now = nowUs();
      // At the bar's left end there is more to go to on its left.
      const isOutside = positionUs && (positionUs < now - this.rangeS * 1e6 * 0.98 || positionUs > now);
      this.endUs = isOutside ? positionUs + (this.rangeS * 1e6) / 2 : now;
    }
    this.draw();
  }

  at(event) {
    const box = this.element.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    return Math.min(this.lastUs, this.startUs + share * this.rangeS * 1e6);
  }

  grab(event) {
    if (!this.isEnabled || event.button) return;
    this.isHeld = true;
    this.element.setPointerCapture(event.pointerId);
    this.move(event);
  }

  move(event) {
    if (!this.isEnabled) return;
    const us = this.at(event);
    this.hint.hidden = false;
    this.hint.textContent = spoken(us);
    const bar = this.element.getBoundingClientRect();
    const half = this.hint.offsetWidth / 2; // whole also at the ends: the card cuts off what sticks out
    const middle = Math.min(Math.max(event.clientX - bar.left, half), bar.width - half);
    this.hint.style.left = `${middle}px`;
    if (!this.isHeld) return;
    this.positionUs = us;
    this.draw();
    this.onPreview(us);
  }

  drop(event) {
    if (!this.isHeld) return;
    this.isHeld = false;
    this.seek(this.at(event));
  }

  /** The system has taken the pointer away, for a gesture of its own, or the keyboard leads elsewhere. */
  letGo() {
    if (!this.isHeld) return;
    this.isHeld = false;
    this.hint.hidden = true;
    this.onCancel();
  }

  seek(us) {
    if (us > this.lastUs - 1.5e6 || Math.abs(us - nowUs()) < 1.5e6) this.onLive();
    else this.onSeek(Math.round(us));
  }

  key(event) {
    if (!this.isEnabled || event.ctrlKey || event.altKey || event.metaKey) return; // the browser's own
    const stepS = event.shiftKey ? 60 : 5;
    const from = this.positionUs || nowUs();
    const steps = {
      ArrowLeft: -stepS, ArrowDown: -stepS, ArrowRight: stepS, ArrowUp: stepS, PageUp: 600, PageDown: -600,
    };
    if (event.key === "End") this.onLive();
    else if (event.key === "Home") this.seek(Math.max(this.startUs, this.spans.length ? this.spans[0][0] : 0));
    else if (steps[event.key]) this.step(from + steps[event.key] * 1e6, event);
    else return;
    event.preventDefault();
  }

  /** A key that is held down shows where it leads, as a pointer does, until it is let go of. */
  step(us, { key, repeat }) {
    if (!repeat) {
      this.seek(us);
      return;
    }
    this.isHeld = false; // the bar moves along
    this.show(Math.min(us, this.lastUs));
    this.isHeld = true;
    this.heldKey = key;
    this.onPreview(this.positionUs);
  }

  keyUp(event) {
    if (!this.isHeld || event.key !== this.heldKey) return;
    this.isHeld = false;
    this.seek(this.positionUs);
  }

  draw() {
    const { canvas, element } = this;
    const ratio = window.devicePixelRatio || 1;
    const width = element.clientWidth;
    const height = 44;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    const x = (us) => ((us - this.startUs) / (this.rangeS * 1e6)) * width;
    pen.fillStyle = "#2f6ea8";
    for (const [from, to] of this.spans) {
      const left = Math.max(0, x(from));
      const right = Math.min(width, x(to));
      if (right > 0 && left < width) pen.fillRect(left, 4, Math.max(1, right - left), 20);
    }
    this.drawTicks(pen, x, width);
    const here = x(this.positionUs || nowUs());
    pen.fillStyle = this.positionUs ? "#ffd166" : "#46c07a";
    pen.fillRect(Math.min(width - 2, Math.max(0, here - 1)), 0, 2, 28);
    this.tell();
  }

  drawTicks(pen, x, width) {
    const steps = [60, 120, 300, 600, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 172800];
    const stepS = steps.find((step) => (step / this.rangeS) * width >= 64) || 604800;
    const startS = this.startUs / 1e6;
    const zoneS = aheadOfUtcS(startS);
    pen.fillStyle = "#98a2b0";
    pen.font = "11px system-ui, sans-serif";
    pen.textAlign = "center";
    const firstS = Math.ceil((startS + zoneS) / stepS) * stepS - zoneS;
    for (let evenS = firstS; evenS * 1e6 < this.endUs + 3600e6; evenS += stepS) {
      // A bar of days stands on the same hours when the clocks are changed in between.
      const tickS = stepS > 3600 ? evenS + zoneS - aheadOfUtcS(evenS) : evenS;
      const at = x(tickS * 1e6);
      pen.fillRect(at, 24, 1, 5);
      const label = tickLabel(tickS, stepS);
      const half = pen.measureText(label).width / 2; // what would stick out is left out
      if (at > half && at < width - half) pen.fillText(label, at, 40);
    }
  }

  tell() {
    const { element } = this;
    element.setAttribute("aria-disabled", String(!this.isEnabled));
    element.setAttribute("aria-valuemin", String(Math.round(this.startUs / 1e6)));
    element.setAttribute("aria-valuemax", String(Math.round(this.endUs / 1e6)));
    element.setAttribute("aria-valuenow", String(Math.round((this.positionUs || nowUs()) / 1e6)));
    element.setAttribute("aria-valuetext", this.positionUs ? spoken(this.positionUs) : "live");
    element.title = this.positionUs ? asUtc(this.positionUs) : "";
  }
}
