import { MAX_ROOM_NAME_LENGTH } from '../../../shared/limits.ts';

const FIRST =
  'amber bold brave bright calm clear cosy eager early fair fond free fresh gentle glad golden grand green happy honest jolly keen kind lively lucky mellow merry mild modest neat noble open patient plain proud quick quiet ready round royal sharp shiny silver simple smooth snowy soft solid steady still sunny swift tidy vivid warm wide wise young'.split(
    ' ',
  );
const SECOND =
  'acorn anchor apple arrow badge basin beach bell bird boat book bridge brook canal candle cedar chapel clover coast comet coral corner cove dune falcon fern field finch forest garden gate harbour hazel hill island ivy kite lake lantern lark maple meadow mill moon olive orchard otter pebble pier pine plum pond reef river robin sail spring stone tower valley willow window'.split(
    ' ',
  );

/** A name that is easy to say and unlikely to be taken: "quiet-harbour-417". */
export function suggestRoomName(random: () => number = Math.random): string {
  const pick = (words: readonly string[]) => words[Math.floor(random() * words.length)] ?? 'room';
  return `${pick(FIRST)}-${pick(SECOND)}-${100 + Math.floor(random() * 900)}`;
}

/** Makes a room's name of what somebody typed: "Café & Chat" becomes "cafe-chat"; may be empty. */
export function toRoomName(typed: string): string {
  return typed
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, MAX_ROOM_NAME_LENGTH)
    .replace(/-+$/, '');
}
