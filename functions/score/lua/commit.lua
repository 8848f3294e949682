-- Writes new states of pairs that are one text each, where nobody has written since they were read:
-- compare and set, for many pairs in one call. A text begins with its version, VERSION_BYTES long.
-- A verdict that is still to be sent is written with the state that it comes from.
--
-- KEYS  the states, one a pair · then the unsent verdicts, in the order of their pairs
-- ARGV  1 how long both live, ms · 2 number of pairs · then for each pair: the version that was read,
--       '' for none · the new text · number of verdicts · those
--
-- Returns a character for each pair: '1', or '0' where somebody else has written and nothing was done.

local LIFE_MS, PAIRS, VERSION_BYTES = ARGV[1], tonumber(ARGV[2]), 12
local at, unsent, done = 3, PAIRS, {}
for i = 1, PAIRS do
  local verdicts = tonumber(ARGV[at + 2])
  if redis.call('GETRANGE', KEYS[i], 0, VERSION_BYTES - 1) == ARGV[at] then
    redis.call('SET', KEYS[i], ARGV[at + 1], 'PX', LIFE_MS)
    for k = 1, verdicts do
      redis.call('SET', KEYS[unsent + k], ARGV[at + 2 + k], 'PX', LIFE_MS)
    end
    done[i] = '1'
  else
    done[i] = '0'
  end
  unsent, at = unsent + verdicts, at + 3 + verdicts
end
return table.concat(done)
