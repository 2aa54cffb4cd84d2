import type { EchoEvent, StoryEvent } from '../ledger/story.ts';
import type { Bilingual } from './bilingual.ts';

const outcomes = {
  unknown: '結果不明',
  accepted: '受理',
  refused: '拒否',
  'not-applied': '未適用',
};

/** How people call a destination, in the middle of a sentence. */
export const destinationNames = {
  hotwax: { en: 'the OMS', ja: 'OMS' },
  smaregi: { en: 'Smaregi', ja: 'スマレジ' },
} as const;

/** One line of a story, in the words of the command line and the page. */
export function storyText(event: StoryEvent): Bilingual {
  if ('posting' in event) return postingText(event);
  return event.is === 'echo' ? echoText(event) : rowText(event);
}

function echoText({ quantity, key }: EchoEvent): Bilingual {
  return {
    en: `Smaregi shows our own change of ${signed(quantity)} (${key}): nobody is told`,
    ja: `スマレジに当方の変更 ${signed(quantity)} を確認（${key}）：送信しない`,
  };
}

function rowText(event: Exclude<StoryEvent, { posting: number } | { is: 'echo' }>): Bilingual {
  const { snapshot } = event;
  switch (event.is) {
    case 'taken': {
      const [level, levelJa] = levelText(event.level);
      return {
        en: `snapshot ${snapshot} taken (${event.file})${level}`,
        ja: `スナップショット${snapshot}取得 (${event.file})${levelJa}`,
      };
    }
    case 'delivered':
      return { en: `snapshot ${snapshot} delivered`, ja: `スナップショット${snapshot}配送完了` };
    case 'picked-up':
      return {
        en: `snapshot ${snapshot} taken by the OMS`,
        ja: `OMSがスナップショット${snapshot}を取り込み開始`,
      };
    case 'window-opened':
      return {
        en: `window of snapshot ${snapshot} opened: postings are held`,
        ja: `スナップショット${snapshot}のリセット時間帯開始：送信を保留`,
      };
    case 'window-closed':
      return {
        en: `window of snapshot ${snapshot} closed: ${event.why}`,
        ja: `スナップショット${snapshot}のリセット時間帯終了：${event.why}`,
      };
    case 'reset':
      return resetText(event);
  }
}

function resetText(event: Extract<StoryEvent, { is: 'reset' }>): Bilingual {
  const { snapshot, who, reason, level, absorbed, overwritten } = event;
  const by = who === 'flagship' ? reason : `${reason}, says ${who}`;
  if (level === null) {
    return {
      en: `the OMS applied snapshot ${snapshot} (${by}); this row was not in it`,
      ja: `OMSがスナップショット${snapshot}を適用（${by}）。この行は含まれない`,
    };
  }
  const set = level === undefined ? '' : `: the level is ${level}`;
  const setJa = level === undefined ? '' : `：在庫数 ${level}`;
  const list = (ids: readonly number[]) => ids.join(', ');
  return {
    en:
      `the OMS applied snapshot ${snapshot} (${by})${set}` +
      (absorbed.length > 0
        ? `; it contains what was not told yet, absorbed: posting ${list(absorbed)}`
        : '') +
      (overwritten.length > 0 ? `; it overwrote, to be told again: posting ${list(overwritten)}` : ''),
    ja:
      `OMSがスナップショット${snapshot}を適用（${by}）${setJa}` +
      (absorbed.length > 0 ? `。未送信だが含まれる：差分${list(absorbed)}` : '') +
      (overwritten.length > 0 ? `。上書きされ再送信：差分${list(overwritten)}` : ''),
  };
}

function levelText(level: number | null | undefined): [string, string] {
  if (level === undefined) return ['', ''];
  return level === null ? [', without this row', '、この行なし'] : [`, level ${level}`, `、在庫数 ${level}`];
}

function postingText(event: Extract<StoryEvent, { posting: number }>): Bilingual {
  const { posting } = event;
  switch (event.is) {
    case 'recorded': {
      const change = movementText(event.kind, event.quantity);
      const [who, whoJa] =
        event.destination === 'hotwax'
          ? ['recorded by Smaregi', 'スマレジが記録']
          : ['reported by the OMS', 'OMSが報告'];
      return {
        en: `posting ${posting}: ${change.en} ${who} (${event.key})`,
        ja: `差分${posting}: ${change.ja} を${whoJa}（${event.key}）`,
      };
    }
    case 'told': {
      const note = event.doubt ? `: ${event.doubt}` : '';
      const { en, ja } = destinationNames[event.destination];
      const [verb, verbJa] = event.takenBack
        ? [`took back from ${en}`, `${ja}から取り消し`]
        : [`told ${en}`, `${ja}へ送信`];
      return {
        en: `posting ${posting}: ${verb} (call ${event.call}, ${event.reason})${event.open ? `, outcome unknown${note}` : ''}`,
        ja: `差分${posting}: ${verbJa}（送信${event.call}、${event.reason}）${event.open ? `、結果不明${note}` : ''}`,
      };
    }
    case 'answered': {
      const by = event.by === 'flagship' || event.by === null;
      const note = event.note ? `: ${event.note}` : '';
      return {
        en: `posting ${posting}: call ${event.call} ${event.outcome}${by ? '' : `, says ${event.by}`}${note}`,
        ja: `差分${posting}: 送信${event.call} ${outcomes[event.outcome]}${by ? '' : `（${event.by}による）`}${note}`,
      };
    }
    case 'asked':
      return {
        en: `posting ${posting}: replay asked for by ${event.by}: ${event.note}`,
        ja: `差分${posting}: ${event.by}が再送を指示: ${event.note}`,
      };
    case 'decided': {
      const note = event.note ? `: ${event.note}` : '';
      return {
        en: `posting ${posting}: ${event.reason} by ${event.by}${note}`,
        ja: `差分${posting}: ${event.by}による ${event.reason}${note}`,
      };
    }
  }
}

const kinds: Record<string, string> = {
  sale: '販売',
  return: '返品',
  cancel: '取消',
  reversal: '打消',
  edit: '修正',
  reservation: '取置',
  transfer: '移動',
  receipt: '入荷',
  loss: '紛失',
  damage: '破損',
  found: '発見',
  stocktaking: '棚卸',
  correction: '訂正',
  packed: '梱包',
};

/** `sale -2`. */
export function movementText(kind: string, quantity: number): Bilingual {
  return { en: `${kind} ${signed(quantity)}`, ja: `${kinds[kind] ?? kind} ${signed(quantity)}` };
}

export function signed(quantity: number): string {
  return quantity > 0 ? `+${quantity}` : String(quantity);
}
