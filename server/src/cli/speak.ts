import type { CAC } from 'cac';
import { buildRoomLink } from '../../../client/src/live/room-link.ts';
import { SpeakerClient } from '../../../client/src/live/speaker-client.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Glossary } from '../../../shared/glossary.ts';
import { FRAME_MS } from '../../../shared/limits.ts';
import type { SessionStarted } from '../../../shared/protocol.ts';
import { unlessAborted } from '../async/unless-aborted.ts';
import { encodeFile } from '../audio/encode-file.ts';
import { findFfmpeg } from '../audio/find-ffmpeg.ts';
import { readCliConfig } from '../config/cli-config.ts';
import { loadGlossary } from '../rooms/load-glossary.ts';
import type { CaptionOutput } from './caption-output.ts';
import { INTERRUPTED_EXIT_CODE, Interruption } from './interruption.ts';
import { OutageWatch } from './outage-watch.ts';
import { Pacer } from './pacer.ts';
import { processOutput } from './process-output.ts';
import { QuietWait } from './quiet-wait.ts';
import { explain } from './report-error.ts';
import { addServerOptions } from './server-options.ts';
import { readSpeakOptions, type SpeakFlags, type SpeakOptions } from './speak-options.ts';
import { type MissingFinal, SpeechReport } from './speech-report.ts';

/** Adds `parlance speak FILE --room R --from en --to es,ca`. */
export function registerSpeak(cli: CAC): void {
  const command = cli
    .command('speak <file>', 'Speak an audio file into a room, and print its captions')
    .option('--room <room>', 'Name of the room, or a link to it')
    .option('--from <language>', 'Spoken language (en)')
    .option('--to <languages>', 'Translations to offer and to print, for example es,ca')
    .option('--glossary <file>', 'Terms of the room: a .csv, .tsv or .tbx file')
    .option('--name <name>', 'Speaker name that viewers see')
    .option('--speed <factor>', 'Times real time; "max" for as fast as the server takes it (1)')
    .option('--wait <seconds>', 'How long to wait at the end for what is still to come (20)')
    .option('--json', 'One JSON object a line')
    .example('  parlance speak talk.mp3 --room demo --from en --to es');
  addServerOptions(command).action((file: string, flags: SpeakFlags) =>
    speak(readSpeakOptions(cli, file, flags), processOutput(flags.json === true)),
  );
}

/** Speaks one file; the exit code is 1 where it failed or anything is missing at the end. */
async function speak(options: SpeakOptions, output: CaptionOutput): Promise<number> {
  const glossary = await glossaryOf(options);
  const interruption = new Interruption();
  const run = new SpeakRun(options, glossary, output, interruption.signal);
  let failure: unknown = null;
  try {
    await run.speak();
  } catch (error) {
    failure = error;
  }
  run.close();
  interruption.close();
  const { aborted, reason } = interruption.signal;
  const missing = run.summarise(failure);
  if (aborted && failure === reason) return INTERRUPTED_EXIT_CODE;
  if (failure !== null) throw failure;
  return missing.length > 0 && !aborted ? 1 : 0;
}

/** The terms to start with; a file that is wrong begins no session. */
async function glossaryOf({ glossary: path, from, to }: SpeakOptions): Promise<Glossary | null> {
  if (path === undefined) return null;
  const [only] = to;
  return await loadGlossary({
    path,
    named: '--glossary',
    spoken: [from],
    ...(only === undefined || to.length > 1 ? {} : { secondColumn: only }),
  });
}

/** One file on its way through a session. */
class SpeakRun {
  readonly #options: SpeakOptions;
  readonly #output: CaptionOutput;
  readonly #interrupt: AbortSignal;
  readonly #client: SpeakerClient;
  readonly #report: SpeechReport;
  readonly #outage: OutageWatch;
  readonly #failure = new AbortController();
  /** Ends the speaking: an interruption, or a failure. */
  readonly #stop: AbortSignal;
  #rest: QuietWait | null = null;
  #frames = 0;
  #segments: number | null = null;
  #gaps = 0;
  #firstSentAt: number | null = null;

  constructor(
    options: SpeakOptions,
    glossary: Glossary | null,
    output: CaptionOutput,
    interrupt: AbortSignal,
  ) {
    const { address, from, to, name } = options;
    this.#options = options;
    this.#output = output;
    this.#interrupt = interrupt;
    this.#stop = AbortSignal.any([interrupt, this.#failure.signal]);
    this.#report = new SpeechReport(from, to);
    this.#outage = new OutageWatch((error) => this.#failure.abort(error));
    this.#client = new SpeakerClient({
      ...address,
      language: from,
      offers: to,
      reads: to,
      ...(name === undefined ? {} : { speakerName: name }),
      ...(glossary === null ? {} : { glossary }),
    });
    this.#listen();
  }

  /** From the file's first packet to the last translation. Rejects with what ended it before. */
  async speak(): Promise<void> {
    const ffmpeg = findFfmpeg({ ffmpegBin: readCliConfig().ffmpegBin });
    const packets = encodeFile({ path: this.#options.file, ffmpeg });
    try {
      // A file that can not be read needs no session.
      const first = await packets.next();
      this.#announce(await unlessAborted(this.#client.start(), this.#stop));
      await this.#stream(first, packets);
    } finally {
      await packets.return();
    }
    const { segments } = await unlessAborted(this.#client.stop(), this.#failure.signal);
    this.#segments = segments;
    this.#rest = new QuietWait(() => this.#missing().length === 0, this.#options.waitMs);
    // Who interrupted the speaking still wants what was said; now it means not to wait any longer.
    await this.#rest.over(this.#interrupt.aborted ? this.#failure.signal : this.#interrupt);
  }

  close(): void {
    this.#outage.close();
    this.#client.close();
  }

  /** Prints what became of it, and returns what is missing. */
  summarise(failure: unknown): readonly MissingFinal[] {
    const missing = this.#missing();
    const { finals, translations } = this.#report;
    const fields = {
      session: this.#client.started?.session ?? null,
      frames: this.#frames,
      segments: this.#segments ?? this.#report.segmentsSeen,
      durationMs: this.#frames * FRAME_MS,
      finals,
      translations,
      missing,
      reconnects: this.#outage.reconnects,
      gaps: this.#gaps,
      receivedAtMs: this.#elapsedMs(),
      ...(failure === null ? {} : { error: codeOf(failure) }),
    };
    const seconds = (fields.durationMs / 1000).toFixed(1);
    const parts = [`${seconds} s spoken`, `${finals} finals`, `${translations} translations`];
    if (fields.reconnects > 0) parts.push(`${fields.reconnects} reconnects`);
    if (this.#gaps > 0) parts.push(`${this.#gaps} gaps`);
    if (missing.length > 0) parts.push(`missing: ${describeMissing(missing)}`);
    this.#output.summary(fields, `${parts.join(', ')}.`);
    return missing;
  }

  /** Sends every packet when it is due, until the file, the user or the session ends. */
  async #stream(
    first: IteratorResult<Uint8Array, void>,
    packets: AsyncIterator<Uint8Array, void>,
  ): Promise<void> {
    const pacer = new Pacer(this.#options.speed);
    try {
      for (let packet = first; packet.done !== true; packet = await packets.next()) {
        await pacer.due(this.#frames, this.#stop);
        await unlessAborted(this.#client.whenWritable(), this.#stop);
        if (this.#client.push(packet.value) < 0) await this.#client.whenWritable();
        this.#firstSentAt ??= performance.now();
        this.#frames += 1;
      }
    } catch (error) {
      this.#failure.signal.throwIfAborted();
      if (!this.#interrupt.aborted) throw error;
      this.#output.note(
        'Stopping; what was said is being finished. Ctrl-C again to leave at once.',
      );
    }
  }

  #listen(): void {
    this.#client.on('partial', (caption) => {
      if (caption.session !== this.#client.started?.session) return;
      this.#output.partial(caption, this.#elapsedMs());
    });
    this.#client.on('entry', (entry) => {
      const session = this.#client.started?.session ?? '';
      const caption = this.#report.take(entry, session);
      if (caption !== null) this.#output.final(caption, this.#elapsedMs());
      if (entry.type === 'gap') this.#output.gap(entry.gap, this.#elapsedMs());
      this.#rest?.told();
    });
    this.#client.on('gap', ({ declared }) => {
      this.#gaps += declared ? 1 : 0;
    });
    this.#client.on('error', (error) => this.#output.note(`${error.code}: ${error.message}`));
    this.#client.on('state', (state) => {
      if (state.kind === 'reconnecting') {
        if (!this.#outage.away) {
          const reason = state.error === null ? '' : ` (${explain(state.error)})`;
          this.#output.note(`The connection is lost, trying again${reason}`);
        }
        this.#outage.down(state.error);
      } else if (state.kind === 'live') {
        if (this.#outage.away) this.#output.note('Connected again.');
        this.#outage.up();
      } else {
        // Stopping has a limit of its own.
        this.#outage.close();
      }
    });
  }

  #announce({ watchToken, recognizer }: SessionStarted): void {
    const { address, file, from } = this.#options;
    const { url, room } = address;
    const link = buildRoomLink({ kind: 'watch', url, room, token: null });
    const token = watchToken === undefined ? '' : ' (viewers need the watch token, too)';
    this.#output.note(`Speaking ${file} (${from}, ${recognizer}); to watch: ${link}${token}`);
  }

  #missing(): readonly MissingFinal[] {
    return this.#report.missing(this.#segments ?? this.#report.segmentsSeen);
  }

  #elapsedMs(): number {
    return this.#firstSentAt === null ? 0 : Math.round(performance.now() - this.#firstSentAt);
  }
}

function codeOf(failure: unknown): string {
  return failure instanceof AppError ? failure.code : 'internal';
}

/** `es of segments 3, 4; ca of segment 4`. */
function describeMissing(missing: readonly MissingFinal[]): string {
  const byLanguage = new Map<string, number[]>();
  for (const { segment, language } of missing) {
    byLanguage.set(language, [...(byLanguage.get(language) ?? []), segment]);
  }
  return [...byLanguage]
    .map(([language, segments]) => {
      const noun = segments.length === 1 ? 'segment' : 'segments';
      return `${language} of ${noun} ${segments.join(', ')}`;
    })
    .join('; ');
}
