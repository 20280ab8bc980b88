import type { ErrorCode, WireError } from '../../../shared/errors.ts';
import type { Advice } from './advice.ts';
import { spanInWords } from './durations.ts';

export type Role = 'speak' | 'watch';

const OPERATOR = 'Tell whoever runs this server; its log and “parlance doctor” say more.';
const RELOAD = 'Reload the page. If it comes back, tell whoever runs this server.';

/** Words that differ between somebody who speaks and somebody who reads. */
type Words = Advice | Record<Role, Advice>;

const ADVICE: Record<ErrorCode, Words> = {
  protocol_mismatch: {
    title: 'This page and the server are of different versions',
    action: 'Reload the page to get the server’s own version of it.',
  },
  invalid_message: { title: 'The server did not understand this page', action: RELOAD },
  unauthorized: {
    speak: {
      title: 'This server asks for a key',
      action:
        'Open the link that you were given for speaking (it ends in #k=…), or enter the key here.',
    },
    watch: {
      title: 'This link does not open the room',
      action:
        'The part after the # is missing or has run out. Ask the speaker to share the link again.',
    },
  },
  forbidden: {
    speak: {
      title: 'This link is not for speaking in this room',
      action: 'Ask whoever gave it to you for one that lets you speak here.',
    },
    watch: {
      title: 'This link is for another room',
      action: 'Ask the speaker to share the link of this room.',
    },
  },
  token_expired: {
    speak: {
      title: 'The time of this link is over',
      action: 'Ask for a new link for speaking. What was said until then is safe.',
    },
    watch: {
      title: 'The time of this link for readers is over',
      action: 'Ask the speaker for a new link.',
    },
  },
  key_expired: {
    title: 'The time of this key is over',
    action: 'Ask whoever runs this server for a new one.',
  },
  key_revoked: {
    speak: {
      title: 'Your access to this server was withdrawn',
      action:
        'Whoever runs it has revoked the key behind your link. Sentences that were finished are safe.',
    },
    watch: {
      title: 'The access behind this link was withdrawn',
      action: 'Ask the speaker for a new link.',
    },
  },
  keys_required: { title: 'This server has no key yet', action: OPERATOR },
  key_not_found: { title: 'There is no such key', action: OPERATOR },
  key_name_taken: { title: 'A key of this name exists already', action: OPERATOR },
  too_many_keys: { title: 'This server has as many keys as it keeps', action: OPERATOR },
  too_many_sessions: {
    title: 'As many people speak with this key as may',
    action: 'Try again when somebody has finished. Whoever runs this server can allow more.',
  },
  audio_malformed: { title: 'The server could not read the sound', action: RELOAD },
  audio_gap: {
    title: 'Some sound is being sent again',
    action: 'Just go on: the page repeats what the server misses.',
  },
  audio_too_fast: {
    title: 'Sound came faster than it can be spoken',
    action: 'Just go on: the page slows down by itself.',
  },
  server_busy: {
    speak: {
      title: 'Every place on this server is taken',
      action: 'As many people are speaking as it can carry. Try again when somebody has finished.',
    },
    watch: {
      title: 'This server is full',
      action: 'The page keeps trying. It connects as soon as there is room.',
    },
  },
  server_full: {
    title: 'This server can take nobody else just now',
    action: 'The page keeps trying where it can. Try again in a while.',
  },
  rate_limited: {
    title: 'That was too much at once',
    action: 'Wait a moment, then try again. Many people behind one connection share a limit.',
  },
  request_timeout: {
    title: 'The server took too long to answer',
    action: 'Try again in a while.',
  },
  origin_refused: {
    title: 'This page may not use that server',
    action: 'Open the server’s own page, or ask whoever runs it to allow this one.',
  },
  server_draining: {
    title: 'The server is being restarted',
    action: 'Stay here: the page goes on by itself, and nothing is lost.',
  },
  language_unsupported: {
    title: 'This server does not know that language',
    action: 'Choose another one from the list.',
  },
  room_not_found: {
    title: 'There is no such room',
    action: 'Check the link. Rooms are also deleted once their time is over.',
  },
  room_ended: {
    speak: {
      title: 'This room has been ended',
      action: 'Its owner closed it. Start a new room to go on speaking.',
    },
    watch: {
      title: 'This room has ended',
      action: 'The speaker closed it. What was said stays here until you leave the page.',
    },
  },
  room_full: {
    title: 'This room is full',
    action: 'As many people are reading as the server allows. Try again in a while.',
  },
  not_room_owner: {
    title: 'Only the room’s owner can do that',
    action: 'Use the browser in which the room was made: it keeps the proof.',
  },
  session_not_found: {
    title: 'The server no longer knows this session',
    action: 'What was said until then is safe. Press Start to go on.',
  },
  session_taken: {
    title: 'This session is open somewhere else',
    action: 'Is this page open in another tab or window? Close it there, and go on here.',
  },
  session_ended: {
    title: 'This session is over',
    action: 'What was said until then is safe. Press Start to go on.',
  },
  session_fenced: {
    title: 'Another page has taken this session over',
    action: 'Go on speaking there, or press Start to begin anew here.',
  },
  session_required: { title: 'The server lost track of this page', action: RELOAD },
  session_idle: {
    title: 'Nothing was said for a long time',
    action: 'The server ended the session to make room for others. Press Start to go on.',
  },
  final_misplaced: { title: 'The server mixed up the order of sentences', action: RELOAD },
  slow_viewer: {
    title: 'This connection is too slow to follow',
    action: 'The page connects again and fetches what it missed.',
  },
  shutting_down: {
    title: 'The server is restarting',
    action: 'Stay here: the page connects again by itself, and nothing is lost.',
  },
  recognizer_failed: {
    title: 'Speech recognition has failed',
    action: `The server tries again by itself. ${OPERATOR}`,
  },
  translator_failed: {
    title: 'A translator has failed',
    action: 'Readers see the original until it works again.',
  },
  decoder_failed: {
    title: 'The server could not decode the sound',
    action: `It tries again by itself. ${OPERATOR}`,
  },
  store_unavailable: {
    title: 'The server cannot keep anything at the moment',
    action: 'The page holds what you say and sends it again as soon as the server can keep it.',
  },
  model_missing: { title: 'The server has no speech model', action: OPERATOR },
  model_damaged: { title: 'The server’s speech model is damaged', action: OPERATOR },
  download_failed: { title: 'The server could not fetch a part it needs', action: OPERATOR },
  disk_full: { title: 'The server’s disk is full', action: OPERATOR },
  program_missing: { title: 'The server lacks a program it needs', action: OPERATOR },
  port_in_use: { title: 'The server’s port is taken', action: OPERATOR },
  server_unreachable: {
    title: 'The server cannot be reached',
    action: 'Check your connection, and that the server is running. Then try again.',
  },
  file_unreadable: {
    title: 'This file cannot be read',
    action: 'Choose another file. MP3, WAV, OGG, M4A and FLAC usually work.',
  },
  invalid_setting: { title: 'The server is set up wrongly', action: OPERATOR },
  internal: { title: 'Something went wrong on the server', action: RELOAD },
};

/** Plain words for an error that came over the wire; codes of a newer server read as `internal`. */
export function wireAdvice(error: Pick<WireError, 'code' | 'retryAfterMs'>, role: Role): Advice {
  const words = Object.hasOwn(ADVICE, error.code) ? ADVICE[error.code] : ADVICE.internal;
  const advice = 'title' in words ? words : words[role];
  if (error.retryAfterMs === undefined) return advice;
  const when = spanInWords(Math.ceil(error.retryAfterMs / 1000));
  return { ...advice, action: `${advice.action} The server suggests to try again in ${when}.` };
}
