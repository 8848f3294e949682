-- How a pair's state is written: numbers, entries and the state string.
--
-- A pair's state is one string: a header, then the entries of the newest leaf in (time, id) order. A
-- pair with more entries than a leaf holds has its older leaves in a hash (see leaves.lua).
--
-- Totals may pass 2^53, which a Lua number cannot hold exactly, so a total is two numbers, high and
-- low, in base 2^32. One amount is below 2^53 and one number.
--
-- entry:  time I6 (ms) · amount I7 · total I4 low, I5 high · total when added I4, I5 ·
--         transactions in its window when added I4 · arrival I4 · flags B · id H + bytes
-- flags:  1 it has a record of its decision ('d'), 2 it has a record of its alert ('a')

local unpack_struct, pack_struct = struct.unpack, struct.pack
local floor = math.floor

local BASE = 4294967296
local ENTRY = '>I6I7I4I5I4I5I4I4BHc0'
local ENTRY_FIXED_BYTES = 42
local HAS_DECISION, HAS_ALERT = 1, 2

local function split(amount)
  local high = floor(amount / BASE)
  return high, amount - high * BASE
end

local function plus(ah, al, bh, bl)
  local low = al + bl
  if low >= BASE then return ah + bh + 1, low - BASE end
  return ah + bh, low
end

local function minus(ah, al, bh, bl)
  local low = al - bl
  if low < 0 then return ah - bh - 1, low + BASE end
  return ah - bh, low
end

-- True when a > b.
local function over(ah, al, bh, bl)
  return ah > bh or (ah == bh and al > bl)
end

-- True when a stands before b, byte by byte: Lua's own < follows the server's locale.
local function id_before(a, b)
  for i = 1, math.min(#a, #b) do
    local x, y = a:byte(i), b:byte(i)
    if x ~= y then return x < y end
  end
  return #a < #b
end

local function encode_entry(e)
  return pack_struct(ENTRY, e.t, e.a, e.l, e.h, e.fl, e.fh, e.fc, e.n, e.flags, #e.id, e.id)
end

-- The entry at a byte offset and the offset behind it.
local function decode_entry(data, offset)
  local e, after = {}, nil
  e.t, e.a, e.l, e.h, e.fl, e.fh, e.fc, e.n, e.flags, e.id, after =
    unpack_struct(ENTRY, data, offset)
  return e, after
end

local function entry_bytes(id)
  return ENTRY_FIXED_BYTES + #id
end

-- The header. `leaf`, `n` and `last` speak of the newest leaf: its number, how many entries it
-- holds, the offset of the last one. `front` is the oldest entry, `first` the oldest one that is in
-- the window of the newest entry, each a leaf, an offset and a time; `count` is how many that window
-- holds. `episode` is the id of the opening of the episode that the newest entry is in, or '';
-- `carry` that of the episode which the last forgotten entry was in, or ''.
local SMALL = '>BI4I4I2I4I4Hc0Hc0'
local LARGE = '>I4I4I4I4I4I6I4I6'
local HAS_FRAUD_KEY, IS_LARGE = 1, 2

local function decode_state(text)
  local s, flags, at = {}, nil, nil
  flags, s.arrivals, s.count, s.n, s.last, s.first_offset, s.episode, s.carry, at =
    unpack_struct(SMALL, text)
  s.has_fraud_key = flags % 2 == 1
  s.is_large = flags >= IS_LARGE
  if s.is_large then
    s.leaf, s.next_leaf, s.previous, s.front, s.front_offset, s.front_t, s.first, s.first_t, at =
      unpack_struct(LARGE, text, at)
    s.data = text:sub(at)
  else
    s.data = text:sub(at)
    s.leaf, s.next_leaf, s.previous, s.front, s.front_offset, s.first = 1, 2, 0, 1, 1, 1
    s.front_t = unpack_struct('>I6', s.data, 1)
    s.first_t = unpack_struct('>I6', s.data, s.first_offset)
  end
  return s
end

-- A small pair is kept as one text, which begins with a digit or letter: commit.lua. A state of ours
-- begins with its flags.
local function is_one_text(text)
  return text:byte(1) >= 48
end

local function empty_state()
  return {
    arrivals = 0, count = 0, n = 0, last = 1, first_offset = 1, episode = '', carry = '',
    has_fraud_key = false, is_large = false, leaf = 1, next_leaf = 2, previous = 0, front = 1,
    front_offset = 1, front_t = 0, first = 1, first_t = 0, data = '',
  }
end

local function encode_state(s)
  local flags = (s.has_fraud_key and HAS_FRAUD_KEY or 0) + (s.is_large and IS_LARGE or 0)
  local text = pack_struct(SMALL, flags, s.arrivals, s.count, s.n, s.last, s.first_offset,
    #s.episode, s.episode, #s.carry, s.carry)
  if s.is_large then
    text = text .. pack_struct(LARGE, s.leaf, s.next_leaf, s.previous, s.front, s.front_offset,
      s.front_t, s.first, s.first_t)
  end
  return text .. s.data
end
