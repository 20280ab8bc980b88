import { expect, test } from 'vitest';
import { placeholderStylesOf } from './placeholder-styles.ts';

test('names stand for terms only where a language leaves names alone', () => {
  for (const to of ['es', 'fr', 'de', 'ca']) expect(placeholderStylesOf(to)[0]).toBe('name');
  for (const to of ['ru', 'el', 'ja', 'fi', 'pl', 'hu', 'zh-Hant']) {
    expect(placeholderStylesOf(to)).not.toContain('name');
  }
});
