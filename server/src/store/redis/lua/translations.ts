import { PRELUDE } from './prelude.ts';
import { RECORD } from './record.ts';

export const STORE_TRANSLATION = `${PRELUDE}${RECORD}
local source = source_of(args.session, args.segment)
if not source then return { 'ok' } end
if source.language == args.language then
  return { 'final_misplaced', 'a language other than the spoken one' }
end
local key = args.session .. ':' .. args.segment .. ':' .. args.language
unclaim(key)
if redis.call('HEXISTS', CAPTIONS, key) == 1 then return { 'ok' } end
local published = redis.call('HGET', TRACKS, args.session .. ':' .. args.language .. ':p')
if args.segment < tonumber(published or 0) then return { 'ok' } end
redis.call('HSET', CAPTIONS, key, 'W' .. args.entry)
redis.call('SADD', LANGUAGES, args.language)
redis.call('ZADD', QUEUE, 0, queue_member(args.session, args.language, args.segment))
publish(args.session, args.language)
settle()
keep(false)
return { 'ok' }
`;

const CLAIM_PARTS = `
local function parts(key)
  return string.match(key, '^([%w_-]+):(%d+):(%l+)$')
end

local function free(key)
  local session, segment = parts(key)
  local source = source_of(session, segment)
  unclaim(key)
  if source then redis.call('ZADD', FREE, source.order, key) end
end
`;

export const CLAIM_PENDING = `${PRELUDE}${RECORD}${CLAIM_PARTS}
local claims = redis.call('HGETALL', CLAIMANTS)
for index = 1, #claims, 2 do
  local node, since = string.match(claims[index + 1], '^(%S+) (%d+)$')
  if node == args.node then
    local ends = math.min(now + args.claimMs, tonumber(since) + args.maxClaimMs)
    redis.call('ZADD', CLAIMS, ends, claims[index])
  end
end
local over = redis.call('ZRANGEBYSCORE', CLAIMS, '-inf', now, 'LIMIT', 0, args.maxSwept)
for _, key in ipairs(over) do free(key) end
local reply = { 'ok' }
for _, key in ipairs(redis.call('ZRANGE', FREE, 0, args.limit - 1)) do
  local session, segment, language = parts(key)
  local source = source_of(session, segment)
  claim(key)
  reply[#reply + 1] = { language, redis.call('XRANGE', RECORD, source.id, source.id)[1][2][6] }
end
keep(false)
return reply
`;

export const RELEASE_CLAIMS = `${PRELUDE}${RECORD}${CLAIM_PARTS}
for _, key in ipairs(args.claims) do
  local claimant = redis.call('HGET', CLAIMANTS, key)
  if claimant and string.match(claimant, '^%S+') == args.node then free(key) end
end
keep(false)
return { 'ok' }
`;

export const REQUEST_TRANSLATIONS = `${PRELUDE}${RECORD}
if not redis.call('HGET', ROOM, 'ended') then return { 'ok', 0 } end
if redis.call('SISMEMBER', LANGUAGES, args.language) == 0
  and redis.call('SCARD', LANGUAGES) >= args.maxLanguages then
  return { 'room_full' }
end
local noted, following = 0, {}
for _, field in ipairs(redis.call('ZRANGE', SOURCES, -args.maxBackfill, -1)) do
  local session, segment = string.match(field, '^([%w_-]+):(%d+)$')
  segment = tonumber(segment)
  following[session] = following[session] or next_to_note(session, args.language)
  if segment >= following[session] then
    following[session] = segment + 1
    local source = source_of(session, segment)
    if needs(source, session, segment, args.language) then
      note(session, segment, args.language, source.order)
      noted = noted + 1
    end
  end
end
for session, segment in pairs(following) do
  noted_before(session, args.language, segment)
end
keep(false)
return { 'ok', noted }
`;

/** Demand is only noted for rooms that are, so that nothing lives on without a room. */
export const WANT = `${PRELUDE}
if not redis.call('HGET', ROOM, 'ended') then return { 'ok' } end
redis.call('ZREMRANGEBYSCORE', WANTED, '-inf', now)
for _, language in ipairs(args.languages) do
  if redis.call('SISMEMBER', LANGUAGES, language) == 0 then
    if redis.call('SCARD', LANGUAGES) >= args.maxLanguages then return { 'room_full' } end
    redis.call('SADD', LANGUAGES, language)
  end
  redis.call('ZADD', WANTED, now + args.wantMs, language .. ' ' .. args.node)
end
redis.call('PEXPIRE', WANTED, args.wantMs)
keep(false)
return { 'ok' }
`;

export const WANTED_LANGUAGES = `${PRELUDE}
local reply, seen = { 'ok' }, {}
for _, member in ipairs(redis.call('ZRANGEBYSCORE', WANTED, '(' .. now, '+inf')) do
  local language = string.match(member, '^%l+')
  if not seen[language] then
    seen[language] = true
    reply[#reply + 1] = language
  end
end
return reply
`;
