import { PRELUDE } from './prelude.ts';
import { RECORD } from './record.ts';

const TAKE = `
local function take()
  local epoch = redis.call('HINCRBY', SESSION, 'epoch', 1)
  redis.call('HSET', SESSION, 'node', args.node, 'instanceHash', args.instanceHash,
    'leaseUntil', now + args.leaseMs)
  keep(true)
  local state = redis.call('HMGET', SESSION, 'language', 'name', 'ackedSeq', 'nextSegment',
    'detectorMemory', 'keyId')
  return { 'ok', epoch, unpack(state) }
end
`;

/** The session's end, in the room's record too. */
const FINISH = `
local function finish()
  redis.call('HSET', SESSION, 'ended', '1')
  redis.call('HDEL', SESSION, 'detectorMemory')
  append_speaker(args.session, false)
  settle()
  keep(true)
end
`;

/** An id in use is handed over to the client that used it: its answer may have been lost. */
export const CREATE_SESSION = `${PRELUDE}${RECORD}${TAKE}
local ended = redis.call('HGET', ROOM, 'ended')
if not ended then return { 'room_not_found' } end
if ended == '1' then return { 'room_ended' } end
local secret, instance, over =
  unpack(redis.call('HMGET', SESSION, 'secretHash', 'instanceHash', 'ended'))
if secret then
  if secret == args.secretHash and instance == args.instanceHash and over == '0' then
    return take()
  end
  return { 'session_taken' }
end
if redis.call('ZCARD', SESSIONS) >= args.maxSessions then
  local forgotten = nil
  for _, id in ipairs(redis.call('ZRANGE', SESSIONS, 0, -1)) do
    if redis.call('HGET', session_key(id), 'ended') ~= '0' then
      forgotten = id
      break
    end
  end
  if not forgotten then return { 'room_full' } end
  redis.call('DEL', session_key(forgotten))
  redis.call('ZREM', SESSIONS, forgotten)
end
redis.call('HSET', SESSION, 'v', SCHEMA, 'epoch', 0, 'secretHash', args.secretHash,
  'language', args.language, 'name', args.name, 'ackedSeq', 0, 'nextSegment', 0, 'ended', '0',
  'keyId', args.keyId)
redis.call('ZADD', SESSIONS, redis.call('HINCRBY', ROOM, 'comings', 1), args.session)
append_speaker(args.session, true)
settle()
return take()
`;

/** Why this client may not take the session over, before it goes on. */
const CHECK = `
if redis.call('HGET', ROOM, 'ended') == '1' then return { 'room_ended' } end
local secret, instance, over, lease =
  unpack(redis.call('HMGET', SESSION, 'secretHash', 'instanceHash', 'ended', 'leaseUntil'))
if secret ~= args.secretHash then return { 'session_not_found' } end
if over == '1' then return { 'session_ended' } end
if instance ~= args.instanceHash and tonumber(lease) > now then
  return { 'session_taken', tonumber(lease) - now }
end
`;

export const CHECK_SESSION = `${PRELUDE}${CHECK}
return { 'ok' }
`;

export const TAKE_SESSION = `${PRELUDE}${TAKE}${CHECK}
return take()
`;

export const RENEW_LEASE = `${PRELUDE}
if refusal() then return { 'ok', 0 } end
redis.call('HSET', SESSION, 'leaseUntil', now + args.leaseMs)
keep(true)
return { 'ok', 1 }
`;

export const RELEASE_LEASE = `${PRELUDE}
if not refusal() then redis.call('HSET', SESSION, 'leaseUntil', now) end
return { 'ok' }
`;

export const END_SESSION = `${PRELUDE}${RECORD}${FINISH}
local refused = refusal()
local over = redis.call('HGET', SESSION, 'ended') == '1'
if over or refused == 'room_ended' then return { 'ok' } end
if refused then return { refused } end
finish()
return { 'ok' }
`;

/** A higher epoch fences an owner that comes back from the dead. */
export const REAP_SESSION = `${PRELUDE}${RECORD}${FINISH}
local over, lease = unpack(redis.call('HMGET', SESSION, 'ended', 'leaseUntil'))
if over ~= '0' or redis.call('HGET', ROOM, 'ended') ~= '0' then return { 'ok', 'gone' } end
if tonumber(lease) + args.graceMs > now then return { 'ok', 'alive' } end
redis.call('HINCRBY', SESSION, 'epoch', 1)
finish()
return { 'ok', 'ended' }
`;

/** KEYS[1] is the index of live sessions: written before a session is, so that none is missed. */
const INDEX = `
local args = cjson.decode(ARGV[1])
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000) + args.shiftMs
`;

export const INDEX_SESSION = `${INDEX}
redis.call('ZADD', KEYS[1], now + args.leaseMs, args.member)
return { 'ok' }
`;

export const UNINDEX_SESSION = `${INDEX}
redis.call('ZREM', KEYS[1], args.member)
return { 'ok' }
`;

export const LIST_LEASELESS = `${INDEX}
return { 'ok', unpack(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - args.graceMs,
  'LIMIT', 0, args.limit)) }
`;
