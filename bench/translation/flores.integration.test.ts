import { expect, test } from 'vitest';
import { readSettings } from '../../server/src/config/settings.ts';
import { translationModelsFolder } from '../../server/src/models/installed-models.ts';
import { createBergamotTranslator } from '../../server/src/translation/bergamot/bergamot-translator.ts';
import { measureTranslation } from '../translation-quality.ts';

/** What Firefox's smallest model of this pair reaches, less what another test set may take. */
const LEAST_BLEU = 24;
const LIMIT_MS = 900_000;

test(
  "Firefox's model reaches its BLEU on FLORES into Spanish",
  async () => {
    const { MODELS_DIR, PARLANCE_CACHE, TRANSLATION_WORKERS, TRANSLATION_MEMORY_MB } =
      readSettings();
    const folder = MODELS_DIR ?? translationModelsFolder(PARLANCE_CACHE);
    const translator = await createBergamotTranslator({
      folders: [folder],
      workers: TRANSLATION_WORKERS,
      memoryLimitMb: TRANSLATION_MEMORY_MB,
    });
    try {
      const [measured] = await measureTranslation(translator, [{ from: 'en', to: 'es' }], Infinity);
      if (measured?.skipped !== undefined) {
        // A quiet pass would be mistaken for a measurement.
        const remedy = `Set MODELS_DIR to a folder with en-es; looked in ${folder}.`;
        process.stderr.write(`FLORES did not run: ${measured.skipped}. ${remedy}\n`);
        return;
      }
      expect(measured?.bleu).toBeGreaterThan(LEAST_BLEU);
    } finally {
      await translator.close();
    }
  },
  LIMIT_MS,
);
