/** Functions of scripts that write to a room's record: append, publish in order, trim. */
export const RECORD = `
-- Tracks (session and language) whose oldest pending translation was trimmed away.
local unblocked = {}

local function append(key, entry)
  return redis.call('XADD', RECORD, '*', 'v', SCHEMA, 'k', key, 'e', entry)
end

local function append_speaker(id, live)
  local name, language = unpack(redis.call('HMGET', session_key(id), 'name', 'language'))
  append('-', cjson.encode({
    type = 'speaker',
    speaker = { session = id, name = name, language = language, live = live },
  }))
end

local function source_of(session, segment)
  local value = redis.call('HGET', CAPTIONS, session .. ':' .. segment)
  if not value then return nil end
  local id, first, last, language, empty, order =
    string.match(value, '^(%S+) (%d+) (%d+) (%S+) (%d) (%d+)$')
  return {
    id = id, first = tonumber(first), last = tonumber(last), language = language,
    empty = empty == '1', order = tonumber(order),
  }
end

local function queue_member(session, language, segment)
  return session .. ':' .. language .. ':' .. string.format('%010d', segment)
end

local function unclaim(key)
  redis.call('ZREM', FREE, key)
  redis.call('ZREM', CLAIMS, key)
  redis.call('HDEL', CLAIMANTS, key)
end

local function claim(key)
  redis.call('ZREM', FREE, key)
  redis.call('ZADD', CLAIMS, now + args.claimMs, key)
  redis.call('HSET', CLAIMANTS, key, args.node .. ' ' .. now)
end

local function note(session, segment, language, order)
  redis.call('ZADD', QUEUE, 0, queue_member(session, language, segment))
  redis.call('ZADD', FREE, order, session .. ':' .. segment .. ':' .. language)
end

-- The next segment of a track that may still be noted: nothing before what was published or noted.
local function next_to_note(session, language)
  local track = session .. ':' .. language
  local published, noted = unpack(redis.call('HMGET', TRACKS, track .. ':p', track .. ':n'))
  return math.max(tonumber(published or 0), tonumber(noted or 0))
end

local function noted_before(session, language, segment)
  redis.call('SADD', LANGUAGES, language)
  redis.call('HSET', TRACKS, session .. ':' .. language .. ':n', segment)
end

local function needs(source, session, segment, language)
  return source and not source.empty and source.language ~= language
    and redis.call('HEXISTS', CAPTIONS, session .. ':' .. segment .. ':' .. language) == 0
end

-- Moves translations to the record as long as the oldest one of the track is there.
local function publish(session, language)
  local track = session .. ':' .. language
  while true do
    local head = redis.call('ZRANGEBYLEX', QUEUE, '[' .. track .. ':', '(' .. track .. ';',
      'LIMIT', 0, 1)[1]
    if not head then return end
    local segment = tonumber(string.sub(head, #track + 2))
    local key = session .. ':' .. segment .. ':' .. language
    local held = redis.call('HGET', CAPTIONS, key)
    if not held then return end
    redis.call('ZREM', QUEUE, head)
    redis.call('HSET', CAPTIONS, key, append(key, string.sub(held, 2)))
    redis.call('HSET', TRACKS, track .. ':p', segment + 1)
  end
end

local function forget_tracks(session)
  redis.call('HDEL', TRACKS, session)
  for _, language in ipairs(redis.call('SMEMBERS', LANGUAGES)) do
    local track = session .. ':' .. language
    redis.call('HDEL', TRACKS, track .. ':p', track .. ':n')
  end
end

local function forget_source(session, segment)
  local field = session .. ':' .. segment
  redis.call('HDEL', CAPTIONS, field)
  redis.call('ZREM', SOURCES, field)
  for _, language in ipairs(redis.call('SMEMBERS', LANGUAGES)) do
    if redis.call('ZREM', QUEUE, queue_member(session, language, segment)) == 1 then
      redis.call('HDEL', CAPTIONS, field .. ':' .. language)
      unclaim(field .. ':' .. language)
      unblocked[#unblocked + 1] = { session, language }
    end
  end
  if redis.call('HINCRBY', TRACKS, session, -1) <= 0 then forget_tracks(session) end
end

-- Drops the oldest entries, up to 'limit' of them or the one before 'cut', and what they kept.
local function drop(cut, limit)
  local dropped, last = 0, nil
  for _, entry in ipairs(redis.call('XRANGE', RECORD, '-', cut or '+', 'COUNT', limit)) do
    if entry[1] == cut then break end
    dropped, last = dropped + 1, entry[1]
    local key = entry[2][4]
    local session, segment = string.match(key, '^([%w_-]+):(%d+)$')
    if session then forget_source(session, segment) else redis.call('HDEL', CAPTIONS, key) end
  end
  if dropped == 0 then return end
  redis.call('XTRIM', RECORD, 'MAXLEN', redis.call('XLEN', RECORD) - dropped)
  redis.call('HSET', ROOM, 'trimmedTo', last)
end

local function trim()
  local excess = redis.call('ZCARD', SOURCES) - args.maxFinals
  if excess > 0 then
    local kept = redis.call('ZRANGE', SOURCES, excess, excess)[1]
    drop(string.match(redis.call('HGET', CAPTIONS, kept), '^%S+'), args.maxSwept)
  end
  local over = redis.call('XLEN', RECORD) - args.maxEntries
  if over > 0 then drop(nil, math.min(over, args.maxSwept)) end
end

-- Ends every script that appended: keeps the bounds, then goes on with tracks that this unblocked.
local function settle()
  trim()
  while #unblocked > 0 do
    local track = table.remove(unblocked)
    publish(track[1], track[2])
    trim()
  end
end
`;
