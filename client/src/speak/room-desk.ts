import { batch, computed, signal } from '@preact/signals';
import { FRAME_MS } from '../../../shared/limits.ts';
import type { LanguageOffer } from '../../../shared/protocol.ts';
import { type AudioFile, type FileProgress, openAudioFile } from '../capture/audio-file.ts';
import type { AudioSource } from '../capture/audio-source.ts';
import { encoderFactories } from '../capture/encoder-choice.ts';
import { openMicrophone } from '../capture/microphone.ts';
import { openTabSound } from '../capture/tab-sound.ts';
import { GlossaryDesk } from '../glossary/glossary-desk.ts';
import { SpeakerClient } from '../live/speaker-client.ts';
import type { SpeakerOptions } from '../live/speaker-options.ts';
import { speakingCredential } from '../server/room-access.ts';
import { forgetRoom, keepOwnerSecret, ownerSecretOf } from '../storage/room-keys.ts';
import { type Problem, problemOf } from '../words/problem.ts';
import { OtherTabs } from './other-tabs.ts';
import { fromAbout, maySpeakOn, PageMirror } from './page-mirror.ts';
import { SpeakSession } from './speak-session.ts';
import type { SpeakSetup } from './speak-setup.ts';

/** A server that does not answer is asked again this long; what is said meanwhile waits in the ring. */
const START_WITHIN_MS = 60_000;

/** Everything a speaker does with one room: start a session, stop it, end the room. */
export class RoomDesk {
  readonly room: string;
  readonly setup: SpeakSetup;
  readonly otherTabs: OtherTabs;
  readonly glossary: GlossaryDesk;
  readonly session = signal<SpeakSession | null>(null);
  /** True from the click on Start until permission is given or refused. */
  readonly isAsking = signal(false);
  /** Trouble outside a session: permission, a file, ending the room. */
  readonly problem = signal<Problem | null>(null);
  readonly fileProgress = signal<FileProgress | null>(null);
  readonly roomEnded = signal<{ erased: boolean } | null>(null);
  readonly watchToken = signal<string | null>(null);
  readonly isOwner = signal(false);
  /** Until it is known whether an earlier page left a session here. */
  readonly isLooking = signal(true);

  /** What the page shows: setting up, speaking, or what came of it. */
  readonly stage = computed<'setup' | 'live' | 'ended'>(() => {
    const phase = this.session.value?.phase.value;
    if (phase === undefined) return 'setup';
    return phase.kind === 'ended' ? 'ended' : 'live';
  });

  #mirror: PageMirror | null = null;

  constructor(room: string, setup: SpeakSetup) {
    this.room = room;
    this.setup = setup;
    this.otherTabs = new OtherTabs(room);
    this.glossary = new GlossaryDesk(room);
    this.isOwner.value = ownerSecretOf(room) !== null;
  }

  /** Goes on with the session that this page was left in, where there is one: after a reload. */
  async lookForSession(): Promise<void> {
    this.#mirror = await PageMirror.open();
    const kept = (await this.#mirror?.find(this.room)) ?? null;
    if (kept === null || this.#mirror === null) {
      this.isLooking.value = false;
      return;
    }
    const former = fromAbout(kept.head);
    const session = new SpeakSession(
      {
        ...this.#options(),
        language: kept.head.language,
        mirror: { store: this.#mirror.store, kept },
      },
      encoderFactories(new URLSearchParams(location.search)),
    );
    session.client.on('offers', (languages) => this.#offersChanged(session, languages));
    batch(() => {
      this.setup.spoken.value = kept.head.language;
      // A recording is gone with its page: what can go on is a microphone.
      this.setup.sourceKind.value = former.source === 'tab' ? 'tab' : 'microphone';
      this.session.value = session;
      this.isLooking.value = false;
    });
    const speaksOn = await maySpeakOn(kept.head);
    await session.goOn(former, speaksOn ? () => this.#openSource(session) : null);
    const { kind } = session.phase.value;
    if (kind !== 'ended') {
      this.#keepSecrets(session);
      this.#shareGlossary(session);
    } else if (session.problem.value !== null) {
      // Over meanwhile: back to the form, with the reason.
      this.problem.value = overMeanwhile(session.problem.value);
      this.session.value = null;
    }
  }

  /** Asks for the source, then speaks. */
  async start(): Promise<void> {
    if (this.isAsking.value || this.stage.value === 'live') return;
    batch(() => {
      this.isAsking.value = true;
      this.problem.value = null;
      this.fileProgress.value = null;
    });
    this.glossary.settle();
    const session = new SpeakSession(
      this.#options(),
      encoderFactories(new URLSearchParams(location.search)),
    );
    session.client.on('offers', (languages) => this.#offersChanged(session, languages));
    try {
      const source = await this.#openSource(session);
      this.session.value = session;
      this.otherTabs.speak(true);
      await session.start(source);
      this.#keepSecrets(session);
      this.#shareGlossary(session);
      if (session.client.started !== null) {
        await this.#mirror?.hold(session.client.started.session);
        this.#offersChanged(session, session.client.started.languages);
      }
      // Never came to life: back to the form, with the reason.
      if (session.client.started === null) {
        this.problem.value = session.problem.value;
        this.session.value = null;
        // A translator went away since this page was opened.
        if (this.problem.value?.code === 'language_unsupported') void this.setup.load();
      }
    } catch (error) {
      this.problem.value = problemOf(error, 'speak');
      session.close();
    } finally {
      this.isAsking.value = false;
    }
  }

  /** Pauses, or goes on: with another source where the former is lost. */
  async togglePause(): Promise<void> {
    const session = this.session.value;
    if (session === null) return;
    if (!session.paused.value) session.pause();
    else if (session.isSourceLost.value) await this.changeSource();
    else session.resume();
  }

  /** After trouble with the source, or to change the microphone in mid-speech. */
  async changeSource(): Promise<void> {
    const session = this.session.value;
    if (session === null) return;
    try {
      session.changeSource(await this.#openSource(session));
    } catch (error) {
      session.problem.value = problemOf(error, 'speak');
    }
  }

  async chooseFile(file: File): Promise<void> {
    this.problem.value = null;
    this.setup.file.value = null;
    try {
      this.setup.file.value = await openAudioFile(file);
    } catch (error) {
      this.problem.value = problemOf(error, 'speak');
    }
  }

  /** Back to the form. */
  setUpAgain(): void {
    batch(() => {
      this.session.value = null;
      this.problem.value = null;
      this.fileProgress.value = null;
    });
  }

  async offer(language: string, offered: boolean): Promise<void> {
    this.setup.offer(language, offered);
    await this.#tellOffers();
  }

  async offerAll(offered: boolean): Promise<void> {
    this.setup.offerAll(offered);
    await this.#tellOffers();
  }

  /** Ends the room for everybody; with `erase`, what was said is deleted. */
  async endRoom(erase: boolean): Promise<void> {
    const live = this.stage.value === 'live' ? this.session.value?.client : undefined;
    const client = live ?? new SpeakerClient(this.#options());
    try {
      await client.endRoom(erase);
      batch(() => {
        this.roomEnded.value = { erased: erase };
        this.problem.value = null;
        this.isOwner.value = false;
      });
      forgetRoom(this.room);
      this.glossary.forget();
      this.session.value?.close();
    } catch (error) {
      this.problem.value = problemOf(error, 'speak');
    } finally {
      if (client !== live) client.close();
    }
  }

  close(): void {
    this.session.value?.close();
    this.otherTabs.close();
    this.glossary.close();
    this.#mirror?.close();
  }

  async #openSource(session: SpeakSession): Promise<AudioSource> {
    const { sourceKind, deviceId, cleanUp, file } = this.setup;
    if (sourceKind.value === 'tab') return await openTabSound();
    if (sourceKind.value === 'file' && file.value !== null) {
      return this.#openFile(file.value, session);
    }
    const source = await openMicrophone({
      cleanUp: cleanUp.value,
      ...(deviceId.value === null ? {} : { deviceId: deviceId.value }),
    });
    void this.setup.loadMicrophones();
    return source;
  }

  #openFile(file: AudioFile, session: SpeakSession): AudioSource {
    this.fileProgress.value = { playedMs: 0, totalMs: file.frames * FRAME_MS };
    return file.open({
      onProgress: (progress) => {
        this.fileProgress.value = progress;
      },
      whenWritable: () => session.client.whenWritable(),
    });
  }

  /** Translators came, went or got better: shown here, and offered to readers. */
  #offersChanged(session: SpeakSession, languages: readonly LanguageOffer[]): void {
    if (this.session.value !== session) return;
    const before = this.setup.offers.value;
    this.setup.languages.value = languages;
    const now = this.setup.offers.value;
    const isOther = now.length !== before.length || now.some((each) => !before.includes(each));
    if (isOther) void this.#tellOffers();
  }

  async #tellOffers(): Promise<void> {
    if (this.stage.value !== 'live') return;
    await this.session.value?.offer(this.setup.offers.value);
  }

  #options(): SpeakerOptions {
    const { spoken, offers, speakerName } = this.setup;
    const name = speakerName.value.trim();
    const ownerSecret = ownerSecretOf(this.room);
    const token = speakingCredential();
    return {
      url: location.origin,
      room: this.room,
      language: spoken.value,
      offers: offers.value,
      reads: [],
      ...(this.#mirror === null ? {} : { mirror: { store: this.#mirror.store } }),
      startWithinMs: START_WITHIN_MS,
      ...(name === '' ? {} : { speakerName: name }),
      ...(token === null ? {} : { token }),
      ...(ownerSecret === null ? {} : { ownerSecret }),
    };
  }

  #keepSecrets(session: SpeakSession): void {
    const { started } = session.client;
    if (started?.ownerSecret !== undefined) {
      keepOwnerSecret(this.room, started.ownerSecret);
      this.isOwner.value = true;
    }
    if (started?.watchToken !== undefined) this.watchToken.value = started.watchToken;
  }

  /** Whoever owns the room says what its terms are; others read them. */
  #shareGlossary({ client, phase }: SpeakSession): void {
    if (client.started === null || phase.value.kind === 'ended') return;
    this.glossary.started({
      entries: client.started.glossary,
      isOwner: this.isOwner.value,
      send: (entries) => client.setGlossary(entries),
    });
  }
}

/** Why a session cannot go on after a reload, in words about the time that the page was away. */
function overMeanwhile(problem: Problem): Problem {
  if (problem.code !== 'session_ended' && problem.code !== 'session_not_found') return problem;
  return {
    ...problem,
    advice: {
      title: 'Your session ended while this page was away',
      action:
        'Sentences that were finished are safe; the last words before you left may be missing. Start to speak again.',
    },
  };
}
