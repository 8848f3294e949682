/*
 * `helm test`: sends a pair of transactions through the whole line and waits for the alert. They are
 * marked as a probe, so the alert is kept apart and shown to nobody. Each step says what it waits
 * for; the last line says how it ended.
 */
const { SCORE_URL, NOTIFY_URL, GENERATE_URL, GENERATE_TOKEN, PAGE_TOKEN, THRESHOLD } = process.env;
const DEADLINE_MS = 120_000;
const say = (line) => process.stdout.write(`${line}\n`);
const deadline = Date.now() + DEADLINE_MS;
const run = `${Date.now()}`;
const pair = { origin: 'splitwatch-probe', target: run };
const door = GENERATE_URL ? `${GENERATE_URL}/transactions` : SCORE_URL;

const send = (url, n, headers) => ({
  url,
  method: 'POST',
  headers: {
    'ce-specversion': '1.0',
    'ce-type': 'io.splitwatch.transaction.v1',
    'ce-source': '/splitwatch/helm-test',
    'ce-id': `${run}-${n}`,
    'ce-probe': 'true',
    'content-type': 'application/json',
    ...headers,
  },
  // The threshold itself, twice: the first is not over it, the second is.
  body: JSON.stringify({ ...pair, amount: THRESHOLD, timestamp: new Date(+run + n).toISOString() }),
});
const bearer = (token) => (token ? { authorization: `Bearer ${token}` } : {});

/** Asks until the answer is one that `isGood` takes; resolves to its body. */
async function until(what, { url, ...init }, isGood) {
  for (let said = ''; ; ) {
    let problem;
    try {
      const response = await fetch(url, { ...init, signal: AbortSignal.timeout(15_000) });
      const text = await response.text();
      const body = text === '' ? {} : JSON.parse(text);
      if (isGood(response.status, body)) {
        say(`done: ${what}`);
        return body;
      }
      problem = `${response.status} ${text.slice(0, 300)}`;
    } catch (error) {
      problem = String(error.cause ?? error);
    }
    if (problem !== said) say(`waiting: ${what}: ${problem}`);
    said = problem;
    if (Date.now() > deadline) {
      say(`FAILED after ${DEADLINE_MS / 1000} s: ${what}: ${problem}`);
      process.exit(1);
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

const isTaken = (status) => status < 300;
for (const n of [1, 2]) {
  await until(`send transaction ${n} to ${door}`, send(door, n, bearer(GENERATE_TOKEN)), isTaken);
}
await until(
  'both are in the total',
  { url: `${SCORE_URL}/pairs/${pair.origin}/${pair.target}` },
  (status, { transactionCount }) => status === 200 && transactionCount === 2,
);
// Sent again it counts once, and the answer names the alert that it raised.
const again = send(SCORE_URL, 2, { accept: 'application/json' });
const { alertId } = await until('the alert has an id', again, (status, body) => {
  return status === 200 && body.alertId !== undefined;
});
await until(
  `notify has alert ${alertId}`,
  { url: `${NOTIFY_URL}/probes/${alertId}`, headers: bearer(PAGE_TOKEN) },
  isTaken,
);
say('PASSED: two transactions went in, one alert came out');
