import type { Table } from '../scoring/table.ts';
import type { CorrectionCost, FalseChanges, NamesWritten } from './score-terms.ts';

export interface TermFigures {
  readonly terms: { readonly unsaid: number; readonly said: number };
  readonly falseChanges: Readonly<Record<'recognised' | 'transcripts' | 'sentences', FalseChanges>>;
  readonly sets: readonly {
    readonly set: string;
    readonly clips: number;
    readonly names: NamesWritten;
    readonly errorsBefore: number;
    readonly errorsAfter: number;
  }[];
  readonly cost: CorrectionCost;
  readonly notes: readonly string[];
}

const FALSE_CHANGE_ROWS = {
  recognised: 'what the recogniser made of recordings',
  transcripts: 'transcripts of the recordings',
  sentences: 'sentences of the translation test set',
} as const;

export function termTables({ terms, falseChanges, sets, cost, notes }: TermFigures): Table[] {
  const kinds = Object.keys(FALSE_CHANGE_ROWS) as (keyof typeof FALSE_CHANGE_ROWS)[];
  return [
    {
      title: `Texts in which none of ${terms.unsaid} terms is said`,
      columns: ['texts', 'words', 'false changes', 'per 1000 words'],
      rows: kinds.map((kind) => {
        const { words, changes, perThousandWords } = falseChanges[kind];
        return [FALSE_CHANGE_ROWS[kind], `${words}`, `${changes}`, perThousandWords.toFixed(2)];
      }),
    },
    {
      title: `Names that are said, among ${terms.unsaid} others`,
      columns: ['set', 'clips', 'times said', 'recognised', 'corrected', 'WER before', 'after'],
      rows: sets.map(({ set, clips, names, errorsBefore, errorsAfter }) => [
        set,
        `${clips}`,
        `${names.said}`,
        `${names.heard}`,
        `${names.corrected}`,
        errorsBefore.toFixed(4),
        errorsAfter.toFixed(4),
      ]),
      notes,
    },
    {
      title: 'Cost, for texts that grow word by word',
      columns: ['', 'µs a word', 'open words'],
      rows: [['', cost.microsecondsPerWord.toFixed(1), cost.openWords.toFixed(2)]],
    },
  ];
}
