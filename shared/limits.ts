/** Limits that client and server must agree on. Units are in the names. */

/** One frame is one Opus packet of this length (RFC 6716, section 2.1.4). */
export const FRAME_MS = 20;
/** Largest Opus packet a frame may carry (RFC 6716, section 3.2.1, one coded frame). */
export const MAX_FRAME_BYTES = 1275;
/** One audio message carries at most one second of speech. */
export const MAX_FRAMES_PER_MESSAGE = 50;
/** Frames a client may send beyond the last received ack: five seconds, enough to hide a slow link. */
export const SEND_WINDOW_FRAMES = 250;
/** Frames a client keeps until the durable ack: two minutes, longer than any planned restart. */
export const RING_FRAMES = 6000;
/** Frames kept behind the durable ack, replayed on resume so that the Opus decoder settles first. */
export const WARM_UP_FRAMES = 5;
/** How often the server acknowledges received frames. */
export const RECEIVED_ACK_INTERVAL_MS = 250;
/** A link without a received ack for this long while frames are under way is dead. */
export const LINK_DEAD_AFTER_MS = 3000;
/** Socket.IO's own limit, above everything the codec and the schemas allow, so that those refuse by name. */
export const MAX_SOCKET_MESSAGE_BYTES = 262_144;
/** A room's name as it appears in a link. */
export const MAX_ROOM_NAME_LENGTH = 64;
/** A speaker's name as viewers see it. */
export const MAX_SPEAKER_NAME_LENGTH = 48;
/** Languages a speaker may offer. */
export const MAX_OFFERED_LANGUAGES = 64;
/** Sample rate of everything after the decoder. */
export const SAMPLE_RATE = 16_000;
/** Samples that one frame decodes to. */
export const SAMPLES_PER_FRAME = (SAMPLE_RATE * FRAME_MS) / 1000;
/** Entries of one glossary: a conference's names and products, not a dictionary. */
export const MAX_GLOSSARY_ENTRIES = 500;
/** A glossary as JSON; each takes three bytes at the most, so that it always fits one message. */
export const MAX_GLOSSARY_CHARS = 81_920;
/** Characters of one term or of its translation. */
export const MAX_TERM_LENGTH = 80;
/** Wrong spellings listed for one term. */
export const MAX_HEARD_AS = 8;
