import type { Page } from 'playwright';

/** Smallest side of what a thumb is to hit, in CSS pixels (WCAG 2.2, 2.5.5). */
const TOUCH_PX = 44;

/** What can be used within `area` and is too small for a thumb. */
export function tooSmall(page: Page, area: string): Promise<string[]> {
  return page.evaluate(
    ({ area, least }) => {
      const small: string[] = [];
      for (const place of document.querySelectorAll(area)) {
        for (const control of place.querySelectorAll('button, input, summary')) {
          const target = control.closest('label') ?? control;
          const { width, height } = target.getBoundingClientRect();
          if (width === 0 || (width >= least && height >= least)) continue;
          small.push(`${width}×${height} ${target.textContent}`);
        }
      }
      return small;
    },
    { area, least: TOUCH_PX },
  );
}

/** Texts with less contrast to what lies behind them than WCAG 2.2 AA asks for. */
export function tooFaint(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    const luminance = (behind: string[]): number => {
      if (canvas === null) return 0;
      canvas.clearRect(0, 0, 1, 1);
      for (const colour of behind) {
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
      }
      const [r = 0, g = 0, b = 0] = [...canvas.getImageData(0, 0, 1, 1).data].map((value) => {
        const share = value / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const backgrounds = (element: Element | null): string[] =>
      element === null
        ? []
        : [...backgrounds(element.parentElement), getComputedStyle(element).backgroundColor];
    const faint: string[] = [];
    for (const element of document.querySelectorAll('body *')) {
      const own = [...element.childNodes].some(
        (node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim(),
      );
      const style = getComputedStyle(element);
      if (!own || element.closest('.unseen, .skip, [disabled], noscript, title')) continue;
      const behind = backgrounds(element);
      const [a, b] = [luminance(behind), luminance([...behind, style.color])];
      const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      const large = Number.parseFloat(style.fontSize) >= 24;
      if (contrast < (large ? 3 : 4.5)) {
        faint.push(`${contrast.toFixed(2)} ${element.textContent?.trim().slice(0, 40)}`);
      }
    }
    return faint;
  });
}
