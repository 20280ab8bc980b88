/**
 * Pairs of indices of words that both lists have in the same order: a longest common subsequence.
 * Words that one side misheard have no partner.
 */
export function matchWords(left: readonly string[], right: readonly string[]): [number, number][] {
  const columns = right.length + 1;
  const longest = new Uint16Array((left.length + 1) * columns);
  const at = (row: number, column: number) => longest[row * columns + column] ?? 0;
  for (let row = left.length - 1; row >= 0; row -= 1) {
    for (let column = right.length - 1; column >= 0; column -= 1) {
      longest[row * columns + column] =
        left[row] === right[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const pairs: [number, number][] = [];
  for (let row = 0, column = 0; row < left.length && column < right.length; ) {
    if (left[row] === right[column]) {
      pairs.push([row, column]);
      row += 1;
      column += 1;
    } else if (at(row + 1, column) >= at(row, column + 1)) row += 1;
    else column += 1;
  }
  return pairs;
}
