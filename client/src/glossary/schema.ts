import './without-eval.ts';

/** The shared schemas, made only after they were told to do without `eval`. */
export {
  type Glossary,
  type GlossaryEntry,
  glossarySchema,
  termKey,
  termSchema,
} from '../../../shared/glossary.ts';
