import { basename } from 'node:path';
import { codeOnly, type Rule } from './source-files.ts';

const FILE_LINES_MAX = 300;
const LINE_CHARACTERS_MAX = 100;
const COMMENT_LINE = /^\s*(?:\/\/|\/?\*)/;
const FORBIDDEN_NAMES = new Set(['index.ts', 'utils.ts', 'helpers.ts', 'types.ts']);
const KEBAB_CASE = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+)*\.ts$/;

/** A file is small enough to be read in one go. */
export const sizeRule: Rule = ({ text }) => {
  const lines = text.trimEnd().split('\n');
  const problems: string[] = [];
  if (lines.length > FILE_LINES_MAX) {
    problems.push(`has ${lines.length} lines, ${FILE_LINES_MAX} are the most`);
  }
  lines.forEach((line, index) => {
    if (!COMMENT_LINE.test(line)) return; // code is the formatter's
    const characters = [...line].length;
    if (characters > LINE_CHARACTERS_MAX) {
      problems.push(`line ${index + 1} has ${characters} characters`);
    }
  });
  return problems;
};

/** A file is named after its one idea. */
export const nameRule: Rule = ({ path }) => {
  const name = basename(path);
  if (FORBIDDEN_NAMES.has(name)) return ['has a name that says nothing'];
  return KEBAB_CASE.test(name) ? [] : ['has a name that is not in kebab-case'];
};

/** A thing has one name wherever it is used. */
export const exportRule: Rule = ({ text }) =>
  /^export default\b/m.test(codeOnly(text)) ? ['has a default export'] : [];
