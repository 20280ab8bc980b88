import { expect, test } from 'vitest';
import { marksFor } from '../cli/marks.ts';
import { renderReport, wrap } from './doctor-report.ts';
import { captionsWork, type Finding } from './finding.ts';

const well: Finding = { id: 'node', title: 'Node', level: 'ok', found: '20.19.0' };
const less: Finding = {
  id: 'translation',
  title: 'Translation',
  level: 'warn',
  found: 'Apertium: from English to es',
  meaning: `Readers cannot choose ${'ca gl eo pt fr it '.repeat(6)}; captions work.`,
  mend: 'sudo apt-get install apertium-eng-cat',
};
const broken: Finding = {
  id: 'ffmpeg',
  title: 'FFmpeg',
  level: 'fail',
  found: 'missing',
  meaning: 'Without it no sound can be decoded.',
  mend: 'sudo apt-get install ffmpeg',
};
const plain = marksFor({});

test('what is well takes one line', () => {
  expect(renderReport([well], plain)).toBe(
    'Parlance doctor\n\n✓ Node           20.19.0\n\nAll is well: speech to captions works.\n',
  );
});

test('what is not says what it means and what mends it', () => {
  const text = renderReport([well, broken], plain);
  expect(text).toContain('✗ FFmpeg         missing\n    Without it no sound can be decoded.\n');
  expect(text).toContain('    → sudo apt-get install ffmpeg\n');
  expect(text).toContain('does not work here yet');
});

test('only a failure keeps captions from working', () => {
  expect(captionsWork([well, less])).toBe(true);
  expect(captionsWork([well, less, broken])).toBe(false);
  expect(renderReport([well, less], plain)).toContain('works; what is marked ! could be better');
});

test('no line but a command is wider than 80 columns', () => {
  const long: Finding = { ...well, found: 'word '.repeat(60).trim() };
  for (const line of renderReport([long, less, broken], plain).split('\n')) {
    if (!line.startsWith('    →')) expect(line.length).toBeLessThanOrEqual(80);
  }
});

test('colours only where the terminal has them', () => {
  expect(renderReport([well], marksFor({ hasColors: () => false }))).not.toContain('\u001b');
  expect(renderReport([well], marksFor({ hasColors: () => true }))).toContain('\u001b[32m✓');
});

test('a word that is too long stands alone', () => {
  expect(wrap(`short ${'x'.repeat(30)} end`, 10)).toEqual(['short', 'x'.repeat(30), 'end']);
});
