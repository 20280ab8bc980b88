import { readFileSync } from 'node:fs';
import { unpackPackets } from '../../bench/packet-cache.ts';
import type { VoiceSpan } from '../../bench/quality/voice-spans.ts';
import type { ReadyClip } from '../../bench/speakers/prepare-clips.ts';
import { type SessionScript, voiceOf } from '../../bench/speakers/script.ts';
import { SILENT_PACKET } from '../../server/src/audio/ffmpeg-decoder.ts';

/** What one speaker says: clips with pauses between them, as 20 ms packets. */
export interface Speech {
  readonly packets: readonly Uint8Array[];
  /** Where a reference pass hears speech, on this timeline. */
  readonly voice: readonly VoiceSpan[];
  readonly clips: readonly SpokenClip[];
}

/** One recording on a speech's timeline: frames [fromSeq, toSeq). */
export interface SpokenClip {
  readonly fromSeq: number;
  readonly toSeq: number;
  /** What is said in it. */
  readonly reference: string;
}

/** What was said up to a frame, as far as its clips were spoken to their ends. */
export function referencesUpTo({ clips }: Speech, frames: number): string[] {
  return clips.filter(({ toSeq }) => toSeq <= frames).map(({ reference }) => reference);
}

/** Whether a frame lies in the midst of a clip, where nobody should stop. */
export function isInClip({ clips }: Speech, frame: number): boolean {
  return clips.some(({ fromSeq, toSeq }) => fromSeq < frame && frame < toSeq);
}

/** Packets of many speeches share the bytes of their clips. */
export class SpeechLibrary {
  readonly #clips: readonly ReadyClip[];
  readonly #packets = new Map<number, readonly Uint8Array[]>();

  constructor(clips: readonly ReadyClip[]) {
    this.#clips = clips;
  }

  compose(script: Pick<SessionScript, 'placements' | 'frames'>): Speech {
    const packets = Array<Uint8Array>(script.frames).fill(SILENT_PACKET);
    for (const { clip, startFrame } of script.placements) {
      for (const [index, packet] of this.#packetsOf(clip).entries()) {
        if (startFrame + index < packets.length) packets[startFrame + index] = packet;
      }
    }
    return {
      packets,
      voice: voiceOf(script, this.#clips),
      clips: script.placements.map(({ clip, startFrame }) => ({
        fromSeq: startFrame,
        toSeq: startFrame + this.#packetsOf(clip).length,
        reference: this.#clips[clip]?.reference ?? '',
      })),
    };
  }

  #packetsOf(clip: number): readonly Uint8Array[] {
    const known = this.#packets.get(clip);
    if (known !== undefined) return known;
    const packets = unpackPackets(readFileSync(this.#clips[clip]?.packetsPath ?? ''));
    this.#packets.set(clip, packets);
    return packets;
  }
}
