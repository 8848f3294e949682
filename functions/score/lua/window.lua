-- What is in the window that ends at an entry, and which members it has.

-- Where (t, id) stands: the leaf, and the index of its first entry that is not before it.
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

-- Count, sum and first time of the entries from leaf[index] to the left with time > after.
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

-- The newest 1,000 members of the window ending at leaf[index], among those that had come by
-- `arrival`, written as time I6 · amount I7 · id H + bytes, oldest first; and how many.
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
