import { randomBytes } from 'node:crypto';
import type { SpeakerParts } from '../../client/src/live/speaker-client.ts';
import { CleanUps } from '../../server/src/clean-ups.ts';
import { judgeSession, type SessionVerdict } from '../judge/judge-session.ts';
import type { Speech } from './speech.ts';
import { SPOKEN, TestSpeaker } from './test-speaker.ts';
import { TestViewer } from './test-viewer.ts';

/** After the stop finals are all stored; what is still missing then are translations. */
const LAST_FINALS_LIMIT_MS = 45_000;

export interface GatheringOptions {
  /** Where the speaker connects. */
  readonly speakerUrl: string;
  /** Where viewers connect, in turn: first one of what is spoken, then one of each translation. */
  readonly viewerUrls: readonly string[];
  readonly translations: readonly string[];
  readonly signal: AbortSignal;
  readonly parts?: SpeakerParts;
  readonly instance?: string;
}

/** One speaker with viewers of every language in a room of their own. */
export class Gathering {
  readonly room = `chaos-${randomBytes(8).toString('hex')}`;
  readonly speech: Speech;
  readonly speaker: TestSpeaker;
  readonly viewers: TestViewer[] = [];
  readonly #options: GatheringOptions;
  readonly #cleanUps = new CleanUps();

  private constructor(speech: Speech, options: GatheringOptions) {
    this.speech = speech;
    this.#options = options;
    const { speakerUrl: url, translations, parts, instance } = options;
    this.speaker = new TestSpeaker(speech, {
      url,
      room: this.room,
      offers: translations,
      reads: translations.slice(0, 1),
      ...(parts === undefined ? {} : { parts }),
      ...(instance === undefined ? {} : { instance }),
    });
    this.#cleanUps.add(() => this.speaker.close());
  }

  /** Starts the session and seats the viewers. */
  static async start(speech: Speech, options: GatheringOptions): Promise<Gathering> {
    const gathering = new Gathering(speech, options);
    try {
      await gathering.speaker.start();
      const languages = [SPOKEN, ...options.translations];
      const { viewerUrls } = options;
      for (const [index, language] of languages.entries()) {
        await gathering.seat(viewerUrls[index % viewerUrls.length] ?? '', language);
      }
      return gathering;
    } catch (error) {
      gathering.close();
      throw error;
    }
  }

  /** One more viewer. */
  async seat(url: string, language: string): Promise<TestViewer> {
    const name = `viewer ${this.viewers.length + 1}, ${language}`;
    const viewer = new TestViewer(name, { url, room: this.room, language });
    this.viewers.push(viewer);
    this.#cleanUps.add(() => viewer.close());
    await viewer.start();
    return viewer;
  }

  /** Stops the session, waits for what is still to come, and judges what everybody saw. */
  async finish(): Promise<SessionVerdict> {
    const { signal } = this.#options;
    const { segments } = await this.speaker.stop();
    const { session } = this.speaker.spoken;
    await Promise.all(
      this.viewers.map((each) => each.complete(session, segments, LAST_FINALS_LIMIT_MS, signal)),
    );
    this.close();
    return judgeSession(
      this.speaker.spoken,
      this.viewers.map(({ log }) => log),
    );
  }

  /** Idempotent. */
  close(): void {
    void this.#cleanUps.run();
  }
}
