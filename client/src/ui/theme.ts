import { signal } from '@preact/signals';
import { recall, remember } from '../storage/remembered.ts';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** `auto` follows the system. */
export const theme = signal<Theme>(toTheme(recall('theme')));

export function chooseTheme(chosen: Theme): void {
  theme.value = chosen;
  remember('theme', chosen === 'auto' ? null : chosen);
  if (chosen === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}

function toTheme(stored: string | null): Theme {
  return THEMES.find((known) => known === stored) ?? 'auto';
}
