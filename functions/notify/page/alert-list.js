// @ts-check
import { createAlertCard } from './alert-card.js';

/** @typedef {import('../alert-json.ts').AlertJson} Alert */
/** @typedef {ReturnType<typeof createAlertCard>} Card */

/** So many alerts stand in the page while they come by themselves; the oldest make room. */
const LIVE_MAX = 300;
/** So many when older ones are asked for. */
export const SHOWN_MAX = 600;

/**
 * The list, newest opened first, each alert once. An alert that is known is brought up to date where
 * it stands.
 *
 * @param {HTMLElement} list
 * @param {(account: string) => void} onAccount
 */
export function createAlertList(list, onAccount) {
  /** @type {Map<string, Card>} */
  const cards = new Map();
  let limit = LIVE_MAX;

  /** @param {Alert} alert @param {boolean} isLive */
  const put = (alert, isLive) => {
    const known = cards.get(alert.alertId);
    if (known !== undefined) {
      known.update(alert);
      return;
    }
    const card = createAlertCard(alert, onAccount);
    if (isLive) card.item.classList.add('is-new');
    cards.set(alert.alertId, card);
    card.item.dataset.opened = String(alert.opened);
    list.insertBefore(card.item, firstOlder(list, alert.opened));
  };

  /** Those that are open stay: somebody reads them. */
  const trim = () => {
    if (cards.size <= limit) return;
    const oldest = [...cards.values()].sort((a, b) => a.alert.opened - b.alert.opened);
    for (const card of oldest) {
      if (cards.size <= limit) return;
      if (card.isOpen) continue;
      card.item.remove();
      cards.delete(card.alert.alertId);
    }
  };

  return {
    /** @param {Alert} alert */
    putLive(alert) {
      const oldest = Number(/** @type {HTMLElement} */ (list.lastElementChild)?.dataset.opened);
      // An update of an alert that is further down than the list reaches is not shown here.
      if (cards.size >= limit && alert.opened < oldest && !cards.has(alert.alertId)) return;
      put(alert, true);
      trim();
    },
    /** @param {readonly Alert[]} alerts */
    putOlder(alerts) {
      limit = Math.min(SHOWN_MAX, Math.max(limit, cards.size + alerts.length));
      for (const alert of alerts) put(alert, false);
    },
    clear() {
      cards.clear();
      list.replaceChildren();
      limit = LIVE_MAX;
    },
    get size() {
      return cards.size;
    },
    /** Where the last alert of the list opened. */
    get oldest() {
      const last = /** @type {HTMLElement | null} */ (list.lastElementChild);
      return last === null ? undefined : Number(last.dataset.opened);
    },
  };
}

/** @param {HTMLElement} list @param {number} opened */
function firstOlder(list, opened) {
  for (const item of list.children) {
    if (Number(/** @type {HTMLElement} */ (item).dataset.opened) < opened) return item;
  }
  return null;
}
