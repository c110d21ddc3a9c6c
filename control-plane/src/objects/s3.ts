/** Objects of tenants in S3. The only owner of the S3 library. */
import {
  CreateBucketCommand,
  DeleteObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { TenantId } from '@obstack/contracts';
import { OutsideError } from '../outside/json-client.ts';
import type { ObjectStore } from './object-store.ts';

const TIMEOUT_MS = 15_000;
/** As many as S3 takes in one call. */
const DELETED_AT_ONCE = 1000;

export interface S3Settings {
  endpoint: string;
  region: string;
  bucket: string;
  accessKey: string;
  secretKey: string;
}

export function createS3Store({ endpoint, region, bucket, accessKey, secretKey }: S3Settings): ObjectStore {
  const client = new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
    // Buckets as paths: MinIO and its kind have no name of its own for each.
    forcePathStyle: true,
    // Steps are tried again as a whole.
    maxAttempts: 1,
    // Services other than Amazon's need not know its newer checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });

  return {
    place: `${endpoint}/${bucket}`,
    of(tenantId, signal) {
      const prefix = `${TenantId.parse(tenantId)}/`;
      const abortable = () => ({ abortSignal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) });

      async function explained<T>(work: () => Promise<T>): Promise<T> {
        try {
          return await work();
        } catch (cause) {
          const { name, $metadata } = cause as { name?: string; $metadata?: { httpStatusCode?: number } };
          const status = $metadata?.httpStatusCode;
          throw new OutsideError(
            status === undefined
              ? `S3 cannot be reached at ${endpoint}`
              : `S3 answered with ${status} ${name ?? ''}`,
            { cause, ...(status !== undefined && { status }) },
          );
        }
      }

      return {
        async put(name, content, contentType) {
          const object = { Bucket: bucket, Key: prefix + name, Body: content, ContentType: contentType };
          const send = () => explained(() => client.send(new PutObjectCommand(object), abortable()));
          try {
            await send();
          } catch (error) {
            // The very first object of a new installation; another worker may make the bucket at this moment.
            if (!isMissing(error)) throw error;
            await explained(() =>
              client.send(new CreateBucketCommand({ Bucket: bucket }), abortable()),
            ).catch(unlessConflict);
            await send();
          }
        },

        async *list() {
          let token: string | undefined;
          do {
            const page = await explained(() =>
              client.send(
                new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }),
                abortable(),
              ),
            ).catch(emptyIfMissing);
            for (const { Key } of page.Contents ?? []) {
              // What a service answers is not taken on trust.
              if (Key?.startsWith(prefix)) yield Key.slice(prefix.length);
            }
            token = page.NextContinuationToken;
          } while (token !== undefined);
        },

        async delete(names) {
          for (let at = 0; at < names.length; at += DELETED_AT_ONCE) {
            const Objects = names.slice(at, at + DELETED_AT_ONCE).map((name) => ({ Key: prefix + name }));
            const { Errors = [] } = await explained(() =>
              client.send(
                new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
                abortable(),
              ),
            );
            if (Errors.length > 0) {
              throw new OutsideError(
                `S3 kept ${Errors.length} objects: ${Errors[0]?.Code ?? 'no reason given'}`,
              );
            }
          }
        },
      };
    },
  };
}

const isMissing = (error: unknown) => error instanceof OutsideError && error.status === 404;

function unlessConflict(error: unknown): void {
  if (!(error instanceof OutsideError && error.status === 409)) throw error;
}

/** A bucket that was never made holds nothing. */
function emptyIfMissing(error: unknown): { Contents?: { Key?: string }[]; NextContinuationToken?: string } {
  if (isMissing(error)) return {};
  throw error;
}
