import { randomBytes } from 'node:crypto';
import { SAMPLE_RATE } from '../../../../shared/limits.ts';
import type { MultipartBody } from '../../outside/http-service.ts';

const HEADER_BYTES = 44;
const BYTES_PER_SAMPLE = 2;
const FULL_SCALE = 32_767;

/** 16 kHz mono samples (−1…1) as a RIFF WAVE file of 16-bit PCM; what is no number becomes silence. */
export function writeWav(samples: Float32Array): Buffer {
  const dataBytes = samples.length * BYTES_PER_SAMPLE;
  const wav = Buffer.alloc(HEADER_BYTES + dataBytes);
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(HEADER_BYTES - 8 + dataBytes, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(SAMPLE_RATE, 24);
  wav.writeUInt32LE(SAMPLE_RATE * BYTES_PER_SAMPLE, 28);
  wav.writeUInt16LE(BYTES_PER_SAMPLE, 32);
  wav.writeUInt16LE(8 * BYTES_PER_SAMPLE, 34);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(dataBytes, 40);
  for (const [at, sample] of samples.entries()) {
    const level = Number.isFinite(sample) ? Math.max(-1, Math.min(1, sample)) : 0;
    wav.writeInt16LE(Math.round(level * FULL_SCALE), HEADER_BYTES + at * BYTES_PER_SAMPLE);
  }
  return wav;
}

/** Fields and one file as multipart/form-data (RFC 7578). */
export function multipartUpload(
  fields: readonly (readonly [name: string, value: string])[],
  file: { readonly name: string; readonly type: string; readonly content: Buffer },
): MultipartBody {
  const boundary = `parlance-${randomBytes(18).toString('hex')}`;
  const parts = fields.map(
    ([name, value]) =>
      `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const head =
    `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${file.name}"\r\n` +
    `content-type: ${file.type}\r\n\r\n`;
  return {
    fields: [...fields.map(([name]) => name), 'file'],
    contentType: `multipart/form-data; boundary=${boundary}`,
    bytes: Buffer.concat([
      Buffer.from(parts.join('') + head),
      file.content,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]),
  };
}
