-- Writes the leaves that an out-of-order transaction changed, parts those that have grown too long,
-- and finds the ends of the newest window again.

-- Gives the first half of a leaf, or of the newest one, a leaf of its own in front of it.
local function part(number)
  local leaf = leaf_of(number)
  local front, half = {}, floor(#leaf / 2)
  for i = 1, half do front[i] = leaf[i] end
  for i = 1, #leaf do leaf[i] = leaf[i + half] end
  local new = s.next_leaf
  s.next_leaf = new + 1
  local previous = previous_of(number)
  leaves[new] = front
  metas[new] = measure(front, previous or 0, number)
  redis.call('HSET', LEAVES, new, encode_leaf(front))
  store_meta(new, metas[new])
  if previous then
    meta_of(previous).next = new
    store_meta(previous, metas[previous])
  else
    s.front, s.front_offset = new, 1
  end
  if number == s.leaf then
    s.previous, s.is_large = new, true
    store_ids(front)
  else
    meta_of(number).previous = new
  end
end

local function write_leaf(number)
  if #leaf_of(number) > 2 * LEAF_ENTRIES then part(number) end
  local leaf = leaf_of(number)
  local bytes = encode_leaf(leaf)
  if number == s.leaf then
    s.data, s.n, s.last = bytes, #leaf, #bytes - entry_bytes(leaf[#leaf].id) + 1
  else
    local m = meta_of(number)
    metas[number] = measure(leaf, m.previous, m.next)
    redis.call('HSET', LEAVES, number, bytes)
    store_meta(number, metas[number])
  end
  if number == s.front then s.front_offset = 1 end
end

-- Sets `first`, the oldest entry that is in the window of the newest one.
local function find_window_start(newest_t)
  local number = s.leaf
  while number ~= s.front do
    local t1 = (leaves[number] and leaves[number][1].t) or
      (number == s.leaf and leaf_of(number)[1].t) or meta_of(number).t1
    if t1 <= newest_t - WINDOW_MS then break end
    number = previous_of(number)
  end
  while number do
    local offset = number == s.front and s.front_offset or 1
    for _, e in ipairs(leaf_of(number)) do
      if e.t > newest_t - WINDOW_MS then
        s.first, s.first_offset, s.first_t = number, offset, e.t
        return
      end
      offset = offset + entry_bytes(e.id)
    end
    number = next_of(number)
  end
end

local function add_out_of_order(x, newest_t)
  local number, index = locate(x.t, x.id)
  local leaf = leaf_of(number)
  local amount_h, amount_l = split(x.a)
  local count, h, l = 0, 0, 0
  if index > 1 then
    count, h, l = sum_left(number, index - 1, x.t - WINDOW_MS)
  elseif previous_of(number) then
    count, h, l = sum_left(previous_of(number), nil, x.t - WINDOW_MS)
  end
  x.h, x.l = plus(h, l, amount_h, amount_l)
  x.fh, x.fl, x.fc = x.h, x.l, count + 1
  table.insert(leaf, index, x)
  dirty[number] = true
  mark(number, index, index)

  local flips, findings = {}, {}
  local reach = x.t + WINDOW_MS
  local at = number
  local is_beyond = lift_entries(at, index + 1, reach, amount_h, amount_l, flips)
  while not is_beyond and at ~= s.leaf do
    at = next_of(at)
    is_beyond = lift_leaf(at, reach, amount_h, amount_l, flips)
  end
  open_episodes(x, number, index, flips, findings)
  bring_up_to_date(x, number, index, findings)
  if #findings > 0 then x.flags = x.flags + HAS_DECISION end
  s.episode = opening_at_end(s.leaf) or ''
  local answer = give_verdict(x, findings)

  if number ~= s.leaf then redis.call('HSET', IDS, x.id, pack_struct('>I6', x.t)) end
  for changed in pairs(dirty) do write_leaf(changed) end
  if newest_t - x.t < WINDOW_MS then s.count = s.count + 1 end
  s.front_t = leaf_of(s.front)[1].t
  find_window_start(newest_t)
  return answer
end
