import { describe, expect, it } from 'vitest';
import { APERTIUM_PAIRS } from '../../../../scripts/setup/needs.mjs';
import {
  APERTIUM_PACKAGES,
  apertiumInstallCommand,
  apertiumPackagesFor,
  BASIC_PACKAGES,
} from './packages.ts';

describe('apertiumPackagesFor', () => {
  it('names the engine and the package of a direct pair, in both directions', () => {
    expect(apertiumPackagesFor('en', 'es')).toEqual(['apertium', 'apertium-eng-spa']);
    expect(apertiumPackagesFor('es', 'en')).toEqual(['apertium', 'apertium-eng-spa']);
    expect(apertiumPackagesFor('hr', 'en')).toEqual(['apertium', 'apertium-hbs-eng']);
  });

  it('names both packages of the better way round', () => {
    expect(apertiumPackagesFor('en', 'fr')).toEqual([
      'apertium',
      'apertium-eng-cat',
      'apertium-fra-cat',
    ]);
  });

  it('knows what no package can', () => {
    expect(apertiumPackagesFor('en', 'de')).toBeNull();
    expect(apertiumPackagesFor('en', 'is')).toBeNull();
    expect(apertiumPackagesFor('en', 'ro')).toBeNull();
  });
});

describe('packages', () => {
  it('are listed once each', () => {
    const names = APERTIUM_PACKAGES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('of the set-up are those that the set-up installs', () => {
    const installed = APERTIUM_PAIRS.flatMap(({ packages }) => packages.apt ?? []);
    expect(new Set(BASIC_PACKAGES)).toEqual(new Set(installed));
  });

  it('come with one command', () => {
    expect(apertiumInstallCommand(['apertium', 'apertium-eng-spa'])).toBe(
      'sudo apt-get install -y apertium apertium-eng-spa',
    );
  });
});
