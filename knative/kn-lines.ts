/** The `kn` commands of README.md, each as its arguments. */
export function knLines(readme: string): string[][] {
  const blocks = [...readme.matchAll(/^```sh\n(kn [\s\S]*?)\n```$/gm)];
  return blocks.map(([, text]) => splitWords((text as string).replaceAll('\\\n', ' ')));
}

/** Words as a shell splits them, where there are only bare words and single quotes. */
function splitWords(line: string): string[] {
  return [...line.matchAll(/(?:[^\s']|'[^']*')+/g)].map(([word]) => word.replaceAll("'", ''));
}
