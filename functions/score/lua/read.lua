-- The pair's total at its newest transaction, changing nothing: '' when nothing is known of the
-- pair or it is kept as one text (commit.lua), else newest time I6 · total I4, I5 · count I4 · opening H + bytes · members H, then those.

local text = redis.call('GET', STATE)
if not text or is_one_text(text) then return '' end
s = decode_state(text)
local leaf = leaf_of(s.leaf)
local e = leaf[#leaf]
local list, listed = members(s.leaf, #leaf, s.arrivals)
return pack_struct('>I6I4I5I4Hc0H', e.t, e.l, e.h, s.count, #s.episode, s.episode, listed) .. list
