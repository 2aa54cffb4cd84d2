import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

// The repository checks itself: direction of imports, doors to libraries, names, clocks, error codes, docs.

const root = fileURLToPath(new URL('..', import.meta.url));

/** Lower layers first. A file imports from its own layer and from those before it. */
const layers = [
  ['platform'],
  ['csv', 'config'],
  ['smaregi', 'hotwax'],
  ['ledger'],
  ['delivery', 'snapshot', 'recording', 'allotment'],
  ['levels'],
  ['intake', 'polling', 'posting', 'status', 'alarm', 'sandbox'],
  ['app', 'commands'],
  ['main', 'cli', 'start'],
];

/** Each outside library has one door, so that it can be replaced there. */
const doors: Record<string, string> = {
  'better-sqlite3': 'src/platform/database.ts',
  nodemailer: 'src/alarm/mail.ts',
  'p-queue': 'src/posting/send-queue.ts',
  chokidar: 'src/intake/inbox-watch.ts',
  commander: 'src/cli.ts',
  'csv-parse': 'src/csv/parse.ts',
  'csv-stringify': 'src/csv/write.ts',
  fastify: 'src/platform/http-server.ts',
  pino: 'src/platform/logger.ts',
  'prom-client': 'src/platform/meter.ts',
  'pino-pretty': 'src/platform/logger.ts',
  ssh2: 'src/sandbox/sftp-server.ts',
  'ssh2-sftp-client': 'src/delivery/sftp-connection.ts',
  'temporal-polyfill': 'src/platform/time-zone.ts',
  undici: 'src/platform/http-client.ts',
  yauzl: 'src/platform/unpack.ts',
  zod: 'src/config/setting-fields.ts',
};

function filesBelow(folder: string, ending: RegExp): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

const sources = filesBelow('src', /\.(ts|js)$/);
const texts = new Map(sources.map((path) => [path, readFileSync(join(root, path), 'utf8')]));

interface Import {
  specifier: string;
  typeOnly: boolean;
}

function importsOf(path: string): Import[] {
  const text = texts.get(path) ?? '';
  const statics = [...text.matchAll(/^(?:import|export)\s+(type\s)?[^'"]*?from\s+'([^']+)'/gms)];
  const bare = [...text.matchAll(/(?:^import|import\()\s*'([^']+)'/gm)];
  return [
    ...statics.map(([, typeOnly, specifier]) => ({
      specifier: specifier ?? '',
      typeOnly: Boolean(typeOnly),
    })),
    ...bare.map(([, specifier]) => ({ specifier: specifier ?? '', typeOnly: false })),
  ];
}

function ownImports(path: string): string[] {
  return importsOf(path)
    .filter(({ specifier }) => specifier.startsWith('.'))
    .map(({ specifier }) => join(dirname(path), specifier));
}

function layerOf(path: string): number {
  const name = path.replace(/^src\//, '').replace(/[/.].*$/, '');
  return layers.findIndex((layer) => layer.includes(name));
}

function folderOf(path: string): string {
  return path.replace(/^src\//, '').replace(/[/.].*$/, '');
}

describe('imports', () => {
  test('every file belongs to a layer', () => {
    expect(sources.filter((path) => layerOf(path) < 0)).toEqual([]);
  });

  test('go down only', () => {
    const wrong = sources.flatMap((path) =>
      ownImports(path)
        .filter((target) => layerOf(target) > layerOf(path))
        .map((target) => `${path} -> ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test('smaregi and hotwax do not know each other', () => {
    const wrong = sources.flatMap((path) =>
      ownImports(path)
        .filter((target) => /^(smaregi hotwax|hotwax smaregi)$/.test(`${folderOf(path)} ${folderOf(target)}`))
        .map((target) => `${path} -> ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test('the sandbox is known to the demo and itself only', () => {
    const known = sources.filter(
      (path) =>
        folderOf(path) !== 'sandbox' && ownImports(path).some((target) => folderOf(target) === 'sandbox'),
    );
    expect(known.every((path) => /^src\/commands\/(demo|sandbox)/.test(path))).toBe(true);
  });

  test('never run in a circle', () => {
    const state = new Map<string, 'open' | 'done'>();
    const circles: string[] = [];
    const visit = (path: string, trail: string[]) => {
      if (state.get(path) === 'done') return;
      if (state.get(path) === 'open') {
        circles.push([...trail.slice(trail.indexOf(path)), path].join(' -> '));
        return;
      }
      state.set(path, 'open');
      for (const target of ownImports(path)) visit(target, [...trail, path]);
      state.set(path, 'done');
    };
    for (const path of sources) visit(path, []);
    expect(circles).toEqual([]);
  });

  test('an outside library comes in by its door', () => {
    const wrong = sources.flatMap((path) =>
      importsOf(path)
        .filter(({ specifier, typeOnly }) => !typeOnly && !/^(\.|node:)/.test(specifier))
        .map(({ specifier }) => specifier.replace(/^((?:@[^/]+\/)?[^/]+).*$/, '$1'))
        .filter((library) => doors[library] !== path)
        .map((library) => `${path} imports ${library}, whose door is ${doors[library] ?? 'not named'}`),
    );
    expect(wrong).toEqual([]);
  });

  test('lead to files that exist', () => {
    const wrong = sources.flatMap((path) =>
      ownImports(path)
        .filter((target) => !texts.has(target))
        .map((target) => `${path} -> ${target}`),
    );
    expect(wrong).toEqual([]);
  });
});

test('no file or folder has a name that says nothing', () => {
  const empty = /^(utils?|helpers?|common|misc|types|lib|managers?|services?|processors?|index)$/;
  const wrong = [...sources, ...filesBelow('test', /\.ts$/)].filter((path) =>
    path.split('/').some((part) => empty.test(part.replace(/(\.test)?\.(ts|js)$/, ''))),
  );
  expect(wrong).toEqual([]);
});

test('no file grows beyond one concept', () => {
  const long = sources.filter((path) => (texts.get(path) ?? '').split('\n').length > 301);
  expect(long).toEqual([]);
});

test('only the clock reads the clock', () => {
  const clocks = ['src/platform/clock.ts', 'src/status/page/browser-clock.js'];
  const wrong = sources.filter(
    (path) =>
      !clocks.includes(path) &&
      /\bDate\.now\(|\bnew Date\(\)|\bsetTimeout\(|\bsetInterval\(|performance\.now\(/.test(
        texts.get(path) ?? '',
      ),
  );
  expect(wrong).toEqual([]);
});

test('chance comes in as an argument, from the composition root', () => {
  const wrong = sources.filter(
    (path) => path !== 'src/app.ts' && /Math\.random\b/.test(texts.get(path) ?? ''),
  );
  expect(wrong).toEqual([]);
});

test('migrations are numbered without a gap, and no two alike', () => {
  const numbers = filesBelow('src/ledger/migrations', /\.sql$/).map((path) =>
    Number(/(\d{4})-[^/]+$/.exec(path)?.[1]),
  );
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
});

test('no document holds what a merge left undecided', () => {
  const documents = ['README.md', ...filesBelow('docs', /\.(md|json)$/)];
  const undecided = /^(<{7} |>{7} )/m;
  expect(documents.filter((path) => undecided.test(readFileSync(join(root, path), 'utf8')))).toEqual([]);
});

test('nothing is left over for later', () => {
  const wrong = sources.filter((path) =>
    /\b(TODO|FIXME|XXX|HACK)\b|@ts-ignore|@ts-nocheck/.test(texts.get(path) ?? ''),
  );
  expect(wrong).toEqual([]);
});

describe('error codes', () => {
  const operations = readFileSync(join(root, 'docs/operations.md'), 'utf8');
  const thrown = new Set(
    [...texts.values()].flatMap((text) =>
      [...text.matchAll(/new Problem\(\s*'([a-z0-9-]+)'/g)].map(([, code]) => code ?? ''),
    ),
  );

  test('are literal where they are thrown, so that this test can see them', () => {
    const hidden = sources.filter((path) => /new Problem\(\s*[^'\s]/.test(texts.get(path) ?? ''));
    expect(hidden).toEqual([]);
  });

  test('each stands in docs/operations.md', () => {
    expect([...thrown].filter((code) => !operations.includes(`| \`${code}\` |`)).sort()).toEqual([]);
  });
});

test('every path that the documents name exists', () => {
  const documents = ['README.md', ...filesBelow('docs', /\.md$/)];
  const wrong = documents.flatMap((document) => {
    const text = readFileSync(join(root, document), 'utf8');
    const named = [
      ...[...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, path]) =>
        join(dirname(document), path ?? ''),
      ),
      ...[...text.matchAll(/`((?:src|test|docs|bench|data\/sample)\/[\w./-]+)`/g)].map(
        ([, path]) => path ?? '',
      ),
    ];
    return named.filter((path) => !existsSync(join(root, path))).map((path) => `${document}: ${path}`);
  });
  expect(wrong).toEqual([]);
});

test('nothing is half merged', () => {
  const everything = [...sources, 'README.md', ...filesBelow('docs', /./), ...filesBelow('test', /\.ts$/)];
  const marker = new RegExp(`^(${'<'.repeat(7)}|${'>'.repeat(7)}) `, 'm');
  expect(everything.filter((path) => marker.test(readFileSync(join(root, path), 'utf8')))).toEqual([]);
});

test('no document or source names a path of the machine it was written on', () => {
  const everything = [
    ...sources,
    ...filesBelow('test', /\.ts$/),
    'README.md',
    ...filesBelow('docs', /\.md$/),
  ];
  const local = new RegExp(`/(${['wor' + 'k', 'roo' + 't'].join('|')})/`);
  expect(everything.filter((path) => local.test(readFileSync(join(root, path), 'utf8')))).toEqual([]);
});
