import { RedisScript } from '../store/redis/script.ts';

/**
 * KEYS as in store/redis/keys.ts; ARGV[1] is a JSON object. Scripts answer with a list: 'ok' or an
 * error code, then what was asked for. Only commands of Redis 6.0 are used.
 */
const PRELUDE = `
local args = cjson.decode(ARGV[1])
local KEYS_KEPT, REVOKED, USED, VERSION, SIGNING = unpack(KEYS)

local function sessions_key(id)
  return string.sub(KEYS_KEPT, 1, -#'keys' - 1) .. 'sessions:' .. id
end

-- A version is at least the time: after a loss of all data none is repeated.
local function changed()
  local version = math.max(tonumber(redis.call('GET', VERSION) or 0) + 1, args.nowMs)
  local text = string.format('%.0f', version)
  redis.call('SET', VERSION, text)
  redis.call('PUBLISH', args.news, text)
end

local function forget(id)
  redis.call('HDEL', KEYS_KEPT, id)
  redis.call('HDEL', REVOKED, id)
  redis.call('HDEL', USED, id)
  redis.call('DEL', sessions_key(id))
end
`;

/** When all places are taken, the key whose time was over first gives way. */
const CREATE = `${PRELUDE}
local kept = redis.call('HGETALL', KEYS_KEPT)
local count, gone, gone_at = 0, nil, nil
for at = 1, #kept, 2 do
  local id, key = kept[at], cjson.decode(kept[at + 1])
  local over = tonumber(redis.call('HGET', REVOKED, id) or key.expiresAtMs or 'none')
  if over and over > args.nowMs then over = nil end
  if id == args.id or (not over and key.name == args.name) then return { 'key_name_taken' } end
  if over and (not gone_at or over < gone_at) then gone, gone_at = id, over end
  count = count + 1
end
if count >= args.max then
  if not gone then return { 'too_many_keys' } end
  forget(gone)
end
redis.call('HSET', KEYS_KEPT, args.id, args.key)
changed()
return { 'ok' }
`;

const REVOKE = `${PRELUDE}
local key = redis.call('HGET', KEYS_KEPT, args.id)
if not key then return { 'key_not_found' } end
redis.call('HSETNX', REVOKED, args.id, args.nowMs)
local at = redis.call('HGET', REVOKED, args.id)
if args.forget then forget(args.id) end
changed()
return { 'ok', key, at }
`;

/** Says 'unsigned' where there is no signing secret and none is offered. */
const READ = `${PRELUDE}
local version = redis.call('GET', VERSION) or '0'
if version == args.known then return { 'ok', 'same' } end
if redis.call('EXISTS', SIGNING) == 0 then
  if not args.secret then return { 'ok', 'unsigned' } end
  redis.call('SET', SIGNING, args.secret)
  changed()
  version = redis.call('GET', VERSION)
end
local reply = { 'ok', 'changed', version, redis.call('GET', SIGNING) }
local kept = redis.call('HGETALL', KEYS_KEPT)
for at = 1, #kept, 2 do
  reply[#reply + 1] = { kept[at + 1], redis.call('HGET', REVOKED, kept[at]) }
end
return reply
`;

const LIST = `${PRELUDE}
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000) + args.shiftMs
local reply = { 'ok' }
local kept = redis.call('HGETALL', KEYS_KEPT)
for at = 1, #kept, 2 do
  local id = kept[at]
  reply[#reply + 1] = { kept[at + 1], redis.call('HGET', REVOKED, id), redis.call('HGET', USED, id),
    redis.call('ZCOUNT', sessions_key(id), '(' .. now, '+inf') }
end
return reply
`;

const NOTE_USES = `${PRELUDE}
for id, at in pairs(args.uses) do
  if redis.call('HEXISTS', KEYS_KEPT, id) == 1
    and at > tonumber(redis.call('HGET', USED, id) or 0) then
    redis.call('HSET', USED, id, string.format('%.0f', at))
  end
end
return { 'ok' }
`;

/** KEYS[1] holds the sessions of one key. */
const SESSIONS = `
local args = cjson.decode(ARGV[1])
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000) + args.shiftMs

local function hold(member)
  redis.call('ZADD', KEYS[1], now + args.holdMs, member)
  if redis.call('PTTL', KEYS[1]) < args.holdMs then
    redis.call('PEXPIRE', KEYS[1], args.holdMs)
  end
end
`;

const OPEN_SESSION = `${SESSIONS}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if not redis.call('ZSCORE', KEYS[1], args.member) and redis.call('ZCARD', KEYS[1]) >= args.max then
  local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  return { 'too_many_sessions', tonumber(first[2] or now) - now }
end
hold(args.member)
return { 'ok' }
`;

const HOLD_SESSIONS = `${SESSIONS}
for _, member in ipairs(args.members) do hold(member) end
return { 'ok' }
`;

export const KEY_SCRIPTS = {
  create: new RedisScript(CREATE),
  revoke: new RedisScript(REVOKE),
  read: new RedisScript(READ),
  list: new RedisScript(LIST),
  noteUses: new RedisScript(NOTE_USES),
  openSession: new RedisScript(OPEN_SESSION),
  holdSessions: new RedisScript(HOLD_SESSIONS),
} as const;
