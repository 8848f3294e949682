import { describe, expect, it } from 'vitest';
import { choosePart, type Machine } from './choose-part.ts';
import { PARTS, type PartName } from './parts.ts';

const NAMES = Object.keys(PARTS) as PartName[];
const PACKAGED = NAMES.filter((name) => PARTS[name].packages.length > 0);

/** A machine that offers everything; each row below takes something away. */
const RICH: Machine = {
  platform: 'linux',
  given: {
    redis: 'redis://r',
    kafka: 'k:9092',
    chromium: '/c',
    hey: '/h',
    helm: '/helm',
    kn: '/kn',
  },
  programs: {
    redis: '/bin/r',
    kafka: '/bin/java',
    chromium: '/bin/c',
    hey: '/bin/h',
    helm: '/bin/helm',
    kn: '/bin/kn',
  },
  hasDocker: true,
  canInstall: true,
};
const POOR: Machine = {
  platform: 'linux',
  given: {},
  programs: {},
  hasDocker: false,
  canInstall: false,
};

describe('a part comes from', () => {
  it.each(NAMES)('what the user names, before anything else: %s', (name) => {
    expect(choosePart(name, RICH)).toEqual({ kind: 'given', value: RICH.given[name] });
  });

  it.each(NAMES)('the program on the machine, before Docker: %s', (name) => {
    const machine = { ...RICH, given: {} };
    expect(choosePart(name, machine)).toEqual({ kind: 'program', path: RICH.programs[name] });
  });

  it.each(['redis', 'kafka'] as const)('Docker, before packages: %s', (name) => {
    const machine = { ...RICH, given: {}, programs: {} };
    expect(choosePart(name, machine)).toEqual({ kind: 'docker', image: PARTS[name].image });
  });

  it.each(PACKAGED)('a package, as root on Debian: %s', (name) => {
    expect(choosePart(name, { ...POOR, canInstall: true })).toEqual({
      kind: 'install',
      packages: PARTS[name].packages,
    });
  });

  it('a package where there is a Docker that has no image of it', () => {
    const machine = { ...POOR, hasDocker: true, canInstall: true };
    expect(choosePart('chromium', machine)).toMatchObject({ kind: 'install' });
  });
});

describe('a part that cannot be had', () => {
  it.each(NAMES)('is refused with one line that says what to install and to set: %s', (name) => {
    const choice = choosePart(name, POOR);
    if (choice.kind !== 'missing') throw new Error(choice.kind);
    expect(choice.reason).toContain(PARTS[name].install.other);
    expect(choice.reason).toContain(PARTS[name].variable);
    expect(choice.reason).not.toContain('\n');
  });

  it("names the platform's own way to install it", () => {
    const choice = choosePart('redis', { ...POOR, platform: 'darwin' });
    expect(choice).toEqual({
      kind: 'missing',
      reason: 'redis is missing: install it (brew install redis), start Docker, or set REDIS_URL',
    });
  });
});
