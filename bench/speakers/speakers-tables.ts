import type { Calibration } from '../calibration.ts';
import { STAGES } from '../live/process-stages.ts';
import type { Delays } from '../scoring/percentiles.ts';
import { cell, type Table } from '../scoring/table.ts';
import type { SpeakersFigures, SpeakersStep } from './speakers-result.ts';

/** A run for people. */
export function speakersTables(
  figures: SpeakersFigures,
  calibration: Calibration,
  steps: readonly SpeakersStep[],
): Table[] {
  return [
    ...(steps.length === 0 ? [] : [stepTable(steps)]),
    delayTable(figures),
    ...(figures.phases.length === 0 ? [] : [phaseTable(figures)]),
    figureTable(figures, calibration),
    stageTable(figures),
  ];
}

function delayTable(figures: SpeakersFigures): Table {
  const row = (what: string, { count, p50, p95, p99, max }: Delays): string[] => [
    what,
    cell(count),
    cell(p50),
    cell(p95),
    cell(p99),
    cell(max),
  ];
  return {
    title: `${figures.speakers} speakers: delay in milliseconds`,
    columns: ['what', 'count', 'p50', 'p95', 'p99', 'max'],
    rows: [
      row('first text after onset of speech', figures.firstPartialMs),
      row('final after last speech', figures.finalLagMs),
      row('translation after last speech', figures.translationLagMs),
      row('between two partials', figures.rhythmMs),
    ],
  };
}

function phaseTable({ phases, details }: SpeakersFigures): Table {
  const pair = ({ p50, p95 }: Delays): string[] => [cell(p50), cell(p95)];
  return {
    title: 'Before, in and after the surge: delays in milliseconds',
    columns: [
      ...['phase', 'first text p50', 'p95', 'final p50', 'p95'],
      ...['between partials p50', 'p95', 'memory, MB'],
    ],
    rows: phases.map(({ phase, firstPartialMs, finalLagMs, rhythmMs, rssMb }) => [
      phase,
      ...pair(firstPartialMs),
      ...pair(finalLagMs),
      ...pair(rhythmMs),
      cell(rssMb),
    ]),
    notes: [`Refused: ${JSON.stringify(details.refused)}.`],
  };
}

function figureTable(figures: SpeakersFigures, calibration: Calibration): Table {
  const { erasure, stableErasure } = figures;
  return {
    title: 'Figures',
    columns: ['what', 'figure'],
    rows: [
      ['word error rate', cell(figures.wer, 4)],
      ['… of the whole clips, read at once', cell(figures.werWhole, 4)],
      ['normalized erasure, transcript', cell(erasure.transcript, 3)],
      ['… of its stable part', cell(stableErasure.transcript, 3)],
      ['normalized erasure, translation', cell(erasure.translation, 3)],
      ['… of its stable part', cell(stableErasure.translation, 3)],
      ['frames of speech in no final', cell(figures.lost)],
      ['speakers refused', cell(figures.refused)],
      ['sessions that died', cell(figures.died)],
      ['CPU seconds per second of audio', cell(figures.cpuSecondsPerAudioSecond, 4)],
      ['CPU seconds per second of speech', cell(figures.cpuSecondsPerSpeechSecond, 4)],
      ['resident memory of the server, MB', cell(figures.rssMb)],
      ['memory with all it started, MB', cell(figures.memoryMb)],
      ['audio, seconds', cell(figures.audioSeconds)],
      ['speech in it, seconds', cell(figures.speechSeconds)],
      ['one encoder pass over 10 s, ms', cell(calibration.encoderMs, 1)],
      ['… in processor time', cell(calibration.encoderCpuMs, 1)],
    ],
    notes: ['Erasure: erased words over words of the finals, after Arivazhagan et al. 2020.'],
  };
}

function stageTable(figures: SpeakersFigures): Table {
  const { coresByStage, steadyCoresByStage, generatorCores, otherCores } = figures;
  const { speakers, audioSeconds, details } = figures;
  const wallSeconds = Number(details.wallSeconds);
  const row = (what: string, cores: number, steady: number | null): string[] => [
    what,
    cell(cores, 3),
    cell((cores * wallSeconds * 1000) / audioSeconds, 2),
    cell(steady, 3),
    cell(steady === null ? null : (steady * 1000) / speakers, 2),
  ];
  return {
    title: 'Where processor time went',
    columns: ['stage', 'cores', 'ms a second of audio', 'steady: cores', 'ms a second, each'],
    rows: [
      ...(coresByStage === null
        ? []
        : STAGES.map((stage) =>
            row(stage, coresByStage[stage], steadyCoresByStage?.[stage] ?? null),
          )),
      row('the speakers themselves', generatorCores, null),
      ...(otherCores === null
        ? []
        : [['other work on this machine', cell(otherCores, 3), '–', '–', '–']]),
    ],
    notes: [
      'The last two are no part of the server. With other work, delays say little.',
      'Steady: from ten seconds after the last arrival, without what starting costs.',
    ],
  };
}

function stepTable(steps: readonly SpeakersStep[]): Table {
  return {
    title: 'Search for the most speakers: final lag within 2 s at the 95th percentile',
    columns: ['speakers', 'final p50', 'p95', 'p99', 'WER', 'lost', 'refused', 'died', 'good'],
    rows: steps.map((step) => [
      `${step.speakers}`,
      cell(step.finalLagMs.p50),
      cell(step.finalLagMs.p95),
      cell(step.finalLagMs.p99),
      cell(step.wer, 3),
      cell(step.lost),
      cell(step.refused),
      cell(step.died),
      step.good ? 'yes' : 'no',
    ]),
  };
}
