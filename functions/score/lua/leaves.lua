-- Older leaves of a large pair, in a hash: field NUMBER holds the entries of one, field mNUMBER what
-- is known of it without reading them. Leaves are linked in order. An amount that comes late grows
-- the totals of all entries within W behind it; a leaf that it lifts as a whole only notes that in
-- `add`, so the cost is one step a leaf, not one an entry.
--
-- `nonfraud` counts entries not over the threshold, `nmax` is the largest total among those, `fmax`
-- among the others; all three are without `add`.

local META = '>I4I4I4I6I6I4I5I4I5I4I4I5I4I5'

local s
local leaves, metas = {}, {}

local function meta_of(number)
  local m = metas[number]
  if m then return m end
  m = {}
  m.previous, m.next, m.n, m.t1, m.t2, m.sum_l, m.sum_h, m.add_l, m.add_h, m.nonfraud, m.nmax_l,
    m.nmax_h, m.fmax_l, m.fmax_h = unpack_struct(META, redis.call('HGET', LEAVES, 'm' .. number))
  metas[number] = m
  return m
end

local function previous_of(number)
  if number == s.front then return nil end
  if number == s.leaf then return s.previous end
  return meta_of(number).previous
end

local function next_of(number)
  if number == s.leaf then return nil end
  return meta_of(number).next
end

-- The bytes of a leaf as they are stored.
local function leaf_bytes(number)
  if number == s.leaf then return s.data end
  return redis.call('HGET', LEAVES, number)
end

-- A leaf's entries that are not forgotten, with their totals as they are now.
local function leaf_of(number)
  local leaf = leaves[number]
  if leaf then return leaf end
  leaf = {}
  local bytes = leaf_bytes(number)
  local offset = number == s.front and s.front_offset or 1
  while offset <= #bytes do
    leaf[#leaf + 1], offset = decode_entry(bytes, offset)
  end
  if number ~= s.leaf then
    local m = meta_of(number)
    if m.add_h > 0 or m.add_l > 0 then
      for _, e in ipairs(leaf) do e.h, e.l = plus(e.h, e.l, m.add_h, m.add_l) end
    end
  end
  leaves[number] = leaf
  return leaf
end

-- What is known of a leaf, from its entries.
local function measure(leaf, previous, next)
  local m = { previous = previous, next = next, n = #leaf, t1 = leaf[1].t, t2 = leaf[#leaf].t,
    sum_h = 0, sum_l = 0, add_h = 0, add_l = 0, nonfraud = 0, nmax_h = 0, nmax_l = 0, fmax_h = 0,
    fmax_l = 0 }
  for _, e in ipairs(leaf) do
    m.sum_h, m.sum_l = plus(m.sum_h, m.sum_l, split(e.a))
    if over(e.h, e.l, LIMIT_H, LIMIT_L) then
      if over(e.h, e.l, m.fmax_h, m.fmax_l) then m.fmax_h, m.fmax_l = e.h, e.l end
    else
      m.nonfraud = m.nonfraud + 1
      if over(e.h, e.l, m.nmax_h, m.nmax_l) then m.nmax_h, m.nmax_l = e.h, e.l end
    end
  end
  return m
end

local function store_meta(number, m)
  redis.call('HSET', LEAVES, 'm' .. number, pack_struct(META, m.previous, m.next, m.n, m.t1, m.t2,
    m.sum_l, m.sum_h, m.add_l, m.add_h, m.nonfraud, m.nmax_l, m.nmax_h, m.fmax_l, m.fmax_h))
end

local function encode_leaf(leaf)
  local parts = {}
  for i, e in ipairs(leaf) do parts[i] = encode_entry(e) end
  return table.concat(parts)
end

-- Where the ids of older leaves are found: id → time.
local function store_ids(leaf)
  local parts = {}
  for _, e in ipairs(leaf) do
    parts[#parts + 1] = e.id
    parts[#parts + 1] = pack_struct('>I6', e.t)
  end
  redis.call('HSET', IDS, unpack(parts))
end

-- Closes the newest leaf, which is full, and begins an empty one behind it.
local function seal()
  local leaf = leaf_of(s.leaf)
  redis.call('HSET', LEAVES, s.leaf, s.data)
  store_ids(leaf)
  local m = measure(leaf, s.previous, s.next_leaf)
  store_meta(s.leaf, m)
  metas[s.leaf] = m
  s.previous, s.leaf, s.next_leaf = s.leaf, s.next_leaf, s.next_leaf + 1
  s.is_large, s.data, s.n = true, '', 0
end
