// @ts-check
import { createAlertList, SHOWN_MAX } from './alert-list.js';
import { openAlertStream } from './alert-stream.js';
import { createChart } from './chart.js';
import { showLastAlert, showSummary } from './counters.js';
import { byId } from './element.js';
import { watchLine } from './line-notice.js';

/** @typedef {import('../alert-json.ts').AlertJson} Alert */
/** @typedef {import('../alert-json.ts').SummaryJson} Summary */
/** @typedef {{alerts: Alert[], next: number | null, position: number, summary: Summary}} Page */

const FIRST_LOAD = 200;
const NEXT_LOAD = 100;

const CONNECTION_TEXT = {
  connecting: 'Connecting',
  live: 'Live',
  reconnecting: 'Reconnecting',
  lost: 'Connection lost, trying again',
  closed: 'Token no longer valid: load the page again',
};

const CURL_LINES = `NOW=$(date -u +%FT%TZ)
curl http://127.0.0.1:8081/ --json '{"timestamp":"'$NOW'","origin":"66","target":"26","amount":"5175"}'
curl http://127.0.0.1:8081/ --json '{"timestamp":"'$NOW'","origin":"66","target":"26","amount":"6437"}'`;

const accountInput = /** @type {HTMLInputElement} */ (byId('account'));
const list = createAlertList(byId('alerts'), (account) => setAccount(account));
const chart = createChart(byId('chart'));

/** Account that the list is narrowed to; '' is all. */
let account = accountOfAddress();
/** @type {number | null} */
let next = null;
/** @type {string | undefined} */
let lastReceivedAt;
/** What to add to this machine's clock to have the server's. */
let clockAheadMs = 0;
/** Grows with every filter, so that an answer to an older one is thrown away. */
let generation = 0;

const nowMs = () => Date.now() + clockAheadMs;

/**
 * @param {Record<string, string>} query
 * @returns {Promise<Page>}
 */
async function fetchPage(query) {
  const answer = await fetch(`/alerts?${new URLSearchParams(query)}`, { cache: 'no-store' });
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw new Error(problem.detail ?? `/alerts answers ${answer.status}`);
  }
  const dateMs = Date.parse(answer.headers.get('date') ?? '');
  // The header has whole seconds; a difference below that is none.
  if (Math.abs(dateMs - Date.now()) > 2_000) clockAheadMs = dateMs - Date.now();
  return answer.json();
}

/**
 * Alerts that came since the load under way asked for its list, which may be without them;
 * undefined while none is under way.
 * @type {Alert[] | undefined}
 */
let cameMeanwhile;

/** Loads the newest alerts of the account. Tries again until it has them. */
async function loadNewest() {
  const mine = ++generation;
  for (;;) {
    cameMeanwhile = [];
    try {
      const page = await fetchPage({ limit: String(FIRST_LOAD), ...(account && { account }) });
      if (mine !== generation) return;
      byId('notice').hidden = true;
      list.clear();
      list.putOlder(page.alerts);
      for (const alert of cameMeanwhile) if (isShown(alert)) list.putLive(alert);
      cameMeanwhile = undefined;
      next = page.next;
      showSummary(page.summary);
      for (const alert of page.alerts) noticeReceived(alert);
      showEdges();
      goLive(page);
      return;
    } catch (error) {
      if (mine !== generation) return;
      byId('notice').textContent = `The alerts cannot be loaded: ${messageOf(error)}`;
      byId('notice').hidden = false;
      await new Promise((resolve) => setTimeout(resolve, 2_000));
    }
  }
}

let isLive = false;

/**
 * From the first list that is shown on, alerts come by themselves. Which list that is depends on
 * whether somebody typed a filter before the one asked for first was here.
 * @param {Page} page
 */
function goLive(page) {
  if (isLive) return;
  isLive = true;
  const oldest = page.alerts.at(-1);
  if (page.next !== null && oldest) chart.setKnownFrom(Date.parse(oldest.firstReceivedAt));
  chart.draw(nowMs());
  openAlertStream({ position: page.position, onAlert, onState: showConnection });
}

/** @param {Alert} alert */
function noticeReceived(alert) {
  chart.add(alert);
  if (lastReceivedAt === undefined || alert.receivedAt > lastReceivedAt) {
    lastReceivedAt = alert.receivedAt;
  }
}

/** @type {Alert[]} */
let arrived = [];

/** Alerts are put into the page once a frame, however many come. @param {Alert} alert */
function onAlert(alert) {
  cameMeanwhile?.push(alert);
  arrived.push(alert);
  if (arrived.length === 1) requestFrame(putArrived);
}

function putArrived() {
  const alerts = arrived;
  arrived = [];
  for (const alert of alerts) {
    noticeReceived(alert);
    if (isShown(alert)) list.putLive(alert);
  }
  showEdges();
  chart.draw(nowMs());
  refreshSummary();
}

/** A hidden page draws no frames, but must not pile alerts up. @param {() => void} draw */
function requestFrame(draw) {
  if (document.visibilityState === 'visible') requestAnimationFrame(draw);
  else setTimeout(draw, 250);
}

let isSummaryDue = false;

/** The counters are over all alerts, which only the server has; asked for at most once a second. */
function refreshSummary() {
  if (isSummaryDue) return;
  isSummaryDue = true;
  setTimeout(async () => {
    isSummaryDue = false;
    const page = await fetchPage({ limit: '1' }).catch(() => undefined);
    if (page !== undefined) showSummary(page.summary);
  }, 300);
}

/** @param {Alert} alert */
function isShown({ pair }) {
  return account === '' || pair.origin === account || pair.target === account;
}

/** What is shown instead of alerts, or below them. */
function showEdges() {
  byId('empty').hidden = list.size > 0 || account !== '';
  byId('nothing-found').hidden = list.size > 0 || account === '';
  byId('more').hidden = next === null || list.size >= SHOWN_MAX;
  byId('alerts-title').textContent = account === '' ? 'Alerts' : `Alerts of ${account}`;
}

async function loadOlder() {
  const button = /** @type {HTMLButtonElement} */ (byId('more'));
  const mine = generation;
  button.disabled = true;
  try {
    // An alert from further down may stand last, once it was brought up to date; what is missing
    // begins where the last list ended, or higher, where alerts had to make room.
    const before = String(Math.max(next ?? 0, list.oldest ?? 0));
    const query = { limit: String(NEXT_LOAD), before, ...(account && { account }) };
    const page = await fetchPage(query);
    if (mine !== generation) return;
    list.putOlder(page.alerts);
    next = page.next;
    showEdges();
  } catch (error) {
    byId('notice').textContent = `Older alerts cannot be loaded: ${messageOf(error)}`;
    byId('notice').hidden = false;
  } finally {
    button.disabled = false;
  }
}

/** @param {string} wanted */
function setAccount(wanted) {
  const trimmed = wanted.trim();
  accountInput.value = trimmed;
  if (trimmed === account) return;
  account = trimmed;
  const hash = account === '' ? '' : `#account=${encodeURIComponent(account)}`;
  history.replaceState(null, '', location.pathname + hash);
  void loadNewest();
}

function accountOfAddress() {
  return new URLSearchParams(location.hash.slice(1)).get('account') ?? '';
}

/** @param {import('./alert-stream.js').ConnectionState} state */
function showConnection(state) {
  const shown = /** @type {HTMLElement} */ (byId('connection').parentElement);
  if (shown.dataset.state === state) return;
  shown.dataset.state = state;
  byId('connection').textContent = CONNECTION_TEXT[state];
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

byId('curl-lines').textContent = CURL_LINES;
accountInput.value = account;
let typing = 0;
accountInput.addEventListener('input', () => {
  clearTimeout(typing);
  typing = setTimeout(() => setAccount(accountInput.value), 300);
});
byId('filter').addEventListener('submit', (event) => {
  event.preventDefault();
  setAccount(accountInput.value);
});
byId('clear-filter').addEventListener('click', () => setAccount(''));
byId('more').addEventListener('click', () => void loadOlder());
window.addEventListener('hashchange', () => setAccount(accountOfAddress()));

watchLine();
await loadNewest();
const tick = () => {
  chart.draw(nowMs());
  showLastAlert(lastReceivedAt, nowMs());
};
tick();
setInterval(tick, 1_000);
