import { totalmem } from 'node:os';

export interface AvailableMemory {
  readonly bytes: number;
  /** True where a control group (a container) sets the bound, and not the machine, which others use too. */
  readonly isConstrained: boolean;
}

/** What this process may take at the most. */
export function availableMemory(
  machineBytes = totalmem(),
  // 0, undefined or more than there is: no limit.
  constrainedBytes = process.constrainedMemory() || Number.POSITIVE_INFINITY,
): AvailableMemory {
  return constrainedBytes < machineBytes
    ? { bytes: constrainedBytes, isConstrained: true }
    : { bytes: machineBytes, isConstrained: false };
}
