/** The part of WebAssembly's interface that is used: Node's own types leave it to those of browsers. */
declare namespace WebAssembly {
  type Exports = Record<string, unknown>;
  type Imports = Record<string, Record<string, unknown>>;

  /** Compiled; can be handed to threads. */
  interface Module {
    readonly [Symbol.toStringTag]: string;
  }

  interface Instance {
    readonly exports: Exports;
  }

  interface MemoryDescriptor {
    /** In pages of 64 KiB. */
    readonly initial: number;
    readonly maximum: number;
  }

  class Memory {
    constructor(descriptor: MemoryDescriptor);
    readonly buffer: ArrayBuffer;
  }

  function compile(bytes: Uint8Array): Promise<Module>;
  function instantiate(module: Module, imports: Imports): Promise<Instance>;
}
