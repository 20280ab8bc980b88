import { cac } from 'cac';
import { expect, test } from 'vitest';
import { languageList, numberOption, typedOption, UsageError } from './usage.ts';

function typed(name: string, ...args: string[]): string | undefined {
  const cli = cac('parlance');
  cli.command('watch <room>').option('--token <token>', '').option('--room <room>', '');
  cli.parse(['node', 'parlance', ...args], { run: false });
  return typedOption(cli, name);
}

test('an option is read as it was typed, the last one counts', () => {
  expect(typed('token', 'watch', 'r', '--token', '007')).toBe('007');
  expect(typed('token', 'watch', 'r', '--token=1e5')).toBe('1e5');
  expect(typed('token', 'watch', 'r', '--token=-a=b')).toBe('-a=b');
  expect(typed('token', 'watch', 'r', '--token', 'a', '--token', 'b')).toBe('b');
});

test('what is not there, empty, or behind the end of the options is none', () => {
  expect(typed('token', 'watch', 'r')).toBeUndefined();
  expect(typed('token', 'watch', 'r', '--token=')).toBeUndefined();
  expect(typed('token', 'watch', 'r', '--', '--token=x')).toBeUndefined();
  expect(typed('room', 'watch', 'r', '--roomy=x')).toBeUndefined();
});

test('languages are listed once each', () => {
  expect(languageList('to', 'es, ca es')).toEqual(['es', 'ca']);
  expect(languageList('to', undefined)).toEqual([]);
  expect(() => languageList('to', 'es,ES')).toThrow(UsageError);
});

test('a number is one, and large enough', () => {
  expect(numberOption('wait', '0.5', 0)).toBe(0.5);
  for (const text of ['x', '-1', 'Infinity', 'NaN']) {
    expect(() => numberOption('wait', text, 0)).toThrow(UsageError);
  }
});
