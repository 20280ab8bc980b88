import { escapeHtml } from '../../../../shared/escape-html.ts';
import { fieldsOf, referred, type ShownSchema, typeName } from './describe-schema.ts';
import { type ApiDocument, type ApiOperation, operationsOf } from './document.ts';

/** The document as one page without scripts. */
export function apiPage(document: ApiDocument): string {
  const operations = operationsOf(document);
  const sections = (document.tags ?? []).flatMap(({ name, description = '' }) => {
    const own = operations.filter(({ operation }) => operation.tags?.includes(name));
    if (own.length === 0) return [];
    const parts = own.map(({ path, method, operation }) => operationPart(path, method, operation));
    return [
      `<section id="${escapeHtml(name)}"><h2>${escapeHtml(name)}</h2><p>${escapeHtml(description)}</p>${parts.join('')}</section>`,
    ];
  });
  const schemas = Object.entries(document.components?.schemas ?? {}).map(([name, schema]) =>
    schemaPart(name, schema as ShownSchema),
  );
  const links = operations.map(
    ({ path, operation }) =>
      `<li><a href="#${escapeHtml(operation.operationId ?? '')}"><code>${escapeHtml(path)}</code></a></li>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${escapeHtml(document.info.title)} over HTTP</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/docs/style.css">
</head>
<body>
<main>
<h1>${escapeHtml(document.info.title)} over HTTP</h1>
<p>Version ${escapeHtml(document.info.version)}. ${escapeHtml(document.info.description ?? '')}</p>
<p>The same for programs: <a href="/openapi.json">openapi.json</a> (OpenAPI ${escapeHtml(document.openapi)}).</p>
<nav aria-label="Endpoints"><ul>${links.join('')}</ul></nav>
${sections.join('\n')}
<section id="schemas"><h2>Answers</h2>${schemas.join('')}</section>
</main>
</body>
</html>
`;
}

function operationPart(path: string, method: string, operation: ApiOperation): string {
  const {
    operationId = '',
    summary = '',
    description,
    parameters = [],
    responses = {},
  } = operation;
  const asked = parameters.flatMap((parameter) => {
    if (!('name' in parameter)) return [];
    const schema = (parameter.schema ?? {}) as ShownSchema;
    const must = parameter.required === true ? '' : ' (optional)';
    return [
      [
        `<code>${escapeHtml(parameter.name)}</code>`,
        escapeHtml(typeName(schema) + must),
        parameter.in,
      ],
    ];
  });
  const answers = Object.entries(responses).map(([status, answer]) => {
    const content: unknown = 'content' in answer ? answer.content : undefined;
    return [`<code>${status}</code>`, escapeHtml(answer.description ?? ''), contentName(content)];
  });
  const needsKey = operation.security === undefined ? '' : '<span class="tag">operator</span>';
  return `<article id="${escapeHtml(operationId)}">
<h3><span class="method">${method.toUpperCase()}</span> <code>${escapeHtml(path)}</code> ${needsKey}</h3>
<p>${escapeHtml(summary)}.</p>${description === undefined ? '' : `<p>${escapeHtml(description)}</p>`}
${asked.length === 0 ? '' : table(['Parameter', 'Type', 'In'], asked)}
${table(['Status', 'Meaning', 'Answer'], answers)}
</article>`;
}

/** The types of an answer, those with a name as links. */
function contentName(content: unknown): string {
  return Object.entries((content ?? {}) as Record<string, { schema?: ShownSchema }>)
    .map(([type, { schema = {} }]) =>
      type === 'application/json' ? linked(schema) : `<code>${escapeHtml(type)}</code>`,
    )
    .join(', ');
}

function linked(schema: ShownSchema): string {
  const choice = schema.anyOf ?? schema.oneOf;
  if (choice !== undefined) return choice.map(linked).join(' or ');
  const name = referred(schema);
  return name === null
    ? escapeHtml(typeName(schema))
    : `<a href="#schema-${escapeHtml(name)}">${escapeHtml(name)}</a>`;
}

function schemaPart(name: string, schema: ShownSchema): string {
  const rows = fieldsOf(schema).map((field) => [
    `<code>${escapeHtml(field.name)}</code>`,
    escapeHtml(field.type),
    escapeHtml(field.description),
  ]);
  return `<article id="schema-${escapeHtml(name)}"><h3>${escapeHtml(name)}</h3><p>${escapeHtml(
    schema.description ?? '',
  )}</p>${table(['Field', 'Type', 'Meaning'], rows)}</article>`;
}

/** Cells are HTML already. */
function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = heads.map((text) => `<th scope="col">${text}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`);
  return `<div class="scroll" tabindex="0" role="region" aria-label="${heads[0]} table"><table><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}
