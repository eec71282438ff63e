/** Which executable lines of our classes were reached. */
export class Coverage {
  constructor(units) {
    this.reachedByFile = new Map();
    this.executable = new Map(
      units.filter((unit) => unit.lines.length).map((unit) => [unit.file, unit.lines])
    );
  }

  reached(file, line) {
    if (!this.reachedByFile.has(file)) this.reachedByFile.set(file, new Set());
    this.reachedByFile.get(file).add(line);
  }

  /** `[{file, lines, covered, percent, missed: [line]}]` for each file with executable lines. */
  perFile() {
    return [...this.executable].map(([file, lines]) => {
      const reached = this.reachedByFile.get(file) ?? new Set();
      const missed = lines.filter((line) => !reached.has(line));
      return { file, ...share(lines.length - missed.length, lines.length), missed };
    });
  }

  /** `{lines, covered, percent}` of all files together. */
  total() {
    const files = this.perFile();
    const sum = (name) => files.reduce((total, file) => total + file[name], 0);
    return share(sum('covered'), sum('lines'));
  }
}

function share(covered, lines) {
  return { lines, covered, percent: lines ? Math.floor((1000 * covered) / lines) / 10 : 100 };
}
