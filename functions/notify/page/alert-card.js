// @ts-check
import { element } from './element.js';
import { formatMoney, toMinor } from './money.js';
import { thresholdBar } from './threshold-bar.js';
import { durationText, timeElement } from './time.js';
import { transactionsTable } from './transactions-table.js';

/** @typedef {import('../alert-json.ts').AlertJson} Alert */

/**
 * One alert in the list: a line that says who, how much and when, and opens to its transactions.
 * The elements stay the same while an alert is brought up to date, so focus and what is open stay.
 *
 * @param {Alert} alert
 * @param {(account: string) => void} onAccount called when a person wants one account's alerts only
 */
export function createAlertCard(alert, onAccount) {
  let shown = alert;
  const summary = element('summary');
  const detail = element('div', { class: 'detail' });
  const details = /** @type {HTMLDetailsElement} */ (element('details', {}, summary, detail));
  const item = element('li', { class: 'alert' }, details);

  const draw = () => {
    summary.replaceChildren(...summaryOf(shown));
    // A thousand rows are made when somebody wants to see them.
    if (details.open) detail.replaceChildren(...detailOf(shown, onAccount));
  };
  details.addEventListener('toggle', () => {
    if (details.open) detail.replaceChildren(...detailOf(shown, onAccount));
    else detail.replaceChildren();
  });
  item.addEventListener('animationend', () => item.classList.remove('is-new', 'is-updated'));
  draw();

  return {
    item,
    get alert() {
      return shown;
    },
    get isOpen() {
      return details.open;
    },
    /** @param {Alert} next */
    update(next) {
      if (next.sequence <= shown.sequence) return;
      shown = next;
      draw();
      item.classList.remove('is-updated', 'is-new');
      void item.offsetWidth; // The highlight starts anew.
      item.classList.add('is-updated');
    },
  };
}

/** Characters of both accounts that stand beside the total on a phone. */
const SHORT_PAIR = 16;

/** @param {Alert} alert */
function summaryOf(alert) {
  const { currency, origin, target } = alert.pair;
  const [totalMinor, thresholdMinor] = [toMinor(alert.total), toMinor(alert.threshold)];
  const spanMs = Date.parse(alert.lastTimestamp) - Date.parse(alert.firstTimestamp);
  const count = alert.transactionCount;
  const pieces = count === 1 ? '1 transaction' : `${count} transactions in ${durationText(spanMs)}`;
  const facts = element('span', { class: 'facts' }, element('span', {}, pieces));
  const over = formatMoney(totalMinor - thresholdMinor, currency);
  facts.append(element('span', {}, `${over} over the threshold`));
  if (alert.sequence > 1) {
    const times = alert.sequence === 2 ? 'updated once' : `updated ${alert.sequence - 1} times`;
    facts.append(element('span', { class: 'updates' }, times));
  }
  const isLong = origin.length + target.length > SHORT_PAIR;
  return [
    element(
      'span',
      { class: isLong ? 'pair is-long' : 'pair' },
      element('bdi', { class: 'account' }, origin),
      element('span', { class: 'arrow', 'aria-hidden': 'true' }, '→'),
      element('span', { class: 'hidden' }, ' to '),
      element('bdi', { class: 'account' }, target),
    ),
    element('span', { class: 'total' }, formatMoney(totalMinor, currency)),
    facts,
    element('span', { class: 'received' }, timeElement(alert.receivedAt)),
    thresholdBar({
      valueMinor: totalMinor,
      thresholdMinor,
      maxMinor: scaleOf(totalMinor, thresholdMinor),
    }),
  ];
}

/**
 * @param {Alert} alert
 * @param {(account: string) => void} onAccount
 */
function detailOf(alert, onAccount) {
  const { origin, target } = alert.pair;
  const span = element(
    'p',
    { class: 'span' },
    timeElement(alert.firstTimestamp, 'date and clock'),
    ' – ',
    timeElement(alert.lastTimestamp),
    ` · window ${durationText(alert.windowMs)} · rule ${alert.rule.id} v${alert.rule.version}`,
  );
  const only = (/** @type {string} */ account) => {
    const name = element('bdi', {}, account);
    const button = element('button', { type: 'button', class: 'only' }, 'Only ', name);
    button.addEventListener('click', () => onAccount(account));
    return button;
  };
  const link = element(
    'a',
    { href: `/alerts/${encodeURIComponent(alert.alertId)}`, class: 'json' },
    'JSON',
  );
  const accounts = origin === target ? [only(origin)] : [only(origin), only(target)];
  const actions = element('p', { class: 'actions' }, ...accounts, link);
  const scroller = element('div', { class: 'scroller' }, transactionsTable(alert));
  return [span, scroller, actions];
}

/**
 * Twice the threshold, so that the marks of most alerts stand in one line and bars can be compared.
 * @param {bigint} totalMinor @param {bigint} thresholdMinor
 */
function scaleOf(totalMinor, thresholdMinor) {
  return totalMinor > 2n * thresholdMinor ? totalMinor : 2n * thresholdMinor;
}
