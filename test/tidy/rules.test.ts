import { describe, expect, it } from 'vitest';
import { clockRule } from './clock-rules.ts';
import { importRule } from './import-rules.ts';
import { BAD, GOOD } from './planted.ts';
import { exportRule, nameRule, sizeRule } from './shape-rules.ts';
import { type Rule, sourceFiles } from './source-files.ts';
import { titleRule } from './title-rules.ts';

const RULES: Readonly<Record<string, Rule>> = {
  'imports what the architecture allows': importRule,
  'takes time, chance and environment as arguments': clockRule,
  'is at most 300 lines, its comments at most 100 characters wide': sizeRule,
  'is named after its idea': nameRule,
  'exports by name': exportRule,
  'has tests with telling, different titles, all of which run': titleRule,
};

describe('every source file', () => {
  it.each(Object.entries(RULES))('%s', (_title, rule) => {
    const problems = sourceFiles().flatMap((file) =>
      rule(file).map((problem) => `${file.path} ${problem}`),
    );
    expect(problems).toEqual([]);
  });

  it('is looked at', () => {
    const paths = sourceFiles().map(({ path }) => path);
    expect(paths).toContain('functions/score/score.ts');
    expect(paths).toContain('test/tidy/rules.test.ts');
    expect(paths.length).toBeGreaterThan(100);
  });
});

describe('a rule', () => {
  it.each(BAD.map((row) => [row[0].name, row[1], brief(row[2]), ...row] as const))(
    '%s refuses %s with %s',
    (_rule, _path, _text, rule, path, text, problem) => {
      expect(rule({ path, text }).join('\n')).toMatch(problem);
    },
  );

  it.each(GOOD.map((row) => [row[0].name, row[1], brief(row[2]), ...row] as const))(
    '%s lets pass %s with %s',
    (_rule, _path, _text, rule, path, text) => {
      expect(rule({ path, text })).toEqual([]);
    },
  );
});

function brief(text: string): string {
  return JSON.stringify(text.slice(0, 60));
}
