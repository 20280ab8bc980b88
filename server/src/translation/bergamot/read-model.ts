import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { InstalledFile, InstalledModel } from '../../models/installed-models.ts';
import { checkShortlist } from './check-shortlist.ts';
import { precisionOf, readModelItems, vocabularySizes } from './model-header.ts';
import { FileProblem, modelDamaged } from './model-problem.ts';
import { readVocabularyPieces } from './vocabulary-pieces.ts';

/** Contents of a model's files, checked as far as they can be without running it. */
export interface ModelBytes {
  readonly model: Uint8Array;
  readonly shortlist: Uint8Array | null;
  /** One for both languages, or that of the source and that of the target. */
  readonly vocabularies: readonly Uint8Array[];
  /** Marian's name for how its matrices are multiplied. */
  readonly precision: string;
}

/** A vocabulary with far fewer words than its model belongs to another one. */
const LEAST_SHARE_OF_WORDS = 0.5;

/**
 * Reads a model's files. Marian itself notices little: a wrong length or vocabulary makes it read
 * out of range, silently. Throws `model_damaged`, naming the file and what to do.
 */
export async function readModel(installed: InstalledModel): Promise<ModelBytes> {
  const file = (role: InstalledFile['role']) => installed.files.find((each) => each.role === role);
  const read = async (role: InstalledFile['role']) => {
    const found = file(role);
    return found === undefined ? null : readChecked(installed, found);
  };
  const check = <T>(role: InstalledFile['role'], act: () => T): T =>
    named(installed, file(role)?.name ?? role, act);

  const model = await read('model');
  if (model === null) throw modelDamaged(installed, 'model.json', 'Expected a model, got none.');
  const items = check('model', () => readModelItems(model));
  const sizes = check('model', () => vocabularySizes(items));
  const shared = await read('vocab');
  const vocabularies: Uint8Array[] = [];
  for (const [role, words] of shared === null
    ? ([
        ['srcvocab', sizes.source],
        ['trgvocab', sizes.target],
      ] as const)
    : ([['vocab', Math.min(sizes.source, sizes.target)]] as const)) {
    const bytes = role === 'vocab' ? shared : await read(role);
    if (bytes === null) {
      throw modelDamaged(installed, 'model.json', `Expected a ${role}, got none.`);
    }
    check(role, () => checkVocabulary(bytes, words));
    vocabularies.push(bytes);
  }
  const shortlist = await read('lex');
  if (shortlist !== null) check('lex', () => checkShortlist(shortlist, sizes));
  return { model, shortlist, vocabularies, precision: precisionOf(items) };
}

async function readChecked(model: InstalledModel, file: InstalledFile): Promise<Uint8Array> {
  const bytes = await readFile(file.path).catch((error: NodeJS.ErrnoException) => {
    throw modelDamaged(model, file.name, `Expected a file to read, got ${error.code}.`);
  });
  if (bytes.length !== file.bytes) {
    throw modelDamaged(model, file.name, `Expected ${file.bytes} bytes, got ${bytes.length}.`);
  }
  if (file.sha256 !== null) {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (sha256 !== file.sha256) {
      throw modelDamaged(model, file.name, `Expected sha256 ${file.sha256}, got ${sha256}.`);
    }
  }
  return bytes;
}

function checkVocabulary(bytes: Uint8Array, words: number): void {
  const { length } = readVocabularyPieces(bytes);
  if (length > words || length < words * LEAST_SHARE_OF_WORDS) {
    throw new FileProblem(
      `Expected a vocabulary of ${words} words as the model has, got ${length}.`,
    );
  }
}

function named<T>(model: InstalledModel, file: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof FileProblem) throw modelDamaged(model, file, error.message);
    throw error;
  }
}
