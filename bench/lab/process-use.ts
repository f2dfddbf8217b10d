import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts CPU time in ticks of 1/100 s (USER_HZ) whatever the kernel's own clock. */
const TICKS_PER_SECOND = 100;

/** CPU seconds that a process and all of its descendants have used so far. */
export function cpuSeconds(pid: number): number {
  return familyOf(pid).reduce((sum, member) => sum + ticksOf(member), 0) / TICKS_PER_SECOND;
}

/** Resident memory of a process and all of its descendants, in MiB. Pages that they share count once for each. */
export function residentMiB(pid: number): number {
  return sumMiB(pid, /^VmRSS:\s+(\d+)/m);
}

/** The same without what is mapped from files, which the page cache holds once for all. */
export function ownMiB(pid: number): number {
  return sumMiB(pid, /^RssAnon:\s+(\d+)/m);
}

function sumMiB(pid: number, figure: RegExp): number {
  const kibibytes = familyOf(pid).map((member) => Number(figure.exec(read(`/proc/${member}/status`))?.[1] ?? 0));
  return kibibytes.reduce((sum, value) => sum + value, 0) / 1_024;
}

/** The most physical memory that a process has held so far, in MiB. */
export function peakMiB(pid: number): number {
  return Number(/^VmHWM:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) / 1_024;
}

function ticksOf(pid: number): number {
  const fields = statFields(pid);
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
}

/** Fields of /proc/PID/stat after the command's name, which may hold spaces: the state is the first. */
function statFields(pid: number): string[] {
  return read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
}

function familyOf(root: number): number[] {
  const parents = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), Number(statFields(Number(name))[1] ?? 0)]),
  );
  const isMember = (pid: number): boolean => pid === root || (parents.has(pid) && isMember(parents.get(pid) ?? 0));
  return [...parents.keys()].filter((pid) => isMember(pid));
}

/** Empty where the process has just ended. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
