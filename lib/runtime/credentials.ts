import { join } from 'node:path';
import { readTextFile, writePrivateFile } from './private-file.ts';

export const TOKEN_FILE = '.auth_token';
export const INBOUND_SECRET_FILE = '.inbound_secret';

/**
 * What proves this workspace to the platform (`token`) and the platform to this workspace (`inboundSecret`), as kept in
 * its folder. The token file is the truth: a provisioner may replace it while this process runs, so it is read again
 * whenever the platform refuses what was read before.
 */
export class Credentials {
  readonly #folder: string;
  #token: string | null = null;
  #inboundSecret: string | null = null;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get token(): string | null {
    return this.#token;
  }

  get inboundSecret(): string | null {
    return this.#inboundSecret;
  }

  async load(): Promise<void> {
    this.#inboundSecret = await readTextFile(join(this.#folder, INBOUND_SECRET_FILE));
    await this.rereadToken();
  }

  async rereadToken(): Promise<string | null> {
    this.#token = await readTextFile(join(this.#folder, TOKEN_FILE));
    return this.#token;
  }

  async storeToken(token: string): Promise<void> {
    await writePrivateFile(join(this.#folder, TOKEN_FILE), `${token}\n`);
    this.#token = token;
  }

  /** Writes only when it changed: it comes with every beat. */
  async storeInboundSecret(secret: string): Promise<void> {
    if (secret === this.#inboundSecret) return;
    await writePrivateFile(join(this.#folder, INBOUND_SECRET_FILE), `${secret}\n`);
    this.#inboundSecret = secret;
  }
}
