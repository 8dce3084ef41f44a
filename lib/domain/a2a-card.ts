import { scrub } from './scrub.ts';

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** How one proves to the platform who one is, as both versions of A2A spell it. */
const SECURITY = {
  securitySchemes: { bearer: { type: 'http', scheme: 'bearer', httpAuthSecurityScheme: { scheme: 'bearer' } } },
  security: [{ bearer: [] }],
  securityRequirements: [{ schemes: { bearer: { list: [] } } }],
};

/**
 * The card of an agent as the platform serves it: messages go to `url`, with a token of the platform's; nothing of it tells
 * where the agent listens, or a secret. A signature would not hold any more.
 */
export function platformCard(card: Json, url: string): Json {
  const { signatures: _signatures, additionalInterfaces: _others, supportedInterfaces, ...rest } = scrub(card).value as Json;
  const versions = Array.isArray(supportedInterfaces)
    ? supportedInterfaces.flatMap((one: unknown) =>
        isObject(one) && typeof one['protocolVersion'] === 'string' ? [one['protocolVersion']] : [],
      )
    : [];
  return {
    protocolVersion: '0.3.0',
    ...rest,
    url,
    preferredTransport: 'JSONRPC',
    supportedInterfaces: [...new Set(versions.length > 0 ? versions : ['0.3'])].map((protocolVersion) => ({
      url,
      protocolBinding: 'JSONRPC',
      protocolVersion,
    })),
    ...SECURITY,
  };
}

/** Whether an agent says that it speaks A2A 1.0, and nowhere that it speaks an earlier version. */
export function isModernOnly(card: Json | null): boolean {
  const { protocolVersion, supportedInterfaces } = card ?? {};
  const interfaces = Array.isArray(supportedInterfaces) ? supportedInterfaces.filter(isObject) : [];
  const said = [protocolVersion, ...interfaces.map((one) => one['protocolVersion'])].filter((version) => typeof version === 'string');
  return said.length > 0 && said.every((version) => /^[1-9]/.test(version));
}

/** Whether an agent says that it streams; one without a card says nothing. */
export function canStream(card: Json | null): boolean {
  return isObject(card?.['capabilities']) && card['capabilities']['streaming'] === true;
}
