import { expect, test } from 'vitest';
import { multipartUpload, writeWav } from './wav-upload.ts';

test('16-bit PCM of 16 kHz, one channel, behind a header that says so', () => {
  const wav = writeWav(Float32Array.of(0, 1, -1, 0.5));
  expect(wav.length).toBe(44 + 8);
  expect(wav.toString('latin1', 0, 4)).toBe('RIFF');
  expect(wav.readUInt32LE(4)).toBe(wav.length - 8);
  expect(wav.toString('latin1', 8, 16)).toBe('WAVEfmt ');
  expect([wav.readUInt16LE(20), wav.readUInt16LE(22), wav.readUInt32LE(24)]).toEqual([
    1, 1, 16_000,
  ]);
  expect([wav.readUInt32LE(28), wav.readUInt16LE(32), wav.readUInt16LE(34)]).toEqual([
    32_000, 2, 16,
  ]);
  expect([wav.toString('latin1', 36, 40), wav.readUInt32LE(40)]).toEqual(['data', 8]);
  const samples = [0, 1, 2, 3].map((at) => wav.readInt16LE(44 + 2 * at));
  expect(samples).toEqual([0, 32_767, -32_767, 16_384]);
});

test('what is no sound becomes silence, and what is too loud as loud as can be', () => {
  const wav = writeWav(Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, 1e30, -7));
  const samples = [0, 1, 2, 3].map((at) => wav.readInt16LE(44 + 2 * at));
  expect(samples).toEqual([0, 0, 32_767, -32_767]);
  expect(writeWav(new Float32Array(0)).length).toBe(44);
});

test('a form that any server reads', async () => {
  const content = Buffer.from([0, 13, 10, 45, 45, 255]);
  const { contentType, bytes } = multipartUpload(
    [
      ['model', 'whisper-1'],
      ['timestamp_granularities[]', 'word'],
      ['timestamp_granularities[]', 'segment'],
    ],
    { name: 'speech.wav', type: 'audio/wav', content },
  );
  const body = new Uint8Array(bytes);
  const form = await new Response(body, { headers: { 'content-type': contentType } }).formData();
  expect(form.get('model')).toBe('whisper-1');
  expect(form.getAll('timestamp_granularities[]')).toEqual(['word', 'segment']);
  const file = form.get('file');
  if (!(file instanceof File)) throw new Error('Expected a file.');
  expect([file.name, file.type]).toEqual(['speech.wav', 'audio/wav']);
  expect(Buffer.from(await file.arrayBuffer())).toEqual(content);
});
