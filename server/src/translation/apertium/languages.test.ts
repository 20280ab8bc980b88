import { describe, expect, it } from 'vitest';
import { languagesOfMode } from './languages.ts';

describe('languagesOfMode', () => {
  it.each([
    ['eng-spa', ['en'], 'es', ''],
    ['en-gl', ['en'], 'gl', ''],
    ['cat-fra', ['ca'], 'fr', ''],
    ['eng-epo', ['en'], 'eo', ''],
    ['ron-spa', ['ro'], 'es', ''],
    ['spa-arg', ['es'], 'an', ''],
    ['spa-ast', ['es'], 'ast', ''],
    ['eng-cat_valencia', ['en'], 'ca', 'valencia'],
    ['eng-cat_valencia_uni_iec2017', ['en'], 'ca', 'valencia_uni_iec2017'],
    ['es-pt_BR', ['es'], 'pt', 'BR'],
    ['eng-hbs', ['en'], 'sh', ''],
    ['eng-hbs_HR', ['en'], 'hr', ''],
    ['eng-hbs_SR', ['en'], 'sr', ''],
    ['eng-hbs_BS', ['en'], 'bs', ''],
    ['hbs-eng', ['sh', 'bs', 'hr', 'sr'], 'en', ''],
  ])('reads %s', (name, from, to, variant) => {
    expect(languagesOfMode(name)).toEqual({ from, to, variant });
  });

  it.each([
    'en-eo-bytecode',
    'eo-en-j',
    'spa-ast-old',
    'Cyrl-Latn',
    'nno-nno_e',
    'oc_aran-ca',
    'eco-es-fr',
    'eng',
    '',
  ])('leaves %s alone', (name) => {
    expect(languagesOfMode(name)).toBeNull();
  });
});
