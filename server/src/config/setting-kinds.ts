import { z } from 'zod';

/** What settings are made of: everything in the environment is text. */

export const integer = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

/** With commas, blanks around them left out. */
export const list = z
  .string()
  .transform((text) => text.split(',').map((item) => item.trim()))
  .pipe(z.array(z.string().min(1)));

export const text = z.string().min(1);
