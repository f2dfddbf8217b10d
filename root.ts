/** The folder of the project. Synthesis asks here and nowhere else where its files are: in the bundle that `npm run synth` runs, they are one file. */
export const ROOT = import.meta.dirname;
