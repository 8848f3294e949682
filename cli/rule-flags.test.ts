import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import type { Rule } from '#shared/domain/rule.ts';
import { toRuleJson } from '../functions/score/rule-json.ts';
import { chooseRule } from './rule-flags.ts';

const RULE: Rule = {
  ...{ id: 'pair-total', version: 1, groupBy: 'pair', updates: 'every' },
  ...{ windowMs: 1_800_000, allowedLatenessMs: 90_000, thresholdMinor: 500_000 },
};

/** Answers GET /rule as score does, to who has the token. */
async function scoreWith(token: string | undefined): Promise<string> {
  const server = createServer(({ url, headers }, response) => {
    const isAllowed = token === undefined || headers.authorization === `Bearer ${token}`;
    response.statusCode = url !== '/rule' ? 404 : isAllowed ? 200 : 401;
    response.end(JSON.stringify(toRuleJson(RULE, { maxFutureMs: 0, stateTtlMs: 3_600_000 })));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it("goes by score's defaults where it is not named, and says so", async () => {
  expect(await chooseRule({})).toMatchObject({
    rule: { windowMs: 600_000, allowedLatenessMs: 600_000, thresholdMinor: 1_000_000 },
    stateTtlMs: 86_400_000,
    words: "window 10m, lateness 10m, threshold 10000.00, score's defaults; --score URL asks it",
  });
});

it('asks score for its rule, and says so', async () => {
  const score = await scoreWith('secret');
  const chosen = await chooseRule({ score }, 'secret');
  expect(chosen).toEqual({
    rule: RULE,
    stateTtlMs: 3_600_000,
    words: 'window 30m, lateness 90s, threshold 5000.00, as score says',
  });
  await expect(chooseRule({ score }, undefined)).rejects.toThrow(/wants its token: AUTH_TOKEN/);
});

it('lets a flag go before what score says, and names it', async () => {
  const { rule, stateTtlMs, words } = await chooseRule({
    ...{ score: await scoreWith(undefined), threshold: 100, stateTtl: 1000 },
  });
  expect(rule).toEqual({ ...RULE, thresholdMinor: 100 });
  expect(stateTtlMs).toBe(1000);
  expect(words).toMatch(/threshold 1\.00, as score says, but for --threshold, --state-ttl$/);
});
