-- Forgets entries that nothing can ask for any more, with their records. An id is known back to W +
-- allowed lateness before the newest entry (O2); entries are kept for one W more, so that the window
-- of everything known is whole, and a fraud event that is sent again is the same to the letter (O3).
-- The episode that the last forgotten entry was in is remembered as `carry`, with its alert.

local function drop_records(e, is_fraud)
  local gone = {}
  if e.flags % 2 == HAS_DECISION then gone[1] = 'd' .. e.id end
  local before = s.carry
  if is_fraud then
    if before == '' then s.carry = e.id end
  elseif before ~= '' then
    s.carry = ''
    gone[#gone + 1] = 'a' .. before
  end
  if e.flags >= HAS_ALERT and s.carry ~= e.id then gone[#gone + 1] = 'a' .. e.id end
  if #gone > 0 then redis.call('HDEL', FRAUD, unpack(gone)) end
end

local function leave_front_leaf()
  local number = s.front
  s.front = next_of(number)
  s.front_offset = 1
  redis.call('HDEL', LEAVES, number, 'm' .. number)
end

local function cut_newest_leaf()
  local cut = s.front_offset - 1
  s.data = s.data:sub(s.front_offset)
  s.last, s.front_offset = s.last - cut, 1
  if s.first == s.leaf then s.first_offset = s.first_offset - cut end
  if s.is_large then
    -- All older leaves are gone: the pair is small again, and its one leaf is number 1.
    redis.call('DEL', LEAVES, IDS)
    s.is_large, s.leaf, s.next_leaf, s.previous, s.front, s.first = false, 1, 2, 0, 1, 1
  end
end

local function forget(before_t)
  if s.front_t > before_t then return end
  local bytes = leaf_bytes(s.front)
  while s.front_t <= before_t do
    local e, after = decode_entry(bytes, s.front_offset)
    if s.front == s.leaf then s.n = s.n - 1 else redis.call('HDEL', IDS, e.id) end
    -- The leaf's `add` is left out: it never lifts an entry over the threshold.
    drop_records(e, over(e.h, e.l, LIMIT_H, LIMIT_L))
    s.front_offset = after
    if after > #bytes then
      leave_front_leaf()
      bytes = leaf_bytes(s.front)
    end
    s.front_t = unpack_struct('>I6', bytes, s.front_offset)
  end
  if s.front == s.leaf then cut_newest_leaf() end
end
