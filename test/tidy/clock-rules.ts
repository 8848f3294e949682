import { zoneOf } from './import-rules.ts';
import { codeOnly, isTestCode, type Rule } from './source-files.ts';

interface Ban {
  readonly pattern: RegExp;
  readonly what: string;
}

/**
 * Nobody calls the clock or the dice but the programs' own ends; the rest is given them. Handing
 * one over (`now = Date.now`) is how they are given, and is allowed outside core.
 */
const CLOCK_AND_CHANCE: readonly Ban[] = [
  { pattern: /\bDate\.now\(/, what: 'Date.now()' },
  { pattern: /\bnew Date\(\)/, what: 'new Date()' },
  { pattern: /\bMath\.random\(/, what: 'Math.random()' },
];
/** Handing all of it on to a program that we start (`...process.env`) reads nothing of it. */
const ENVIRONMENT: Ban = { pattern: /(?<!\.\.\.)\bprocess\.env\b/, what: 'process.env' };

/** Core decides from its arguments alone. */
const CORE: readonly Ban[] = [
  { pattern: /\bDate\.now\b/, what: 'Date.now' },
  { pattern: /\bMath\.random\b/, what: 'Math.random' },
  { pattern: /\bperformance\b/, what: 'performance' },
  { pattern: /\bset(?:Timeout|Interval|Immediate)\b/, what: 'a timer' },
  { pattern: /\bprocess\b\s*\./, what: 'process' },
  { pattern: /\bfetch\(/, what: 'fetch' },
  { pattern: /\bconsole\b/, what: 'console' },
  { pattern: /\brandom(?:UUID|Bytes|Int)\b|\bgetRandomValues\b/, what: 'randomness' },
  { pattern: /\basync\b|\bawait\b/, what: 'waiting' },
];

/** The one program of local/ that is an image: wired like a function, it has a main of its own. */
const SOURCE_MAIN = 'local/source-process/main.ts';

/** Time and chance are arguments; the environment is read at the edge. */
export const clockRule: Rule = ({ path, text }) => {
  if (isTestCode(path)) return [];
  const zone = zoneOf(path);
  const isEdge = zone === 'main' || path === SOURCE_MAIN || /^(?:cli|bench)\//.test(path);
  // Finding out about this machine is all that local/services does.
  const isMachine = path.startsWith('local/services/');
  const bans = [
    ...(isEdge ? [] : CLOCK_AND_CHANCE),
    ...(isEdge || isMachine ? [] : [ENVIRONMENT]),
    ...(zone === 'core' || zone === 'domain' ? CORE : []),
  ];
  const code = codeOnly(text);
  return bans.filter(({ pattern }) => pattern.test(code)).map(({ what }) => `uses ${what}`);
};
