import { type Deferred, deferred } from '../live/deferred.ts';
import { CAPTURE_RATE } from './audio-frame.ts';
import type { AudioSource, SourceKind, SourceListener } from './audio-source.ts';
import { CaptureError, type CaptureErrorCode } from './capture-error.ts';
import type { FromCaptureWorklet } from './capture-worklet.ts';
import workletUrl from './capture-worklet.ts?worker&url';

/** The audio thread answers within a few milliseconds; a stop does not wait for it for ever. */
const DRAIN_LIMIT_MS = 500;

export interface StreamSourceOptions {
  kind: SourceKind;
  stream: MediaStream;
  /** What it means when the track ends by itself. */
  lostCode: CaptureErrorCode;
}

/** Turns a media stream's sound into frames; closes the stream when it cannot. */
export async function openStreamSource(options: StreamSourceOptions): Promise<AudioSource> {
  const { stream } = options;
  let context: AudioContext | null = null;
  try {
    const opened = openContext(stream);
    context = opened.context;
    await context.audioWorklet.addModule(workletUrl);
    const node = new AudioWorkletNode(context, 'parlance-capture', {
      numberOfInputs: 1,
      numberOfOutputs: 0,
      channelCount: 1,
      channelCountMode: 'explicit',
      channelInterpretation: 'speakers',
    });
    opened.source.connect(node);
    // Some browsers start a context suspended although the page was just clicked.
    await context.resume();
    return new StreamSource(options, context, node);
  } catch (cause) {
    stopTracks(stream);
    await context?.close();
    throw new CaptureError('browser_unsupported', 'Expected to hear the stream, got an error.', {
      cause,
    });
  }
}

interface OpenedContext {
  context: AudioContext;
  source: MediaStreamAudioSourceNode;
}

function openContext(stream: MediaStream): OpenedContext {
  const context = new AudioContext({ sampleRate: CAPTURE_RATE, latencyHint: 'interactive' });
  try {
    return { context, source: context.createMediaStreamSource(stream) };
  } catch {
    // Firefox joins a microphone only to a context of the microphone's own rate.
    void context.close();
    const own = new AudioContext({ latencyHint: 'interactive' });
    return { context: own, source: own.createMediaStreamSource(stream) };
  }
}

function stopTracks(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

class StreamSource implements AudioSource {
  readonly kind: SourceKind;
  readonly label: string;
  readonly #options: StreamSourceOptions;
  readonly #context: AudioContext;
  readonly #node: AudioWorkletNode;
  readonly #closed = new AbortController();
  #drained: Deferred<void> | null = null;

  constructor(options: StreamSourceOptions, context: AudioContext, node: AudioWorkletNode) {
    this.kind = options.kind;
    this.label = options.stream.getAudioTracks()[0]?.label ?? '';
    this.#options = options;
    this.#context = context;
    this.#node = node;
  }

  start(listener: SourceListener): void {
    const { signal } = this.#closed;
    this.#node.port.onmessage = ({ data }: MessageEvent<FromCaptureWorklet>) => {
      if (signal.aborted) return;
      if (data === 'drained') this.#drained?.resolve();
      else listener.onSound(data);
    };
    const lost = () => {
      const { lostCode } = this.#options;
      listener.onLost(new CaptureError(lostCode, 'Expected sound to go on, got its end.'));
    };
    for (const track of this.#options.stream.getAudioTracks()) {
      if (track.readyState === 'ended') lost();
      track.addEventListener('ended', lost, { signal });
    }
    this.#context.addEventListener('statechange', () => this.#keepRunning(listener), { signal });
  }

  hold(): void {
    // Live sound cannot be held: the gate drops it.
  }

  async drain(): Promise<void> {
    // A context that stands still hears nothing, and does not answer either.
    if (this.#closed.signal.aborted || this.#context.state !== 'running') return;
    this.#drained = deferred();
    const limit = setTimeout(this.#drained.resolve, DRAIN_LIMIT_MS);
    this.#node.port.postMessage('drain');
    await this.#drained.promise;
    clearTimeout(limit);
  }

  close(): void {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort();
    this.#drained?.resolve();
    this.#node.port.onmessage = null;
    this.#node.disconnect();
    stopTracks(this.#options.stream);
    void this.#context.close();
  }

  /** A phone call suspends the context; without help it would stay so, in silence. */
  #keepRunning(listener: SourceListener): void {
    if (this.#context.state === 'running' || this.#context.state === 'closed') return;
    this.#context.resume().catch((cause: unknown) => {
      const message = 'Expected sound to resume, got a refusal.';
      listener.onLost(new CaptureError('sound_suspended', message, { cause }));
    });
  }
}
