-- Remembers that people were told of an alert up to a sequence. The highest stands, and an alert
-- that was forgotten meanwhile leaves no mark behind.
--
-- KEYS[1]  standing  hash: alert id to "SEQUENCE OVER CURRENCY"
-- KEYS[2]  told      hash: alert id to the highest sequence that people were told of
--
-- ARGV[1]  alert id
-- ARGV[2]  sequence that people were told of
--
-- Returns nothing.

local standing, told, id = KEYS[1], KEYS[2], ARGV[1]
if redis.call('HEXISTS', standing, id) == 0 then return end
local highest = tonumber(redis.call('HGET', told, id)) or 0
if tonumber(ARGV[2]) > highest then redis.call('HSET', told, id, ARGV[2]) end
