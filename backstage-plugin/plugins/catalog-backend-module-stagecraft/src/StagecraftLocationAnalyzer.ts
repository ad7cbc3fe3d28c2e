import type { BackstageCredentials, LoggerService } from '@backstage/backend-plugin-api';
import type {
  AnalyzeLocationExistingEntity,
  AnalyzeLocationGenerateEntity,
  AnalyzeLocationRequest,
  AnalyzeLocationResponse,
} from '@backstage/plugin-catalog-common';
import type { CatalogService, LocationAnalyzer, ScmLocationAnalyzer } from '@backstage/plugin-catalog-node';
import { isObject } from './values';

/** Asks the service, as the caller, what it makes of a repository. */
export type Analyze = (request: AnalyzeLocationRequest, credentials: BackstageCredentials) => Promise<unknown>;

/** What the analyzer works with. */
export interface StagecraftLocationAnalyzerOptions {
  analyze: Analyze;
  catalog: Pick<CatalogService, 'getLocationByRef'>;
  /** The analyzers of Backstage's integrations: they find files where the service cannot read. */
  scmLocationAnalyzers: ScmLocationAnalyzer[];
  logger: LoggerService;
}

/**
 * Stands behind the import wizard of Backstage: the service reads the repository, tells which files declare entities
 * already, and proposes entities with the evidence for each value.
 */
export class StagecraftLocationAnalyzer implements LocationAnalyzer {
  readonly #options: StagecraftLocationAnalyzerOptions;

  constructor(options: StagecraftLocationAnalyzerOptions) {
    this.#options = options;
  }

  async analyzeLocation(
    request: AnalyzeLocationRequest,
    credentials: BackstageCredentials,
  ): Promise<AnalyzeLocationResponse> {
    let answer: unknown;
    try {
      answer = await this.#options.analyze(request, credentials);
    } catch (error) {
      return this.#withoutService(request, error);
    }
    return this.#read(answer, credentials);
  }

  /** The service cannot read the repository: its files may still be found by the integration for its host. */
  async #withoutService({ location, catalogFilename }: AnalyzeLocationRequest, error: unknown) {
    const { scmLocationAnalyzers, logger } = this.#options;
    const url = location.target;
    const analyzer = scmLocationAnalyzers.find(candidate => candidate.supports(url));
    if (!analyzer || isRefusal(error)) {
      throw error;
    }
    logger.warn(`Stagecraft cannot read \`${url}\`, so only its catalog files are looked for: ${messageOf(error)}`);
    const found = await analyzer.analyze({ url, catalogFilename }).catch((reason: unknown) => {
      logger.warn(`No catalog files were found in \`${url}\`: ${messageOf(reason)}`);
      return { existing: [] };
    });
    if (found.existing.length === 0) {
      throw error;
    }
    return { existingEntityFiles: found.existing, generateEntities: [] };
  }

  async #read(answer: unknown, credentials: BackstageCredentials): Promise<AnalyzeLocationResponse> {
    if (!isAnalysis(answer)) {
      throw new Error('Stagecraft did not answer with an analysis; its release does not fit this module');
    }
    const existingEntityFiles = await Promise.all(
      answer.existingEntityFiles.map(async file => ({
        ...file,
        isRegistered: file.isRegistered || (await this.#isRegistered(file, credentials)),
      })),
    );
    return { existingEntityFiles, generateEntities: answer.generateEntities };
  }

  /** Only the catalog knows what is registered in it: under the page of the file, or as if it were a folder. */
  async #isRegistered(
    { location: { type, target } }: AnalyzeLocationExistingEntity,
    credentials: BackstageCredentials,
  ) {
    const { catalog, logger } = this.#options;
    try {
      const targets = [target, target.replace('/blob/', '/tree/')];
      const found = await Promise.all(
        targets.map(each => catalog.getLocationByRef(`${type}:${each}`, { credentials })),
      );
      return found.some(location => location !== undefined);
    } catch (error) {
      logger.debug(`Whether \`${target}\` is registered is not known: ${messageOf(error)}`);
      return false;
    }
  }
}

interface Analysis {
  existingEntityFiles: AnalyzeLocationExistingEntity[];
  generateEntities: AnalyzeLocationGenerateEntity[];
}

function isAnalysis(value: unknown): value is Analysis {
  return (
    isObject(value) &&
    Array.isArray(value.existingEntityFiles) &&
    value.existingEntityFiles.every(file => isObject(file) && isObject(file.location) && isObject(file.entity)) &&
    Array.isArray(value.generateEntities) &&
    value.generateEntities.every(item => isObject(item) && isObject(item.entity) && Array.isArray(item.fields))
  );
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && (error.name === 'NotAllowedError' || error.name === 'AuthenticationError');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
