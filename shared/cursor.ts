/**
 * Order of two cursors (Redis Stream ids `milliseconds-number`): negative, zero or positive.
 * Compared as decimal text, because either part may exceed what a number holds exactly.
 */
export function compareCursors(a: string, b: string): number {
  const [aTime = '', aNumber = ''] = a.split('-');
  const [bTime = '', bNumber = ''] = b.split('-');
  return compareDecimals(aTime, bTime) || compareDecimals(aNumber, bNumber);
}

function compareDecimals(a: string, b: string): number {
  const [aDigits, bDigits] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  if (aDigits.length !== bDigits.length) return aDigits.length - bDigits.length;
  return aDigits < bDigits ? -1 : aDigits > bDigits ? 1 : 0;
}
