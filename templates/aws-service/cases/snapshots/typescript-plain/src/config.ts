/** The port when `PORT` is not set. */
export const DEFAULT_PORT = 8080;

/** What can be set from outside. */
export interface Config {
  /** The port to listen on; 0 takes a free one. */
  port: number;
  /** What is logged. */
  logLevel: string;
}

/** Variables by name, such as `process.env`. */
export type Variables = Record<string, string | undefined>;

/** Reads the configuration; a variable that makes no sense is an error that names it. */
export function readConfig(variables: Variables): Config {
  return {
    port: port(variables, 'PORT', DEFAULT_PORT),
    logLevel: logLevel(variables),
  };
}

function port(variables: Variables, name: string, fallback: number): number {
  const value = variables[name];
  if (value === undefined) return fallback;
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65535) {
    throw new Error(`\`${name}\` is "${value}"; set a port, or unset it for ${fallback}`);
  }
  return Number(value);
}

function logLevel(variables: Variables): string {
  const value = variables.LOG_LEVEL ?? 'info';
  const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];
  if (!levels.includes(value)) {
    throw new Error(`\`LOG_LEVEL\` is "${value}"; set one of ${levels.join(', ')}`);
  }
  return value;
}
