-- What both scripts are called with. Times and spans are milliseconds, amounts minor units.
--
-- KEYS  1 state string · 2 older leaves, hash · 3 ids in older leaves, hash · 4 fraud records, hash ·
--       5 the verdict about this transaction while it is unsent, string; all carry one hash tag
-- ARGV  1 window W · 2 allowed lateness · 3 threshold · 4 updates (doubling, every, never) ·
--       5 how long the state lives after this call · 6 entries a leaf holds;
--       `add` also: 7 id · 8 event time · 9 amount

local STATE, LEAVES, IDS, FRAUD, UNSENT = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local WINDOW_MS, LATENESS_MS = tonumber(ARGV[1]), tonumber(ARGV[2])
local LIMIT_H, LIMIT_L = split(tonumber(ARGV[3]))
local UPDATES, STATE_TTL_MS = ARGV[4], ARGV[5]
local LEAF_ENTRIES = tonumber(ARGV[6])
local MEMBERS_MAX = 1000
