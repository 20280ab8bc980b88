import { z } from 'zod';
import { MAX_SEQ } from './audio-codec.ts';
import { glossarySchema } from './glossary.ts';
import { languageSchema } from './language-schema.ts';
import { MAX_OFFERED_LANGUAGES, MAX_ROOM_NAME_LENGTH, MAX_SPEAKER_NAME_LENGTH } from './limits.ts';
import { ROOM_NAME_PATTERN } from './room-name.ts';

/** Schemas of every message a client may send. Unknown fields are refused, so typing errors show. */

export const roomNameSchema = z
  .string()
  .min(1)
  .max(MAX_ROOM_NAME_LENGTH)
  .regex(ROOM_NAME_PATTERN, 'Expected lower-case letters, digits and hyphens');
const seqSchema = z.number().int().min(0).max(MAX_SEQ);
const secretSchema = z.string().regex(/^[A-Za-z0-9_-]{16,64}$/);
const sessionIdSchema = z.string().regex(/^[A-Za-z0-9_-]{8,32}$/);
const languagesSchema = z.array(languageSchema).max(MAX_OFFERED_LANGUAGES);
/** Position in a room's record: a Redis Stream id. */
export const cursorSchema = z.string().regex(/^\d{1,20}-\d{1,20}$/);

export const handshakeSchema = z.object({
  protocol: z.number().int(),
  /** An operator's key or a room token; absent where the server is open. */
  token: z.string().max(2048).optional(),
});

export const sessionStartSchema = z.strictObject({
  room: roomNameSchema,
  /** What is spoken. */
  language: languageSchema,
  /** What viewers may choose from; the spoken language is always among it. */
  offers: languagesSchema,
  /** Translations that the speaker's own client wants to receive. */
  reads: languagesSchema,
  speakerName: z.string().trim().max(MAX_SPEAKER_NAME_LENGTH).optional(),
  /** Random, kept by one client instance: the same instance may always resume at once. */
  instance: secretSchema,
  /** Proves ownership of a room that exists already. */
  ownerSecret: secretSchema.optional(),
  /** The room's glossary from now on; only for who creates or owns the room. */
  glossary: glossarySchema.optional(),
});

export const sessionResumeSchema = z.strictObject({
  room: roomNameSchema,
  session: sessionIdSchema,
  secret: secretSchema,
  instance: secretSchema,
  /** As in the start; absent: none until `session:languages` says so. */
  reads: languagesSchema.optional(),
  /** The last cursor this speaker has seen: entries after it that it reads are sent again. */
  after: cursorSchema.optional(),
});

export const sessionGapSchema = z
  .strictObject({ fromSeq: seqSchema, toSeq: seqSchema })
  .refine((gap) => gap.toSeq > gap.fromSeq, 'Expected toSeq above fromSeq');

export const sessionStopSchema = z.strictObject({ endSeq: seqSchema });

export const sessionLanguagesSchema = z.strictObject({
  offers: languagesSchema,
  reads: languagesSchema,
});

export const roomGlossarySchema = z.strictObject({
  room: roomNameSchema,
  ownerSecret: secretSchema,
  glossary: glossarySchema,
});

export const roomEndSchema = z.strictObject({
  room: roomNameSchema,
  ownerSecret: secretSchema,
  /** Also delete everything that was kept. */
  erase: z.boolean(),
});

export const roomJoinSchema = z.strictObject({
  room: roomNameSchema,
  language: languageSchema,
  /** The last cursor this viewer has seen; history starts after it. */
  after: cursorSchema.optional(),
});

export const roomLanguageSchema = z.strictObject({ language: languageSchema });

export type Handshake = z.infer<typeof handshakeSchema>;
export type SessionStart = z.infer<typeof sessionStartSchema>;
export type SessionResume = z.infer<typeof sessionResumeSchema>;
export type SessionGap = z.infer<typeof sessionGapSchema>;
export type SessionStop = z.infer<typeof sessionStopSchema>;
export type SessionLanguages = z.infer<typeof sessionLanguagesSchema>;
export type RoomGlossary = z.infer<typeof roomGlossarySchema>;
export type RoomEnd = z.infer<typeof roomEndSchema>;
export type RoomJoin = z.infer<typeof roomJoinSchema>;
export type RoomLanguage = z.infer<typeof roomLanguageSchema>;
