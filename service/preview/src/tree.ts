// Files by folder.

import type { Change, Entry } from './api.ts';

/** A folder or a file. */
export interface Branch {
  name: string;
  path: string;
  entry?: Entry;
  /** Folders first, then by name; nothing for a file. */
  children?: Branch[];
  /** How many files in it are not as they were. */
  changes: number;
}

/** The folders and files of a list of paths. */
export function grow(entries: Entry[]): Branch[] {
  const root: Branch = { name: '', path: '', children: [], changes: 0 };
  const folders = new Map<string, Branch>([['', root]]);
  for (const entry of entries) {
    const above = folder(folders, entry.path.split('/').slice(0, -1));
    const name = entry.path.split('/').at(-1) ?? entry.path;
    const isFolder = entry.kind === 'folder';
    above.children?.push({
      name,
      path: entry.path,
      entry,
      changes: entry.change ? 1 : 0,
      ...(isFolder ? { children: [] } : {}),
    });
    if (entry.change) {
      const parts = entry.path.split('/');
      for (let depth = 0; depth < parts.length; depth += 1) {
        const at = folders.get(parts.slice(0, depth).join('/'));
        if (at) at.changes += 1;
      }
    }
  }
  folders.forEach(sort);
  return root.children ?? [];
}

function folder(folders: Map<string, Branch>, parts: string[]): Branch {
  const path = parts.join('/');
  const known = folders.get(path);
  if (known) return known;
  const fresh: Branch = { name: parts.at(-1) ?? '', path, children: [], changes: 0 };
  folders.set(path, fresh);
  folder(folders, parts.slice(0, -1)).children?.push(fresh);
  return fresh;
}

function sort(branch: Branch) {
  const rank = (child: Branch) => (child.children ? 0 : 1);
  branch.children?.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}

/** The file that one would look at first. */
export function firstFile(entries: Entry[]): string | undefined {
  const files = entries.filter(entry => entry.kind !== 'folder' && entry.change !== 'removed');
  const changed = files.find(entry => entry.change);
  const readme = files.find(entry => /^readme\.md$/i.test(entry.path));
  return (changed ?? readme ?? files[0])?.path;
}

/** How many files changed in which way. */
export function counts(entries: Entry[]): { [change in Change]: number } {
  const found = { added: 0, changed: 0, removed: 0 };
  for (const { change } of entries) if (change) found[change] += 1;
  return found;
}
