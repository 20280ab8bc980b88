import { ADVANCE_ACK, STORE_FINAL, STORE_GAP } from './lua/finals.ts';
import {
  END_ROOM,
  OPEN_ROOM,
  READ_GLOSSARY,
  READ_ROOM,
  SET_GLOSSARY,
  SET_LANGUAGES,
} from './lua/rooms.ts';
import {
  CHECK_SESSION,
  CREATE_SESSION,
  END_SESSION,
  INDEX_SESSION,
  LIST_LEASELESS,
  REAP_SESSION,
  RELEASE_LEASE,
  RENEW_LEASE,
  TAKE_SESSION,
  UNINDEX_SESSION,
} from './lua/sessions.ts';
import {
  CLAIM_PENDING,
  RELEASE_CLAIMS,
  REQUEST_TRANSLATIONS,
  STORE_TRANSLATION,
  WANT,
  WANTED_LANGUAGES,
} from './lua/translations.ts';
import { RedisScript } from './script.ts';

export const SCRIPTS = {
  openRoom: new RedisScript(OPEN_ROOM),
  readRoom: new RedisScript(READ_ROOM),
  endRoom: new RedisScript(END_ROOM),
  setLanguages: new RedisScript(SET_LANGUAGES),
  setGlossary: new RedisScript(SET_GLOSSARY),
  readGlossary: new RedisScript(READ_GLOSSARY),
  indexSession: new RedisScript(INDEX_SESSION),
  unindexSession: new RedisScript(UNINDEX_SESSION),
  listLeaseless: new RedisScript(LIST_LEASELESS),
  createSession: new RedisScript(CREATE_SESSION),
  checkSession: new RedisScript(CHECK_SESSION),
  takeSession: new RedisScript(TAKE_SESSION),
  renewLease: new RedisScript(RENEW_LEASE),
  releaseLease: new RedisScript(RELEASE_LEASE),
  endSession: new RedisScript(END_SESSION),
  reapSession: new RedisScript(REAP_SESSION),
  storeFinal: new RedisScript(STORE_FINAL),
  advanceAck: new RedisScript(ADVANCE_ACK),
  storeGap: new RedisScript(STORE_GAP),
  storeTranslation: new RedisScript(STORE_TRANSLATION),
  claimPending: new RedisScript(CLAIM_PENDING),
  releaseClaims: new RedisScript(RELEASE_CLAIMS),
  requestTranslations: new RedisScript(REQUEST_TRANSLATIONS),
  want: new RedisScript(WANT),
  wantedLanguages: new RedisScript(WANTED_LANGUAGES),
} as const;
