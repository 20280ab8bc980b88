import { batch, computed, signal } from '@preact/signals';
import { MAX_OFFERED_LANGUAGES, MAX_SPEAKER_NAME_LENGTH } from '../../../shared/limits.ts';
import type { LanguageOffer, ServerInfo } from '../../../shared/protocol.ts';
import type { AudioFile } from '../capture/audio-file.ts';
import type { SourceKind } from '../capture/audio-source.ts';
import { listMicrophones, type Microphone } from '../capture/microphone.ts';
import { fetchLanguages, fetchServerInfo } from '../server/server-answers.ts';
import { recall, recallList, remember, rememberList } from '../storage/remembered.ts';
import { type Problem, problemOf } from '../words/problem.ts';

/** What a speaker chooses before and while speaking; remembered in this browser. */
export class SpeakSetup {
  readonly info = signal<ServerInfo | null>(null);
  /** Null until the server told. */
  readonly languages = signal<readonly LanguageOffer[] | null>(null);
  readonly unreachable = signal<Problem | null>(null);
  readonly spoken = signal(recall('spoken') ?? 'en');
  readonly speakerName = signal(recall('name') ?? '');
  readonly sourceKind = signal<SourceKind>('microphone');
  readonly microphones = signal<readonly Microphone[]>([]);
  readonly deviceId = signal<string | null>(recall('microphone'));
  /** Whether the browser may reduce noise and echo. */
  readonly cleanUp = signal(recall('rawSound') === null);
  readonly file = signal<AudioFile | null>(null);
  readonly #notOffered = signal<readonly string[]>(recallList('notOffered'));

  /** What readers may choose from, apart from the original. */
  readonly offers = computed(() =>
    this.translations.value
      .map(({ language }) => language)
      .filter((language) => !this.#notOffered.value.includes(language))
      .slice(0, MAX_OFFERED_LANGUAGES),
  );
  readonly translations = computed(() =>
    (this.languages.value ?? []).filter(
      ({ language, quality }) => language !== this.spoken.value && quality !== 'none',
    ),
  );

  async load(): Promise<void> {
    this.unreachable.value = null;
    try {
      const info = await fetchServerInfo();
      const known = info.spoken.map(({ language }) => language);
      if (!known.includes(this.spoken.value)) this.spoken.value = known[0] ?? 'en';
      const { languages } = await fetchLanguages(this.spoken.value);
      batch(() => {
        this.info.value = info;
        this.languages.value = languages;
      });
    } catch (error) {
      this.unreachable.value = problemOf(error, 'speak');
    }
  }

  /** Names of microphones come only after permission. */
  async loadMicrophones(): Promise<void> {
    this.microphones.value = await listMicrophones();
  }

  async speak(language: string): Promise<void> {
    this.spoken.value = language;
    remember('spoken', language);
    await this.load();
  }

  offer(language: string, offered: boolean): void {
    const others = this.#notOffered.value.filter((other) => other !== language);
    this.#setNotOffered(offered ? others : [...others, language]);
  }

  offerAll(offered: boolean): void {
    this.#setNotOffered(offered ? [] : this.translations.value.map(({ language }) => language));
  }

  nameSpeaker(name: string): void {
    this.speakerName.value = name.slice(0, MAX_SPEAKER_NAME_LENGTH);
    remember('name', this.speakerName.value.trim() || null);
  }

  chooseMicrophone(deviceId: string | null): void {
    this.deviceId.value = deviceId;
    remember('microphone', deviceId);
  }

  chooseCleanUp(cleanUp: boolean): void {
    this.cleanUp.value = cleanUp;
    remember('rawSound', cleanUp ? null : 'yes');
  }

  #setNotOffered(languages: readonly string[]): void {
    this.#notOffered.value = languages;
    rememberList('notOffered', languages);
  }
}
