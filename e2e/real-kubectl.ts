import { dirname } from 'node:path';
import { findProgram, requireProgram } from '../test/requires.ts';
import { program } from './cluster/programs.ts';

/** The kubectl of this machine, or one that is built as the suite of a real cluster builds it. It comes first in PATH. */
export const kubectl = findProgram('kubectl') ?? (requireProgram('go') && (await program('kubectl')));
if (kubectl !== undefined) process.env['PATH'] = `${dirname(kubectl)}:${process.env['PATH']}`;
