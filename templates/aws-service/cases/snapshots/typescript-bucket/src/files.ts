import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { FastifyInstance } from 'fastify';
import { Problem } from './problem.js';

/** The largest file. */
const LIMIT = 1024 * 1024;

/** Where the files are. */
export interface Files {
  /** The content of a file; undefined if there is none of that name. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Keeps a file; one of that name is replaced. */
  write(name: string, content: Uint8Array): Promise<void>;
}

/**
 * Files in a bucket of S3, or of a stand-in that answers at `endpoint`. The rights to the bucket
 * come from the pod's identity; there is no key to keep.
 */
export function filesInBucket(bucket: string, endpoint?: string): Files {
  const client = new S3Client(endpoint === undefined ? {} : { endpoint, forcePathStyle: true });
  return {
    async read(name) {
      try {
        const found = await client.send(new GetObjectCommand({ Bucket: bucket, Key: name }));
        return await found.Body?.transformToByteArray();
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw unavailable(error);
      }
    },
    async write(name, content) {
      try {
        await client.send(new PutObjectCommand({ Bucket: bucket, Key: name, Body: content }));
      } catch (error) {
        throw unavailable(error);
      }
    },
  };
}

/** What went wrong, without the status of S3's own answer: it is not ours. */
function unavailable(cause: unknown): Error {
  return new Error('the bucket does not answer as it should', { cause });
}

/** Letters, digits, `.`, `_` and `-`, of which the first is a letter or digit; at most 100. */
function checked(name: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name)) {
    throw Problem.invalid('a name has letters, digits, `.`, `_` and `-`');
  }
  return name;
}

/** An example to replace: files, kept in the bucket. */
export async function fileRoutes(app: FastifyInstance, { files }: { files: Files }): Promise<void> {
  // The bytes as they come, whatever they are called.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: LIMIT }, (_request, body, done) => {
    done(null, body);
  });

  app.get<{ Params: { name: string } }>('/files/:name', async (request, reply) => {
    const content = await files.read(checked(request.params.name));
    if (content === undefined) throw Problem.notFound();
    return reply.type('application/octet-stream').send(Buffer.from(content));
  });

  app.put<{ Params: { name: string }; Body: Buffer | undefined }>(
    '/files/:name',
    async (request, reply) => {
      await files.write(checked(request.params.name), request.body ?? new Uint8Array());
      return reply.code(204).send();
    },
  );
}
