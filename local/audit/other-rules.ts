import type { Rule } from '#shared/domain/rule.ts';
import type { RedisConnection } from '#shared/redis/redis-connection.ts';
import { ruleMark } from '../../functions/score/store/rule-mark.ts';

/** Looks through the keys until one of totals under another rule is found. */
const FIND_OTHER = `
local cursor = '0'
for _ = 1, 10000 do
  local found = redis.call('SCAN', cursor, 'MATCH', ARGV[1], 'COUNT', 1000)
  cursor = found[1]
  for _, key in ipairs(found[2]) do
    if key:sub(1, #ARGV[2]) ~= ARGV[2] and not key:find('{epoch}', 1, true) then return 1 end
  end
  if cursor == '0' then return 0 end
end
return 0`;

/** Whether Redis has totals, under another rule than this one. */
export async function hasOtherRules(
  redis: Pick<RedisConnection, 'askMasters'>,
  keyPrefix: string,
  rule: Rule,
): Promise<boolean> {
  const own = `${keyPrefix}:${ruleMark(rule)}{`;
  const words = ['EVAL', FIND_OTHER, '0', `${keyPrefix}:*{*`, own];
  return (await redis.askMasters(words)).some((found) => Number(found) === 1);
}
