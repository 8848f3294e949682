import { utcMs } from './utc-time.ts';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const RFC850 = new RegExp(
  `^(${DAYS.join('|')}), (\\d\\d)-(${MONTHS.join('|')})-(\\d\\d) (\\d\\d):(\\d\\d):(\\d\\d) (?:UTC|GMT)$`,
);

/**
 * Epoch milliseconds of an RFC 850 time as the seeds print it (S4),
 * `Sunday, 23-Jul-17 01:06:47 UTC`, or undefined where it is not one.
 *
 * The year `yy` is 2000 + yy: the format was given up long before 2000 in all other uses, and money
 * that moved in 1917 is not ours to watch. The weekday must be that of the date: where it is not,
 * one of the two is wrong, or the year is of another century, as in `Friday, 31-Dec-99`.
 */
export function parseRfc850(text: string): number | undefined {
  if (text !== lastText) {
    lastMs = readRfc850(text);
    lastText = text;
  }
  return lastMs;
}

// It says seconds, so of what comes together much says the same.
let lastText = '';
let lastMs: number | undefined;

function readRfc850(text: string): number | undefined {
  const match = RFC850.exec(text);
  if (match === null) return undefined;
  const [, weekday, day, month, year, hour, minute, second] = match;
  const timeMs = utcMs({
    year: 2000 + Number(year),
    month: MONTHS.indexOf(month as string) + 1,
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
  });
  if (timeMs === undefined || DAYS[new Date(timeMs).getUTCDay()] !== weekday) return undefined;
  return timeMs;
}
