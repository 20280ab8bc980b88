import type { Page } from 'playwright';

export interface TypedTerm {
  term: string;
  heardAs?: string;
  translate?: boolean;
  /** By language. */
  translations?: Record<string, string>;
}

export async function openGlossary(page: Page): Promise<void> {
  await page.getByTestId('glossary-open').click();
  await page.getByTestId('glossary-saving').waitFor();
}

/** Fills the form that is open. */
export async function fillTerm(page: Page, typed: TypedTerm): Promise<void> {
  const { term, heardAs, translate, translations = {} } = typed;
  await page.getByTestId('term-name').fill(term);
  if (heardAs !== undefined) await page.getByTestId('term-heard').fill(heardAs);
  if (translate === true) await page.getByTestId('term-translate').check();
  for (const [language, text] of Object.entries(translations)) {
    await page.getByTestId(`term-to-${language}`).fill(text);
  }
}

/** Adds terms one after the other, then closes the form. */
export async function addTerms(page: Page, terms: readonly TypedTerm[]): Promise<void> {
  await page.getByTestId('term-add').click();
  for (const typed of terms) {
    await fillTerm(page, typed);
    await page.getByTestId('term-save').click();
    await page.getByTestId('glossary-deed').filter({ hasText: 'added' }).waitFor();
  }
  await page.getByTestId('term-cancel').click();
}

/** Chooses a file with these lines. */
export async function importLines(page: Page, name: string, lines: string[]): Promise<void> {
  await page.getByTestId('glossary-file').setInputFiles({
    name,
    mimeType: 'text/plain',
    buffer: Buffer.from(lines.join('\n')),
  });
  await page.getByTestId('import').waitFor();
}
