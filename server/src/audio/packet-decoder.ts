/** Why a decoder can no longer be used. */
export interface DecoderLoss {
  readonly reason: /** Closed by its owner. */
    | 'closed'
    /** It could not be started, or was not ready in time. */
    | 'not_started'
    /** Its process ended by itself or was killed. */
    | 'exited'
    /** It was fed and answered nothing for too long. */
    | 'hung'
    /** It gave more samples than it was fed. */
    | 'out_of_step';
  readonly cause?: unknown;
}

/**
 * One running decoder: sound 20 ms Opus packets in, exactly 320 samples out for each, in order.
 * It knows nothing of sessions and is never mended: once lost, another one takes over.
 */
export interface PacketDecoder {
  /** Of the process behind it, where there is one. */
  readonly pid: number | undefined;
  /** Resolves when packets may be fed; rejects with an AppError when it cannot start. */
  readonly ready: Promise<void>;
  /** Settles when it is lost and everything it still gave was delivered. Never rejects. */
  readonly lost: Promise<DecoderLoss>;
  /**
   * Feeds one packet, which must have passed `frameFault`. Never blocks and never throws: the
   * caller bounds what is under way, and after a loss nothing happens.
   */
  feed(packet: Uint8Array): void;
  /** Sets who gets the samples (16 kHz mono, −1…1, whole frames); call once, before feeding. */
  deliverTo(receive: (samples: Float32Array) => void): void;
  /** Idempotent; resolves when the process is gone. */
  close(): Promise<void>;
}
