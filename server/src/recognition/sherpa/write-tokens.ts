import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { Tokenizer, VOCABULARY_SIZE } from '../moonshine/tokenizer.ts';

/**
 * Writes the vocabulary as sherpa-onnx wants it, a line for each token: its bytes in base64, a
 * space, its number. Tokens that are no text are left out, and so from what it hears. Returns the
 * file's path.
 */
export async function writeTokens(tokenizerFile: string, folder: string): Promise<string> {
  const tokenizer = new Tokenizer(await readFile(tokenizerFile));
  const lines: string[] = [];
  for (let token = 0; token < VOCABULARY_SIZE; token += 1) {
    const piece = tokenizer.piece(token);
    if (piece === null || piece.length === 0) continue;
    lines.push(`${Buffer.from(piece).toString('base64')} ${token}\n`);
  }
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'moonshine-tiny-en-tokens.txt');
  // Written beside and moved, so that another process never reads half of it.
  const part = `${path}.${process.pid}-${threadId}`;
  await writeFile(part, lines.join(''));
  await rename(part, path);
  return path;
}
