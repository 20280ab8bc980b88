import { expect, test } from 'vitest';
import { FakeDetector } from '../segmentation/fake-detector.ts';
import { FakeTranslator } from '../translation/fake/fake-translator.ts';
import { type ServeFacts, serveBanner } from './serve-banner.ts';

const facts = (glossaryTerms: number | null): ServeFacts => ({
  url: 'http://127.0.0.1:8080',
  port: 8080,
  engines: {
    recognizer: {
      name: 'scripted',
      capabilities: {
        languages: ['en'],
        maxUtteranceMs: 1,
        concurrency: 1,
        drafts: false,
        wordTimes: false,
      },
      recognize: () => Promise.reject(new Error('Expected no recognition.')),
      close: () => Promise.resolve(),
    },
    detector: new FakeDetector(),
    translator: new FakeTranslator(),
    offers: () => [],
    onOffersChanged: () => () => {},
    warnings: [],
  },
  warnings: [],
  advice: null,
  glossaryTerms,
});

test('the glossary is in the banner where one is set', () => {
  expect(serveBanner(facts(12), null)).toContain('\n  Glossary   12 terms\n');
  expect(serveBanner(facts(1), null)).toContain('\n  Glossary   1 term\n');
  expect(serveBanner(facts(null), null)).not.toContain('Glossary');
});
