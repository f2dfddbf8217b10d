import { expect, it } from 'vitest';
import type * as z from 'zod';
import { NewQuote } from '../api/quote.ts';
import { NewUser } from '../api/user.ts';
import { HttpProblem } from './problem.ts';
import { validate } from './validate.ts';

function faultsOf(schema: z.ZodType, value: unknown): Record<string, string> {
  try {
    validate({ body: schema }, { body: value });
  } catch (error) {
    if (error instanceof HttpProblem) return Object.fromEntries(error.errors.map((one) => [one.name, one.message]));
    throw error;
  }
  return {};
}

it('says in plain words what is wrong with each field', () => {
  expect(faultsOf(NewQuote, { text: ' ', author: 'x'.repeat(201), source: 7 })).toEqual({
    '/text': 'must not be empty',
    '/author': 'must have at most 200 characters',
    '/source': 'must be a string',
  });
  expect(faultsOf(NewQuote, { text: 'x'.repeat(5000) })).toEqual({
    '/text': 'must have at most 2000 characters',
    '/author': 'is missing',
  });
  expect(faultsOf(NewUser, { id: 'a', name: 'b', password: 'short' })).toEqual({
    '/password': 'must have at least 8 characters',
  });
});

it('refuses a text of which nothing can be seen, and a password that no bytes can hold', () => {
  for (const text of ['\u200d\ufeff', '\u0301', '\u3164', '\u2800 \u2800'])
    expect(faultsOf(NewQuote, { text, author: 'a' }), JSON.stringify(text)).toEqual({ '/text': 'must not be empty' });
  expect(faultsOf(NewUser, { id: 'a', name: 'b', password: 'horses \ud800' })).toEqual({
    '/password': 'must not contain half of a character',
  });
  expect(faultsOf(NewUser, { id: 'a', name: 'b', password: '😀'.repeat(8) })).toEqual({});
});

it('points at the whole body with an empty pointer', () => {
  expect(faultsOf(NewQuote, null)).toEqual({ '': 'must be an object' });
});

it('names every unknown field by a pointer that leads to it', () => {
  const body = JSON.parse('{"text":"a","author":"b","x/y~z":1,"__proto__":{"a":1}}');
  expect(faultsOf(NewQuote, body)).toEqual(
    Object.fromEntries([
      ['/x~1y~0z', 'is not known here'],
      ['/__proto__', 'is not known here'],
    ]),
  );
});

it('lists at most twenty faults, however many there are', () => {
  const body = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`x${index}`, 1]));
  expect(Object.keys(faultsOf(NewQuote, body))).toHaveLength(20);
});
