import { SCHEMA_VERSION } from '../keys.ts';

/**
 * Begins every script. KEYS are those of one room in the order of keys.ts, then, where a script
 * concerns one session, that session's. ARGV[1] is a JSON object. Scripts answer with a list:
 * 'ok' or an error code, then what the caller asked for. Time is Redis's own, the one clock that
 * all nodes share. Only commands of Redis 6.0 are used.
 */
export const PRELUDE = `
local args = cjson.decode(ARGV[1])
local ROOM, RECORD, CAPTIONS, SOURCES, QUEUE, FREE, CLAIMS, CLAIMANTS, TRACKS, LANGUAGES, SESSIONS,
  WANTED, SESSION = unpack(KEYS)
local SCHEMA = '${SCHEMA_VERSION}'
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000) + args.shiftMs

local function session_key(id)
  return string.sub(ROOM, 1, -#'room' - 1) .. 'session:' .. id
end

-- Every key of the room goes at the same time: 'refresh' puts that time off, at most once a step;
-- without it, keys that are new get the time that the room has left.
local function keep(refresh)
  local left = redis.call('PTTL', ROOM)
  if left == -2 then return end
  local due = left == -1 or (refresh and left < args.roomTtlMs - args.roomTtlStepMs)
  if due then left = args.roomTtlMs end
  left = math.max(left, 1)
  for _, key in ipairs(KEYS) do
    if key ~= WANTED and (due or redis.call('PTTL', key) == -1) then
      redis.call('PEXPIRE', key, left)
    end
  end
  if due then
    for _, id in ipairs(redis.call('ZRANGE', SESSIONS, 0, -1)) do
      redis.call('PEXPIRE', session_key(id), left)
    end
  end
end

-- Why this caller may not write for its session, or nil.
local function refusal()
  local ended = redis.call('HGET', ROOM, 'ended')
  if ended == '1' then return 'room_ended' end
  local epoch, over = unpack(redis.call('HMGET', SESSION, 'epoch', 'ended'))
  if not ended or not epoch then return 'session_not_found' end
  if tonumber(epoch) ~= args.epoch then return 'session_fenced' end
  if over == '1' then return 'session_ended' end
  return nil
end
`;
