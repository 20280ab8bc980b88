import type { NodeReport } from '../../../shared/http-answers.ts';

const STEP_WORDS: Record<NodeReport['concurrent']['load_step'], string> = {
  full: 'all is well',
  slower: 'guesses come less often',
  untranslated: 'guesses are not translated',
  finals: 'finished sentences only',
  refusing: 'takes no more speakers',
};

const MB_PER_GB = 1_024;

/** Each node with what the charts leave out. */
export function NodeTable({ nodes }: { nodes: readonly NodeReport[] }) {
  return (
    <section class="card node-table" aria-labelledby="nodes-title">
      <h2 id="nodes-title">Nodes</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section class="scroll" tabIndex={0} aria-label="Table of nodes">
        <table>
          <thead>
            <tr>
              <th scope="col">Node</th>
              <th scope="col">How it fares</th>
              <th scope="col">Connections</th>
              <th scope="col">Memory</th>
              <th scope="col">Processors</th>
              <th scope="col">Disk</th>
              <th scope="col">Requests</th>
              <th scope="col">Errors</th>
              <th scope="col">Up for</th>
            </tr>
          </thead>
          <tbody>
            {nodes.map((report) => (
              <NodeRow key={report.node} report={report} />
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

function NodeRow({ report }: { report: NodeReport }) {
  const { status, performance, problems } = report;
  const isWell = problems.length === 0;
  return (
    <tr data-testid="node" data-node={report.node}>
      <th scope="row">
        {report.name}
        <span class="hint">version {report.version}</span>
      </th>
      <td class={isWell ? '' : 'bad'}>
        {isWell ? STEP_WORDS[report.concurrent.load_step] : problems.join('. ')}
      </td>
      <td>
        {number(status.current_connections)} of {number(status.max_connections)}
      </td>
      <td>
        {gigabytes(status.memory_usage_mb)} of {gigabytes(status.memory_limit_mb)}
      </td>
      <td>{Math.round(performance.cpu_percent)} %</td>
      <td>{performance.disk === null ? '–' : `${Math.round(performance.disk.used_percent)} %`}</td>
      <td>{number(status.total_requests)}</td>
      <td>{number(status.error_count)}</td>
      <td>{upFor(performance.uptime_seconds)}</td>
    </tr>
  );
}

function number(value: number): string {
  return value.toLocaleString('en');
}

function gigabytes(mb: number): string {
  return mb < MB_PER_GB ? `${Math.round(mb)} MB` : `${(mb / MB_PER_GB).toFixed(1)} GB`;
}

function upFor(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`;
}
