-- The newest transaction of its pair, which most are: what leaves the window is taken off the total,
-- the amount is added, and the entry is written behind the others. Costs what expires.

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
