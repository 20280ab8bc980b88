import { describe, expect, it } from 'vitest';
import { chooseLanguage, wishedLanguages } from './language-choice.ts';

describe('wishedLanguages', () => {
  it('puts what was chosen last before what the browser says, without regions', () => {
    const wishes = { remembered: 'ca', browser: ['pt-BR', 'en-US', 'en', 'pt'] };
    expect(wishedLanguages(wishes)).toEqual(['ca', 'pt', 'en']);
  });

  it('leaves out what is no language code', () => {
    expect(wishedLanguages({ remembered: 'null?', browser: ['*', '', 'es-419'] })).toEqual(['es']);
  });
});

describe('chooseLanguage', () => {
  const offered = ['en', 'es', 'ca'];

  it('takes the remembered language where it is offered', () => {
    expect(chooseLanguage({ remembered: 'ca', browser: ['es'] }, offered)).toBe('ca');
  });

  it('takes the first of the browser’s languages that is offered', () => {
    expect(chooseLanguage({ remembered: 'fr', browser: ['de', 'es-MX', 'en'] }, offered)).toBe(
      'es',
    );
  });

  it('takes the first that is offered where none fits', () => {
    expect(chooseLanguage({ remembered: null, browser: ['ja'] }, offered)).toBe('en');
  });

  it('chooses nothing where nothing is offered', () => {
    expect(chooseLanguage({ remembered: 'es', browser: ['es'] }, [])).toBeNull();
  });
});
