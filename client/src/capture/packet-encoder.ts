import type { Chunk } from './audio-frame.ts';

/** Bits a second. Encoded for audio like this, speech is recognised as well as the recording itself. */
export const OPUS_BITRATE = 48_000;
/**
 * Of 0…10. Above 6 libopus analyses what it hears, which costs three times as much and makes speech
 * no easier to recognise.
 */
export const OPUS_COMPLEXITY = 5;

export interface EncoderEvents {
  /** One Opus packet of 20 ms; packets come in the order of their frames. */
  onPacket(packet: Uint8Array): void;
  /** The encoder is of no more use. */
  onError(error: Error): void;
}

/** Turns frames of 20 ms into Opus packets, one each. */
export interface PacketEncoder {
  readonly name: string;
  /** Takes some whole frames, each to become a packet; keeps no reference to them. */
  encode(chunk: Chunk): void;
  /** Resolves once every frame taken so far has come out as a packet; rejects after an error. */
  flush(): Promise<void>;
  /** Idempotent; nothing is heard of the encoder afterwards. */
  close(): void;
}

/** Opens an encoder; rejects with {@link EncoderUnsupported} where this browser has none. */
export type EncoderFactory = (events: EncoderEvents) => Promise<PacketEncoder>;

/** This kind of encoder cannot work here, however often it is tried. */
export class EncoderUnsupported extends Error {
  override readonly name = 'EncoderUnsupported';
}
