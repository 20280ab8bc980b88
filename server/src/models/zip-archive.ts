import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';

/** A file within an archive. */
export interface ZipEntry {
  readonly name: string;
  readonly bytes: number;
  readonly packedBytes: number;
  readonly method: number;
  readonly headerOffset: number;
}

/** What is no zip archive, or one of a kind not read here. */
export class ZipError extends Error {
  override readonly name = 'ZipError';
}

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 0xffff;
const DIRECTORY_SIGNATURE = 0x02014b50;
const DIRECTORY_ENTRY_BYTES = 46;
/** Thousands of files; a larger directory is refused before memory is taken for it. */
const MAX_DIRECTORY_BYTES = 16 * 1024 * 1024;
const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_HEADER_BYTES = 30;
/** Stands where a number lies in a zip64 record instead. */
const IN_ZIP64 = 0xffffffff;
const ENCRYPTED = 0x1;
const STORED = 0;
const DEFLATED = 8;

/**
 * Reads a zip archive (PKWARE APPNOTE 6.3) by its central directory: stored and deflated entries,
 * no encryption, no zip64, one disk. Checksums are left to the caller, who knows better ones.
 */
export class ZipArchive {
  readonly #path: string;
  readonly entries: ReadonlyMap<string, ZipEntry>;

  private constructor(path: string, entries: ReadonlyMap<string, ZipEntry>) {
    this.#path = path;
    this.entries = entries;
  }

  /** Reads the directory; throws {@link ZipError} where the file is no archive. */
  static async open(path: string): Promise<ZipArchive> {
    return await withFile(path, async (file) => new ZipArchive(path, await readDirectory(file)));
  }

  /** The entry's content, to be read to its end or destroyed. */
  async read(name: string): Promise<Readable> {
    const entry = this.entries.get(name);
    if (entry === undefined)
      throw new ZipError(`Expected ${name} in the archive, got no such file`);
    const header = await withFile(this.#path, (file) =>
      readExactly(file, entry.headerOffset, LOCAL_HEADER_BYTES),
    );
    if (header.readUInt32LE(0) !== LOCAL_SIGNATURE) {
      throw new ZipError(`Expected the header of ${name}, got something else`);
    }
    if (entry.packedBytes === 0) return Readable.from([]);
    const start =
      entry.headerOffset + LOCAL_HEADER_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
    const packed = createReadStream(this.#path, { start, end: start + entry.packedBytes - 1 });
    if (entry.method === STORED) return packed;
    const inflate = createInflateRaw();
    packed.once('error', (error) => inflate.destroy(error));
    inflate.once('close', () => packed.destroy());
    return packed.pipe(inflate);
  }
}

async function withFile<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, 'r');
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

async function readDirectory(file: FileHandle): Promise<ReadonlyMap<string, ZipEntry>> {
  const { size } = await file.stat();
  const tailBytes = Math.min(size, END_BYTES + MAX_COMMENT_BYTES);
  const tail = await readExactly(file, size - tailBytes, tailBytes);
  const end = findEnd(tail);
  const count = tail.readUInt16LE(end + 10);
  const directoryBytes = tail.readUInt32LE(end + 12);
  const directoryOffset = tail.readUInt32LE(end + 16);
  if (directoryOffset === IN_ZIP64) throw new ZipError('Expected a zip archive, got zip64');
  if (directoryBytes > MAX_DIRECTORY_BYTES || directoryOffset + directoryBytes > size) {
    throw new ZipError(`Expected a directory within the archive, got ${directoryBytes} bytes`);
  }
  const directory = await readExactly(file, directoryOffset, directoryBytes);
  const entries = new Map<string, ZipEntry>();
  let offset = 0;
  for (let index = 0; index < count; index += 1) {
    const { entry, next } = readEntry(directory, offset);
    entries.set(entry.name, entry);
    offset = next;
  }
  return entries;
}

function readEntry(directory: Buffer, offset: number): { entry: ZipEntry; next: number } {
  if (
    offset + DIRECTORY_ENTRY_BYTES > directory.length ||
    directory.readUInt32LE(offset) !== DIRECTORY_SIGNATURE
  ) {
    throw new ZipError('Expected another entry in the directory, got something else');
  }
  const flags = directory.readUInt16LE(offset + 8);
  const nameBytes = directory.readUInt16LE(offset + 28);
  const nameStart = offset + DIRECTORY_ENTRY_BYTES;
  const entry = {
    name: directory.toString('utf8', nameStart, nameStart + nameBytes),
    method: directory.readUInt16LE(offset + 10),
    packedBytes: directory.readUInt32LE(offset + 20),
    bytes: directory.readUInt32LE(offset + 24),
    headerOffset: directory.readUInt32LE(offset + 42),
  };
  if (entry.bytes === IN_ZIP64 || entry.packedBytes === IN_ZIP64 || entry.headerOffset === IN_ZIP64)
    throw new ZipError(`Expected a zip archive, got zip64 for ${entry.name}`);
  if ((flags & ENCRYPTED) !== 0 || (entry.method !== STORED && entry.method !== DEFLATED)) {
    throw new ZipError(`Expected ${entry.name} stored or deflated, got method ${entry.method}`);
  }
  const extraBytes = directory.readUInt16LE(offset + 30);
  const commentBytes = directory.readUInt16LE(offset + 32);
  return { entry, next: nameStart + nameBytes + extraBytes + commentBytes };
}

/** The end record's place in the archive's tail: the last one whose comment fills the rest. */
function findEnd(tail: Buffer): number {
  for (let offset = tail.length - END_BYTES; offset >= 0; offset -= 1) {
    const found = tail.readUInt32LE(offset) === END_SIGNATURE;
    if (found && offset + END_BYTES + tail.readUInt16LE(offset + 20) === tail.length) return offset;
  }
  throw new ZipError('Expected a zip archive, got something else');
}

async function readExactly(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  if (bytesRead < length) throw new ZipError(`Expected ${length} bytes, got ${bytesRead}`);
  return buffer;
}
