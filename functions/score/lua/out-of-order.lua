-- A transaction that comes after newer ones of its pair (O1): it is put in its place, the totals of
-- those within W behind it grow, and what that changes is reported. Costs the leaf that it goes into
-- and one step for each other leaf in reach; a leaf is opened only where an entry of it crosses.

local touched = {}

local function mark(number, from, to)
  touched[#touched + 1] = { number = number, from = from, to = to }
end

-- Adds the amount to the totals of the entries from leaf[from] on with time < reach. Returns true
-- when the leaf goes on beyond reach; notes entries that it lifts over the threshold in `flips`.
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

-- The opening of the run of fraud that reaches a leaf's end; false when its last entry is none.
local run_openings = {}

-- Index of the last entry of the leaf, at or before `index`, that is not fraud; 0 when all are.
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

-- The opening of the episode that leaf[index], a fraud entry, is in.
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

-- Crossings that have not been reported, in order: the new entry, the one behind it when it parts a
-- run, and those that were lifted over the threshold.
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

-- True when no entry of a leaf that was lifted as a whole can make an update due.
local function cannot_be_due(number)
  local m = meta_of(number)
  if m.nonfraud == m.n then return true end
  local most_h, most_l = plus(m.fmax_h, m.fmax_l, m.add_h, m.add_l)
  if m.nonfraud > 0 then return not has_doubled(most_h, most_l, LIMIT_H, LIMIT_L) end
  local opening = opening_before(number) or leaf_of(number)[1].id
  local _, sent_h, sent_l = alert_of(opening)
  return not has_doubled(most_h, most_l, sent_h, sent_l)
end

-- For each episode among the touched entries: the largest total, the first of equals; in order.
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
