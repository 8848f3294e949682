// @ts-check
import { byId } from './element.js';

/** @typedef {import('../line-health.ts').LineHealthJson} LineHealth */

const ASK_EVERY_MS = 30_000;

/** Says above the alerts when some may be missing, and what to run; asks for it again and again. */
export function watchLine() {
  const ask = async () => {
    const answer = await fetch('/line', { cache: 'no-store' }).catch(() => undefined);
    // Without an answer the last one stands: the connection has a sign of its own.
    if (answer?.ok) show(await answer.json());
  };
  void ask();
  setInterval(() => void ask(), ASK_EVERY_MS);
}

/** @param {LineHealth} health */
function show({ passedOver, loss }) {
  const what = passedOver === 1 ? '1 offset was' : `${passedOver} offsets were`;
  const sentences = [
    ...(loss === null ? [] : [`${loss}: run ./splitwatch rebuild`]),
    ...(passedOver === 0 ? [] : [`${what} passed over: run ./splitwatch audit`]),
  ];
  const text = sentences.join('. ');
  const notice = byId('line');
  // The same again is not said again by those who read it aloud.
  if (notice.textContent !== text) notice.textContent = text;
  notice.hidden = text === '';
}
