import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import jars from './kafka-jars.json' with { type: 'json' };
import { KAFKA_VERSION } from './parts.ts';
import type { Environment } from './probe-machine.ts';

const MAVEN_CENTRAL = 'https://repo.maven.apache.org/maven2';
const AT_ONCE = 6;
const ATTEMPTS = 3;
const FILE_TIMEOUT_MS = 120_000;
const MEGABYTE = 1_000_000;

interface Jar {
  /** Below the repository's root and name of the file alone. */
  readonly path: string;
  readonly fileName: string;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * A folder with the jars of a Kafka broker and its console tools (46 MB), from Maven Central or the
 * mirror in MAVEN_REPO_URL, each checked against the sum in kafka-jars.json. They are kept in the
 * user's cache, and come into place all at once, so an interrupted download leaves nothing.
 *
 * @throws Error, one line, when they cannot be had.
 */
export async function provideKafkaJars(
  log: (line: string) => void,
  environment: Environment = process.env,
): Promise<string> {
  const cache = environment.XDG_CACHE_HOME || join(homedir(), '.cache');
  const folder = join(cache, 'splitwatch', 'kafka', KAFKA_VERSION);
  const list = Object.entries(jars).map(([coordinates, sums]) => toJar(coordinates, sums));
  if (await isComplete(folder, list)) return folder;
  const unfinished = `${folder}.${randomUUID()}`;
  await mkdir(unfinished, { recursive: true });
  try {
    await downloadAll(list, environment.MAVEN_REPO_URL || MAVEN_CENTRAL, unfinished, log);
    await rm(folder, { recursive: true, force: true });
    await rename(unfinished, folder);
  } catch (error) {
    if (await isComplete(folder, list)) return folder; // another process was quicker
    throw error;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return folder;
}

function toJar(coordinates: string, sums: { bytes: number; sha256: string }): Jar {
  const [group, artifact, version] = coordinates.split(':');
  const fileName = `${artifact}-${version}.jar`;
  const path = [group?.replaceAll('.', '/'), artifact, version, fileName].join('/');
  return { path, fileName, ...sums };
}

async function isComplete(folder: string, list: readonly Jar[]): Promise<boolean> {
  const sizes = await Promise.all(
    list.map(({ fileName }) =>
      stat(join(folder, fileName)).then(
        ({ size }) => size,
        () => -1,
      ),
    ),
  );
  return list.every(({ bytes }, index) => sizes[index] === bytes);
}

async function downloadAll(
  list: readonly Jar[],
  repository: string,
  folder: string,
  log: (line: string) => void,
): Promise<void> {
  const total = list.reduce((sum, { bytes }) => sum + bytes, 0);
  const waiting = [...list].sort((a, b) => b.bytes - a.bytes);
  let done = 0;
  let reported = 0;
  log(`kafka: downloading Kafka ${KAFKA_VERSION} (${Math.round(total / MEGABYTE)} MB, once)`);
  const worker = async (): Promise<void> => {
    for (let jar = waiting.shift(); jar !== undefined; jar = waiting.shift()) {
      await writeFile(join(folder, jar.fileName), await download(jar, repository));
      done += jar.bytes;
      const quarter = Math.floor((4 * done) / total);
      if (quarter > reported) log(`kafka: ${25 * quarter} % downloaded`);
      reported = Math.max(quarter, reported);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function download(jar: Jar, repository: string): Promise<Buffer> {
  const url = `${repository.replace(/\/$/, '')}/${jar.path}`;
  let problem = '';
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(FILE_TIMEOUT_MS) });
      const body = Buffer.from(await response.arrayBuffer());
      if (!response.ok) problem = `answered ${response.status}`;
      else if (createHash('sha256').update(body).digest('hex') === jar.sha256) return body;
      else problem = 'is not the file that kafka-jars.json names';
    } catch (error) {
      problem = error instanceof Error ? String(error.cause ?? error.message) : String(error);
    }
  }
  throw new Error(
    `kafka: ${url} ${problem}; set MAVEN_REPO_URL to a mirror, or KAFKA_BROKERS to a broker`,
  );
}
