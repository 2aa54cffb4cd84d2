import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { encodeCp932 } from '../test/support/cp932.ts';

const header =
  '取引ID,取引日時,"取引区分 （1：通常、2：入金、3：出金）","取消区分 (0:通常、1：取消)",' +
  '"打消区分(0：通常、1：打消元レコード、2：打消レコード)",打消取引ID,合計,店舗ID,取引明細ID,' +
  '"取引明細区分 （1：通常、2：返品、3：部門売り）",商品ID,商品コード,商品名,数量,値引き後計,更新日時\r\n';

/** Writes a CP932 file of `lines` sold lines, two to a transaction, over one month and `stores` stores. */
export async function writeSalesFile(path: string, lines: number, stores: number): Promise<void> {
  const file = createWriteStream(path);
  file.write(encodeCp932(header));
  const name = encodeCp932('"キャップ①表"').toString('latin1');
  const perPiece = 2_000;
  for (let from = 0; from < lines; from += perPiece) {
    let text = '';
    for (let line = from; line < Math.min(lines, from + perPiece); line += 1) {
      const transaction = 8_000_000 + Math.floor(line / 2);
      const second = Math.floor(line / 2) % 86_400;
      const day = 1 + (Math.floor((line / lines) * 30) % 30);
      const time = `2026/11/${two(day)} ${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}`;
      const product = (line * 7919) % 20_000;
      text +=
        `${transaction},${time},1,0,0,,7800,${1 + (transaction % stores)},${1 + (line % 2)},1,${product},` +
        `4901234${String(product).padStart(6, '0')},${name},1,3900,${time}\r\n`;
    }
    if (!file.write(Buffer.from(text, 'latin1'))) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
