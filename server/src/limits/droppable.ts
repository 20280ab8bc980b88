/** Something that keeps what it could get again: let go while memory is scarce. */
export interface Droppable {
  /** As the log names it. */
  readonly name: string;
  /** Lets go of what nobody uses just now. Returns at once; may be called at any time, again and again. */
  drop(): void;
}
