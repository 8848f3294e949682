// Made by build-scripts.ts from the Lua files beside it. Do not edit.

export const UPSERT_SCRIPT = `local order, feed, body, standing, counts = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local told = KEYS[6]
local id = ARGV[1]
local function stand(alert_id)
  local text = redis.call('HGET', standing, alert_id)
  if not text then return 0, 0, '' end
  local sequence, over, currency = string.match(text, '^(%d+) (%d+) (%a+)$')
  return tonumber(sequence), tonumber(over), currency
end
local function count(name, by)
  redis.call('HINCRBY', counts, name, string.format('%.0f', by))
end
local read_sequence, old_over = stand(id)
if read_sequence ~= tonumber(ARGV[2]) then return 0 end
local newest = tonumber(redis.call('HGET', counts, 'newest')) or 0
local in_feed = redis.call('ZREVRANGE', feed, 0, 0, 'WITHSCORES')
local last = math.max(newest, tonumber(in_feed[2]) or 0)
local position = math.max(last + 1, tonumber(ARGV[7]) * 1000)
local score = string.format('%.0f', position)
redis.call('HSET', counts, 'newest', score)
redis.call('HSET', standing, id, ARGV[3] .. ' ' .. ARGV[4] .. ' ' .. ARGV[5])
redis.call('HSET', body, id, ARGV[6])
redis.call('ZADD', order, 'NX', score, id)
redis.call('ZADD', feed, score, id)
count('over:' .. ARGV[5], tonumber(ARGV[4]) - old_over)
local first = read_sequence == 0 and 1 or read_sequence
count('updates', tonumber(ARGV[3]) - first)
local function forget(alert_id)
  local sequence, over, currency = stand(alert_id)
  count('over:' .. currency, 0 - over)
  count('updates', 1 - sequence)
  redis.call('HDEL', standing, alert_id)
  redis.call('HDEL', body, alert_id)
  redis.call('HDEL', told, alert_id)
  redis.call('ZREM', order, alert_id)
  redis.call('ZREM', feed, alert_id)
end
local TRIM_MAX = 20
local oldest = '(' .. string.format('%.0f', tonumber(ARGV[9]) * 1000)
for _, old in ipairs(redis.call('ZRANGEBYSCORE', order, '-inf', oldest, 'LIMIT', 0, TRIM_MAX)) do
  forget(old)
end
local excess = redis.call('ZCARD', order) - tonumber(ARGV[8])
if excess > 0 then
  local last_of_them = math.min(excess, TRIM_MAX) - 1
  for _, old in ipairs(redis.call('ZRANGE', order, 0, last_of_them)) do forget(old) end
end
return 1
`;

export const MARK_TOLD_SCRIPT = `local standing, told, id = KEYS[1], KEYS[2], ARGV[1]
if redis.call('HEXISTS', standing, id) == 0 then return end
local highest = tonumber(redis.call('HGET', told, id)) or 0
if tonumber(ARGV[2]) > highest then redis.call('HSET', told, id, ARGV[2]) end
`;
