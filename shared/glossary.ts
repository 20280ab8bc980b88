import { z } from 'zod';
import { languageSchema } from './language-schema.ts';
import {
  MAX_GLOSSARY_CHARS,
  MAX_GLOSSARY_ENTRIES,
  MAX_HEARD_AS,
  MAX_TERM_LENGTH,
} from './limits.ts';

/** Terms that a room or a deployment wants recognised and translated in one way. */

export const termSchema = z
  .string()
  .trim()
  .min(1)
  .max(MAX_TERM_LENGTH)
  .regex(/\p{L}|\p{N}/u, 'Expected a term with a letter or a digit')
  .regex(
    /^[^\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]*$/u,
    'Expected a term without control characters',
  );

export const glossaryEntrySchema = z.strictObject({
  /** What is spoken where the term is said. */
  language: languageSchema,
  /** As it is to be written in that language. */
  term: termSchema,
  /** What the recogniser makes of it instead, for example "par lance". */
  heardAs: z.array(termSchema).max(MAX_HEARD_AS),
  /** As it is to be written in other languages. */
  translations: z.record(languageSchema, termSchema),
  /** Whether it stays as it is in languages without a translation of its own. */
  keep: z.boolean(),
});

/** The whole of it; within it each term stands once in each language. */
export const glossarySchema = z
  .array(glossaryEntrySchema)
  .max(MAX_GLOSSARY_ENTRIES)
  .superRefine((entries, context) => {
    const seen = new Set<string>();
    for (const [index, { language, term }] of entries.entries()) {
      const key = `${language} ${termKey(term)}`;
      if (seen.has(key)) {
        context.addIssue({
          code: 'custom',
          path: [index, 'term'],
          message: 'Expected each term once, got it again',
        });
      }
      seen.add(key);
    }
    const length = JSON.stringify(entries).length;
    if (length > MAX_GLOSSARY_CHARS) {
      context.addIssue({
        code: 'custom',
        message: `Expected at most ${MAX_GLOSSARY_CHARS} characters in all, got ${length}`,
      });
    }
  });

export type GlossaryEntry = z.infer<typeof glossaryEntrySchema>;
export type Glossary = readonly GlossaryEntry[];

/** What two spellings of the same term have in common: case, composition and spacing do not count. */
export function termKey(term: string): string {
  return term.normalize('NFC').toLowerCase().trim().replace(/\s+/g, ' ');
}
