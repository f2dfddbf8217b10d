import { ROUTES } from '../links.ts';

export interface SearchFormProps {
  /** @default - empty */
  readonly keyword?: string;
}

/** A GET form: a result has an address that can be kept and passed on. */
export function SearchForm({ keyword = '' }: SearchFormProps) {
  return (
    <search>
      <form class="search" action={ROUTES.find} method="get">
        <label class="hidden" for="keyword">
          Words to look for
        </label>
        <input
          id="keyword"
          name="keyword"
          type="search"
          value={keyword}
          maxLength={200}
          dir="auto"
          required
          autocomplete="off"
          enterkeyhint="search"
          placeholder="coeur, dream, Pascal"
        />
        <button class="button" type="submit">
          Search
        </button>
      </form>
    </search>
  );
}
