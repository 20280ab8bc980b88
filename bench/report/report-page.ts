import { escapeHtml } from '../../shared/escape-html.ts';
import type { Table } from '../scoring/table.ts';
import type { Chart } from './chart.ts';
import { drawChart } from './draw-chart.ts';

export interface ReportPage {
  readonly title: string;
  /** What it ran on, and when. */
  readonly facts: readonly string[];
  readonly tables: readonly Table[];
  readonly charts: readonly Chart[];
}

const LIGHT = [
  ...['#2a78d6', '#eb6834', '#1baf7a', '#eda100'],
  ...['#c2569a', '#5b8c00', '#6b5bd2', '#d03b3b'],
  '#c8c8c2',
];
const DARK = [
  ...['#5b9bea', '#f08a5d', '#3fcb98', '#f3bc4a'],
  ...['#e08cc0', '#9ac544', '#9d91ee', '#ef7575'],
  '#4a4a45',
];

/** One HTML file that needs nothing else. */
export function reportPage({ title, facts, tables, charts }: ReportPage): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width">',
    `<title>${escapeHtml(title)}</title>`,
    `<style>${style()}</style>`,
    `<h1>${escapeHtml(title)}</h1>`,
    `<p class="facts">${facts.map(escapeHtml).join('<br>')}</p>`,
    ...charts.map(drawChart),
    ...tables.map(tableHtml),
    '</html>',
    '',
  ].join('\n');
}

function tableHtml({ title, columns, rows, notes = [] }: Table): string {
  const row = (tag: 'th' | 'td', cells: readonly string[]): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  return [
    `<h2>${escapeHtml(title)}</h2>`,
    '<div class="wide"><table>',
    `<thead>${row('th', columns)}</thead>`,
    `<tbody>${rows.map((cells) => row('td', cells)).join('\n')}</tbody>`,
    '</table></div>',
    ...notes.map((note) => `<p class="note">${escapeHtml(note)}</p>`),
  ].join('\n');
}

function style(): string {
  const colours = (list: readonly string[]): string =>
    list.map((colour, index) => `--s${index}:${colour}`).join(';');
  const uses = LIGHT.map(
    (_, index) =>
      `.s${index}{stroke:var(--s${index})}.area.s${index},.b${index}{fill:var(--s${index});background:var(--s${index});stroke:none}`,
  );
  return [
    `:root{color-scheme:light dark;--back:#fff;--text:#1c1c1a;--soft:#6a6a66;--grid:#e6e6e2;${colours(LIGHT)}}`,
    `@media(prefers-color-scheme:dark){:root{--back:#191918;--text:#f2f2ee;--soft:#a3a39d;--grid:#34342f;${colours(DARK)}}}`,
    'body{font:15px/1.5 system-ui,sans-serif;background:var(--back);color:var(--text);max-width:940px;margin:2rem auto;padding:0 1rem}',
    'h1{font-size:1.5rem;margin:0}h2,figcaption{font-size:1.05rem;font-weight:600;margin:1.6rem 0 .4rem}',
    '.facts,.note,.legend{color:var(--soft);font-size:.87rem;margin:.3rem 0}figure{margin:0}svg{width:100%;height:auto}',
    '.legend span{margin-right:1.2em;white-space:nowrap}.swatch{display:inline-block;width:.8em;height:.8em;border-radius:2px;margin-right:.4em}',
    'text{fill:var(--soft);font-size:12px;font-variant-numeric:tabular-nums}.grid{stroke:var(--grid)}.axis{stroke:var(--soft)}',
    '.limit{stroke:var(--text);stroke-dasharray:5 4}text.limit{stroke:none;fill:var(--text)}',
    '.dots{stroke-linecap:round;fill:none;stroke-opacity:.6}.line{fill:none;stroke-width:2}.area{stroke:none}',
    '.wide{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}',
    'th,td{text-align:right;padding:.2rem .7rem;border-bottom:1px solid var(--grid)}th:first-child,td:first-child{text-align:left;padding-left:0}th{color:var(--soft);font-weight:500}',
    ...uses,
  ].join('\n');
}
