/** Makes new credentials; the text is for the caller, the hash for the database. */
import { randomBytes } from 'node:crypto';
import {
  BASE62,
  type CredentialTextKind,
  formatCredential,
  KEY_ID_LENGTH,
  SECRET_LENGTH,
} from '@obstack/contracts/credential-format';
import { sha256Hex } from '@obstack/service-kit/secrets';

export interface MintedCredential {
  keyId: string;
  /** Shown once and never kept. */
  text: string;
  sha256: string;
}

export function mintCredential(kind: CredentialTextKind): MintedCredential {
  const keyId = randomBase62(KEY_ID_LENGTH);
  const text = formatCredential(kind, keyId, randomBase62(SECRET_LENGTH));
  return { keyId, text, sha256: sha256Hex(text) };
}

/** Every character is equally likely: bytes that would favour the first ones are thrown away. */
export function randomBase62(length: number): string {
  const fair = 256 - (256 % BASE62.length);
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < fair && text.length < length) text += BASE62.charAt(byte % BASE62.length);
    }
  }
  return text;
}
