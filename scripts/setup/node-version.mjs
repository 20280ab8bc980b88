// Also read by old Nodes, which must get as far as the message: no syntax newer than ES2020 here.

export const MINIMUM_NODE = '20.19.0';

/**
 * What is wrong with this Node, in words for its user; null where nothing is.
 *
 * @param {string} version as in `process.versions.node`
 * @returns {string | null}
 */
export function nodeProblem(version) {
  const have = version.split('.').map((part) => Number.parseInt(part, 10));
  const need = MINIMUM_NODE.split('.').map(Number);
  for (const [index, part] of need.entries()) {
    const difference = (have[index] || 0) - part;
    if (difference > 0) return null;
    if (difference < 0) {
      return (
        'Parlance needs Node ' +
        MINIMUM_NODE +
        ' or newer; this is Node ' +
        version +
        '.\n' +
        'Get a current one from https://nodejs.org or with your version manager,\n' +
        'for example: nvm install 22'
      );
    }
  }
  return null;
}

/** Ends the process with a clear word where this Node is too old. */
export function requireNode() {
  const problem = nodeProblem(process.versions.node);
  if (problem === null) return;
  console.error(problem);
  process.exit(1);
}
