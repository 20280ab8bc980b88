import type { ComponentChildren } from 'preact';
import { Mark } from './icons.tsx';
import { ThemeSwitch } from './theme-switch.tsx';

/** The bar on top of every page; `title` is the page's heading where it has none of its own. */
export function TopBar({ title, children }: { title?: string; children?: ComponentChildren }) {
  return (
    <header class="bar">
      <button type="button" class="button skip" onClick={skipToContent}>
        Skip to content
      </button>
      <a class="brand" href="/" aria-label="Parlance, home page">
        <Mark />
        <span class={title === undefined ? '' : 'brand-name'}>Parlance</span>
      </a>
      {title !== undefined && (
        <div class="place">
          <h1 data-testid="room-name">{title}</h1>
        </div>
      )}
      <div class="end">
        {children}
        <ThemeSwitch />
      </div>
    </header>
  );
}

/** No link: what stands behind the # of the address may be the pass to the room. */
function skipToContent(): void {
  document.querySelector<HTMLElement>('#main')?.focus();
}
