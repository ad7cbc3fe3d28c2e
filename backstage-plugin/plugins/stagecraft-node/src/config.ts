import type { RootConfigService } from '@backstage/backend-plugin-api';

/** Where the service is, and what to present there. */
export interface StagecraftConfig {
  /** Without a slash at its end. */
  baseUrl: string;
  /** Stands for Backstage itself, never for a user. */
  token?: string;
}

/** Reads `stagecraft` of `app-config.yaml`, and says what is wrong with it. */
export function readStagecraftConfig(config: RootConfigService): StagecraftConfig {
  const baseUrl = config.getString('stagecraft.baseUrl').trim();
  let url: URL;
  try {
    url = new URL(baseUrl);
  } catch {
    throw new Error(`\`stagecraft.baseUrl\` is no address: set it to that of the service, as in http://localhost:7008`);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Error(`\`stagecraft.baseUrl\` has to begin with http:// or https://`);
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new Error(`\`stagecraft.baseUrl\` has to be an address alone, without a password, \`?\` or \`#\``);
  }
  if (/\/api(\/|$)/.test(url.pathname)) {
    throw new Error(`\`stagecraft.baseUrl\` is the address of the service without \`/api\`: \`${url.origin}\``);
  }
  const token = config.getOptionalString('stagecraft.token')?.trim();
  return { baseUrl: url.href.replace(/\/+$/, ''), token: token || undefined };
}
