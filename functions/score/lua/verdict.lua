-- Verdicts: how they are answered, remembered and given again.
--
-- The fraud hash holds, for transactions that caused fraud events:
--   a ID   the alert that ID opened: the last sequence sent I4 and its total I4, I5
--   d ID   the decision about ID without member lists, for as long as ID is remembered
--
-- The verdict about a transaction whose fraud events the sink has not taken stands whole in a key of
-- its own, whose life is not prolonged by others: it is gone when it is sent, or with time.
--
-- verdict:  kind B (0 counted, 1 crossed, 2 updated) · total I4, I5 · count I4 · findings H, then each
-- finding:  opening H + bytes · sequence I4 · total I4, I5 · count I4 · first I6 · last I6 ·
--           members H, then those (window.lua)
-- decision: kind B · findings H, then each finding without members, then its transaction's id H +
--           bytes and the arrival I4 that its window was seen at

local FINDING = '>Hc0I4I4I5I4I6I6'

local function encode_finding(f)
  return pack_struct(FINDING, #f.opening, f.opening, f.sequence, f.l, f.h, f.count, f.first_t, f.t)
end

local function kind_of(findings)
  local kind = 0
  for _, f in ipairs(findings) do
    if f.sequence == 1 then return 1 end
    kind = 2
  end
  return kind
end

-- Answers a new transaction, and remembers what it caused.
local function give_verdict(x, findings)
  local kind = kind_of(findings)
  local parts = { pack_struct('>BI4I5I4H', kind, x.fl, x.fh, x.fc, #findings) }
  if #findings == 0 then return 'C' .. parts[1] end
  local decision = { pack_struct('>BH', kind, #findings) }
  for _, f in ipairs(findings) do
    local text = encode_finding(f)
    local list, listed = members(f.number, f.index, s.arrivals)
    parts[#parts + 1] = text .. pack_struct('>H', listed) .. list
    decision[#decision + 1] = text .. pack_struct('>Hc0I4', #f.id, f.id, s.arrivals)
  end
  local verdict = table.concat(parts)
  redis.call('HSET', FRAUD, 'd' .. x.id, table.concat(decision))
  redis.call('SET', UNSENT, verdict, 'PX', STATE_TTL_MS)
  s.has_fraud_key = true
  return 'C' .. verdict
end

-- Gives the first decision about a remembered entry again (O3); nil when it is too old to be known.
local function repeat_verdict(e, newest_t)
  if e.t <= newest_t - WINDOW_MS - LATENESS_MS then return nil end
  local kind, count, at = 0, 0, nil
  local parts = {}
  if e.flags % 2 == HAS_DECISION then
    local text = redis.call('HGET', FRAUD, 'd' .. e.id)
    kind, count, at = unpack_struct('>BH', text)
    for i = 1, count do
      local f, id, arrival = {}, nil, nil
      f.opening, f.sequence, f.l, f.h, f.count, f.first_t, f.t, at = unpack_struct(FINDING, text, at)
      id, arrival, at = unpack_struct('>Hc0I4', text, at)
      local number, index = locate(f.t, id)
      local list, listed = members(number, index, arrival)
      parts[i] = encode_finding(f) .. pack_struct('>H', listed) .. list
    end
  end
  return 'D' .. pack_struct('>BI4I5I4H', kind, e.fl, e.fh, e.fc, count) .. table.concat(parts)
end

-- The answer for an id that is known, or nil.
local function known(id, newest_t)
  if s.has_fraud_key then
    local unsent = redis.call('GET', UNSENT)
    if unsent then return 'D' .. unsent end
  end
  if s.data:find(pack_struct('>Hc0', #id, id), 1, true) then
    for _, e in ipairs(leaf_of(s.leaf)) do
      if e.id == id then return repeat_verdict(e, newest_t) end
    end
  end
  local time = s.is_large and redis.call('HGET', IDS, id)
  if not time then return nil end
  local t = unpack_struct('>I6', time)
  local number, index = locate(t, id)
  return repeat_verdict(leaf_of(number)[index], newest_t)
end

-- The last sequence sent for the alert that `opening` opened, and its total; nil when there is none.
local function alert_of(opening)
  local text = s.has_fraud_key and redis.call('HGET', FRAUD, 'a' .. opening)
  if not text then return nil end
  local sequence, l, h = unpack_struct('>I4I4I5', text)
  return sequence, h, l
end

-- Notes that a fraud event goes out for the window at entry `e`, and returns it as a finding.
local function report(opening, sequence, e, number, index, count, first_t)
  redis.call('HSET', FRAUD, 'a' .. opening, pack_struct('>I4I4I5', sequence, e.l, e.h))
  s.has_fraud_key = true
  return { opening = opening, sequence = sequence, h = e.h, l = e.l, count = count,
    first_t = first_t, t = e.t, id = e.id, number = number, index = index }
end

-- True when the total is at least twice the one sent (D5).
local function has_doubled(h, l, sent_h, sent_l)
  local twice_h, twice_l = plus(sent_h, sent_l, sent_h, sent_l)
  return not over(twice_h, twice_l, h, l)
end
