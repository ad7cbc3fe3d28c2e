// `github.com?owner=o&repo=r`: the one text that Backstage's repository picker makes of its fields.

/** The parts of a repository's place. */
export interface RepoPlace {
  host: string;
  parts: { [name: string]: string };
}

/** A field of the picker. */
export interface Part {
  name: string;
  label: string;
}

const REPO: Part = { name: 'repo', label: 'Repository' };

/** The fields that a host asks for, in order. */
export function partsOf(host: string): Part[] {
  const kind = host.toLowerCase();
  if (kind === 'dev.azure.com' || kind.endsWith('.visualstudio.com')) {
    return [{ name: 'organization', label: 'Organization' }, { name: 'project', label: 'Project' }, REPO];
  }
  if (kind === 'bitbucket.org') {
    return [{ name: 'workspace', label: 'Workspace' }, { name: 'project', label: 'Project' }, REPO];
  }
  if (kind.includes('bitbucket')) return [{ name: 'project', label: 'Project' }, REPO];
  if (kind.includes('gerrit')) return [REPO];
  return [{ name: 'owner', label: 'Owner' }, REPO];
}

/** Reads the text. */
export function parse(text: string | undefined): RepoPlace {
  const [host = '', query = ''] = (text ?? '').split('?', 2);
  return { host, parts: Object.fromEntries(new URLSearchParams(query)) };
}

/** Writes the text; nothing while it has no part. */
export function format(place: RepoPlace): string | undefined {
  if (place.host === '') return undefined;
  const query = new URLSearchParams();
  for (const { name } of partsOf(place.host)) {
    const value = place.parts[name];
    if (value) query.set(name, value);
  }
  return `${place.host}?${query.toString()}`;
}
