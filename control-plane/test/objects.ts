/** What lies in the bucket of a real S3, whoever put it there. */
import {
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';

function clientOf({
  S3_ENDPOINT: endpoint = '',
  S3_ACCESS_KEY = '',
  S3_SECRET_KEY = '',
}: Record<string, string>) {
  return new S3Client({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: S3_ACCESS_KEY, secretAccessKey: S3_SECRET_KEY },
    forcePathStyle: true,
  });
}

/** Every key, in order. @param env with the variables `S3_…` */
export async function listObjects(env: Record<string, string>): Promise<string[]> {
  const client = clientOf(env);
  const keys: string[] = [];
  let token: string | undefined;
  do {
    const page: ListObjectsV2CommandOutput = await client.send(
      new ListObjectsV2Command({ Bucket: env['S3_BUCKET'], ContinuationToken: token }),
    );
    keys.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return keys.sort();
}

export async function putObjects(env: Record<string, string>, keys: readonly string[]): Promise<void> {
  const client = clientOf(env);
  for (const Key of keys) {
    await client.send(new PutObjectCommand({ Bucket: env['S3_BUCKET'], Key, Body: `content of ${Key}` }));
  }
}

export async function readObject(env: Record<string, string>, Key: string): Promise<string> {
  const { Body } = await clientOf(env).send(new GetObjectCommand({ Bucket: env['S3_BUCKET'], Key }));
  return (await Body?.transformToString()) ?? '';
}
