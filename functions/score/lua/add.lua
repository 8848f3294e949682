-- Adds one transaction to its pair, once, in one atomic step (S, D, O): puts it in its place, brings
-- the trailing totals up to date, decides what that opens or brings up to date, and forgets what is
-- too old. Adding it again answers what was first decided. Parts and formats: codec.lua, leaves.lua,
-- verdict.lua; KEYS and ARGV: args.lua.
--
-- Returns one string: 'C' and the verdict for a new transaction, 'D' and the first verdict for a
-- known one, 'L' and the newest event time (I6) for one that is late and was not added; 'N' for a
-- pair that is kept as one text (commit.lua), which is not ours.

local x = { id = ARGV[7], t = tonumber(ARGV[8]), a = tonumber(ARGV[9]), flags = 0 }
local text = redis.call('GET', STATE)
if text and is_one_text(text) then return 'N' end
s = text and decode_state(text) or empty_state()
local newest_t, newest_id
if text then
  newest_t = unpack_struct('>I6', s.data, s.last)
  local repeated = known(x.id, newest_t)
  if repeated then return repeated end
  newest_id = unpack_struct('>Hc0', s.data, s.last + ENTRY_FIXED_BYTES - 2)
  if newest_t - x.t > LATENESS_MS then return 'L' .. pack_struct('>I6', newest_t) end
end
s.arrivals = s.arrivals + 1
x.n = s.arrivals
local is_newest = not text or x.t > newest_t or (x.t == newest_t and id_before(newest_id, x.id))
local answer
if is_newest then answer = add_newest(x) else answer = add_out_of_order(x, newest_t) end
redis.call('SET', STATE, encode_state(s), 'PX', STATE_TTL_MS)
if s.is_large then
  redis.call('PEXPIRE', LEAVES, STATE_TTL_MS)
  redis.call('PEXPIRE', IDS, STATE_TTL_MS)
end
if s.has_fraud_key then redis.call('PEXPIRE', FRAUD, STATE_TTL_MS) end
return answer
