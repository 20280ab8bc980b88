/** As much of a JSON schema as is shown. */
export interface ShownSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, ShownSchema>>;
  readonly required?: readonly string[];
  readonly items?: ShownSchema;
  readonly anyOf?: readonly ShownSchema[];
  readonly oneOf?: readonly ShownSchema[];
  readonly allOf?: readonly ShownSchema[];
}

export interface ShownField {
  /** With what lies around it: `slots.conversion.total`, `nodes[].name`. */
  readonly name: string;
  readonly type: string;
  readonly description: string;
}

const REFERENCE = '#/components/schemas/';

/** The name of the schema that is referred to, or null. */
export function referred({ $ref }: ShownSchema): string | null {
  return $ref?.startsWith(REFERENCE) === true ? $ref.slice(REFERENCE.length) : null;
}

/** A type in few words: `number or null`, `Times`, `list of Status`, `"ok" | "draining"`. */
export function typeName(schema: ShownSchema): string {
  const name = referred(schema);
  if (name !== null) return name;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) {
    return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  }
  const choice = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (choice !== undefined) return [...new Set(choice.map(typeName))].join(' or ');
  if (schema.items !== undefined) return `list of ${typeName(schema.items)}`;
  if (typeof schema.type === 'object') return schema.type.join(' or ');
  return schema.type ?? 'anything';
}

/** The fields of an object and of those within it; what has a name of its own is not opened. */
export function fieldsOf(schema: ShownSchema, around = ''): ShownField[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, field]) => {
    const name = around + key;
    const optional = schema.required?.includes(key) === true ? '' : ' (optional)';
    const shown = {
      name,
      type: typeName(field) + optional,
      description: field.description ?? '',
    };
    if (referred(field) !== null) return [shown];
    return [
      shown,
      ...fieldsOf(field, `${name}.`),
      ...(field.items === undefined || referred(field.items) !== null
        ? []
        : fieldsOf(field.items, `${name}[].`)),
    ];
  });
}
