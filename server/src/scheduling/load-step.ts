/**
 * What a node gives up under load, in this order (INV8): partials come less often, are not
 * translated, do not come at all, and at last newcomers are refused.
 */
export const LOAD_STEPS = ['full', 'slower', 'untranslated', 'finals', 'refusing'] as const;
export type LoadStep = (typeof LOAD_STEPS)[number];

/** Partials this much rarer than wished count as slower. */
const SLOWER_FROM = 1.5;
/** A partial so rare is not worth a translation of its own. */
const UNTRANSLATED_FROM_MS = 2_500;
/** Finals wait so long for a slot: nothing else may be in their way. */
const FINALS_FROM_MS = 700;
/** A step is left when what led to it has fallen to this share, so that nothing flaps. */
const LEAVE_SHARE = 0.7;

export interface LoadFigures {
  /** How often each open segment would be read again. */
  readonly intervalMs: number;
  readonly baseIntervalMs: number;
  /** How long finals have waited for a slot of late. */
  readonly finalWaitMs: number;
  /** When they wait for so long although they come alone, there is no room for another speaker. */
  readonly maxFinalWaitMs: number;
}

/** The step after `current`: up at once, down only when the load has clearly fallen. */
export function nextLoadStep(current: LoadStep, figures: LoadFigures): LoadStep {
  const index = LOAD_STEPS.indexOf(current);
  const reached = LOAD_STEPS.findLastIndex((step) => pressure(step, figures) >= 1);
  if (reached >= index) return LOAD_STEPS[reached] ?? 'full';
  return pressure(current, figures) >= LEAVE_SHARE ? current : (LOAD_STEPS[index - 1] ?? 'full');
}

/** What there is of what leads to a step, as a share of its threshold. */
function pressure(step: LoadStep, figures: LoadFigures): number {
  const { intervalMs, baseIntervalMs, finalWaitMs, maxFinalWaitMs } = figures;
  switch (step) {
    case 'full':
      return 1;
    case 'slower':
      return intervalMs / (baseIntervalMs * SLOWER_FROM);
    case 'untranslated':
      return intervalMs / Math.max(UNTRANSLATED_FROM_MS, baseIntervalMs * SLOWER_FROM);
    case 'finals':
      return finalWaitMs / FINALS_FROM_MS;
    case 'refusing':
      return finalWaitMs / maxFinalWaitMs;
  }
}
