import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeZip, type ZipInput } from './testing/make-zip.ts';
import { ZipArchive, ZipError } from './zip-archive.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parlance-zip-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function openBytes(bytes: Buffer): Promise<ZipArchive> {
  const path = join(folder, randomBytes(8).toString('hex'));
  await writeFile(path, bytes);
  return await ZipArchive.open(path);
}

const text: ZipInput = { name: 'a/text.txt', content: Buffer.from('words '.repeat(1000)) };
const noise: ZipInput = { name: 'noise.bin', content: randomBytes(100_000), stored: true };
const empty: ZipInput = { name: 'empty', content: Buffer.alloc(0), stored: true };

describe('reading', () => {
  test('stored, deflated and empty entries come out as they went in', async () => {
    const archive = await openBytes(makeZip([text, noise, empty]));
    expect([...archive.entries.keys()]).toEqual(['a/text.txt', 'noise.bin', 'empty']);
    for (const { name, content } of [text, noise, empty]) {
      expect(content.equals(await buffer(await archive.read(name)))).toBe(true);
    }
  });

  test('a comment at the end does not hide the directory', async () => {
    const archive = await openBytes(makeZip([text], 'made by hand'));
    expect(archive.entries.get(text.name)?.bytes).toBe(text.content.length);
  });

  test('an end record inside an entry is not taken for the real one', async () => {
    const inner = makeZip([noise]);
    const archive = await openBytes(makeZip([{ name: 'inner.zip', content: inner, stored: true }]));
    expect([...archive.entries.keys()]).toEqual(['inner.zip']);
    expect(inner.equals(await buffer(await archive.read('inner.zip')))).toBe(true);
  });
});

describe('refusing', () => {
  test.each([
    ['an empty file', Buffer.alloc(0)],
    ['noise', randomBytes(1000)],
    ['an archive without its end', makeZip([text]).subarray(0, -10)],
    ['zip64', makeZip([{ ...text, directory: { bytes: 0xffffffff } }])],
    ['an encrypted entry', makeZip([{ ...text, directory: { flags: 1 } }])],
    ['an unknown method', makeZip([{ ...text, directory: { method: 93 } }])],
  ])('%s is no archive that we read', async (_what, bytes) => {
    await expect(openBytes(bytes)).rejects.toThrow(ZipError);
  });

  test('a name that is not there is named', async () => {
    const archive = await openBytes(makeZip([text]));
    await expect(archive.read('b.txt')).rejects.toThrow(/Expected b\.txt in the archive/);
  });

  test('damaged deflate data ends the stream with an error', async () => {
    const bytes = makeZip([text]);
    bytes.fill(0xff, 30 + text.name.length + 4, 30 + text.name.length + 14);
    const archive = await openBytes(bytes);
    await expect(archive.read(text.name).then(buffer)).rejects.toThrow();
  });

  test('a directory that claims more than there is, is refused before memory is taken', async () => {
    const bytes = makeZip([text]);
    bytes.writeUInt32LE(0x7fffffff, bytes.length - 22 + 12);
    await expect(openBytes(bytes)).rejects.toThrow(ZipError);
  });

  test('no damage of a few bytes makes it hang or fail in another way', async () => {
    const good = makeZip([text, noise]);
    const place = fc.tuple(
      fc.integer({ min: 0, max: good.length - 1 }),
      fc.integer({ min: 0, max: 255 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(place, { minLength: 1, maxLength: 8 }), async (changes) => {
        const bytes = Buffer.from(good);
        // Half of the changes go to the last bytes, where the directory lies.
        for (const [at, value] of changes) {
          bytes[at % 2 === 0 ? at : good.length - 1 - (at % 200)] = value;
        }
        const outcome = await openBytes(bytes).then(
          (archive) => archive,
          (error) => error,
        );
        if (!(outcome instanceof ZipArchive)) {
          expect(outcome).toBeInstanceOf(ZipError);
          return;
        }
        for (const name of outcome.entries.keys()) {
          await outcome
            .read(name)
            .then(buffer)
            .catch(() => null);
        }
      }),
      { numRuns: 60 },
    );
  });
});
