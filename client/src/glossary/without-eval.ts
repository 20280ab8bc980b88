import { config } from 'zod';

/** The content security policy allows no `eval`, and reports whoever merely tries it. */
config({ jitless: true });
