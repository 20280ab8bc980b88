import type { CAC } from 'cac';
import { ViewerClient } from '../../../client/src/live/viewer-client.ts';
import { toAppError } from '../../../client/src/live/wire-error.ts';
import type { PlacedEntry } from '../../../shared/captions.ts';
import { AppError } from '../../../shared/errors.ts';
import { unlessAborted } from '../async/unless-aborted.ts';
import type { CaptionOutput } from './caption-output.ts';
import { INTERRUPTED_EXIT_CODE, Interruption } from './interruption.ts';
import { processOutput } from './process-output.ts';
import { QuietWait } from './quiet-wait.ts';
import { explain } from './report-error.ts';
import { RoomProgress } from './room-progress.ts';
import { addServerOptions } from './server-options.ts';
import { readWatchOptions, type WatchFlags, type WatchOptions } from './watch-options.ts';

/** Adds `parlance watch ROOM --language es`. */
export function registerWatch(cli: CAC): void {
  const command = cli
    .command('watch <room>', 'Read a room (its name or a link to it): history, then live')
    .option('--language <language>', 'Language to read in')
    .option('--original', 'Print the originals, too')
    .option('--once', 'Leave after what was said so far')
    .option('--until-end', 'Leave when the last speaker has left or the room was ended')
    .option('--wait <seconds>', 'How long to wait for translations before leaving (20)')
    .option('--json', 'One JSON object a line')
    .example('  parlance watch demo --language es');
  addServerOptions(command).action((room: string, flags: WatchFlags) =>
    watch(readWatchOptions(cli, room, flags), processOutput(flags.json === true), flags.json),
  );
}

/** Reads until there is nothing more to read, or until Ctrl-C. */
async function watch(
  options: WatchOptions,
  output: CaptionOutput,
  json: boolean | undefined,
): Promise<number> {
  const interruption = new Interruption();
  const run = new WatchRun(options, output, json === true);
  let failure: unknown = null;
  try {
    await unlessAborted(run.start(), interruption.signal);
    await run.over(interruption.signal);
  } catch (error) {
    failure = error;
  }
  run.close();
  interruption.close();
  const { aborted, reason } = interruption.signal;
  run.summarise(failure);
  if (aborted && failure === reason) return INTERRUPTED_EXIT_CODE;
  if (failure !== null) throw failure;
  return 0;
}

/** One stay in a room. */
class WatchRun {
  readonly #options: WatchOptions;
  readonly #output: CaptionOutput;
  readonly #json: boolean;
  readonly #client: ViewerClient;
  readonly #progress: RoomProgress;
  readonly #over: Promise<void>;
  readonly #rest: QuietWait;
  #joinedAt: number | null = null;
  #finals = 0;
  #reconnects = 0;
  #isOver: () => void = () => {};
  #failed: (error: unknown) => void = () => {};

  constructor(options: WatchOptions, output: CaptionOutput, json: boolean) {
    this.#options = options;
    this.#output = output;
    this.#json = json;
    this.#progress = new RoomProgress(options.language);
    this.#client = new ViewerClient({ ...options.address, language: options.language });
    this.#rest = new QuietWait(() => this.#progress.translated, options.waitMs);
    this.#over = new Promise((resolve, reject) => {
      this.#isOver = resolve;
      this.#failed = reject;
    });
    // Awaited later, if at all.
    this.#over.catch(() => undefined);
    this.#listen();
  }

  async start(): Promise<void> {
    await this.#client.start();
    this.#progress.begin();
  }

  /** Resolves when it is time to leave. */
  async over(interrupt: AbortSignal): Promise<void> {
    const { until } = this.#options;
    if (until !== 'history') {
      await unlessAborted(this.#over, interrupt).catch((error: unknown) => {
        // Ctrl-C is how one leaves: no error, and nothing more to wait for.
        if (error !== interrupt.reason) throw error;
      });
    }
    // A room that was ended brings nothing more.
    if (this.#client.state.kind !== 'ended') await this.#rest.over(interrupt);
  }

  close(): void {
    this.#client.close();
  }

  summarise(failure: unknown): void {
    const fields = {
      finals: this.#finals,
      reconnects: this.#reconnects,
      receivedAtMs: this.#elapsedMs(),
      ...(failure === null
        ? {}
        : { error: failure instanceof AppError ? failure.code : 'internal' }),
    };
    this.#output.summary(fields, '');
  }

  #listen(): void {
    this.#client.on('joined', ({ speakers, truncated }) => {
      this.#joinedAt ??= performance.now();
      for (const speaker of speakers) this.#progress.speaker(speaker);
      if (truncated) this.#output.note('Only the newest part of what was said is shown.');
    });
    this.#client.on('partial', (caption) => {
      const isWanted = this.#json || caption.language === this.#options.language;
      if (isWanted) this.#output.partial(caption, this.#elapsedMs());
    });
    this.#client.on('entry', (entry) => {
      this.#progress.entry(entry);
      this.#print(entry);
      this.#rest.told();
      if (this.#options.until === 'end' && this.#progress.over) this.#isOver();
    });
    this.#client.on('state', (state) => {
      if (state.kind === 'reconnecting' && state.attempt === 1) {
        this.#reconnects += 1;
        const reason = state.error === null ? '' : ` (${explain(state.error)})`;
        this.#output.note(`The connection is lost, trying again${reason}`);
      } else if (state.kind === 'ended') {
        if (state.error === null) this.#isOver();
        else this.#failed(toAppError(state.error));
      }
    });
  }

  #print(entry: PlacedEntry): void {
    const { cursor } = entry;
    if (entry.type === 'gap') this.#output.gap(entry.gap, this.#elapsedMs(), { cursor });
    if (entry.type !== 'final') return;
    const { language, session } = entry.caption;
    const { language: read, original } = this.#options;
    if (language === read) this.#finals += 1;
    if (!this.#json && language !== read && !original) return;
    const { speakers } = this.#client.transcript;
    const speakerName = speakers.find((speaker) => speaker.session === session)?.name ?? '';
    this.#output.final(entry.caption, this.#elapsedMs(), { cursor, speakerName });
  }

  #elapsedMs(): number {
    return this.#joinedAt === null ? 0 : Math.round(performance.now() - this.#joinedAt);
  }
}
