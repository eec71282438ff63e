/** Custom labels as the platform gives them to a component: full name to text. */
import { readMetadataFolder } from '../org/metadata.mjs';

/** @returns {Map<string, string>} every label of every file in `directory`. */
export function readLabels(directory) {
  const files = readMetadataFolder(directory, '.labels-meta.xml');
  const labels = files.flatMap(({ content }) => content.CustomLabels.labels ?? []);
  return new Map(labels.map(({ fullName, value }) => [fullName, value]));
}
