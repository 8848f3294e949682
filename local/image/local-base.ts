import { readFile, realpath } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';
import { runProgramFile } from '../services/run-program.ts';
import { type ImageEntry, textEntry } from './image-entry.ts';

/** Paths of the distroless image under Containerfile, so that both are laid out alike. */
export const NODE_PATH = '/nodejs/bin/node';
export const CERTIFICATES_PATH = '/etc/ssl/certs/ca-certificates.crt';

/** What a function needs around it, and what of it has a name and a version for the SBOM. */
export interface Base {
  readonly entries: readonly ImageEntry[];
  readonly nodeVersion: string;
}

/**
 * A base made from this machine, for where no registry can be reached: the Node that npm installed,
 * the libraries that it is linked with, certificates, a user who may do nothing, and no shell.
 */
export async function localBase(node: string): Promise<Base> {
  if (process.platform !== 'linux') {
    throw new Error('an image for Linux is made from the Node of a Linux machine, this is another');
  }
  const libraries = await sharedLibraries(node);
  const version = await runProgramFile(node, ['--version']);
  return {
    nodeVersion: version.output.trim().replace(/^v/, ''),
    entries: [
      { path: NODE_PATH, bytes: await readFile(node), isExecutable: true },
      ...libraries,
      textEntry(CERTIFICATES_PATH, `${rootCertificates.join('\n')}\n`),
      textEntry(
        '/etc/passwd',
        'root:x:0:0:root:/root:/sbin/nologin\n' +
          'nonroot:x:65532:65532:nonroot:/tmp:/sbin/nologin\n',
      ),
      textEntry('/etc/group', 'root:x:0:\nnonroot:x:65532:\n'),
      textEntry('/etc/nsswitch.conf', 'hosts: files dns\n'),
      textEntry('/tmp/.keep', ''),
    ],
  };
}

/** The shared libraries that a program is linked with, at the paths where its loader looks. */
async function sharedLibraries(program: string): Promise<ImageEntry[]> {
  const { exitCode, output } = await runProgramFile('ldd', [program]);
  if (exitCode !== 0) throw new Error(`ldd cannot tell what ${program} needs: ${output.trim()}`);
  const paths = librariesOf(output);
  if (!paths.some((path) => path.includes('libc.so'))) {
    throw new Error(`${program} is not linked with glibc: ${output.trim()}`);
  }
  return Promise.all(
    paths.map(async (path) => ({
      path,
      bytes: await readFile(await realpath(path)),
      isExecutable: true,
    })),
  );
}

/** The files that `ldd` names: `libm.so.6 => /lib/…/libm.so.6 (0x…)`, `/lib64/ld-….so.2 (0x…)`. */
export function librariesOf(lddOutput: string): string[] {
  return [...lddOutput.matchAll(/^\s*(?:\S+ => )?(\/\S+) \(0x[0-9a-f]+\)$/gm)].map(
    ([, path]) => path as string,
  );
}
