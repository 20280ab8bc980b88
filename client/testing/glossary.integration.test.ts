import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ErrorCode, WireError } from '../../shared/errors.ts';
import { readGlossaryFile } from '../../shared/glossary-files/glossary-file.ts';
import { MAX_GLOSSARY_ENTRIES } from '../../shared/limits.ts';
import { glossaryEntry } from '../src/glossary/testing/glossary-entry.ts';
import { scriptedFinal } from './caption-script.ts';
import { addTerms, fillTerm, importLines, openGlossary } from './glossary-script.ts';
import { PageBench } from './page-bench.ts';

vi.setConfig({ testTimeout: 120_000 });

const PATIENCE = { timeout: 40_000, interval: 50 };

let bench: PageBench;

beforeAll(async () => {
  bench = await PageBench.open();
});
afterEach(() => bench.reset());
afterAll(() => bench.close());

function wireError(code: ErrorCode, retryable = true): WireError {
  return { code, message: 'Expected otherwise.', retryable };
}

async function speak(page: Page): Promise<void> {
  await page.getByTestId('start').click();
  await page.getByTestId('pause').waitFor();
}

/** A page with its list of terms open. */
async function open(path = '/speak/room-1'): Promise<Page> {
  const page = await bench.visit(path);
  await openGlossary(page);
  return page;
}

const listed = (page: Page) => page.locator('.term-name > span:first-child').allTextContents();
const row = (page: Page, term: string) => page.getByTestId('term').filter({ hasText: term });
const deed = (page: Page) => page.getByTestId('glossary-deed').textContent();
const focused = (page: Page) =>
  page.evaluate(() => {
    const { activeElement: element } = document;
    return element?.getAttribute('aria-label') ?? element?.textContent ?? '';
  });

describe('before speaking', () => {
  it('terms are added, kept over a reload, and taken into the session', async () => {
    const page = await open();
    await addTerms(page, [
      { term: 'Parlance', heardAs: 'par lance, parlence' },
      { term: 'water main', translate: true, translations: { es: 'tubería' } },
    ]);
    await page.reload();
    expect(await page.getByTestId('glossary-count').textContent()).toBe('2 terms');
    await openGlossary(page);
    expect(await listed(page)).toEqual(['Parlance', 'water main']);
    await speak(page);
    await expect
      .poll(() => bench.server.glossary, PATIENCE)
      .toEqual([
        glossaryEntry('Parlance', { heardAs: ['par lance', 'parlence'] }),
        glossaryEntry('water main', { translations: { es: 'tubería' }, keep: false }),
      ]);
    await page.getByText('Saved', { exact: true }).waitFor();
  });

  it('what stands in the form at the start is not lost', async () => {
    const page = await open();
    await page.getByTestId('term-add').click();
    await fillTerm(page, { term: 'Inês' });
    await speak(page);
    await expect.poll(() => bench.server.glossary, PATIENCE).toEqual([glossaryEntry('Inês')]);
  });

  it('rooms do not mix', async () => {
    const page = await open();
    await addTerms(page, [{ term: 'Parlance' }]);
    await page.goto(`${bench.server.url}/speak/room-2`);
    await expect.poll(() => page.getByTestId('glossary-count').textContent()).toBe('none yet');
    await speak(page);
    expect(bench.server.glossary).toEqual([]);
  });

  it('another tab of the same browser shows what is changed here', async () => {
    const page = await open();
    const other = await page.context().newPage();
    await other.goto(`${bench.server.url}/speak/room-1`);
    await other.getByTestId('glossary-count').waitFor();
    await addTerms(page, [{ term: 'Parlance' }]);
    await expect.poll(() => other.getByTestId('glossary-count').textContent()).toBe('1 term');
  });
});

describe('the form', () => {
  it('names what is wrong at each field, until it is mended', async () => {
    const page = await open();
    await addTerms(page, [{ term: 'Parlance' }]);
    await page.getByTestId('term-add').click();
    await fillTerm(page, { term: 'PARLANCE', heardAs: '?', translations: { es: '!' } });
    await page.keyboard.press('Enter');
    const problems = page.getByTestId('field-problem');
    await expect
      .poll(() => problems.allTextContents())
      .toEqual([
        'In the list already.',
        'Needs a letter or a digit.',
        'Needs a letter or a digit.',
      ]);
    const name = page.getByTestId('term-name');
    expect(await name.getAttribute('aria-invalid')).toBe('true');
    const noteId = await name.getAttribute('aria-describedby');
    expect(await page.locator(`[id="${noteId}"]`).textContent()).toBe('In the list already.');
    expect(await name.evaluate((field) => field === document.activeElement)).toBe(true);
    await fillTerm(page, { term: 'Parley', heardAs: '', translations: { es: '' } });
    await expect.poll(() => problems.count()).toBe(0);
  });

  it('works by keyboard alone: Enter adds and makes ready for the next, Escape leaves', async () => {
    const page = await open();
    await page.getByTestId('term-add').focus();
    await page.keyboard.press('Enter');
    for (const term of ['Parlance', 'Inês']) {
      await page.keyboard.type(term);
      await page.keyboard.press('Enter');
      await expect.poll(() => deed(page)).toBe(`“${term}” added`);
    }
    await page.keyboard.press('Escape');
    await expect.poll(() => focused(page)).toBe('Add a term');
    expect(await listed(page)).toEqual(['Inês', 'Parlance']);
    expect(await page.getByTestId('start').isVisible()).toBe(true);
    expect(bench.server.sessions).toEqual([]);
  });

  it('shows the languages on offer, and keeps those that are not', async () => {
    const page = await open();
    await addTerms(page, [
      { term: 'main', translations: { es: 'tubería', ca: 'canonada', fr: 'conduite' } },
    ]);
    await page.getByTestId('offer-ca').uncheck();
    await expect
      .poll(() => row(page, 'main').textContent())
      .toContain('1 more for languages not on offer');
    await page.getByRole('button', { name: 'Edit main' }).click();
    expect(await page.getByTestId('term-to-ca').count()).toBe(0);
    await fillTerm(page, { term: 'main', translations: { fr: '' } });
    await page.getByTestId('term-save').click();
    await page.getByTestId('offer-ca').check();
    await expect.poll(() => row(page, 'main').textContent()).toContain('canonada');
    expect(await row(page, 'main').textContent()).not.toContain('conduite');
  });
});

describe('the list', () => {
  const TERMS = [{ term: 'Ada' }, { term: 'Bo' }, { term: 'Cy' }];

  it('keeps the focus near what was deleted or changed', async () => {
    const page = await open();
    await addTerms(page, TERMS);
    await page.getByRole('button', { name: 'Delete Bo' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => focused(page)).toBe('Delete Cy');
    expect(await deed(page)).toBe('“Bo” deleted');
    await page.getByRole('button', { name: 'Edit Ada' }).focus();
    await page.keyboard.press('Enter');
    await page.getByTestId('term-name').fill('Zoe');
    await page.keyboard.press('Enter');
    await expect.poll(() => focused(page)).toBe('Edit Zoe');
    expect(await listed(page)).toEqual(['Cy', 'Zoe']);
  });

  it('takes the last step back', async () => {
    const page = await open();
    await addTerms(page, TERMS);
    await page.getByRole('button', { name: 'Delete Bo' }).click();
    expect(await listed(page)).toEqual(['Ada', 'Cy']);
    await page.getByTestId('glossary-undo').click();
    await expect.poll(() => listed(page)).toEqual(['Ada', 'Bo', 'Cy']);
    expect(await page.getByTestId('glossary-undo').count()).toBe(0);
  });

  it('is emptied only after a question, and even then not for good', async () => {
    const page = await open();
    await addTerms(page, TERMS);
    await page.getByTestId('glossary-clear').click();
    await page.getByTestId('confirm').getByRole('button', { name: 'Cancel' }).click();
    expect(await listed(page)).toHaveLength(3);
    await page.getByTestId('glossary-clear').click();
    await page.getByTestId('confirm-go').click();
    await page.getByTestId('glossary-none').waitFor();
    expect(await deed(page)).toBe('3 terms deleted');
    await page.getByTestId('glossary-undo').click();
    await expect.poll(() => listed(page)).toHaveLength(3);
  });

  it('[INV4] holds as many terms as there may be, and lets one search', async () => {
    const page = await open();
    expect(await page.getByTestId('glossary-search').count()).toBe(0);
    const names = Array.from({ length: MAX_GLOSSARY_ENTRIES }, (_, n) => `Term ${n}é`);
    await importLines(page, 'many.csv', ['term', ...names]);
    await page.getByTestId('import-go').click();
    await expect.poll(() => page.getByTestId('term').count()).toBe(MAX_GLOSSARY_ENTRIES);
    await page.getByTestId('glossary-search').fill('TERM 49E');
    await expect.poll(() => listed(page)).toEqual(['Term 49é']);
    await page.getByTestId('term-edit').click();
    await page.getByTestId('glossary-search').fill('nowhere');
    expect(await page.getByTestId('term-name').inputValue()).toBe('Term 49é');
    await page.getByTestId('term-cancel').click();
    await page.getByTestId('glossary-none').waitFor();
    await page.getByTestId('term-add').click();
    await fillTerm(page, { term: 'One more' });
    await page.getByTestId('term-save').click();
    await page.getByText('The list is full').waitFor();
  });
});

describe('files', () => {
  it('are shown before they are taken in, with what could not be read', async () => {
    const page = await open();
    await addTerms(page, [{ term: 'Ada' }, { term: 'main', translations: { es: 'tubería' } }]);
    await importLines(page, 'terms.tsv', [
      'term\tkeep\tes',
      'MAIN\tno\tcañería',
      'Porto\tyes\t',
      '\tyes\t',
      'Odd\tperhaps\t',
    ]);
    await expect
      .poll(() => page.getByTestId('import-summary').textContent())
      .toBe('2 terms: 1 new, 1 changed.');
    const unread = await page.getByTestId('import-unread').locator('li').allTextContents();
    expect(unread).toEqual([expect.stringContaining('Row 4:'), expect.stringContaining('Row 5:')]);
    await page.getByTestId('import').getByRole('button', { name: 'Cancel' }).click();
    expect(await listed(page)).toEqual(['Ada', 'main']);
    await importLines(page, 'terms.tsv', ['term\tkeep\tes', 'MAIN\tno\tcañería', 'Porto\tyes\t']);
    await page.getByTestId('import-go').click();
    await expect.poll(() => listed(page)).toEqual(['Ada', 'MAIN', 'Porto']);
    expect(await deed(page)).toBe('2 terms imported');
    expect(await row(page, 'MAIN').textContent()).toContain('cañería');
  });

  it('replace the list where that is wanted, and can be taken back', async () => {
    const page = await open();
    await addTerms(page, [{ term: 'Ada' }, { term: 'Bo' }]);
    await importLines(page, 'terms.csv', ['term', 'Bo', 'Cy']);
    await page.getByTestId('import-replaced').check();
    expect(await page.getByTestId('import').textContent()).toContain('1 term of yours would go');
    await page.getByTestId('import-go').click();
    await expect.poll(() => listed(page)).toEqual(['Bo', 'Cy']);
    await page.getByTestId('glossary-undo').click();
    await expect.poll(() => listed(page)).toEqual(['Ada', 'Bo']);
  });

  it('may be TBX, and may be dropped', async () => {
    const page = await open();
    const tbx = `<?xml version="1.0"?><tbx><text><body><conceptEntry>
      <langSec xml:lang="en-GB"><termSec><term>water main</term></termSec></langSec>
      <langSec xml:lang="es"><termSec><term>tubería</term></termSec></langSec>
      </conceptEntry></body></text></tbx>`;
    await page.locator('.glossary-editor').evaluate((editor, text) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([text], 'terms.tbx'));
      editor.dispatchEvent(new DragEvent('drop', { bubbles: true, dataTransfer }));
    }, tbx);
    await page.getByTestId('import-go').click();
    await expect.poll(() => row(page, 'water main').textContent()).toContain('tubería');
  });

  it.each([
    ['terms.docx', 'nothing of interest', 'Expected a file that ends in .csv, .tsv, .tbx'],
    ['terms.tbx', '<html></html>', 'expected TBX'],
    ['terms.csv', '', 'expected terms, got an empty file'],
  ])('%s with %j is refused with a reason', async (name, text, reason) => {
    const page = await open();
    await importLines(page, name, [text]);
    await expect
      .poll(() => page.getByTestId('import-unread').textContent(), PATIENCE)
      .toContain(reason);
    expect(await page.getByTestId('import-go').count()).toBe(0);
    await page.getByTestId('import').getByRole('button', { name: 'Close' }).click();
    await page.getByTestId('import').waitFor({ state: 'detached' });
  });

  it('[INV4] that make the list too long can only replace it', async () => {
    const page = await open();
    await addTerms(page, [{ term: 'mine' }]);
    const names = Array.from({ length: MAX_GLOSSARY_ENTRIES }, (_, n) => `Term ${n}`);
    await importLines(page, 'many.csv', ['term', ...names]);
    await page.getByTestId('import-problem').waitFor();
    expect(await page.getByTestId('import-go').isDisabled()).toBe(true);
    await page.getByTestId('import-replaced').check();
    await expect.poll(() => page.getByTestId('import-go').isEnabled()).toBe(true);
  });

  it('are written so that they can be read again', async () => {
    const page = await open();
    await addTerms(page, [
      { term: 'Parlance', heardAs: 'par lance, parlence' },
      { term: '=Sum', translate: true, translations: { es: 'suma, "total"' } },
    ]);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByTestId('glossary-export').click(),
    ]);
    expect(download.suggestedFilename()).toBe('room-1-terms.csv');
    const bytes = await readFile(await download.path());
    const read = await readGlossaryFile({ name: 'terms.csv', bytes }, { spoken: ['en'] });
    expect(read).toEqual({
      ok: true,
      glossary: [
        glossaryEntry('Parlance', { heardAs: ['par lance', 'parlence'] }),
        glossaryEntry('=Sum', { translations: { es: 'suma, "total"' }, keep: false }),
      ],
    });
  });
});

describe('while speaking', () => {
  it('changes are sent at once, and said to be saved', async () => {
    const page = await bench.visit('/speak/room-1');
    await speak(page);
    await openGlossary(page);
    await addTerms(page, [{ term: 'Parlance' }]);
    await expect.poll(() => bench.server.glossary, PATIENCE).toEqual([glossaryEntry('Parlance')]);
    await page.locator('[data-testid=glossary-saving][data-state=saved]').waitFor();
    await page.getByRole('button', { name: 'Delete Parlance' }).click();
    await expect.poll(() => bench.server.glossary, PATIENCE).toEqual([]);
    await page.getByTestId('glossary-undo').click();
    await page.getByTestId('stop').click();
    await page.getByTestId('after').waitFor();
    expect(bench.server.glossary).toEqual([glossaryEntry('Parlance')]);
  });

  it('what could not be saved is named, and sent again on demand', async () => {
    const page = await bench.visit('/speak/room-1');
    await speak(page);
    await openGlossary(page);
    bench.server.refuseGlossary = wireError('store_unavailable');
    await addTerms(page, [{ term: 'Parlance' }]);
    await page.locator('[data-testid=glossary-saving][data-code=store_unavailable]').waitFor();
    bench.server.refuseGlossary = null;
    await page.getByTestId('glossary-retry').click();
    await page.locator('[data-testid=glossary-saving][data-state=saved]').waitFor();
    expect(bench.server.glossary).toEqual([glossaryEntry('Parlance')]);
  });

  it('what is changed while the connection is away is sent when it is back', async () => {
    const page = await bench.visit('/speak/room-1');
    await speak(page);
    await openGlossary(page);
    bench.server.refuseHandshake = wireError('shutting_down');
    bench.server.cut();
    await page.locator('[data-code=reconnecting]').waitFor();
    await addTerms(page, [{ term: 'Parlance' }]);
    await page.locator('[data-testid=glossary-saving][data-state=saving]').waitFor();
    expect(bench.server.glossary).toEqual([]);
    bench.server.refuseHandshake = null;
    await expect.poll(() => bench.server.glossary, PATIENCE).toEqual([glossaryEntry('Parlance')]);
    await page.locator('[data-testid=glossary-saving][data-state=saved]').waitFor();
  });

  it('an owner sees the list that the room has already', async () => {
    bench.server.glossary = [glossaryEntry('Parlance')];
    const page = await bench.visit('/speak/room-1');
    await speak(page);
    await openGlossary(page);
    expect(await listed(page)).toEqual(['Parlance']);
    await addTerms(page, [{ term: 'Inês' }]);
    await expect.poll(() => bench.server.glossary, PATIENCE).toHaveLength(2);
  });

  it('in another’s room the list is that of the room, and can only be read', async () => {
    bench.server.isForeignRoom = true;
    bench.server.glossary = [glossaryEntry('Parlance')];
    const page = await open();
    await addTerms(page, [{ term: 'mine' }]);
    await speak(page);
    await page.getByTestId('glossary-readonly').waitFor();
    expect(await listed(page)).toEqual(['Parlance']);
    for (const control of ['term-add', 'term-edit', 'term-delete', 'glossary-import']) {
      expect(await page.getByTestId(control).count()).toBe(0);
    }
    expect(bench.server.glossary).toEqual([glossaryEntry('Parlance')]);
  });

  it('a room that was made anew by somebody else is no longer one’s own', async () => {
    const page = await open();
    await speak(page);
    bench.server.isForeignRoom = true;
    await page.getByTestId('term-add').click();
    await fillTerm(page, { term: 'mine' });
    await page.getByTestId('term-save').click();
    await page.getByTestId('glossary-readonly').waitFor();
  });

  it('words that were heard wrongly are picked out of the captions', async () => {
    const page = await bench.visit('/speak/room-1');
    await speak(page);
    const session = bench.server.sessions[0]?.id ?? '';
    const text = 'Welcome to par lance, everybody.';
    bench.server.put({ type: 'final', caption: scriptedFinal({ session, segment: 0, text }) });
    const line = page.getByTestId('line').filter({ hasText: text });
    await line.waitFor();
    expect(await page.getByTestId('correct').count()).toBe(0);
    await line.evaluate((element) => {
      const words = element.querySelector('.stable')?.firstChild;
      if (!words) throw new Error('Expected words, got none.');
      const from = 'Welcome to '.length;
      getSelection()?.setBaseAndExtent(words, from, words, from + 'par lance,'.length);
    });
    await page.getByTestId('correct').click();
    await expect.poll(() => page.getByTestId('term-heard').inputValue()).toBe('par lance');
    await page.getByTestId('correct').waitFor({ state: 'detached' });
    await page.keyboard.type('Parlance');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => bench.server.glossary, PATIENCE)
      .toEqual([glossaryEntry('Parlance', { heardAs: ['par lance'] })]);
  });

  it('the end of a room is the end of its list', async () => {
    const page = await open();
    await addTerms(page, [{ term: 'Parlance' }]);
    await speak(page);
    await page.getByTestId('end-room').click();
    await page.getByTestId('confirm-go').click();
    await page.getByRole('heading', { name: 'This room has ended' }).waitFor();
    await page.reload();
    await expect.poll(() => page.getByTestId('glossary-count').textContent()).toBe('none yet');
  });
});

it('does nothing that the content security policy has to refuse', async () => {
  const page = await bench.visit('/speak/room-1', {}, async (opened) => {
    await opened.addInitScript(() => {
      const refused: string[] = [];
      Object.assign(window, { refused });
      document.addEventListener('securitypolicyviolation', ({ violatedDirective }) => {
        refused.push(violatedDirective);
      });
    });
  });
  await openGlossary(page);
  await importLines(page, 'terms.csv', ['term', 'Parlance']);
  await page.getByTestId('import-go').click();
  await Promise.all([page.waitForEvent('download'), page.getByTestId('glossary-export').click()]);
  await speak(page);
  await expect.poll(() => bench.server.glossary, PATIENCE).toHaveLength(1);
  const refused = await page.evaluate(() => (window as unknown as { refused: string[] }).refused);
  expect(refused).toEqual([]);
});
