import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSentences } from './sentences.ts';

test('takes the first lines of the corpus, and says where it had to do without', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'corpus-'));
  try {
    const without = await readSentences(7, folder);
    expect(without.sentences).toHaveLength(7);
    expect(without.notice).toContain(folder);
    await writeFile(join(folder, 'flores-dev.en'), 'One.\nTwo.\nThree.\n');
    expect(await readSentences(2, folder)).toEqual({ sentences: ['One.', 'Two.'], notice: null });
    expect((await readSentences(9, folder)).sentences).toHaveLength(3);
  } finally {
    await rm(folder, { recursive: true });
  }
});
