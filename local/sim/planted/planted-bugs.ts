/**
 * A bug that could be written into the product in good faith: one text of one file, replaced by
 * another. The simulator must find each of them (planted-bugs.test.ts).
 */
export interface PlantedBug {
  readonly summary: string;
  /** From the top folder. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly text: string;
  readonly replacement: string;
  /** Names, in the violation that finds it, the promise that it breaks. */
  readonly promise: RegExp;
  /** Where totals are kept in the runs that must find it; either unless set. */
  readonly store?: 'core' | 'lua';
}

const SCORE = 'functions/score/score.ts';
const ADD = 'functions/score/core/add-to-pair.ts';
const EPISODES = 'functions/score/core/episodes.ts';
const FIRST_AFTER = 'firstAfter(entries, (entries[index] as Entry).eventTimeMs - windowMs)';
const MEMORY_STORE = 'functions/score/store/memory-store.ts';
const SCRIPTS = 'functions/score/lua/scripts.ts';
const SOURCE = 'local/eventing/record-delivery.ts';

export const PLANTED_BUGS = {
  'acknowledge-before-emitting': {
    summary: 'the fraud event is sent without waiting for the sink',
    file: SCORE,
    text: 'await sink.send(toFraud(rule, transaction, finding));',
    replacement: 'void sink.send(toFraud(rule, transaction, finding)).catch(() => {});',
    promise: /L1/,
  },
  'duplicates-send-nothing': {
    summary: 'a duplicate is known, and its decision is not made again',
    file: SCORE,
    text: "if (decision.kind === 'late') return decision;",
    replacement:
      "if (decision.kind === 'late') return decision;\n" +
      "    if (decision.kind === 'duplicate') return { ...decision.first, kind: 'duplicate', alertId: undefined };",
    promise: /L1/,
  },
  'sink-errors-swallowed': {
    summary: 'a sink that is away is taken for one that has said yes',
    file: SCORE,
    text: 'await sink.send(toFraud(rule, transaction, finding));',
    replacement: 'await sink.send(toFraud(rule, transaction, finding)).catch(() => {});',
    promise: /L1/,
  },
  'window-off-by-one': {
    summary: 'exactly a window apart is inside',
    file: 'functions/score/core/window.ts',
    text: FIRST_AFTER,
    replacement: `${FIRST_AFTER.slice(0, -1)} - 1)`,
    store: 'core',
    promise: /D1/,
  },
  'threshold-or-more': {
    summary: 'exactly the threshold is fraud',
    file: EPISODES,
    text: 'totalMinor > BigInt(rule.thresholdMinor)',
    replacement: 'totalMinor >= BigInt(rule.thresholdMinor)',
    store: 'core',
    promise: /D1/,
  },
  'late-one-changes-nothing-behind': {
    summary: 'one out of order does not lift the totals of later ones',
    file: ADD,
    text: 'for (let i = index + 1; i < end; i++) (entries[i] as Entry).totalMinor += amount;',
    replacement: 'void end;',
    store: 'core',
    promise: /O1/,
  },
  'forgotten-at-the-window': {
    summary: 'ids are forgotten a window back, not window and allowed lateness',
    file: ADD,
    text: 'return rule.windowMs + rule.allowedLatenessMs;',
    replacement: 'return rule.windowMs;',
    store: 'core',
    promise: /O1/,
  },
  'late-by-equality': {
    summary: 'exactly the allowed lateness is late',
    file: ADD,
    text: 'newestTimeMs - transaction.eventTimeMs > rule.allowedLatenessMs',
    replacement: 'newestTimeMs - transaction.eventTimeMs >= rule.allowedLatenessMs',
    store: 'core',
    promise: /O1/,
  },
  'expiry-in-event-time': {
    summary: 'idle pairs are forgotten by the newest event time, not by the clock',
    file: MEMORY_STORE,
    text: 'const nowMs = now();',
    replacement:
      'const newest = [...pairs.values()].map(({ state }) => state.entries.at(-1)?.eventTimeMs);' +
      'const nowMs = Math.max(0, ...newest.map((timeMs) => timeMs ?? 0));',
    store: 'core',
    promise: /O1/,
  },
  'unsent-verdict-forgotten': {
    summary: 'a verdict that the sink has not taken is forgotten with its transaction',
    file: MEMORY_STORE,
    text: 'if (pending !== undefined) return',
    replacement: 'if (pending === null) return',
    store: 'core',
    promise: /L2/,
  },
  'window-not-whole': {
    summary: 'entries are forgotten as soon as their ids are, and windows of known ones with them',
    file: ADD,
    text: 'state.newestTimeMs - reachMs(rule) - rule.windowMs',
    replacement: 'state.newestTimeMs - reachMs(rule)',
    store: 'core',
    promise: /O1/,
  },
  'noted-as-sent-too-early': {
    summary: 'the fraud event is noted as sent before it is',
    file: SCORE,
    text: 'for (const finding of verdict.findings) {',
    replacement: 'await store.sent(transaction);\n    for (const finding of verdict.findings) {',
    promise: /L2/,
  },
  'abandoned-is-settled': {
    summary: 'a record that was left to the next owner of its partition counts as settled',
    file: SOURCE,
    text: "return sent.kind === 'delivered';",
    replacement: 'return true;',
    promise: /L2|L4/,
  },
  'commit-before-settling': {
    summary: 'offsets are committed when records are taken, not when they are settled',
    file: 'local/eventing/settled-offsets.ts',
    text: 'openCount += count;',
    replacement: 'openCount += count;\n      nextOffset = last + 1n;',
    promise: /L2|L4/,
  },
  'no-dead-letter': {
    summary: 'what is refused is dropped',
    file: SOURCE,
    text: 'const letter = toDeadLetter(event, refusal.url, refusal.result);',
    replacement:
      'return true;\n    const letter = toDeadLetter(event, refusal.url, refusal.result);',
    promise: /L2|L4/,
  },
  'refusal-taken-for-delivered': {
    summary: 'a 422 counts as delivered',
    file: 'local/eventing/delivery.ts',
    text: 'result.status < 300;',
    replacement: 'result.status < 500;',
    promise: /L2|L4/,
  },
  'last-arrived-wins': {
    summary: 'an alert shows the event that came last, not the highest sequence',
    file: 'functions/notify/core/alert.ts',
    text: 'if (known !== undefined && fraud.sequence <= known.fraud.sequence) return',
    replacement: 'if (known !== undefined && fraud.sequence === known.fraud.sequence) return',
    promise: /D5/,
  },
  'known-is-never-told': {
    summary: 'a fraud event that is known is never told, even when nobody was',
    file: 'functions/notify/notify.ts',
    text: 'if (!upserted.isTold) await tell(fraud);',
    replacement: "if (upserted.kind !== 'known') await tell(fraud);",
    promise: /D5/,
  },
  'commit-without-comparing': {
    summary: 'a state is written whether or not somebody else has written it meanwhile',
    file: SCRIPTS,
    text: "if (before and before:sub(1, VERSION_BYTES) or '') ~= ARGV[2 * i + 1] then",
    replacement: 'if false then',
    store: 'lua',
    promise: /O1/,
  },
  'hand-over-without-findings': {
    summary: 'a pair is handed to the scripts without what its transactions have caused',
    file: 'functions/score/store/leaf-codec.ts',
    text: 'const hasDecision = verdict !== undefined && verdict.findings.length > 0;',
    replacement: 'const hasDecision = false;',
    store: 'lua',
    promise: /O1/,
  },
  'versions-begin-anew': {
    summary: 'each process counts the versions of states from the same number',
    file: 'functions/score/store/state-version.ts',
    text: 'const writer = digits(Math.floor(chance * WRITERS));',
    replacement: 'const writer = digits(0 * chance);',
    store: 'lua',
    promise: /O1/,
  },
  'lua-window-off-by-one': {
    summary: 'in the script, exactly a window apart is inside',
    file: SCRIPTS,
    text: 'while s.first_t <= x.t - WINDOW_MS do',
    replacement: 'while s.first_t < x.t - WINDOW_MS do',
    store: 'lua',
    promise: /D1/,
  },
  'lua-duplicate-not-known': {
    summary: 'in the script, ids in older leaves are not looked up',
    file: SCRIPTS,
    text: "local time = s.is_large and redis.call('HGET', IDS, id)",
    replacement: 'local time = false',
    store: 'lua',
    promise: /O1/,
  },
  'lua-decision-made-anew': {
    summary: 'in the script, the verdict of a known transaction loses its fraud events',
    file: SCRIPTS,
    text: 'if e.flags % 2 == HAS_DECISION then\n    local text',
    replacement: 'if false then\n    local text',
    store: 'lua',
    promise: /O1/,
  },
} as const satisfies Record<string, PlantedBug>;

export type PlantedBugName = keyof typeof PLANTED_BUGS;
