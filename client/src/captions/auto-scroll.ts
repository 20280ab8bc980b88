/** Nearer to the end than this counts as being there: a line of captions at most. */
export const AT_END_PX = 64;

/** What a scrolling element tells about itself. */
export interface ScrollPlace {
  top: number;
  viewHeight: number;
  contentHeight: number;
}

/**
 * Follows the newest line until the reader scrolls up; then lets go and counts what is missed,
 * until the reader comes back to the end.
 */
export class AutoScroll {
  #following = true;
  #missed = 0;
  #lastTop = 0;

  get following(): boolean {
    return this.#following;
  }

  /** Lines that came since the reader scrolled up. */
  get missed(): number {
    return this.#missed;
  }

  /** The place changed: by the reader, by us, or because the content did. */
  scrolled(place: ScrollPlace): void {
    const movedUp = place.top < this.#lastTop;
    this.#lastTop = place.top;
    if (place.contentHeight - place.viewHeight - place.top <= AT_END_PX) this.follow();
    else if (movedUp) this.#following = false;
  }

  /** New lines were added at the end. */
  added(lines: number): void {
    if (!this.#following) this.#missed += lines;
  }

  /** The reader wants to be at the end. */
  follow(): void {
    this.#following = true;
    this.#missed = 0;
  }
}
