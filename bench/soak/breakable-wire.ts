import type { OpenWire, Wire, WireHandlers, WireMap } from '../../client/src/live/wire.ts';

/** A connection that can be cut as a network cuts it: without a word to either side. */
export class BreakableWire<In extends WireMap<In>, Out extends WireMap<Out>> {
  readonly #open: OpenWire<In, Out>;
  #current: { readonly wire: Wire<Out>; readonly handlers: WireHandlers<In> } | null = null;

  constructor(open: OpenWire<In, Out>) {
    this.#open = open;
  }

  readonly open: OpenWire<In, Out> = (handlers) => {
    const wire = this.#open(handlers);
    this.#current = { wire, handlers };
    return wire;
  };

  /** The client makes a new one and resumes. */
  break(): void {
    const current = this.#current;
    this.#current = null;
    if (current === null) return;
    current.wire.close();
    current.handlers.down({
      code: 'server_unreachable',
      message: 'The benchmark cut the connection.',
      retryable: true,
    });
  }
}
