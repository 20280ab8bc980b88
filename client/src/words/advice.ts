/** What a person is told when something went wrong: what happened, and what to do about it. */
export interface Advice {
  title: string;
  action: string;
}
