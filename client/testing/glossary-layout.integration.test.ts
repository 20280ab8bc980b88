import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { addTerms, fillTerm, importLines, openGlossary } from './glossary-script.ts';
import { tooFaint, tooSmall } from './legibility.ts';
import { PageBench } from './page-bench.ts';

vi.setConfig({ testTimeout: 60_000 });

const SCHEMES = ['light', 'dark'] as const;
const PHONE = { width: 390, height: 844 };

let bench: PageBench;

beforeAll(async () => {
  bench = await PageBench.open({ microphone: false });
});
afterEach(() => bench.reset());
afterAll(() => bench.close());

/** Every state of the list of terms, one after the other. */
async function walkGlossary(page: Page, look: (state: string) => Promise<void>): Promise<void> {
  await openGlossary(page);
  await look('empty');
  const long = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamte';
  await addTerms(page, [
    { term: long, heardAs: long, translations: { es: long } },
    { term: 'water main', translate: true },
  ]);
  await look('list');
  await page.getByTestId('term-add').click();
  await fillTerm(page, { term: long, heardAs: '?' });
  await page.getByTestId('term-save').click();
  await page.getByTestId('field-problem').first().waitFor();
  await look('form');
  await page.getByTestId('term-cancel').click();
  await page.getByRole('button', { name: 'Edit water main' }).click();
  await look('edit');
  await page.getByTestId('term-cancel').click();
  await importLines(page, `${long}.csv`, ['term,keep', `${long},no`, 'Parlance,yes', ',no']);
  await page.getByTestId('import-go').waitFor();
  await look('import');
  await page.getByTestId('import-go').click();
  await page.getByRole('button', { name: 'Delete Parlance' }).click();
  await look('deleted');
}

describe('the list of terms', () => {
  it.each(SCHEMES)('can be read in %s', async (colorScheme) => {
    const page = await bench.visit('/speak/room-1', { colorScheme });
    await walkGlossary(page, async (state) => {
      expect(await tooFaint(page), state).toEqual([]);
    });
  });

  it.each([{ width: 360, height: 640 }, PHONE])(
    'fits a phone of $width, for eyes and thumbs',
    async (viewport) => {
      const page = await bench.visit('/speak/room-1', { viewport });
      await walkGlossary(page, async (state) => {
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(width, state).toBe(viewport.width);
        const inside = page.locator('.glossary, dialog');
        const hidden = await inside.evaluateAll((boxes) =>
          boxes.map((box) => box.scrollWidth - box.clientWidth),
        );
        expect(Math.max(...hidden), state).toBeLessThanOrEqual(0);
        expect(await tooSmall(page, '.glossary, dialog.import'), state).toEqual([]);
      });
    },
  );

  it('stays where it is while it is saved', async () => {
    const page = await bench.visit('/speak/room-1', { viewport: PHONE });
    await bench.chooseClip(page);
    await page.getByTestId('start').click();
    await page.getByTestId('pause').waitFor();
    await openGlossary(page);
    const saving = page.getByTestId('glossary-saving');
    const places = () =>
      page
        .locator('.glossary, .glossary .row, .term-box, .glossary-foot')
        .evaluateAll((boxes) => boxes.map((box) => box.getBoundingClientRect().height));
    bench.server.refuseHandshake = { code: 'shutting_down', message: 'Away.', retryable: true };
    bench.server.cut();
    await page.locator('[data-code=reconnecting]').waitFor();
    await addTerms(page, [{ term: 'Parlance' }]);
    await expect.poll(() => saving.getAttribute('data-state')).toBe('saving');
    const before = await places();
    bench.server.refuseHandshake = null;
    await expect.poll(() => saving.getAttribute('data-state'), { timeout: 20_000 }).toBe('saved');
    expect(await places()).toEqual(before);
  });
});
