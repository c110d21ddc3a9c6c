/** Encryption of what the database has to keep but must not be able to read: AES-256-GCM under `ENCRYPTION_KEY`. */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

export interface Sealer {
  seal(text: string): string;
  /** @throws when it was sealed under another key, for another purpose, or has been changed */
  open(sealed: string): string;
  /** Equal for equal texts, and says nothing about them to whoever lacks the key. 64 hex digits. */
  fingerprint(text: string): string;
}

const NONCE = 12;
const TAG = 16;

/** @param purpose sets apart what is sealed for one use from what is sealed for another */
export function createSealer(encryptionKey: string, purpose: string): Sealer {
  const derive = (use: string) =>
    Buffer.from(hkdfSync('sha256', encryptionKey, '', `obstack ${purpose}${use}`, 32));
  const key = derive('');
  const fingerprintKey = derive(' fingerprint');
  return {
    seal(text) {
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
    },
    open(sealed) {
      const bytes = Buffer.from(sealed, 'base64');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE), { authTagLength: TAG });
      decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
      return decipher.update(bytes.subarray(NONCE + TAG), undefined, 'utf8') + decipher.final('utf8');
    },
    fingerprint: (text) => createHmac('sha256', fingerprintKey).update(text).digest('hex'),
  };
}
