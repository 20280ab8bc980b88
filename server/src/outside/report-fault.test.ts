import { expect, it } from 'vitest';
import { OutsideError } from './outside-error.ts';
import { FAULT_INTERVAL_MS, reportFault } from './report-fault.ts';

function scene() {
  const lines: unknown[] = [];
  const clock = { ms: 1_000 };
  const log = { warn: (fields: unknown) => lines.push(fields), info: () => {} };
  const report = reportFault('transcription', log as never, () => clock.ms);
  return { lines, clock, report };
}

const refused = () =>
  new OutsideError('rejected', 'openai: expected status 200, got 400.', {
    status: 400,
    parameter: 'response_format',
  });

it('says what was wrong, with what status and which parameter', () => {
  const { lines, report } = scene();
  report(refused());
  expect(lines).toEqual([
    {
      engine: 'transcription',
      fault: 'rejected',
      status: 400,
      parameter: 'response_format',
      reason: 'openai: expected status 200, got 400.',
      times: 1,
    },
  ]);
});

it('[INV4] says it once a minute for each kind, and how often it was', () => {
  const { lines, clock, report } = scene();
  for (let calls = 0; calls < 5; calls += 1) report(refused());
  report(new OutsideError('unusable', 'openai: expected a translation.'));
  expect(lines).toHaveLength(2);
  clock.ms += FAULT_INTERVAL_MS - 1;
  report(refused());
  expect(lines).toHaveLength(2);
  clock.ms += 1;
  report(refused());
  expect(lines).toHaveLength(3);
  expect(lines[2]).toMatchObject({ fault: 'rejected', times: 6 });
});
