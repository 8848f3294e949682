// @ts-check
/** @typedef {import('../alert-json.ts').AlertJson} Alert */
/** @typedef {'connecting' | 'live' | 'reconnecting' | 'lost' | 'closed'} ConnectionState */

/** A beat comes every 5 s; after two missed ones the line is taken as dead. */
const SILENCE_MAX_MS = 12_000;
const LOST_AFTER_MS = 15_000;
const RETRY_FIRST_MS = 400;
const RETRY_MAX_MS = 5_000;

/**
 * Alerts as they come, from `position` on, without a gap: after every interruption the stream is
 * opened again from the position of the last alert that was seen.
 *
 * @param {object} options
 * @param {number} options.position
 * @param {(alert: Alert) => void} options.onAlert
 * @param {(state: ConnectionState) => void} options.onState
 */
export function openAlertStream({ position, onAlert, onState }) {
  /** @type {EventSource | undefined} */
  let source;
  let failures = 0;
  let retryTimer = 0;
  let silenceTimer = 0;
  let interruptedAtMs = 0;

  const heard = () => {
    clearTimeout(silenceTimer);
    silenceTimer = setTimeout(interrupted, SILENCE_MAX_MS);
    failures = 0;
    interruptedAtMs = 0;
    onState('live');
  };

  const interrupted = () => {
    source?.close();
    clearTimeout(silenceTimer);
    clearTimeout(retryTimer);
    interruptedAtMs ||= performance.now();
    const isLost = performance.now() - interruptedAtMs > LOST_AFTER_MS;
    onState(isLost ? 'lost' : 'reconnecting');
    const fullMs = Math.min(RETRY_FIRST_MS * 2 ** failures, RETRY_MAX_MS);
    failures += 1;
    retryTimer = setTimeout(retry, fullMs * (0.5 + Math.random() / 2));
  };

  /** An EventSource does not say why it failed, so the door is asked first. */
  const retry = async () => {
    const answer = await fetch('/alerts?limit=1', { cache: 'no-store' }).catch(() => undefined);
    if (answer?.status === 401 || answer?.status === 403) onState('closed');
    else if (answer === undefined || !answer.ok) interrupted();
    else open();
  };

  const open = () => {
    clearTimeout(retryTimer);
    clearTimeout(silenceTimer);
    source?.close();
    const opened = new EventSource(`/events?lastEventId=${position}`);
    source = opened;
    silenceTimer = setTimeout(interrupted, SILENCE_MAX_MS);
    opened.addEventListener('beat', heard);
    opened.addEventListener('alert', (event) => {
      heard();
      position = Math.max(position, Number(event.lastEventId));
      onAlert(JSON.parse(event.data));
    });
    opened.addEventListener('error', () => {
      if (source === opened) interrupted();
    });
  };

  // A machine that wakes up, or is back on its network, need not wait for a timer.
  const lookNow = () => {
    if (interruptedAtMs > 0 && document.visibilityState === 'visible') {
      clearTimeout(retryTimer);
      void retry();
    }
  };
  window.addEventListener('online', lookNow);
  document.addEventListener('visibilitychange', lookNow);

  onState('connecting');
  open();
}
