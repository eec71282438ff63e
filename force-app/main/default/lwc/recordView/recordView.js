const looks = new Map(); // by record: {id, holders}

/**
 * One component's part in a look at a record. All components that show the record at the same time
 * share the look; when the last of them leaves, the next one begins another.
 */
export class RecordView {
  recordId;

  /** Returns the id of the look at `recordId`, 51 characters at most. */
  of(recordId) {
    if (recordId !== this.recordId) {
      this.leave();
      this.recordId = recordId;
    }
    if (!looks.has(recordId)) {
      looks.set(recordId, { id: `${recordId}-${randomText()}`, holders: new Set() });
    }
    const look = looks.get(recordId);
    look.holders.add(this);
    return look.id;
  }

  leave() {
    const look = looks.get(this.recordId);
    look?.holders.delete(this);
    if (look?.holders.size === 0) {
      looks.delete(this.recordId);
    }
    this.recordId = undefined;
  }
}

function randomText() {
  const parts = crypto.getRandomValues(new Uint32Array(4));
  return [...parts].map((part) => part.toString(16).padStart(8, '0')).join('');
}
