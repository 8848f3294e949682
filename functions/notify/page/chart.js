// @ts-check
import { svgElement } from './element.js';

/** @typedef {import('../alert-json.ts').AlertJson} Alert */

const SPAN_MS = 15 * 60_000;
const BARS = 45;
const BAR_MS = SPAN_MS / BARS;
const HEIGHT = 40;

/**
 * Alerts that opened and updates that came, in bars of 20 seconds, over the last 15 minutes.
 * @param {Element} svg
 */
export function createChart(svg) {
  /** Time of each (alert, sequence), so that one that comes twice counts once.
   * @type {Map<string, {atMs: number, isNew: boolean}>} */
  const seen = new Map();
  /** Before this time it is not known what came. */
  let knownFromMs = 0;
  svg.setAttribute('viewBox', `0 0 ${BARS * 4} ${HEIGHT}`);
  svg.setAttribute('preserveAspectRatio', 'none');

  /** @param {number} nowMs */
  const draw = (nowMs) => {
    const bars = Array.from({ length: BARS }, () => ({ opened: 0, updated: 0 }));
    // Bars stand on whole multiples of their length, so that they do not dance as time goes on.
    const endMs = Math.ceil(nowMs / BAR_MS) * BAR_MS;
    let [opened, updated] = [0, 0];
    for (const [key, { atMs, isNew }] of seen) {
      const bar = bars[BARS - 1 - Math.floor((endMs - atMs) / BAR_MS)];
      if (bar === undefined) {
        if (atMs < nowMs) seen.delete(key);
        continue;
      }
      if (isNew) opened += 1;
      else updated += 1;
      bar[isNew ? 'opened' : 'updated'] += 1;
    }
    const most = Math.max(4, ...bars.map((bar) => bar.opened + bar.updated));
    const pieces = bars.flatMap((bar, i) => barOf(bar, i, most));
    const unknown = Math.min(BARS, Math.floor((knownFromMs - (endMs - SPAN_MS)) / BAR_MS));
    if (unknown > 0)
      pieces.unshift(rect('unknown', { x: 0, y: 0, width: unknown * 4, height: HEIGHT }));
    svg.replaceChildren(...pieces);
    const label = `${opened} new alerts and ${updated} updates in the last 15 minutes`;
    svg.setAttribute('aria-label', label);
  };

  return {
    draw,
    /** @param {Alert} alert */
    add(alert) {
      for (const [i, step] of alert.history.entries()) {
        const atMs = Date.parse(step.receivedAt);
        const isNew = i === 0 && step.receivedAt === alert.firstReceivedAt;
        seen.set(`${alert.alertId}/${step.sequence}`, { atMs, isNew });
      }
    },
    /** @param {number} timeMs */
    setKnownFrom(timeMs) {
      knownFromMs = timeMs;
    },
  };
}

/** @param {{opened: number, updated: number}} bar @param {number} i @param {number} most */
function barOf({ opened, updated }, i, most) {
  const unit = (HEIGHT - 2) / most;
  const x = i * 4 + 0.5;
  const base = rect('base', { x, y: HEIGHT - 0.6, width: 3, height: 0.6 });
  const openedHeight = opened * unit;
  const updatedHeight = updated * unit;
  const pieces = [base];
  if (opened > 0) {
    pieces.push(rect('opened', { x, y: HEIGHT - openedHeight, width: 3, height: openedHeight }));
  }
  if (updated > 0) {
    const y = HEIGHT - openedHeight - updatedHeight;
    pieces.push(rect('updated', { x, y, width: 3, height: updatedHeight }));
  }
  return pieces;
}

/** @param {string} kind @param {Record<string, number>} box */
function rect(kind, box) {
  const attributes = Object.entries(box).map(([name, value]) => [name, value.toFixed(2)]);
  return svgElement('rect', { class: kind, ...Object.fromEntries(attributes) });
}
