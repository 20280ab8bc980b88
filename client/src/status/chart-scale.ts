/** Steps that people read easily, within a power of ten. */
const ROUND = [1, 2, 2.5, 5, 10];

/** The smallest easily read top for a chart whose values reach `highest`; at least `least`. */
export function roundTop(highest: number, least: number): number {
  const wanted = Math.max(highest, least);
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = ROUND.find((each) => each * power >= wanted * (1 - Number.EPSILON)) ?? 10;
  return step * power;
}
