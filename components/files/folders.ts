/** A file of the workspace as lists show it. */
export type FileRow = { path: string; bytes: number; uploadedBy: string | null; updatedAt: Date | string };

export type FolderRow = { folder: string; name: string; files: number; bytes: number; updatedAt: Date | string };

/**
 * entriesOf splits files into what stands directly in a folder: its folders, by name, and its files.
 * @param folder "" for the top, else with its last slash: "demo/"
 */
export function entriesOf(files: readonly FileRow[], folder: string): { folders: FolderRow[]; files: FileRow[] } {
  const folders = new Map<string, FolderRow>();
  const direct: FileRow[] = [];
  for (const file of files) {
    if (!file.path.startsWith(folder)) continue;
    const rest = file.path.slice(folder.length);
    const slash = rest.indexOf('/');
    if (slash < 0) {
      direct.push(file);
      continue;
    }
    const name = rest.slice(0, slash);
    const known = folders.get(name) ?? { folder: `${folder}${name}/`, name, files: 0, bytes: 0, updatedAt: file.updatedAt };
    known.files += 1;
    known.bytes += file.bytes;
    if (new Date(file.updatedAt) > new Date(known.updatedAt)) known.updatedAt = file.updatedAt;
    folders.set(name, known);
  }
  return { folders: [...folders.values()].sort((a, b) => a.name.localeCompare(b.name)), files: direct };
}

/** cleanFolder writes a folder's address as entriesOf wants it. */
export const cleanFolder = (text: string): string => {
  const parts = text.split('/').filter((p) => p !== '' && p !== '.' && p !== '..');
  return parts.length === 0 ? '' : `${parts.join('/')}/`;
};

/** crumbsOf names the folders from the top to this one. */
export const crumbsOf = (folder: string): { name: string; folder: string }[] =>
  folder
    .split('/')
    .filter((p) => p !== '')
    .map((name, i, all) => ({ name, folder: `${all.slice(0, i + 1).join('/')}/` }));
