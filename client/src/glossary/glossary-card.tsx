import '../styles/glossary.css';
import { count } from '../words/durations.ts';
import type { GlossaryDesk } from './glossary-desk.ts';
import { GlossaryEditor } from './glossary-editor.tsx';

interface GlossaryCardProps {
  glossary: GlossaryDesk;
  /** What is spoken. */
  spoken: string;
  /** What readers may choose. */
  offers: readonly string[];
}

/** The room's names and terms, closed until somebody wants them. */
export function GlossaryCard({ glossary, spoken, offers }: GlossaryCardProps) {
  const { isOpen, entries } = glossary;
  const terms = entries.value.length;
  return (
    <details
      class="card glossary"
      data-testid="glossary"
      open={isOpen.value}
      onToggle={(event) => {
        isOpen.value = event.currentTarget.open;
      }}
    >
      <summary data-testid="glossary-open">
        <h2>Names and terms</h2>
        <span class="small soft" data-testid="glossary-count">
          {terms === 0 ? 'none yet' : count(terms, 'term')}
        </span>
      </summary>
      {isOpen.value && <GlossaryEditor glossary={glossary} spoken={spoken} offers={offers} />}
    </details>
  );
}
