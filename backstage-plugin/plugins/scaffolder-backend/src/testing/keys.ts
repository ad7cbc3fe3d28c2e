import { base64url, exportJWK, exportPKCS8, exportSPKI, generateKeyPair, SignJWT, type KeyLike } from 'jose';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sign } from 'node:crypto';

const HOUR_S = 3600;

/** The keys of a Backstage: those of its users, and those with which its plugins sign. */
export class Keys {
  private constructor(
    private readonly users: { privateKey: KeyLike; publicKey: KeyLike },
    private readonly folder: string,
  ) {}

  static async make(): Promise<Keys> {
    const folder = mkdtempSync(join(tmpdir(), 'stagecraft-plugins-'));
    const plugins = await generateKeyPair('ES256', { extractable: true });
    writeFileSync(join(folder, 'public.pem'), await exportSPKI(plugins.publicKey));
    writeFileSync(join(folder, 'private.pem'), await exportPKCS8(plugins.privateKey));
    return new Keys(await generateKeyPair('ES256', { extractable: true }), folder);
  }

  /** `backend.auth.pluginKeyStore`: the one that needs no database. */
  get pluginKeyStore() {
    const keys = [
      {
        publicKeyFile: join(this.folder, 'public.pem'),
        privateKeyFile: join(this.folder, 'private.pem'),
        keyId: 'plugins-1',
      },
    ];
    return { type: 'static', static: { keys } };
  }

  /** What Backstage's auth plugin serves. */
  async jwks() {
    return { keys: [{ ...(await exportJWK(this.users.publicKey)), kid: 'users-1', alg: 'ES256', use: 'sig' }] };
  }

  /** A user's token, as Backstage's auth plugin makes it, with the proof from which limited tokens are made. */
  async userToken(sub: string, options: { key?: KeyLike; typ?: string } = {}): Promise<string> {
    const iat = Math.floor(Date.now() / 1000);
    const exp = iat + HOUR_S;
    const limited = [
      { typ: 'vnd.backstage.limited-user', alg: 'ES256', kid: 'users-1' },
      { sub, iat, exp },
    ];
    const signed = limited.map(part => base64url.encode(JSON.stringify(part))).join('.');
    const der = { key: this.users.privateKey as never, dsaEncoding: 'ieee-p1363' as const };
    const uip = base64url.encode(sign('sha256', Buffer.from(signed), der));
    return new SignJWT({ ent: [sub], uip })
      .setProtectedHeader({ typ: options.typ ?? 'vnd.backstage.user', alg: 'ES256', kid: 'users-1' })
      .setSubject(sub)
      .setIssuedAt(iat)
      .setExpirationTime(exp)
      .sign(options.key ?? this.users.privateKey);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
