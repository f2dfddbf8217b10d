const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** What stands around the fields of a quote as stores/record.ts and stores/record-stores.ts write it. */
const BEFORE_REVISION = Buffer.from('{"revision":"');
const BEFORE_ID = Buffer.from('","id":"');
const BEFORE_TEXT = Buffer.from('","text":"');
const BEFORE_AUTHOR = Buffer.from('","author":"');
const BEFORE_LANGUAGE = Buffer.from('","language":"');

/** What the index knows of a quote. */
export interface Indexed {
  readonly id: string;
  readonly text: string;
  readonly author: string;
  /** @default - unknown */
  readonly language?: string | undefined;
}

/** Where the fields that are indexed stand in the JSON of a quote. */
export interface StoredFields {
  idStart: number;
  idEnd: number;
  textStart: number;
  textEnd: number;
  authorStart: number;
  authorEnd: number;
  /** Both 0 where it has none. */
  languageStart: number;
  languageEnd: number;
}

/**
 * Finds the fields of a stored quote without parsing it.
 * @param fields receives where they are
 * @returns false where it is written otherwise, or with escapes: then JSON.parse must read it
 */
export function locate(json: Buffer, fields: StoredFields): boolean {
  if (!follows(json, 0, BEFORE_REVISION) || json.includes(BACKSLASH)) return false;
  const revisionEnd = json.indexOf(QUOTE, BEFORE_REVISION.length);
  fields.idStart = revisionEnd + BEFORE_ID.length;
  fields.idEnd = json.indexOf(QUOTE, fields.idStart);
  fields.textStart = fields.idEnd + BEFORE_TEXT.length;
  fields.textEnd = json.indexOf(QUOTE, fields.textStart);
  fields.authorStart = fields.textEnd + BEFORE_AUTHOR.length;
  fields.authorEnd = json.indexOf(QUOTE, fields.authorStart);
  const language = json.indexOf(BEFORE_LANGUAGE, fields.authorEnd);
  fields.languageStart = language < 0 ? 0 : language + BEFORE_LANGUAGE.length;
  fields.languageEnd = language < 0 ? 0 : json.indexOf(QUOTE, fields.languageStart);
  return (
    follows(json, revisionEnd, BEFORE_ID) &&
    follows(json, fields.idEnd, BEFORE_TEXT) &&
    follows(json, fields.textEnd, BEFORE_AUTHOR) &&
    fields.authorEnd > 0
  );
}

function follows(json: Buffer, at: number, expected: Buffer): boolean {
  for (let index = 0; index < expected.length; index++) if (json[at + index] !== expected[index]) return false;
  return true;
}

/** The quote of any JSON; undefined for what is none. */
export function parse(json: Buffer): Indexed | undefined {
  try {
    const { id, text, author, language } = JSON.parse(json.toString()) as Record<keyof Indexed, unknown>;
    if (typeof id === 'string' && typeof text === 'string' && typeof author === 'string') {
      return { id, text, author, language: typeof language === 'string' ? language : undefined };
    }
  } catch {
    // Not JSON, or no object: no quote either way.
  }
  return undefined;
}
