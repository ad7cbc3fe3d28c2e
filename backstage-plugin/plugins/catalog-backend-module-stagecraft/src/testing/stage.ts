import type { LoggerService, SchedulerServiceTaskInvocationDefinition } from '@backstage/backend-plugin-api';
import { ConfigReader } from '@backstage/config';
import type { EventParams } from '@backstage/plugin-events-node';
import type { JsonObject } from '@backstage/types';
import { readCatalogSettings } from '../settings';
import { StagecraftEntityProvider } from '../StagecraftEntityProvider';
import { CatalogStub } from './CatalogStub';
import { FeedStub } from './FeedStub';

/** A line of the log. */
export interface LogLine {
  level: string;
  message: string;
}

/** A logger that keeps what it is told. */
export function keepingLogger(lines: LogLine[]): LoggerService {
  const at = (level: string) => (message: string) => void lines.push({ level, message });
  const logger: LoggerService = {
    error: at('error'),
    warn: at('warn'),
    info: at('info'),
    debug: at('debug'),
    child: () => logger,
  };
  return logger;
}

/** The provider between a feed and a catalog, with a clock and a bus that a test works by hand. */
export class Stage {
  readonly logs: LogLine[] = [];
  #run: (() => Promise<void>) | undefined;
  #hear: ((event: EventParams) => Promise<void>) | undefined;
  subscription: { id: string; topics: string[] } | undefined;
  task: { id: string; scope?: string } | undefined;

  constructor(
    readonly feed: FeedStub,
    readonly catalog: CatalogStub,
  ) {}

  /** A stage with its provider connected; nothing has run. */
  static async open(options: { config?: JsonObject; feed?: FeedStub; catalog?: CatalogStub } = {}): Promise<Stage> {
    const stage = new Stage(options.feed ?? (await FeedStub.open()), options.catalog ?? new CatalogStub());
    const provider = new StagecraftEntityProvider({
      settings: readCatalogSettings(new ConfigReader({ stagecraft: { catalog: options.config ?? {} } })),
      feed: stage.feed.feed,
      view: stage.catalog.view,
      scheduler: {
        scheduleTask: async (task: SchedulerServiceTaskInvocationDefinition & { scope?: string }) => {
          stage.task = task;
          stage.#run = async () => task.fn(new AbortController().signal);
        },
      },
      events: {
        subscribe: async ({ id, topics, onEvent }) => {
          stage.subscription = { id, topics };
          stage.#hear = onEvent;
        },
      },
      logger: keepingLogger(stage.logs),
    });
    await provider.connect(stage.catalog);
    return stage;
  }

  /** One run of the schedule. */
  async tick(): Promise<void> {
    await this.#run?.();
  }

  /** An event of the bus. */
  async tell(cursor: string): Promise<void> {
    await this.#hear?.({ topic: 'stagecraft.catalog', eventPayload: { cursor } });
  }

  /** The lines of a level. */
  at(level: string): string[] {
    return this.logs.filter(line => line.level === level).map(line => line.message);
  }

  /** Waits for something that another task brings about. */
  async until(done: () => boolean): Promise<void> {
    while (!done()) await new Promise(resolve => setTimeout(resolve, 5));
  }

  async close(): Promise<void> {
    await this.feed.service.stop();
  }
}
