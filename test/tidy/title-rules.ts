import type { Rule } from './source-files.ts';

const TITLE = /\b(?:it|test)(?:\.[a-z]+)*\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g;
const EACH_TITLE = /\]\)\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g;
const SWITCHED_OFF = /\b(?:it|test|describe)\.(only|skip|todo|fails|skipIf|runIf)\b/g;

export function titlesOf(text: string): readonly string[] {
  return [...text.matchAll(TITLE), ...text.matchAll(EACH_TITLE)].map(([, , title]) => title ?? '');
}

/** Titles are outcome sentences, no two alike in a file, and every test runs. */
export const titleRule: Rule = ({ path, text }) => {
  if (!path.endsWith('.test.ts')) return [];
  const titles = titlesOf(text);
  const repeated = titles.filter((title, index) => titles.indexOf(title) !== index);
  const vague = titles.filter((title) => /\bshould\b/i.test(title));
  const switchedOff = [...text.matchAll(SWITCHED_OFF)].map(([call]) => call);
  return [
    ...repeated.map((title) => `two tests are called "${title}"`),
    ...vague.map((title) => `"${title}" says should: say what happens`),
    ...switchedOff.map((call) => `${call} keeps a test from running`),
  ];
};
