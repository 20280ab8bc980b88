/** Orders two record cursors ("milliseconds-number", both decimal) without losing precision. */
export function compareCursors(left: string, right: string): number {
  const [leftMs = '', leftNumber = ''] = left.split('-');
  const [rightMs = '', rightNumber = ''] = right.split('-');
  return compareDecimals(leftMs, rightMs) || compareDecimals(leftNumber, rightNumber);
}

/** Decimals without leading zeros: the longer is larger. */
function compareDecimals(left: string, right: string): number {
  if (left.length !== right.length) return left.length - right.length;
  return left === right ? 0 : left < right ? -1 : 1;
}
