import { PRELUDE } from './prelude.ts';
import { RECORD } from './record.ts';

export const STORE_FINAL = `${PRELUDE}${RECORD}
local refused = refusal()
if refused then return { refused } end
local source = source_of(args.session, args.segment)
if source then
  if source.first == args.startSeq and source.last == args.endSeq then
    return { 'ok', redis.call('ZCARD', FREE) }
  end
  return { 'final_misplaced', 'a segment that is not stored yet' }
end
local acked, following = unpack(redis.call('HMGET', SESSION, 'ackedSeq', 'nextSegment'))
if args.segment ~= tonumber(following) then
  return { 'final_misplaced', 'segment ' .. following }
end
if args.startSeq < tonumber(acked) then
  return { 'final_misplaced', 'frames from ' .. acked .. ' on' }
end
local id = append(args.session .. ':' .. args.segment, args.entry)
local order = redis.call('HINCRBY', ROOM, 'finals', 1)
redis.call('HSET', CAPTIONS, args.session .. ':' .. args.segment, string.format(
  '%s %d %d %s %d %d', id, args.startSeq, args.endSeq, args.language, args.empty and 1 or 0, order))
redis.call('ZADD', SOURCES, order, args.session .. ':' .. args.segment)
redis.call('HINCRBY', TRACKS, args.session, 1)
redis.call('HSET', SESSION, 'ackedSeq', args.endSeq, 'nextSegment', args.segment + 1,
  'detectorMemory', args.detectorMemory)
local noted = { [args.language] = true }
local function note_wanted(language, claimed)
  if noted[language] then return end
  noted[language] = true
  local from = math.max(next_to_note(args.session, language), args.segment - args.maxBackfill)
  for segment = from, args.segment do
    local found = source_of(args.session, segment)
    if needs(found, args.session, segment, language) then
      note(args.session, segment, language, found.order)
      if claimed and segment == args.segment then
        claim(args.session .. ':' .. segment .. ':' .. language)
      end
    end
  end
  noted_before(args.session, language, args.segment + 1)
end
for _, language in ipairs(args.wanted) do note_wanted(language, true) end
-- A reader on another node may have come since the caller last asked.
for _, member in ipairs(redis.call('ZRANGEBYSCORE', WANTED, '(' .. now, '+inf')) do
  note_wanted(string.match(member, '^%l+'), false)
end
settle()
keep(true)
return { 'ok', redis.call('ZCARD', FREE) }
`;

export const ADVANCE_ACK = `${PRELUDE}
local refused = refusal()
if refused then return { refused } end
if args.ackedSeq > tonumber(redis.call('HGET', SESSION, 'ackedSeq')) then
  redis.call('HSET', SESSION, 'ackedSeq', args.ackedSeq, 'detectorMemory', args.detectorMemory)
end
return { 'ok' }
`;

export const STORE_GAP = `${PRELUDE}${RECORD}
local refused = refusal()
if refused then return { refused } end
local key = 'gap:' .. args.session .. ':' .. args.fromSeq .. ':' .. args.toSeq
if redis.call('HSETNX', CAPTIONS, key, '-') == 0 then return { 'ok' } end
append(key, args.entry)
local acked = tonumber(redis.call('HGET', SESSION, 'ackedSeq'))
if args.fromSeq <= acked and args.toSeq > acked then
  redis.call('HSET', SESSION, 'ackedSeq', args.toSeq)
end
settle()
keep(true)
return { 'ok' }
`;
