import { AppError } from '../../../shared/errors.ts';
import type { ClusterStatus, NodeReport, NodesAnswer } from '../../../shared/http-answers.ts';
import type { MachineFigures } from './machine-figures.ts';
import { type NodeBoard, REPORT_INTERVAL_MS } from './node-board.ts';
import { nodeReport, type ReportParts } from './node-report.ts';

export interface NodeDeskParts {
  readonly board: Pick<NodeBoard, 'publish' | 'read' | 'remove'>;
  readonly machine: Pick<MachineFigures, 'look' | 'close'>;
  /** What a report is made of, but for what is looked at now and then. */
  figures(): Omit<ReportParts, 'machine' | 'redisConnections' | 'uptimeS'>;
  /** Rejects while Redis is away. */
  redisConnections(): Promise<number>;
}

type Look = Pick<ReportParts, 'machine' | 'redisConnections'>;

/** Tells how this node fares, and how the others do. */
export class NodeDesk {
  readonly #parts: NodeDeskParts;
  readonly #timer: NodeJS.Timeout;
  readonly #startedAtMs = performance.now();
  /** What was seen last. */
  #look: Promise<Look>;
  #reporting: Promise<void> | null = null;

  constructor(parts: NodeDeskParts) {
    this.#parts = parts;
    this.#look = this.#lookAround();
    this.#reporting = this.#publish(this.#look);
    this.#timer = setInterval(() => {
      // Redis is slow: the next report says more than two that pile up.
      this.#reporting ??= this.#publish(this.#lookAround());
    }, REPORT_INTERVAL_MS);
    this.#timer.unref();
  }

  /** This node as it is now; CPU, disk and Redis's connections as of the last report. */
  async own(): Promise<NodeReport> {
    const look = await this.#look;
    const uptimeS = (performance.now() - this.#startedAtMs) / 1000;
    return nodeReport({ ...this.#parts.figures(), ...look, uptimeS });
  }

  /** All nodes; this one alone, and why, while Redis is away. */
  async all(): Promise<NodesAnswer> {
    const own = await this.own();
    try {
      const { nodes, silent } = await this.#parts.board.read();
      const others = nodes.filter(({ node }) => node !== own.node);
      const silentOthers = silent.filter(({ node }) => node !== own.node);
      return {
        nodes: [own, ...others].sort((one, other) => (one.name < other.name ? -1 : 1)),
        complete: silentOthers.length === 0,
        silent_nodes: silentOthers,
        problem: null,
      };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const problem = 'Redis does not answer: only the node that was asked is shown.';
      return { nodes: [own], complete: false, silent_nodes: [], problem };
    }
  }

  /** Leaves the board, so that nobody takes this node for one that hangs. Idempotent. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#reporting;
    this.#parts.machine.close();
    // Without Redis there is nothing to leave.
    await this.#parts.board.remove(this.#parts.figures().node).catch(() => undefined);
  }

  /** Never rejects. */
  async #publish(look: Promise<Look>): Promise<void> {
    try {
      await look;
      this.#look = look;
      await this.#parts.board.publish(await this.own());
    } catch {
      // Redis is away: this node tells so itself, and the others see that it is silent.
    } finally {
      this.#reporting = null;
    }
  }

  async #lookAround(): Promise<Look> {
    const [machine, redisConnections] = await Promise.all([
      this.#parts.machine.look(),
      this.#parts.redisConnections().catch(() => null),
    ]);
    return { machine, redisConnections };
  }
}

/** Sums over all nodes that answer, and each of them. */
export function clusterStatus({ nodes, ...whole }: NodesAnswer): ClusterStatus {
  const sum = (read: (report: NodeReport) => number) =>
    Math.round(nodes.reduce((total, report) => total + read(report), 0) * 10) / 10;
  return {
    current_connections: sum(({ status }) => status.current_connections),
    max_connections: sum(({ status }) => status.max_connections),
    memory_usage_mb: sum(({ status }) => status.memory_usage_mb),
    memory_limit_mb: sum(({ status }) => status.memory_limit_mb),
    total_requests: sum(({ status }) => status.total_requests),
    error_count: sum(({ status }) => status.error_count),
    nodes: nodes.map(({ node, name, age_seconds, status }) => ({
      ...status,
      node,
      name,
      age_seconds,
    })),
    ...whole,
  };
}
