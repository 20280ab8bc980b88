import '../styles/status.css';
import { useComputed } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { NodesAnswer } from '../../../shared/http-answers.ts';
import { Notice } from '../ui/notice.tsx';
import { TopBar } from '../ui/top-bar.tsx';
import { KeyForm } from './key-form.tsx';
import { LineChart } from './line-chart.tsx';
import { MEASURES } from './measures.ts';
import { seriesOf } from './node-history.ts';
import { NodeTable } from './node-table.tsx';
import { NodeWatch } from './node-watch.ts';
import { keepOperatorKey, operatorKey } from './operator-key.ts';

/** How all nodes fare, live; for whoever operates them. */
export function StatusPage() {
  const watch = useMemo(() => new NodeWatch(), []);
  useEffect(() => {
    watch.start();
    return () => watch.stop();
  }, [watch]);
  const last = watch.last.value;
  const samples = watch.samples.value;
  const newest = samples.at(-1);
  const series = useComputed(() =>
    MEASURES.map((measure) => ({ measure, lines: seriesOf(watch.samples.value, measure.read) })),
  );
  const needsKey = last === 'key-wanted' || last === 'key-refused';
  return (
    <>
      <TopBar title="Status">
        {operatorKey.value !== null && !needsKey && (
          <button
            type="button"
            class="button quiet nobreak"
            data-testid="forget-key"
            onClick={() => {
              keepOperatorKey(null);
              watch.samples.value = [];
              watch.start();
            }}
          >
            Forget key
          </button>
        )}
      </TopBar>
      <main id="main" class="status-page" tabIndex={-1} data-testid="status" data-state={last}>
        {needsKey && <KeyForm why={whyKey(last)} onKey={() => watch.start()} />}
        {last === 'too-many' && (
          <Notice
            advice={{
              title: `Too many requests were made ${operatorKey.value === null ? 'from this address' : 'with this key'}`,
              action: 'The page waits as long as the server asks for, a minute at most.',
            }}
            code="rate_limited"
          />
        )}
        {last === 'unreachable' && (
          <Notice
            advice={{
              title: 'The server does not answer',
              action: 'The page keeps asking. What is shown is what was known before.',
            }}
            code="server_unreachable"
          />
        )}
        {!needsKey && newest !== undefined && (
          <>
            <Whole answer={newest.answer} />
            <Totals answer={newest.answer} />
            <div class="charts">
              {series.value.map(({ measure, lines }) => (
                <LineChart key={measure.id} measure={measure} series={lines} nowMs={newest.atMs} />
              ))}
            </div>
            <NodeTable nodes={newest.answer.nodes} />
          </>
        )}
      </main>
    </>
  );
}

function whyKey(last: 'key-wanted' | 'key-refused'): 'none' | 'wrong' | 'not-operator' {
  if (operatorKey.value === null) return 'none';
  return last === 'key-wanted' ? 'wrong' : 'not-operator';
}

/** Says what is not among the figures. */
function Whole({ answer }: { answer: NodesAnswer }) {
  const { problem, silent_nodes: silent } = answer;
  if (problem !== null) {
    return <Notice advice={{ title: 'Only one node is shown', action: problem }} code="alone" />;
  }
  if (silent.length === 0) return null;
  const names = silent.map(({ name, seconds }) => `${name} (for ${Math.round(seconds)} s)`);
  return (
    <Notice
      advice={{
        title: silent.length === 1 ? 'One node is silent' : `${silent.length} nodes are silent`,
        action: `${names.join(', ')}: it hangs, or is gone. Others take over what it had.`,
      }}
      code="silent"
    />
  );
}

/** The whole cluster in four numbers. */
function Totals({ answer: { nodes } }: { answer: NodesAnswer }) {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const places = sum(nodes.map(({ concurrent }) => concurrent.slots.conversion.total));
  const speakers = sum(nodes.map(({ concurrent }) => concurrent.sessions));
  const viewers = sum(nodes.map(({ concurrent }) => concurrent.viewers));
  const rooms = sum(nodes.map(({ concurrent }) => concurrent.rooms));
  const many = (value: number, word: string) => (value === 1 ? word : `${word}s`);
  const totals = [
    { id: 'nodes', label: many(nodes.length, 'node'), value: nodes.length },
    { id: 'speakers', label: `speakers of ${places.toLocaleString('en')}`, value: speakers },
    { id: 'viewers', label: many(viewers, 'viewer'), value: viewers },
    { id: 'rooms', label: many(rooms, 'room'), value: rooms },
  ];
  return (
    <dl class="totals">
      {totals.map(({ id, label, value }) => (
        <div key={id} data-testid={`total-${id}`}>
          <dt>{label}</dt>
          <dd>{value.toLocaleString('en')}</dd>
        </div>
      ))}
    </dl>
  );
}
