// Made by build-scripts.ts from the Lua files beside it. Do not edit.

export const ADD_SCRIPT = `local unpack_struct, pack_struct = struct.unpack, struct.pack
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
local function over(ah, al, bh, bl)
  return ah > bh or (ah == bh and al > bl)
end
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
local function decode_entry(data, offset)
  local e, after = {}, nil
  e.t, e.a, e.l, e.h, e.fl, e.fh, e.fc, e.n, e.flags, e.id, after =
    unpack_struct(ENTRY, data, offset)
  return e, after
end
local function entry_bytes(id)
  return ENTRY_FIXED_BYTES + #id
end
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
local STATE, LEAVES, IDS, FRAUD, UNSENT = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local WINDOW_MS, LATENESS_MS = tonumber(ARGV[1]), tonumber(ARGV[2])
local LIMIT_H, LIMIT_L = split(tonumber(ARGV[3]))
local UPDATES, STATE_TTL_MS = ARGV[4], ARGV[5]
local LEAF_ENTRIES = tonumber(ARGV[6])
local MEMBERS_MAX = 1000
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
local function leaf_bytes(number)
  if number == s.leaf then return s.data end
  return redis.call('HGET', LEAVES, number)
end
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
local function store_ids(leaf)
  local parts = {}
  for _, e in ipairs(leaf) do
    parts[#parts + 1] = e.id
    parts[#parts + 1] = pack_struct('>I6', e.t)
  end
  redis.call('HSET', IDS, unpack(parts))
end
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
local function locate(t, id)
  local number = s.leaf
  while number ~= s.front do
    local first = (number == s.leaf or leaves[number]) and leaf_of(number)[1]
    local t1 = first and first.t or meta_of(number).t1
    if t1 < t then break end
    if t1 == t then
      first = first or leaf_of(number)[1]
      if not id_before(id, first.id) then break end
    end
    number = previous_of(number)
  end
  local leaf = leaf_of(number)
  local low, high = 1, #leaf + 1
  while low < high do
    local middle = floor((low + high) / 2)
    local e = leaf[middle]
    if e.t < t or (e.t == t and id_before(e.id, id)) then low = middle + 1 else high = middle end
  end
  return number, low
end
local function sum_left(number, index, after)
  local count, h, l, first_t = 0, 0, 0, nil
  while true do
    local m = number ~= s.leaf and meta_of(number)
    local leaf = leaves[number]
    if index == nil and m and not leaf and m.t1 > after then
      count, first_t = count + m.n, m.t1
      h, l = plus(h, l, m.sum_h, m.sum_l)
    else
      leaf = leaf_of(number)
      for i = index or #leaf, 1, -1 do
        local e = leaf[i]
        if e.t <= after then return count, h, l, first_t end
        count, first_t = count + 1, e.t
        h, l = plus(h, l, split(e.a))
      end
    end
    number, index = previous_of(number), nil
    if not number then return count, h, l, first_t end
  end
end
local function members(number, index, arrival)
  local leaf = leaf_of(number)
  local after = leaf[index].t - WINDOW_MS
  local list = {}
  while #list < MEMBERS_MAX do
    local e = leaf[index]
    if not e then
      number = previous_of(number)
      if not number then break end
      leaf = leaf_of(number)
      index = #leaf
      e = leaf[index]
    end
    if e.t <= after then break end
    if e.n <= arrival then list[#list + 1] = pack_struct('>I6I7Hc0', e.t, e.a, #e.id, e.id) end
    index = index - 1
  end
  local reversed = {}
  for i = #list, 1, -1 do reversed[#reversed + 1] = list[i] end
  return table.concat(reversed), #list
end
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
local function alert_of(opening)
  local text = s.has_fraud_key and redis.call('HGET', FRAUD, 'a' .. opening)
  if not text then return nil end
  local sequence, l, h = unpack_struct('>I4I4I5', text)
  return sequence, h, l
end
local function report(opening, sequence, e, number, index, count, first_t)
  redis.call('HSET', FRAUD, 'a' .. opening, pack_struct('>I4I4I5', sequence, e.l, e.h))
  s.has_fraud_key = true
  return { opening = opening, sequence = sequence, h = e.h, l = e.l, count = count,
    first_t = first_t, t = e.t, id = e.id, number = number, index = index }
end
local function has_doubled(h, l, sent_h, sent_l)
  local twice_h, twice_l = plus(sent_h, sent_l, sent_h, sent_l)
  return not over(twice_h, twice_l, h, l)
end
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
local function slide_window(x, h, l)
  local bytes
  while s.first_t <= x.t - WINDOW_MS do
    bytes = bytes or leaf_bytes(s.first)
    local _, amount = unpack_struct('>I6I7', bytes, s.first_offset)
    local id_length = unpack_struct('>H', bytes, s.first_offset + ENTRY_FIXED_BYTES - 2)
    h, l = minus(h, l, split(amount))
    s.count = s.count - 1
    s.first_offset = s.first_offset + ENTRY_FIXED_BYTES + id_length
    if s.first_offset > #bytes then
      if s.first == s.leaf then
        s.first_t = x.t
        break
      end
      s.first, s.first_offset = next_of(s.first), 1
      bytes = leaf_bytes(s.first)
    end
    s.first_t = unpack_struct('>I6', bytes, s.first_offset)
  end
  return h, l
end
local function find_changes(x, was_fraud)
  if not over(x.h, x.l, LIMIT_H, LIMIT_L) then
    s.episode = ''
    return {}
  end
  if not was_fraud then
    s.episode = x.id
    x.flags = HAS_ALERT + HAS_DECISION
    return { report(x.id, 1, x, s.leaf, s.n + 1, x.fc, s.first_t) }
  end
  if UPDATES == 'never' then return {} end
  local sequence, sent_h, sent_l = alert_of(s.episode)
  if UPDATES == 'doubling' and not has_doubled(x.h, x.l, sent_h, sent_l) then return {} end
  x.flags = HAS_DECISION
  return { report(s.episode, sequence + 1, x, s.leaf, s.n + 1, x.fc, s.first_t) }
end
local function add_newest(x)
  local h, l, was_fraud = 0, 0, false
  if s.n > 0 then
    l, h = unpack_struct('>I4I5', s.data, s.last + 13)
    was_fraud = over(h, l, LIMIT_H, LIMIT_L)
    h, l = slide_window(x, h, l)
  else
    s.front_t, s.first_t = x.t, x.t
  end
  if s.n >= LEAF_ENTRIES then
    local is_empty = s.first == s.leaf and s.first_offset > #s.data
    seal()
    if is_empty then s.first, s.first_offset = s.leaf, 1 end
  end
  x.h, x.l = plus(h, l, split(x.a))
  s.count = s.count + 1
  x.fh, x.fl, x.fc = x.h, x.l, s.count
  local findings = find_changes(x, was_fraud)
  s.last = #s.data + 1
  s.data = s.data .. encode_entry(x)
  s.n = s.n + 1
  leaves[s.leaf] = nil
  local answer = give_verdict(x, findings)
  forget(x.t - 2 * WINDOW_MS - LATENESS_MS)
  return answer
end
local touched = {}
local function mark(number, from, to)
  touched[#touched + 1] = { number = number, from = from, to = to }
end
local function lift_entries(number, from, reach, amount_h, amount_l, flips)
  local leaf = leaf_of(number)
  for i = from, #leaf do
    local e = leaf[i]
    if e.t >= reach then
      mark(number, from, i - 1)
      return true
    end
    local was_fraud = over(e.h, e.l, LIMIT_H, LIMIT_L)
    e.h, e.l = plus(e.h, e.l, amount_h, amount_l)
    if not was_fraud and over(e.h, e.l, LIMIT_H, LIMIT_L) then
      flips[#flips + 1] = { number = number, index = i, e = e }
    end
  end
  mark(number, from, #leaf)
  return false
end
local dirty = {}
local function lift_leaf(number, reach, amount_h, amount_l, flips)
  local m = number ~= s.leaf and meta_of(number)
  if m and not leaves[number] and m.t2 < reach then
    local add_h, add_l = plus(m.add_h, m.add_l, amount_h, amount_l)
    local most_h, most_l = plus(m.nmax_h, m.nmax_l, add_h, add_l)
    if m.nonfraud == 0 or not over(most_h, most_l, LIMIT_H, LIMIT_L) then
      m.add_h, m.add_l = add_h, add_l
      store_meta(number, m)
      mark(number)
      return false
    end
  end
  local is_beyond = lift_entries(number, 1, reach, amount_h, amount_l, flips)
  dirty[number] = true
  return is_beyond
end
local function is_fraud_before(number, index)
  if index == 1 then
    number = previous_of(number)
    if not number then return s.carry ~= '' end
    local leaf = leaf_of(number)
    local e = leaf[#leaf]
    return over(e.h, e.l, LIMIT_H, LIMIT_L)
  end
  local e = leaf_of(number)[index - 1]
  return over(e.h, e.l, LIMIT_H, LIMIT_L)
end
local run_openings = {}
local function last_nonfraud(number, index)
  local leaf = leaf_of(number)
  for i = index or #leaf, 1, -1 do
    if not over(leaf[i].h, leaf[i].l, LIMIT_H, LIMIT_L) then return i end
  end
  return 0
end
local function is_surely_all_fraud(number)
  return number ~= s.leaf and not leaves[number] and meta_of(number).nonfraud == 0
end
local function opening_at_end(number)
  local through = {}
  local opening
  while number and opening == nil do
    opening = run_openings[number]
    if opening == nil then
      local i = is_surely_all_fraud(number) and 0 or last_nonfraud(number)
      if i == 0 then
        through[#through + 1] = number
        number = previous_of(number)
      else
        local behind = leaf_of(number)[i + 1]
        opening = behind and behind.id or false
        run_openings[number] = opening
      end
    end
  end
  if opening == nil then opening = s.carry ~= '' and s.carry end
  for i = #through, 1, -1 do
    opening = opening or leaf_of(through[i])[1].id
    run_openings[through[i]] = opening
  end
  return opening
end
local function opening_before(number)
  local previous = previous_of(number)
  if previous then return opening_at_end(previous) end
  return s.carry ~= '' and s.carry
end
local function opening_of(number, index)
  local leaf = leaf_of(number)
  local i = last_nonfraud(number, index)
  if i > 0 then return leaf[i + 1].id end
  return opening_before(number) or leaf[1].id
end
local function report_at(opening, sequence, e, number, index)
  local count, _, _, first_t = sum_left(number, index, e.t - WINDOW_MS)
  return report(opening, sequence, e, number, index, count, first_t)
end
local function open_episodes(x, number, index, flips, findings)
  local is_fraud = over(x.h, x.l, LIMIT_H, LIMIT_L)
  local candidates = {}
  if is_fraud then
    candidates[1] = { number = number, index = index, e = x }
  elseif is_fraud_before(number, index) then
    local behind, at = number, index + 1
    if at > #leaf_of(number) then behind, at = next_of(number), 1 end
    local e = behind and leaf_of(behind)[at]
    if e and over(e.h, e.l, LIMIT_H, LIMIT_L) then
      candidates[1] = { number = behind, index = at, e = e }
    end
  end
  for _, flip in ipairs(flips) do candidates[#candidates + 1] = flip end
  for _, c in ipairs(candidates) do
    if not is_fraud_before(c.number, c.index) and not alert_of(c.e.id) then
      findings[#findings + 1] = report_at(c.e.id, 1, c.e, c.number, c.index)
      c.e.flags = c.e.flags % HAS_ALERT + HAS_ALERT
      dirty[c.number] = true
    end
  end
end
local function cannot_be_due(number)
  local m = meta_of(number)
  if m.nonfraud == m.n then return true end
  local most_h, most_l = plus(m.fmax_h, m.fmax_l, m.add_h, m.add_l)
  if m.nonfraud > 0 then return not has_doubled(most_h, most_l, LIMIT_H, LIMIT_L) end
  local opening = opening_before(number) or leaf_of(number)[1].id
  local _, sent_h, sent_l = alert_of(opening)
  return not has_doubled(most_h, most_l, sent_h, sent_l)
end
local function largest_by_episode()
  local list, best = {}, {}
  for _, part in ipairs(touched) do
    if part.from or not cannot_be_due(part.number) then
      local leaf = leaf_of(part.number)
      local opening
      for i = part.from or 1, part.to or #leaf do
        local e = leaf[i]
        if not over(e.h, e.l, LIMIT_H, LIMIT_L) then
          opening = nil
        else
          opening = opening or opening_of(part.number, i)
          local b = best[opening]
          if not b then
            b = { opening = opening }
            best[opening] = b
            list[#list + 1] = b
          end
          if not b.e or over(e.h, e.l, b.e.h, b.e.l) then
            b.e, b.number, b.index = e, part.number, i
          end
        end
      end
    end
  end
  return list
end
local function bring_up_to_date(x, number, index, findings)
  if UPDATES == 'never' then return end
  if UPDATES == 'every' then
    if not over(x.h, x.l, LIMIT_H, LIMIT_L) then return end
    local opening = opening_of(number, index)
    for _, f in ipairs(findings) do
      if f.opening == opening then return end
    end
    local sequence = alert_of(opening)
    findings[#findings + 1] = report_at(opening, sequence + 1, x, number, index)
    return
  end
  for _, b in ipairs(largest_by_episode()) do
    local sequence, sent_h, sent_l = alert_of(b.opening)
    if has_doubled(b.e.h, b.e.l, sent_h, sent_l) then
      findings[#findings + 1] = report_at(b.opening, sequence + 1, b.e, b.number, b.index)
    end
  end
end
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
`;

export const COMMIT_SCRIPT = `local LIFE_MS, PAIRS, VERSION_BYTES = ARGV[1], tonumber(ARGV[2]), 12
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
`;

export const HAND_OVER_SCRIPT = `if redis.call('GETRANGE', KEYS[1], 0, #ARGV[1] - 1) ~= ARGV[1] then return '0' end
redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[2])
redis.call('DEL', KEYS[2])
if #ARGV > 3 then
  redis.call('HSET', KEYS[2], unpack(ARGV, 4))
  redis.call('PEXPIRE', KEYS[2], ARGV[2])
end
return '1'
`;

export const READ_SCRIPT = `local unpack_struct, pack_struct = struct.unpack, struct.pack
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
local function over(ah, al, bh, bl)
  return ah > bh or (ah == bh and al > bl)
end
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
local function decode_entry(data, offset)
  local e, after = {}, nil
  e.t, e.a, e.l, e.h, e.fl, e.fh, e.fc, e.n, e.flags, e.id, after =
    unpack_struct(ENTRY, data, offset)
  return e, after
end
local function entry_bytes(id)
  return ENTRY_FIXED_BYTES + #id
end
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
local STATE, LEAVES, IDS, FRAUD, UNSENT = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local WINDOW_MS, LATENESS_MS = tonumber(ARGV[1]), tonumber(ARGV[2])
local LIMIT_H, LIMIT_L = split(tonumber(ARGV[3]))
local UPDATES, STATE_TTL_MS = ARGV[4], ARGV[5]
local LEAF_ENTRIES = tonumber(ARGV[6])
local MEMBERS_MAX = 1000
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
local function leaf_bytes(number)
  if number == s.leaf then return s.data end
  return redis.call('HGET', LEAVES, number)
end
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
local function store_ids(leaf)
  local parts = {}
  for _, e in ipairs(leaf) do
    parts[#parts + 1] = e.id
    parts[#parts + 1] = pack_struct('>I6', e.t)
  end
  redis.call('HSET', IDS, unpack(parts))
end
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
local function locate(t, id)
  local number = s.leaf
  while number ~= s.front do
    local first = (number == s.leaf or leaves[number]) and leaf_of(number)[1]
    local t1 = first and first.t or meta_of(number).t1
    if t1 < t then break end
    if t1 == t then
      first = first or leaf_of(number)[1]
      if not id_before(id, first.id) then break end
    end
    number = previous_of(number)
  end
  local leaf = leaf_of(number)
  local low, high = 1, #leaf + 1
  while low < high do
    local middle = floor((low + high) / 2)
    local e = leaf[middle]
    if e.t < t or (e.t == t and id_before(e.id, id)) then low = middle + 1 else high = middle end
  end
  return number, low
end
local function sum_left(number, index, after)
  local count, h, l, first_t = 0, 0, 0, nil
  while true do
    local m = number ~= s.leaf and meta_of(number)
    local leaf = leaves[number]
    if index == nil and m and not leaf and m.t1 > after then
      count, first_t = count + m.n, m.t1
      h, l = plus(h, l, m.sum_h, m.sum_l)
    else
      leaf = leaf_of(number)
      for i = index or #leaf, 1, -1 do
        local e = leaf[i]
        if e.t <= after then return count, h, l, first_t end
        count, first_t = count + 1, e.t
        h, l = plus(h, l, split(e.a))
      end
    end
    number, index = previous_of(number), nil
    if not number then return count, h, l, first_t end
  end
end
local function members(number, index, arrival)
  local leaf = leaf_of(number)
  local after = leaf[index].t - WINDOW_MS
  local list = {}
  while #list < MEMBERS_MAX do
    local e = leaf[index]
    if not e then
      number = previous_of(number)
      if not number then break end
      leaf = leaf_of(number)
      index = #leaf
      e = leaf[index]
    end
    if e.t <= after then break end
    if e.n <= arrival then list[#list + 1] = pack_struct('>I6I7Hc0', e.t, e.a, #e.id, e.id) end
    index = index - 1
  end
  local reversed = {}
  for i = #list, 1, -1 do reversed[#reversed + 1] = list[i] end
  return table.concat(reversed), #list
end
local text = redis.call('GET', STATE)
if not text or is_one_text(text) then return '' end
s = decode_state(text)
local leaf = leaf_of(s.leaf)
local e = leaf[#leaf]
local list, listed = members(s.leaf, #leaf, s.arrivals)
return pack_struct('>I6I4I5I4Hc0H', e.t, e.l, e.h, s.count, #s.episode, s.episode, listed) .. list
`;
