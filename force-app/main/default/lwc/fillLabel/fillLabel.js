/**
 * Returns `label` with {0}, {1}, ... replaced by `values`, in one pass: a value that itself holds
 * "{1}" stays as it is. A place without a value becomes empty.
 */
export function fillLabel(label, ...values) {
  return label.replace(/\{(\d+)\}/g, (place, index) => String(values[index] ?? ''));
}
