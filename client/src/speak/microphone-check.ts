import { signal } from '@preact/signals';
import type { AudioSource } from '../capture/audio-source.ts';
import { type Level, LevelMeter } from '../capture/level-meter.ts';
import { openMicrophone } from '../capture/microphone.ts';
import { type Problem, problemOf } from '../words/problem.ts';
import type { SpeakSetup } from './speak-setup.ts';

/** Lets a speaker see the level before anything is sent. */
export class MicrophoneCheck {
  readonly isOn = signal(false);
  readonly level = signal<Level>({ share: 0, unheard: false });
  readonly problem = signal<Problem | null>(null);
  readonly #setup: SpeakSetup;
  #source: AudioSource | null = null;
  #turn = 0;

  constructor(setup: SpeakSetup) {
    this.#setup = setup;
  }

  async start(): Promise<void> {
    this.stop();
    this.problem.value = null;
    const turn = this.#turn;
    try {
      const { deviceId, cleanUp } = this.#setup;
      const source = await openMicrophone({
        cleanUp: cleanUp.value,
        ...(deviceId.value === null ? {} : { deviceId: deviceId.value }),
      });
      // Stopped while the browser was still asking for permission.
      if (turn !== this.#turn) {
        source.close();
        return;
      }
      this.#listenTo(source);
      await this.#setup.loadMicrophones();
    } catch (error) {
      this.problem.value = problemOf(error, 'speak');
    }
  }

  stop(): void {
    this.#turn += 1;
    this.#source?.close();
    this.#source = null;
    this.isOn.value = false;
    this.level.value = { share: 0, unheard: false };
  }

  #listenTo(source: AudioSource): void {
    const meter = new LevelMeter();
    this.#source = source;
    this.isOn.value = true;
    source.start({
      onSound: (chunk) => {
        this.level.value = meter.push(chunk);
      },
      onLost: (error) => {
        this.stop();
        this.problem.value = problemOf(error, 'speak');
      },
    });
  }
}
