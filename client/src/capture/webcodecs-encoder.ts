import { FRAME_MS } from '../../../shared/limits.ts';
import { CAPTURE_RATE, FRAME_SAMPLES } from './audio-frame.ts';
import {
  type EncoderEvents,
  EncoderUnsupported,
  OPUS_BITRATE,
  OPUS_COMPLEXITY,
  type PacketEncoder,
} from './packet-encoder.ts';

const FRAME_US = FRAME_MS * 1000;

const PLAIN: AudioEncoderConfig = {
  codec: 'opus',
  sampleRate: CAPTURE_RATE,
  numberOfChannels: 1,
  bitrate: OPUS_BITRATE,
};

/** From the most to the least said; browsers refuse options that they do not know. */
const CONFIGS: readonly AudioEncoderConfig[] = [
  {
    ...PLAIN,
    opus: {
      format: 'opus',
      frameDuration: FRAME_US,
      usedtx: false,
      complexity: OPUS_COMPLEXITY,
      // The typings of the platform lag behind the registration of Opus.
      ...{ application: 'audio' },
    },
  },
  { ...PLAIN, opus: { format: 'opus', frameDuration: FRAME_US, complexity: OPUS_COMPLEXITY } },
  PLAIN,
];

/** Encodes with the browser's own Opus (WebCodecs). */
export async function openWebCodecsEncoder(events: EncoderEvents): Promise<PacketEncoder> {
  const encoder = new (audioEncoderClass())({
    output: (chunk) => {
      const packet = new Uint8Array(chunk.byteLength);
      chunk.copyTo(packet);
      events.onPacket(packet);
    },
    error: (error) => events.onError(error),
  });
  encoder.configure(await supportedConfig());
  let frames = 0;
  return {
    name: 'webcodecs',
    encode(chunk) {
      const data = new AudioData({
        format: 'f32-planar',
        sampleRate: CAPTURE_RATE,
        numberOfFrames: chunk.length,
        numberOfChannels: 1,
        timestamp: frames * FRAME_US,
        data: chunk,
      });
      frames += chunk.length / FRAME_SAMPLES;
      encoder.encode(data);
      data.close();
    },
    flush: () => encoder.flush(),
    close() {
      if (encoder.state !== 'closed') encoder.close();
    },
  };
}

async function supportedConfig(): Promise<AudioEncoderConfig> {
  for (const config of CONFIGS) {
    const answer = await audioEncoderClass()
      .isConfigSupported(config)
      .catch(() => ({ supported: false })); // Unknown options make some browsers throw.
    if (answer.supported) return config;
  }
  throw new EncoderUnsupported(
    'Expected WebCodecs to encode Opus, got no supported configuration.',
  );
}

function audioEncoderClass(): typeof AudioEncoder {
  if (typeof AudioEncoder === 'undefined' || typeof AudioData === 'undefined') {
    throw new EncoderUnsupported('Expected WebCodecs, got a browser without AudioEncoder.');
  }
  return AudioEncoder;
}
