/** Something that the set-up cannot do; its message tells the user what to do, without a stack. */
export class SetUpError extends Error {
  /** @override */
  name = 'SetUpError';
}
