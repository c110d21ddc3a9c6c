/**
 * The text form of every credential Obstack hands out: `<prefix>_<keyId>_<secret><crc>`.
 * The prefix tells people and secret scanners what they found, the CRC tells a typo from a wrong key
 * without a look-up. Runs in the browser too, so nothing here makes or hashes a secret.
 */

export const CREDENTIAL_PREFIXES = {
  'ingestion-key': 'obk',
  'query-token': 'obq',
  'operator-token': 'obo',
} as const;

/** What a credential's prefix says it is; the operator's token is known to control-plane alone. */
export type CredentialTextKind = keyof typeof CREDENTIAL_PREFIXES;

export interface ParsedCredential {
  kind: CredentialTextKind;
  /** The public half: safe to show, to log and to put in a URL. */
  keyId: string;
}

export const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
export const KEY_ID_LENGTH = 12;
/** 32 base62 characters carry 190 bits; the promise is at least 128. */
export const SECRET_LENGTH = 32;
const CRC_LENGTH = 6;

const SHAPE = new RegExp(
  `^(obk|obq|obo)_([0-9A-Za-z]{${KEY_ID_LENGTH}})_[0-9A-Za-z]{${SECRET_LENGTH + CRC_LENGTH}}$`,
);

const KIND_BY_PREFIX = new Map<string, CredentialTextKind>(
  Object.entries(CREDENTIAL_PREFIXES).map(([kind, prefix]) => [prefix, kind as CredentialTextKind]),
);

/** Puts the parts together and seals them with their checksum. */
export function formatCredential(kind: CredentialTextKind, keyId: string, secret: string): string {
  const body = `${CREDENTIAL_PREFIXES[kind]}_${keyId}_${secret}`;
  return body + checksum(body);
}

/**
 * Reads a credential's text. `undefined` means that it cannot be one of ours: wrong prefix, length,
 * alphabet or checksum. Says nothing about whether it was ever issued.
 */
export function parseCredential(text: string): ParsedCredential | undefined {
  const [, prefix, keyId] = SHAPE.exec(text) ?? [];
  const kind = prefix && KIND_BY_PREFIX.get(prefix);
  if (!kind || !keyId) return undefined;
  return checksum(text.slice(0, -CRC_LENGTH)) === text.slice(-CRC_LENGTH) ? { kind, keyId } : undefined;
}

/** CRC-32 as zlib computes it (ISO 3309, reflected 0xEDB88320), as zero-padded base62. */
function checksum(ascii: string): string {
  let crc = 0xffffffff;
  for (let i = 0; i < ascii.length; i++) {
    crc ^= ascii.charCodeAt(i);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  let rest = (crc ^ 0xffffffff) >>> 0;
  let text = '';
  for (let i = 0; i < CRC_LENGTH; i++) {
    text = BASE62.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}
