import { CanvasError, type ErrorBody, errorCodeOf } from '#lib/contract/errors.ts';

const TIMEOUT_MS = 30_000;

/** The API of one Canvas, as a person with their token calls it. */
export class CanvasApi {
  readonly url: URL;
  readonly #token: string | null;

  /** @throws CanvasError `bad_request` when the address is none. */
  constructor(url: string, token: string | null) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw new CanvasError('bad_request', `"${url}" is no address of Canvas: it must begin with http:// or https://`);
    }
    this.url = new URL(url);
    this.#token = token;
  }

  get<T>(path: string): Promise<T> {
    return this.#call<T>('GET', path, undefined);
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.#call<T>('POST', path, body);
  }

  /** Rejects with the refusal that Canvas answered, or with `upstream_unreachable`. */
  async #call<T>(method: string, path: string, body: unknown): Promise<T> {
    const address = new URL(`${this.url.pathname.replace(/\/$/, '')}${path}`, this.url);
    const answer = await this.#fetch(address, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        accept: 'application/json',
        ...(this.#token === null ? {} : { authorization: `Bearer ${this.#token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const said = jsonOf(answer.text);
    if (said === null) {
      throw new CanvasError(
        'upstream_unreachable',
        `${this.url.origin} does not answer as Canvas does (status ${answer.status}). Is it its address?`,
      );
    }
    if (answer.status < 400) return said as T;
    const { error } = said as Partial<ErrorBody>;
    throw new CanvasError(errorCodeOf(said), error ?? `Canvas answered with status ${answer.status}.`);
  }

  async #fetch(address: URL, options: RequestInit): Promise<{ status: number; text: string }> {
    try {
      const response = await fetch(address, options);
      return { status: response.status, text: await response.text() };
    } catch (thrown) {
      const { cause, name } = thrown as Error & { cause?: { code?: string; errors?: { code?: string }[] } };
      const code = cause?.code ?? cause?.errors?.[0]?.code ?? 'the connection was lost';
      const why = name === 'TimeoutError' ? `no answer in ${TIMEOUT_MS / 1000} s` : code;
      throw new CanvasError(
        'upstream_unreachable',
        `Canvas could not be reached on ${this.url.origin} (${why}). Is it running? Its address: --url or CANVAS_URL.`,
      );
    }
  }
}

/** An object or an array; null for what is neither. */
function jsonOf(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}
