import { z } from 'zod';

/** A language as it travels: a code of ISO 639, lower case. */
export const languageSchema = z
  .string()
  .regex(/^[a-z]{2,3}$/, 'Expected a language code like "en"');
