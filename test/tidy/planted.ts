import { clockRule } from './clock-rules.ts';
import { importRule } from './import-rules.ts';
import { exportRule, nameRule, sizeRule } from './shape-rules.ts';
import type { Rule } from './source-files.ts';
import { titleRule } from './title-rules.ts';

/** For each rule, files that break it, each with what the rule then says. */
export const BAD: readonly [rule: Rule, path: string, text: string, problem: RegExp][] = [
  [importRule, 'shared/domain/a.ts', "import { b } from '#shared/log.ts';", /shared\/log/],
  [importRule, 'shared/domain/a.ts', "import fs from 'node:fs';", /package node:fs/],
  [importRule, 'shared/a.ts', "import { b } from '../functions/score/score.ts';", /score\.ts/],
  [importRule, 'shared/a.ts', "import { b } from '../local/judge.ts';", /local\/judge/],
  [importRule, 'functions/a/core/b.ts', "import { c } from '#shared/errors.ts';", /errors/],
  [importRule, 'functions/a/core/b.ts', "import { c } from 'express';", /package express/],
  [importRule, 'functions/a/core/b.ts', "export { c } from '../store/c.ts';", /store\/c/],
  [importRule, 'functions/a/app.ts', "import { c } from './store/c.ts';", /store\/c/],
  [importRule, 'functions/a/a.ts', "import {\n  c,\n} from './store/c.ts';", /store\/c/],
  [importRule, 'functions/a/app.ts', "import type { C } from '../b/c.ts';", /functions\/b/],
  [importRule, 'functions/a/x.ts', "await import('../b/core/c.ts');", /functions\/b/],
  [importRule, 'functions/a/app.ts', "import { c } from '../../shared/log.ts';", /#shared/],
  [importRule, 'functions/a/app.ts', "import { c } from './store/store-contract.ts';", /contract/],
  [importRule, 'local/a.ts', "import '../functions/score/main.ts';", /main\.ts/],
  [clockRule, 'functions/a/core/b.ts', 'const b = Date.now;', /Date\.now/],
  [clockRule, 'functions/a/core/b.ts', 'const b = performance.now();', /performance/],
  [clockRule, 'functions/a/core/b.ts', 'export async function b() {}', /waiting/],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code that stands in a text
  [clockRule, 'functions/a/app.ts', 'const b = `${Date.now()}`;', /Date\.now\(\)/],
  [clockRule, 'shared/a.ts', 'const b = new Date();', /new Date/],
  [clockRule, 'local/a.ts', 'const b = Math.random();', /Math\.random/],
  [clockRule, 'functions/a/config.ts', 'const b = process.env.B;', /process\.env/],
  [clockRule, 'local/a.ts', 'const { B } = process.env;', /process\.env/],
  [clockRule, 'local/source-process/a.ts', 'const { B } = process.env;', /process\.env/],
  [sizeRule, 'shared/a.ts', 'a;\n'.repeat(301), /301 lines/],
  [sizeRule, 'shared/a.ts', `\n// ${'é'.repeat(98)}\n`, /line 2 has 101/],
  [nameRule, 'shared/utils.ts', '', /says nothing/],
  [nameRule, 'shared/kafkaSource.ts', '', /kebab/],
  [exportRule, 'shared/a.ts', 'export default 1;', /default export/],
  [titleRule, 'a.test.ts', "it('b', c);\ntest('b', d);", /two tests are called "b"/],
  [titleRule, 'a.test.ts', "it('should work', c);", /should/],
  [titleRule, 'a.test.ts', "it.each([1])('b %s should', c);", /should/],
  [titleRule, 'a.test.ts', "it.skip('b', c);", /it\.skip/],
];

/** What the rules must let through, each close to something that they refuse. */
export const GOOD: readonly [rule: Rule, path: string, text: string][] = [
  [importRule, 'functions/a/core/b.ts', "import { c } from '#shared/domain/c.ts';"],
  [importRule, 'functions/a/core/b.ts', "import { createHash } from 'node:crypto';"],
  [importRule, 'functions/a/core/b.test.ts', "import fc from 'fast-check';"],
  [importRule, 'functions/a/store/b.ts', "import type { C } from '../c-store.ts';"],
  [importRule, 'functions/a/main.ts', "import { c } from './store/c.ts';"],
  [importRule, 'local/a.ts', "import { c } from '../functions/score/app.ts';"],
  [importRule, 'shared/a.ts', "// import { c } from '../local/c.ts';"],
  [clockRule, 'functions/a/core/b.ts', '// Date.now() is not called here'],
  [clockRule, 'functions/a/core/b.ts', "const b = 'Date.now()';"],
  [clockRule, 'functions/a/app.ts', 'const now = Date.now;'],
  [clockRule, 'functions/a/app.ts', 'const b = new Date(c);'],
  [clockRule, 'local/a.ts', 'spawn(b, { env: { ...process.env, C: 1 } });'],
  [clockRule, 'functions/a/main.ts', 'readConfig(settings, process.env);'],
  [clockRule, 'local/source-process/main.ts', 'readConfig(settings, process.env);'],
  [sizeRule, 'shared/a.ts', `// ${'é'.repeat(97)}\n`.repeat(300)],
  [nameRule, 'shared/a-2.redis.test.ts', ''],
  [titleRule, 'a.test.ts', "it('b', c);\nit('d', c);"],
];
