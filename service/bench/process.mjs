// What Linux says of a process and of the machine: memory, processor time, whether anything else is running.

import fs from 'node:fs';
import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const TICKS_PER_SECOND = 100; // the kernel's USER_HZ, the same on every Linux that Node runs on

function stat(pid) {
  const text = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0], parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
}

/** The process and all its descendants: a server may run others beside itself, and they count. */
export function family(pid) {
  const children = new Map();
  for (const entry of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const { parent } = stat(entry);
      children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
    } catch {
      // The process ended while we were looking.
    }
  }
  const found = [pid];
  for (let index = 0; index < found.length; index += 1) found.push(...(children.get(found[index]) ?? []));
  return found;
}

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

function statusKilobytes(pid, field) {
  const line = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
  return line ? Number(line[1]) : 0;
}

/** Resident memory now (`VmRSS`), in megabytes of 1,048,576 bytes, of the process and its descendants. */
export const residentMegabytes = (pid) => sum(family(pid).map((each) => statusKilobytes(each, 'VmRSS'))) / 1024;

/** The highest resident memory (`VmHWM`) since the start or since `forgetPeak`. */
export const peakMegabytes = (pid) => sum(family(pid).map((each) => statusKilobytes(each, 'VmHWM'))) / 1024;

/** Makes the kernel start its record of the highest memory anew. */
export function forgetPeak(pid) {
  for (const each of family(pid)) fs.writeFileSync(`/proc/${each}/clear_refs`, '5');
}

/** Processor time used so far by the process and its descendants, in milliseconds (steps of 10). */
export const processorMs = (pid) => (sum(family(pid).map((each) => stat(each).ticks)) * 1000) / TICKS_PER_SECOND;

/** False also for a process that has ended and that nobody has waited for yet. */
export function isAlive(pid) {
  try {
    return stat(pid).state !== 'Z';
  } catch {
    return false;
  }
}

function machineTicks() {
  const [user, nice, system, idle, iowait, irq, softirq, steal] = fs
    .readFileSync('/proc/stat', 'utf8').split('\n', 1)[0].trim().split(/\s+/).slice(1).map(Number);
  const busy = user + nice + system + irq + softirq + steal;
  return { busy, total: busy + idle + iowait };
}

async function busyShare() {
  const before = machineTicks();
  await sleep(1000);
  const after = machineTicks();
  return (after.busy - before.busy) / Math.max(1, after.total - before.total);
}

/** A fixed piece of single-thread work. Its time tells a slow phase of a shared machine from a slow server. */
function calibrationMs() {
  const start = performance.now();
  let value = 1;
  for (let step = 0; step < 30_000_000; step += 1) value = (Math.imul(value, 1103515245) + 12345) | 0;
  globalThis.calibrationResult = value; // keeps the loop from being optimised away
  return performance.now() - start;
}

const BUSY_LIMIT = 0.15;

/** Waits until less than 15 % of all processors is in use for a second; after `limitSeconds` goes on and
 *  says so. Also says how long a fixed piece of work takes at this moment. */
export async function quiet(limitSeconds) {
  const start = performance.now();
  for (;;) {
    const busy = await busyShare();
    const isQuiet = busy < BUSY_LIMIT;
    if (isQuiet || performance.now() - start > limitSeconds * 1000) {
      return { quiet: isQuiet, busyShare: Math.round(busy * 100) / 100, calibrationMs: Math.round(calibrationMs()) };
    }
  }
}

/** What the figures were measured on. */
export function machine() {
  return {
    processor: os.cpus()[0]?.model ?? 'unknown',
    cores: os.cpus().length,
    memoryGigabytes: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()}`,
    clientNode: process.version,
    loadAverage: os.loadavg().map((load) => Math.round(load * 100) / 100),
  };
}
