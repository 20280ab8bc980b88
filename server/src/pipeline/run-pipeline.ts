import type { Turn } from '../scheduling/recognition-scheduler.ts';
import type { Endpointing } from '../segmentation/endpointer.ts';
import { segmentSpeech } from '../segmentation/segment-speech.ts';
import type { SpeechListener } from '../segmentation/speech-listener.ts';
import { decodeFrames, type FrameDecoder } from './decode-frames.ts';
import type { InboxItem } from './frame-inbox.ts';
import {
  type RecognitionSettings,
  recognizeSegments,
  type Utterance,
} from './recognize-segments.ts';

/** Everything one session's pipeline works with; all of it is released by its owner. */
export interface PipelineParts {
  readonly decoder: FrameDecoder;
  readonly listener: SpeechListener;
  readonly turn: Turn;
  readonly endpointing: Endpointing;
  readonly recognition: RecognitionSettings;
}

/** One session's speech, from frames to utterances. Each stage awaits the next: no queue grows. */
export function runPipeline(
  frames: AsyncIterable<InboxItem>,
  fromSeq: number,
  parts: PipelineParts,
): AsyncIterable<Utterance> {
  const audio = decodeFrames(frames, parts.decoder, fromSeq);
  const speech = segmentSpeech(audio, parts.listener, parts.endpointing, fromSeq);
  return recognizeSegments(speech, parts.turn, parts.recognition);
}
