-- Writes the state of a pair that has grown out of being one text in the form of codec.lua, where
-- nobody has written since it was read. From then on it is `add`'s.
--
-- KEYS  1 state string · 2 fraud records, hash
-- ARGV  1 the version that was read · 2 how long both live, ms · 3 the state · then field and value
--       of each fraud record
--
-- Returns '1', or '0' when somebody else has written the state.

if redis.call('GETRANGE', KEYS[1], 0, #ARGV[1] - 1) ~= ARGV[1] then return '0' end
redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[2])
redis.call('DEL', KEYS[2])
if #ARGV > 3 then
  redis.call('HSET', KEYS[2], unpack(ARGV, 4))
  redis.call('PEXPIRE', KEYS[2], ARGV[2])
end
return '1'
