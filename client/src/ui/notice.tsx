import type { ComponentChildren } from 'preact';
import type { Advice } from '../words/advice.ts';
import { Icon } from './icons.tsx';

interface NoticeProps {
  advice: Advice;
  /** `alert` is read out at once; `status` when the reader pauses. */
  role?: 'alert' | 'status';
  /** Names the error for tests; never shown. */
  code?: string;
  /** Without colour: for what is merely good to know. */
  plain?: boolean;
  /** Buttons. */
  children?: ComponentChildren;
}

function isNothing(children: ComponentChildren): boolean {
  return children === undefined || children === null || children === false;
}

/** What happened and what to do about it. */
export function Notice({ advice, role = 'alert', code, plain = false, children }: NoticeProps) {
  return (
    <div
      class={plain ? 'notice plain' : 'notice'}
      role={role}
      data-testid="notice"
      data-code={code}
    >
      <Icon name={plain ? 'info' : 'alert'} />
      <div>
        <strong>{advice.title}</strong>
        <p>{advice.action}</p>
        {!isNothing(children) && <div class="row">{children}</div>}
      </div>
    </div>
  );
}
