import { PRELUDE } from './prelude.ts';
import { RECORD } from './record.ts';

export const OPEN_ROOM = `${PRELUDE}
local ended, owner = unpack(redis.call('HMGET', ROOM, 'ended', 'ownerHash'))
if ended == '1' then return { 'room_ended' } end
if ended then
  keep(true)
  return { 'ok', 0, owner == args.ownerHash and 1 or 0 }
end
redis.call('DEL', unpack(KEYS))
redis.call('HSET', ROOM, 'v', SCHEMA, 'ownerHash', args.ownerHash, 'offers', args.offers,
  'createdAt', now, 'ended', '0', 'finals', 0)
keep(true)
return { 'ok', 1, 1 }
`;

export const READ_ROOM = `${PRELUDE}
local ended, offers = unpack(redis.call('HMGET', ROOM, 'ended', 'offers'))
if not ended then return { 'ok' } end
local reply = { 'ok', ended, offers or '[]' }
for _, id in ipairs(redis.call('ZRANGE', SESSIONS, 0, -1)) do
  local name, language, over =
    unpack(redis.call('HMGET', session_key(id), 'name', 'language', 'ended'))
  if name then reply[#reply + 1] = { id, name, language, over } end
end
return reply
`;

export const SET_LANGUAGES = `${PRELUDE}
local ended = redis.call('HGET', ROOM, 'ended')
if not ended then return { 'room_not_found' } end
if ended == '1' then return { 'room_ended' } end
redis.call('HSET', ROOM, 'offers', args.offers)
return { 'ok' }
`;

/** A version is at least the time: a room made anew under the same name never repeats one. */
export const SET_GLOSSARY = `${PRELUDE}
local ended, owner, version, kept =
  unpack(redis.call('HMGET', ROOM, 'ended', 'ownerHash', 'glossaryVersion', 'glossary'))
if not ended then return { 'room_not_found' } end
if owner ~= args.ownerHash then return { 'not_room_owner' } end
if ended == '1' then return { 'room_ended' } end
if kept == args.glossary then return { 'ok', tonumber(version) } end
local fresh = math.max((tonumber(version) or 0) + 1, now)
redis.call('HSET', ROOM, 'glossary', args.glossary, 'glossaryVersion', fresh)
return { 'ok', fresh }
`;

export const READ_GLOSSARY = `${PRELUDE}
local version = tonumber(redis.call('HGET', ROOM, 'glossaryVersion') or 0)
if version == 0 or version == args.known then return { 'ok', version } end
return { 'ok', version, redis.call('HGET', ROOM, 'glossary') }
`;

/** What is erased leaves a tombstone: the room's hash without what it offered, and one entry. */
export const END_ROOM = `${PRELUDE}${RECORD}
local ended, owner, erased = unpack(redis.call('HMGET', ROOM, 'ended', 'ownerHash', 'erased'))
if not ended then return { 'room_not_found' } end
if owner ~= args.ownerHash then return { 'not_room_owner' } end
if erased or (ended == '1' and not args.erase) then return { 'ok' } end
if ended == '0' then keep(true) end
for _, id in ipairs(redis.call('ZRANGE', SESSIONS, 0, -1)) do
  local key = session_key(id)
  if args.erase then
    redis.call('DEL', key)
  elseif redis.call('HGET', key, 'ended') == '0' then
    redis.call('HINCRBY', key, 'epoch', 1)
    redis.call('HSET', key, 'ended', '1')
    append_speaker(id, false)
  end
end
if args.erase then
  redis.call('DEL', CAPTIONS, SOURCES, QUEUE, FREE, CLAIMS, CLAIMANTS, TRACKS, LANGUAGES, SESSIONS,
    WANTED)
  redis.call('XTRIM', RECORD, 'MAXLEN', 0)
  redis.call('HDEL', ROOM, 'offers', 'glossary', 'glossaryVersion', 'trimmedTo')
  redis.call('HSET', ROOM, 'erased', '1')
end
redis.call('HSET', ROOM, 'ended', '1', 'endedAt', now)
append('-', cjson.encode({ type = 'ended', erased = args.erase }))
settle()
keep(false)
return { 'ok' }
`;
