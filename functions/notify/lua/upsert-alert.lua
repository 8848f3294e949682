-- Writes an alert, if nobody wrote it since it was read, and forgets what is no longer to be kept.
--
-- The caller reads the alert, decides in core/alert.ts what becomes of it, and writes the result
-- here; two replicas that do so at once are told apart by the sequence that each of them read.
--
-- KEYS[1]  order     sorted set: alert id by the position that opened it
-- KEYS[2]  feed      sorted set: alert id by the position of its last change
-- KEYS[3]  body      hash: alert id to the alert as JSON
-- KEYS[4]  standing  hash: alert id to "SEQUENCE OVER CURRENCY"
-- KEYS[5]  counts    hash: 'updates', 'over:CURRENCY' in minor units, and 'newest', the last
--                    position that was given out
-- KEYS[6]  told      hash: alert id to the highest sequence that people were told of
--
-- ARGV[1]  alert id
-- ARGV[2]  sequence that the caller read, 0 where it read nothing
-- ARGV[3]  sequence to be written
-- ARGV[4]  how much its total is over the threshold, minor units, at most 9e12
-- ARGV[5]  currency
-- ARGV[6]  the alert as JSON
-- ARGV[7]  now, epoch milliseconds
-- ARGV[8]  most alerts to keep
-- ARGV[9]  alerts that opened before this are forgotten, epoch milliseconds
--
-- Returns 1 when it was written, 0 when somebody else wrote in between (nothing is changed then).

local order, feed, body, standing, counts = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
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

-- The next position: see store/position.ts. The feed alone does not know the last one, since the
-- alert that had it may be forgotten; the count alone may lag behind a revision that kept none.
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

-- One comes, so a few may go; a setting that was lowered is caught up with over the next calls.
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
