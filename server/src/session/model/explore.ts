/** One step of a model. */
export interface Move<State> {
  /** As it stands in a counterexample. */
  readonly label: string;
  /** Something breaks: what must come about in the end must come about without further ones. */
  readonly isFault: boolean;
  readonly to: State;
}

export interface Model<State> {
  readonly initial: State;
  /** Equal for equal states alone. */
  key(state: State): string;
  moves(state: State): readonly Move<State>[];
  /** The rule that a state breaks, or null. */
  broken(state: State): string | null;
  /** Whether all that was promised has come about. */
  isDone(state: State): boolean;
}

export interface Counterexample {
  readonly what: string;
  /** Every step from the beginning. */
  readonly steps: readonly string[];
}

export interface Exploration {
  readonly states: number;
  readonly transitions: number;
  readonly done: number;
  readonly counterexample: Counterexample | null;
}

/**
 * Looks at every state that a model can reach, the nearest first, so that a counterexample is the
 * shortest. Then asks of each whether what was promised can still come about without more faults.
 * Throws beyond `maxStates`.
 */
export function explore<State>(model: Model<State>, maxStates: number): Exploration {
  const numbers = new Map<string, number>();
  const states: State[] = [];
  /** How each state was first reached. */
  const origins: { from: number; label: string }[] = [];
  /** By state, those from which it is reached without a fault. */
  const calmOrigins: number[][] = [];
  let transitions = 0;

  const numberOf = (state: State, from: number, label: string): number => {
    const key = model.key(state);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    if (states.length >= maxStates) {
      throw new Error(`Expected at most ${maxStates} states, got more.`);
    }
    const number = states.length;
    numbers.set(key, number);
    states.push(state);
    origins.push({ from, label });
    calmOrigins.push([]);
    return number;
  };
  const stepsTo = (number: number): string[] => {
    const steps: string[] = [];
    for (let at = number; at > 0; at = origins[at]?.from ?? 0) steps.push(origins[at]?.label ?? '');
    return steps.reverse();
  };

  numberOf(model.initial, 0, '');
  const reachDone: number[] = [];
  for (let number = 0; number < states.length; number += 1) {
    const state = states[number];
    if (state === undefined) break;
    const what = model.broken(state);
    if (what !== null) {
      const counterexample = { what, steps: stepsTo(number) };
      return { states: states.length, transitions, done: reachDone.length, counterexample };
    }
    if (model.isDone(state)) reachDone.push(number);
    for (const { label, isFault, to } of model.moves(state)) {
      transitions += 1;
      const next = numberOf(to, number, label);
      if (!isFault) calmOrigins[next]?.push(number);
    }
  }

  const done = reachDone.length;
  const hopeful = new Uint8Array(states.length);
  for (const number of reachDone) hopeful[number] = 1;
  for (let number = reachDone.pop(); number !== undefined; number = reachDone.pop()) {
    for (const from of calmOrigins[number] ?? []) {
      if (hopeful[from] === 1) continue;
      hopeful[from] = 1;
      reachDone.push(from);
    }
  }
  const stuck = hopeful.indexOf(0);
  const counterexample =
    stuck < 0
      ? null
      : { what: 'the session can never be completed any more', steps: stepsTo(stuck) };
  return { states: states.length, transitions, done, counterexample };
}
