import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { chooseLetters, isOfReason } from '../local/dlq/choose-letters.ts';
import { isOpen } from '../local/dlq/decisions.ts';
import { drop } from '../local/dlq/drop.ts';
import { letterToJson, wholeLetterToJson } from '../local/dlq/letter-json.ts';
import { letterPage } from '../local/dlq/letter-page.ts';
import { letterCounts, letterTable } from '../local/dlq/letter-table.ts';
import { type LetterCase, readLetters } from '../local/dlq/read-letters.ts';
import { redrive } from '../local/dlq/redrive.ts';
import { createRedriveReport } from '../local/dlq/redrive-report.ts';
import { printable, printableJson } from '../local/printable.ts';
import { progressLine } from '../local/progress-line.ts';
import {
  currentUser,
  type DlqFlags,
  type DlqParts,
  parseLetterNames,
  withAssessFlags,
  withDlqFlags,
  withKafka,
} from './dlq-flags.ts';
import { parseDuration, parseWhole } from './duration.ts';
import { needPlaces } from './line-flags.ts';
import { chooseRule, type RuleFlags } from './rule-flags.ts';

const EXAMPLES = `
Examples:
  ./splitwatch dlq ls --kafka localhost:9092
  ./splitwatch dlq ls --kafka localhost:9092 --reason late --since 1h
  ./splitwatch dlq ls --namespace splitwatch --kafka kafka.example:9092     of a deployment
  ./splitwatch dlq show 0/17 --kafka localhost:9092
  ./splitwatch dlq redrive --reason undelivered --kafka localhost:9092
  ./splitwatch dlq drop 0/17 --reason 'test traffic of 3 May' --kafka localhost:9092

What each reason means, and who acts: docs/errors.md; an evening on call: docs/dead-letters.md.`;

export function register(program: Command): void {
  const dlq = program
    .command('dlq')
    .description('list dead letters, and send them again or drop them')
    .addHelpText('after', EXAMPLES);
  withDlqFlags(dlq.command('ls'))
    .description('list the letters that nobody has seen to yet')
    .option('--all', 'those that were decided about, too, and what was decided')
    .option('--reason <reason>', 'only of this reason: late, undelivered, sink, invalid, …')
    .option('--since <time>', 'only those of the last 30m or 24h', parseDuration)
    .option('--limit <n>', 'at most so many, the newest', parseWhole(1, 1_000_000))
    .action(list);
  withDlqFlags(dlq.command('show'))
    .description('show all of one letter, and the cure')
    .argument('<letter>', 'its name, as ls shows it', parseLetterNames)
    .action(show);
  withAssessFlags(withDlqFlags(dlq.command('redrive')))
    .description('send letters through the same path again, and assess late ones')
    .argument('[letters...]', 'their names, as ls shows them', parseLetterNames)
    .option('--reason <reason>', 'all open ones of this reason')
    .option('--all', 'all open ones')
    .option('--to <topic>', 'where they go; the topic’s name without -dlq unless given or found')
    .option('--fraud <topic>', 'with fraud events; fraud unless given or found')
    .option('--again', 'those, too, that were decided about before')
    .option('--force', 'those, too, that would come back: poison and late ones')
    .option('--dry-run', 'only say what would happen')
    .option('--yes', 'do not ask')
    .addHelpText('after', REDRIVE_NOTES)
    .action(redriveChosen);
  withDlqFlags(dlq.command('drop'))
    .description('keep that nothing will be done about letters, and why')
    .argument('<letters...>', 'their names, as ls shows them', parseLetterNames)
    .requiredOption('--reason <text>', 'why; it is kept')
    .option('--yes', 'do not ask')
    .action(dropChosen);
}

const REDRIVE_NOTES = `
A letter that is sent again counts once, however often it is sent. One that was late would be late
again, so it is not sent: what it would have changed is worked out from the topic, told, and kept.

Exit code: 0 all was done; 1 a letter that was named was refused, or a late one would have opened an
alert that nobody was told of (it stays in ls until it is dropped with a reason).`;

interface ListFlags extends DlqFlags {
  readonly all?: boolean;
  readonly reason?: string;
  readonly since?: number;
  readonly limit?: number;
}

async function list(flags: ListFlags, command: Command): Promise<void> {
  needPlaces(command, flags);
  const nowMs = Date.now();
  const fromMs = flags.since === undefined ? undefined : nowMs - flags.since;
  const cases = await withKafka(flags, ({ history, topic }) =>
    readLetters({ history, topic, fromMs, isBrief: true, ...progress(topic) }),
  );
  const { reason } = flags;
  const wanted = cases
    .filter(({ decision }) => flags.all || isOpen(decision))
    .filter((one) => reason === undefined || isOfReason(one, reason))
    .sort((a, b) => a.letter.record.timestampMs - b.letter.record.timestampMs);
  const shown = flags.limit === undefined ? wanted : wanted.slice(-flags.limit);
  if (flags.json) {
    for (const one of shown) print(printableJson(letterToJson(one)));
    return;
  }
  process.stdout.write(letterTable(shown, nowMs));
  const left = wanted.length - shown.length;
  if (left > 0) print(`(${left} older ones are left out: --limit)`);
  print(letterCounts(cases));
}

async function show(names: readonly string[], flags: DlqFlags, command: Command): Promise<void> {
  needPlaces(command, flags);
  await withKafka(flags, async ({ history, topic }) => {
    const cases = await readLetters({ history, topic, name: names[0] as string });
    const [one] = chooseLetters(cases, { names, isAll: false }) as [LetterCase];
    if (flags.json) print(printableJson(wholeLetterToJson(one)));
    else process.stdout.write(letterPage(one, topic));
  });
}

interface RedriveFlags extends DlqFlags, RuleFlags {
  readonly reason?: string;
  readonly all?: boolean;
  readonly to?: string;
  readonly fraud?: string;
  readonly lookBack?: number;
  readonly again?: boolean;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** A wrong clock may be ahead by so much before score refuses it (S5). */
const FUTURE_MS = 300_000;

async function redriveChosen(
  names: readonly string[],
  flags: RedriveFlags,
  command: Command,
): Promise<void> {
  const { reason, all: isAll = false } = flags;
  if ([names.length > 0, reason !== undefined, isAll].filter(Boolean).length !== 1) {
    command.error('splitwatch: name letters, or give --reason, or --all: one of the three');
  }
  needPlaces(command, flags);
  await withKafka(flags, (parts) => redriveThese(parts, { names, flags, command }));
}

async function redriveThese(
  { topics, history, topic, deployed }: DlqParts,
  asked: { names: readonly string[]; flags: RedriveFlags; command: Command },
): Promise<void> {
  const { names, flags, command } = asked;
  const to = flags.to ?? deployed?.topic ?? /^(.+)-dlq$/.exec(topic)?.[1];
  if (to === undefined) {
    return command.error(`splitwatch: ${topic} does not end in -dlq: name where they go by --to`);
  }
  const all = await readLetters({ history, topic, ...progress(topic) });
  const chosen = chooseLetters(all, { names, reason: flags.reason, isAll: flags.all ?? false });
  const isDryRun = flags.dryRun ?? false;
  const question = `Redrive ${letters(chosen.length)} to ${to}?`;
  if (!isDryRun && !(await isAgreed(question, flags.yes || chosen.length === 0))) return;
  const report = createRedriveReport({ to, isDryRun, isNamed: names.length > 0 });
  const { rule } = await chooseRule(flags);
  await redrive(chosen, all, {
    ...{ topics, history, topic, to, progress, isDryRun, by: currentUser(), now: Date.now, rule },
    fraud: flags.fraud ?? deployed?.fraudTopic ?? 'fraud',
    lookBackMs: flags.lookBack ?? rule.windowMs + rule.allowedLatenessMs + FUTURE_MS,
    isForced: flags.force ?? false,
    isAgain: flags.again ?? false,
    onResult: (result) => {
      report.take(result);
      print(flags.json ? printableJson(report.json(result)) : report.line(result));
    },
  });
  if (!flags.json) print(report.summary());
  process.exitCode = report.exitCode();
}

async function dropChosen(
  names: readonly string[],
  flags: DlqFlags & { readonly reason: string; readonly yes?: boolean },
  command: Command,
): Promise<void> {
  const reason = flags.reason.trim();
  if (reason === '') command.error('splitwatch: --reason is empty: say why, it is kept');
  needPlaces(command, flags);
  await withKafka(flags, async ({ topics, history, topic }) => {
    const chosen = chooseLetters(await readLetters({ history, topic, ...progress(topic) }), {
      ...{ names, isAll: false },
    });
    if (!(await isAgreed(`Drop ${letters(chosen.length)} of ${topic}?`, flags.yes))) return;
    await drop(chosen, { topics, topic, reason, by: currentUser(), nowMs: Date.now() });
    for (const { letter } of chosen) {
      const json = { letter: letter.name, action: 'dropped', reason };
      print(flags.json ? printableJson(json) : `${letter.name}  dropped: ${printable(reason)}`);
    }
  });
}

/** Asks whoever sits at a terminal; a script has said what it wants. */
async function isAgreed(question: string, isSure: boolean | undefined): Promise<boolean> {
  if (isSure || !process.stdin.isTTY || !process.stderr.isTTY) return true;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

const progress = progressLine(process.stderr);

function letters(count: number): string {
  return count === 1 ? '1 letter' : `${count} letters`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
