import { expect, test } from 'vitest';
import { CATALOGUE, findModel, modelBytes } from './catalogue.ts';

test('every model can be kept in a folder of its own and checked', () => {
  expect(new Set(CATALOGUE.map(({ name }) => name)).size).toBe(CATALOGUE.length);
  for (const model of CATALOGUE) {
    expect(model.name).toMatch(/^[a-z0-9][a-z0-9.-]*$/);
    expect(model.licence.line).not.toBe('');
    expect(model.files.length).toBeGreaterThan(0);
    expect(model.sources.length).toBeGreaterThan(0);
    for (const file of model.files) {
      expect(file.name).toMatch(/^[\w-][\w.-]*$/);
      expect(file.sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(file.bytes).toBeGreaterThan(0);
    }
  }
});

test('every source is a folder, and addresses are https', () => {
  for (const source of CATALOGUE.flatMap(({ sources }) => sources)) {
    if (source.kind === 'http') expect(source.base).toMatch(/^https:\/\/.*\/$/);
    else expect(source.folder).toMatch(/\/$/);
  }
});

test('a model is found by its name, and an unknown name is told those there are', () => {
  expect(modelBytes(findModel('moonshine-tiny-en'))).toBe(43_943_830);
  expect(() => findModel('moonshine')).toThrow(/moonshine-tiny-en.*got "moonshine"/);
});
