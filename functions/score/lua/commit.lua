-- Writes new states of pairs that are one text each, where nobody has written since they were read:
-- compare and set, for many pairs in one call. A text begins with its version, VERSION_BYTES long.
-- It is set first, which tells what stood there, and set back where that is not what was read: one
-- command for nearly all. Nobody sees what is between, since a script runs as a whole.
-- A verdict that is still to be sent is written with the state that it comes from.
--
-- KEYS  the states, one a pair · then the unsent verdicts
-- ARGV  1 how long both live, ms · 2 number of pairs · then for each pair: the version that was read,
--       '' for none · the new text; then for each unsent verdict: the number of its pair, from 1 ·
--       the verdict
--
-- Returns a character for each pair: '1', or '0' where somebody else has written and nothing was done.

local LIFE_MS, PAIRS, VERSION_BYTES = ARGV[1], tonumber(ARGV[2]), 12
local done = {}
for i = 1, PAIRS do
  local before = redis.call('SET', KEYS[i], ARGV[2 * i + 2], 'PX', LIFE_MS, 'GET')
  done[i] = '1'
  if (before and before:sub(1, VERSION_BYTES) or '') ~= ARGV[2 * i + 1] then
    done[i] = '0'
    if before then
      redis.call('SET', KEYS[i], before, 'PX', LIFE_MS)
    else
      redis.call('DEL', KEYS[i])
    end
  end
end
local at = 2 * PAIRS + 3
for k = PAIRS + 1, #KEYS do
  if done[tonumber(ARGV[at])] == '1' then redis.call('SET', KEYS[k], ARGV[at + 1], 'PX', LIFE_MS) end
  at = at + 2
end
return table.concat(done)
