import { load } from 'js-yaml';
import { type Document, splitDocuments } from './source.ts';

/** The objects of a YAML or JSON text. */
export function parseText(file: string, text: string): Document {
  return { file, text, objects: splitDocuments(text).map((document) => load(document.text)) };
}
