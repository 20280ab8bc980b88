import { describe, expect, it } from 'vitest';
import { languagesOfMode } from './languages.ts';
import { ModeGraph } from './mode-graph.ts';
import type { Mode } from './modes.ts';

function modes(...names: string[]): Mode[] {
  return names.map((name) => {
    const languages = languagesOfMode(name);
    if (languages === null) throw new Error(`Expected a pair, got ${name}`);
    return { name, ...languages, stages: [] };
  });
}

function route(graph: ModeGraph, from: string, to: string) {
  const found = graph.route(from, to);
  return found && [found.modes.map(({ name }) => name), found.via];
}

describe('ModeGraph', () => {
  it('goes directly where it can', () => {
    const graph = new ModeGraph(modes('eng-spa', 'eng-cat', 'cat-spa'));
    expect(route(graph, 'en', 'es')).toEqual([['eng-spa'], []]);
  });

  it('goes round by the pivot that was measured to be the better one', () => {
    const graph = new ModeGraph(
      modes('eng-spa', 'eng-cat', 'en-gl', 'es-fr', 'cat-fra', 'es-pt', 'cat-por', 'gl-pt'),
    );
    expect(route(graph, 'en', 'fr')).toEqual([['eng-cat', 'cat-fra'], ['ca']]);
    expect(route(graph, 'en', 'pt')).toEqual([['en-gl', 'gl-pt'], ['gl']]);
  });

  it('goes round by a common pivot where nothing was measured', () => {
    const graph = new ModeGraph(modes('eng-cat', 'eng-spa', 'ca-oc', 'es-oc'));
    expect(route(graph, 'en', 'oc')).toEqual([['eng-spa', 'es-oc'], ['es']]);
  });

  it('never takes more than two modes', () => {
    const graph = new ModeGraph(modes('eng-spa', 'es-pt', 'pt-gl'));
    expect(graph.route('en', 'gl')).toBeNull();
    expect(graph.targets('en')).toEqual(['es', 'pt']);
  });

  it('does not come back to where it began', () => {
    const graph = new ModeGraph(modes('eng-spa', 'spa-eng'));
    expect(graph.route('en', 'en')).toBeNull();
    expect(graph.targets('en')).toEqual(['es']);
  });

  it('takes plain forms unless a variant is asked for', () => {
    const all = modes('eng-cat_valencia', 'eng-cat', 'es-pt_BR', 'es-pt');
    expect(route(new ModeGraph(all), 'en', 'ca')).toEqual([['eng-cat'], []]);
    const chosen = new ModeGraph(all, { ca: 'valencia' });
    expect(route(chosen, 'en', 'ca')).toEqual([['eng-cat_valencia'], []]);
    expect(route(chosen, 'es', 'pt')).toEqual([['es-pt'], []]);
    expect(new ModeGraph(modes('es-pt_BR')).route('es', 'pt')).toBeNull();
  });

  it('reads Serbo-Croatian in each of its forms', () => {
    const graph = new ModeGraph(modes('hbs-eng', 'eng-hbs_HR', 'eng-spa'));
    expect(route(graph, 'hr', 'en')).toEqual([['hbs-eng'], []]);
    expect(route(graph, 'sr', 'es')).toEqual([['hbs-eng', 'eng-spa'], ['en']]);
    expect(graph.targets('en')).toEqual(['es', 'hr']);
  });

  it('knows that it has nothing', () => {
    expect(new ModeGraph([]).empty).toBe(true);
    expect(new ModeGraph(modes('eng-spa')).empty).toBe(false);
    expect(new ModeGraph([]).targets('en')).toEqual([]);
  });
});
