import type { InstalledFileRole } from '../installed-models.ts';
import type { ModelOffer, ModelRegistry, ModelSource, OfferedFile } from './model-offer.ts';
import { PINNED_COMMIT, PINNED_ROWS } from './pinned-rows.ts';

/** Mozilla's model repository, whose large files this host serves. */
const PINNED_BASE = `https://media.githubusercontent.com/media/mozilla/firefox-translations-models/${PINNED_COMMIT}/`;

const FILE_NAMES: Readonly<Record<InstalledFileRole, (code: string) => string>> = {
  model: (code) => `model.${code}.intgemm.alphas.bin`,
  lex: (code) => `lex.50.50.${code}.s2t.bin`,
  vocab: (code) => `vocab.${code}.spm`,
  srcvocab: (code) => `srcvocab.${code}.spm`,
  trgvocab: (code) => `trgvocab.${code}.spm`,
};

/** The models that this version knows, each file by its sha256; the mirror is asked first. */
export function pinnedRegistry(mirror: string | null): ModelRegistry {
  return {
    title: 'Firefox Translations models, pinned',
    offers: PINNED_OFFERS,
    sources: [
      ...(mirror === null ? [] : [pinnedMirror(mirror)]),
      { title: "Mozilla's model repository", base: PINNED_BASE },
    ],
  };
}

/** Where below the address of a mirror the pinned files lie. */
export const PINNED_MIRROR_FOLDER = 'translation/pinned/';

function pinnedMirror(mirror: string): ModelSource {
  return { title: 'the mirror', base: `${mirror.replace(/\/+$/, '')}/${PINNED_MIRROR_FOLDER}` };
}

export const PINNED_OFFERS: readonly ModelOffer[] = PINNED_ROWS.trim().split('\n').map(readRow);

/** Languages are two letters each in Mozilla's repository: `enes`. */
function readRow(row: string): ModelOffer {
  const [code = '', category = '', bleu, comet, bytes, sha256 = '', ...files] = row.split(' ');
  const [from, to] = [code.slice(0, 2), code.slice(2)];
  const model = { bytes: Number(bytes), sha256 };
  return {
    pair: `${from}-${to}`,
    from,
    to,
    category,
    bleu: score(bleu),
    comet: score(comet),
    files: readFiles(files, code, category, model),
  };
}

function readFiles(
  cells: readonly string[],
  code: string,
  category: string,
  model: OfferedFile['unpacked'],
): OfferedFile[] {
  const files: OfferedFile[] = [];
  for (let at = 0; at < cells.length; at += 3) {
    const [role, bytes, sha256 = ''] = cells.slice(at, at + 3);
    if (!isRole(role)) throw new Error(`Expected the role of a file, got "${role}"`);
    const name = FILE_NAMES[role](code);
    files.push({
      role,
      name,
      path: `models/${category}/${code}/${name}.gz`,
      packed: { bytes: Number(bytes), sha256 },
      unpacked: role === 'model' ? model : { bytes: null, sha256: null },
    });
  }
  return files;
}

function isRole(text: string | undefined): text is InstalledFileRole {
  return text !== undefined && Object.hasOwn(FILE_NAMES, text);
}

function score(text: string | undefined): number | null {
  return text === undefined || text === '-' ? null : Number(text);
}
