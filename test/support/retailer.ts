import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeCp932 } from './cp932.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A small retailer on disk: configuration, store map, and the folder of its data. */
export interface Retailer {
  root: string;
  configPath: string;
  inbox: string;
  data(...path: string[]): string;
}

const storeLines = [
  'storeId,storeCode,name,facilityId,externalFacilityId,locationSeqId,kind,online',
  '1,TK01,原宿店,HARAJUKU,1,TLTLTLLL01,store,yes',
  '2,OS02,心斎橋店,SHINSAIBASHI,2,TLTLTLLL01,store,yes',
  '9,WH09,物流倉庫,,9,TLTLTLLL01,warehouse,no',
];

/** Writes a retailer into a fresh folder; `settings` go on top of quick defaults. */
export async function makeRetailer(settings: object): Promise<Retailer> {
  const root = await temporaryFolder();
  const configPath = join(root, 'flagship.json');
  await writeFile(join(root, 'stores.csv'), storeLines.join('\n'));
  const configuration = {
    dataDir: 'data',
    inbox: { settleSeconds: 0.2, scanSeconds: 0.2 },
    status: null,
    ...settings,
  };
  await writeFile(configPath, JSON.stringify(configuration));
  const inbox = join(root, 'data', 'inbox', 'inventory');
  await mkdir(inbox, { recursive: true });
  return { root, configPath, inbox, data: (...path) => join(root, 'data', ...path) };
}

/** An inventory file as Smaregi's back office writes it (CP932, quoted, CRLF), and the Reset CSV it must become. */
export function inventoryFile(products: number): { bytes: Buffer; expected: string } {
  const lines = ['"店舗ID","店舗名","商品コード","商品名","在庫数"'];
  const expected = ['facilityId,externalFacilityId,locationSeqId,idType,idValue,availableQty'];
  for (let product = 1; product <= products; product += 1) {
    const code = `4901234${String(product).padStart(6, '0')}`;
    for (const [id, name, facility] of [
      ['1', '原宿店', 'HARAJUKU'],
      ['2', '心斎橋店', 'SHINSAIBASHI'],
    ]) {
      const quantity = (product * 7 + Number(id)) % 50;
      lines.push(`"${id}","${name}","\t${code}","キャップ①表 №${product}","${quantity}"`);
      expected.push(`${facility},${id},TLTLTLLL01,UPCA,${code},${quantity}`);
    }
  }
  return {
    bytes: encodeCp932(lines.map((line) => `${line}\r\n`).join('')),
    expected: `${expected.join('\n')}\n`,
  };
}

/** Puts a file into the inbox at once, as a rename does. */
export async function drop(retailer: Retailer, name: string, bytes: Buffer | string): Promise<void> {
  const aside = join(retailer.root, `${name}.aside`);
  await writeFile(aside, bytes);
  await rename(aside, join(retailer.inbox, name));
}

/** The names in a folder, dot files too, in order; none when it is not there. */
export async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).sort();
}

/** The only file in a folder whose name ends in .csv, with its content. */
export async function onlyCsv(folder: string): Promise<{ name: string; text: string }> {
  const names = (await namesIn(folder)).filter((name) => name.endsWith('.csv'));
  if (names.length !== 1) throw new Error(`not one .csv in ${folder}: ${names.join(', ')}`);
  const name = names[0] ?? '';
  return { name, text: await readFile(join(folder, name), 'utf8') };
}
