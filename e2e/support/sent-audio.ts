import OpusScript from 'opusscript';
import type { Page } from 'playwright';
import { findVoice } from '../../bench/quality/voice-spans.ts';
import type { FrameRun, SpokenSession } from '../../chaos/judge/judge-session.ts';
import { createSileroDetector } from '../../server/src/segmentation/silero/silero-detector.ts';
import { decodeAudio } from '../../shared/audio-codec.ts';
import { SAMPLE_RATE, SAMPLES_PER_FRAME } from '../../shared/limits.ts';
import type { SessionGap } from '../../shared/messages.ts';

/** All that a page sends while it speaks, over all its connections, as it went over the wire. */
export class SentAudio {
  /** Connections so far. */
  links = 0;
  /** Frames that were sent again with other sound than before. */
  readonly changed: number[] = [];
  readonly gaps: FrameRun[] = [];
  readonly #packets = new Map<number, Uint8Array>();
  #nextSeq = 0;

  constructor(page: Page) {
    page.on('websocket', (socket) => {
      this.links += 1;
      socket.on('framesent', ({ payload }) => {
        if (typeof payload === 'string') this.#hearText(payload);
        else this.#hearAudio(payload);
      });
    });
  }

  /** One past the highest frame that was sent or declared. */
  get nextSeq(): number {
    return this.#nextSeq;
  }

  /** What a judge needs to know: the voice in these very packets, heard in one pass. */
  async asSpoken(session: string): Promise<SpokenSession> {
    const samples = new Float32Array(this.#nextSeq * SAMPLES_PER_FRAME);
    const decoder = new OpusScript(SAMPLE_RATE, 1);
    for (const seq of [...this.#packets.keys()].sort((one, other) => one - other)) {
      const pcm = decoder.decode(Buffer.from(this.#packets.get(seq) ?? []));
      for (let at = 0; at < SAMPLES_PER_FRAME; at += 1) {
        samples[seq * SAMPLES_PER_FRAME + at] = pcm.readInt16LE(2 * at) / 32_768;
      }
    }
    decoder.delete();
    const detector = await createSileroDetector();
    try {
      const voice = await findVoice(samples, detector);
      return { session, language: 'en', frames: this.#nextSeq, voice, gaps: this.gaps };
    } finally {
      await detector.close();
    }
  }

  #hearAudio(payload: Buffer): void {
    const { firstSeq, frames } = decodeAudio(payload);
    for (const [at, frame] of frames.entries()) {
      const seq = firstSeq + at;
      const before = this.#packets.get(seq);
      if (before === undefined) this.#packets.set(seq, frame.slice());
      else if (!Buffer.from(before).equals(frame)) this.changed.push(seq);
    }
    this.#nextSeq = Math.max(this.#nextSeq, firstSeq + frames.length);
  }

  #hearText(payload: string): void {
    const at = payload.indexOf('["session:gap"');
    if (at < 0) return;
    const [, gap]: [string, SessionGap] = JSON.parse(payload.slice(at));
    this.gaps.push(gap);
    this.#nextSeq = Math.max(this.#nextSeq, gap.toSeq);
  }
}
