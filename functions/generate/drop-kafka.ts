import type { Setting } from '#shared/config.ts';

const NAME = /^[A-Za-z0-9._-]{1,249}$/;

function namesSetting(description: string): Setting<readonly string[] | undefined> {
  return {
    description,
    optional: true,
    parse: (text) => {
      const value = text.split(',').map((name) => name.trim());
      return value.every((name) => NAME.test(name))
        ? { value }
        : { expected: 'names with a comma between them' };
    },
  };
}

/**
 * The settings that turn a start of generate into an errand: delete what a deployment that is being
 * taken down leaves in Kafka, then end. They are for a Job inside the cluster, where the brokers
 * can be reached.
 */
export const dropSettings = {
  DROP_GROUPS: namesSetting(
    'Consumer groups to delete; generate then does only that, and DROP_TOPICS, and ends.',
  ),
  DROP_TOPICS: namesSetting(
    'Topics to delete, with all that is in them; generate then does only that, and ends.',
  ),
};
