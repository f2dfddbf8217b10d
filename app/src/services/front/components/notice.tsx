/** A message about what just happened, or about what is missing. */
export interface NoticeText {
  readonly kind: 'good' | 'bad' | 'plain';
  readonly text: string;
  /** What the person can do about it. @default - nothing to do */
  readonly advice?: string;
}

/** Bad news interrupts a screen reader; good news waits its turn. */
export function Notice({ kind, text, advice }: NoticeText) {
  return (
    <div class={`notice ${kind}`} role={kind === 'bad' ? 'alert' : 'status'}>
      <p>{text}</p>
      {advice && <p class="soft">{advice}</p>}
    </div>
  );
}
