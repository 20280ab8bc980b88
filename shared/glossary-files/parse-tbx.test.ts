import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { glossaryArbitrary } from '../testing/glossary-arbitrary.ts';
import { type GlossaryFileOptions, readGlossaryFile } from './glossary-file.ts';
import { MAX_XML_DEPTH } from './parse-tbx.ts';

const ENGLISH: GlossaryFileOptions = { spoken: ['en'] };

function read(text: string, options = ENGLISH) {
  return readGlossaryFile({ name: 'terms.tbx', bytes: new TextEncoder().encode(text) }, options);
}

const VERSION_2 = `<?xml version='1.0'?>
<!DOCTYPE martif SYSTEM "TBXcoreStructV02.dtd">
<martif type="TBX" xml:lang="en">
  <martifHeader><fileDesc><sourceDesc><p>Ours</p></sourceDesc></fileDesc></martifHeader>
  <text><body>
    <termEntry id="c1">
      <descrip type="subjectField">events &amp; more</descrip>
      <langSet xml:lang="en-US">
        <tig><term>speaker&#8217;s
          desk</term><termNote type="partOfSpeech">noun</termNote></tig>
        <ntig><termGrp><term>lectern</term></termGrp></ntig>
      </langSet>
      <langSet xml:lang="es-ES">
        <tig><term>pupitre</term>
          <termNote type="administrativeStatus">deprecatedTerm-admn-sts</termNote></tig>
        <tig><term>atril</term></tig>
        <tig><term><![CDATA[atril <de> orador]]></term>
          <termNote type="administrativeStatus">preferredTerm-admn-sts</termNote></tig>
      </langSet>
      <langSet xml:lang="fr"><tig><term>pupitre</term>
        <termNote type="administrativeStatus">supersededTerm-admn-sts</termNote></tig></langSet>
    </termEntry>
  </body></text>
</martif>`;

const VERSION_3 = `<tbx type="TBX-Basic" style="dct" xml:lang="en"
  xmlns="urn:iso:std:iso:30042:ed-2" xmlns:min="http://www.tbxinfo.net/ns/min">
  <tbxHeader><fileDesc/></tbxHeader>
  <text><body>
    <conceptEntry id="c1">
      <langSec xml:lang="en"><termSec><term>slot</term></termSec></langSec>
      <langSec xml:lang="EN-GB"><termSec><term>Slot</term></termSec></langSec>
      <langSec xml:lang="pt-BR">
        <termSec><min:administrativeStatus>admitted</min:administrativeStatus>
          <term>encaixe</term></termSec>
        <termSec><term>v<hi>ag</hi>a</term>
          <min:administrativeStatus>preferred</min:administrativeStatus></termSec>
      </langSec>
    </conceptEntry>
    <conceptEntry id="c2">
      <langSec xml:lang="fr"><termSec><term>seul</term></termSec></langSec>
    </conceptEntry>
  </body></text>
</tbx>`;

const concept = (english: string, spanish = 'x') =>
  `<tbx><text><body><conceptEntry>
<langSec xml:lang="en"><termSec><term>${english}</term></termSec></langSec>
<langSec xml:lang="es"><termSec><term>${spanish}</term></termSec></langSec>
</conceptEntry></body></text></tbx>`;

describe('TBX', () => {
  test('of version 2 is read: synonyms as terms, the preferred one as translation', async () => {
    const shared = { language: 'en', heardAs: [], keep: false };
    const translations = { es: 'atril <de> orador' };
    expect(await read(VERSION_2)).toEqual({
      ok: true,
      glossary: [
        { ...shared, term: 'speaker’s desk', translations },
        { ...shared, term: 'lectern', translations },
      ],
    });
  });

  test('of version 3 is read, regions left out', async () => {
    const entry = { language: 'en', term: 'slot', translations: { pt: 'vaga' } };
    expect(await read(VERSION_3)).toMatchObject({ ok: true, glossary: [entry] });
    expect(await read(VERSION_3, { spoken: ['pt', 'fr'] })).toMatchObject({
      ok: true,
      glossary: [
        { language: 'pt', term: 'encaixe', translations: { en: 'slot' } },
        { language: 'pt', term: 'vaga', translations: { en: 'slot' } },
        { language: 'fr', term: 'seul', translations: {} },
      ],
    });
  });

  test.each([
    ['utf-16le', [0xff, 0xfe]],
    ['utf-16be', [0xfe, 0xff]],
  ] as const)('in %s is read', async (encoding, mark) => {
    const text = `<?xml version="1.0" encoding="UTF-16"?>${concept('naïve', '日本')}`;
    const units = [...text].flatMap((character) => {
      const code = character.charCodeAt(0);
      const bytes = [code & 0xff, code >> 8];
      return encoding === 'utf-16le' ? bytes : bytes.reverse();
    });
    const bytes = Uint8Array.from([...mark, ...units]);
    expect(await readGlossaryFile({ name: 'a.xml', bytes }, ENGLISH)).toMatchObject({
      glossary: [{ term: 'naïve', translations: { es: '日本' } }],
    });
  });

  test('whatever may stand in a glossary comes through', async () => {
    await fc.assert(
      fc.asyncProperty(glossaryArbitrary, async (glossary) => {
        const escaped = (text: string) =>
          text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
        const terms = glossary.filter(({ language }) => language === 'en');
        const text = terms.map(({ term }) => concept(escaped(term), escaped(term))).join('');
        const body = text.replaceAll('</body></text></tbx><tbx><text><body>', '');
        const result = await read(body === '' ? concept('') : body);
        const collapsed = terms.map(({ term }) => term.replace(/\s+/g, ' '));
        if (terms.length === 0 || new Set(collapsed).size < terms.length) return;
        expect(result).toMatchObject({
          ok: true,
          glossary: collapsed.map((term) => ({ term, translations: { es: term } })),
        });
      }),
    );
  });
});

describe('[INV4] a wrong TBX file is refused with its line', () => {
  const laughs = Array.from(
    { length: 9 },
    (_, at) => `<!ENTITY lol${at + 1} "${`&lol${at};`.repeat(10)}">`,
  ).join('\n');
  const entities = 'expected no entities but those of XML itself, got another.';
  const deep = '<a>'.repeat(MAX_XML_DEPTH);
  test.each([
    [
      'entities that grow, a billion laughs',
      `<!DOCTYPE tbx [<!ENTITY lol0 "lol">\n${laughs}]>\n${concept('&lol9;')}`,
      `Line 12: ${entities}`,
    ],
    [
      'an entity out of a file',
      `<!DOCTYPE tbx [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n${concept('&x;')}`,
      `Line 3: ${entities}`,
    ],
    ['an entity in an attribute', '<tbx a="&x;"/>', `Line 1: ${entities}`],
    ['an end that is missing', concept('a').slice(0, -6), 'expected well-formed XML, got a fault.'],
    ['tags that cross', '<tbx><text></tbx></text>', 'expected well-formed XML, got a fault.'],
    ['no XML', 'term,es\na,b\n', 'expected well-formed XML, got a fault.'],
    ['a page', '<html></html>', 'Line 1: expected TBX (an element "martif" or "tbx"), got another'],
    [
      'elements too deep',
      `<tbx>\n${deep}`,
      'Line 2: expected elements at most 64 deep, got deeper',
    ],
    [
      'a language that is missing',
      concept('a').replace('xml:lang="es"', ''),
      'Line 3: expected xml:',
    ],
    ['a long term', concept('x'.repeat(93)), 'Line 2: expected at most 80 characters, got 93.'],
    ['a long translation', concept('a', 'x'.repeat(93)), '80 characters in column "es", got 93.'],
    ['an empty term', concept(' '), 'Line 2: expected a term, got nothing.'],
    [
      'a term again',
      `${concept('Ada')}${concept('ADA')}`.replace('</body></text></tbx><tbx><text><body>', '\n'),
      'Line 6: expected each term once, got the one of line 2 again.',
    ],
  ])('%s', async (_name, text, expected) => {
    const result = await read(text);
    const [first = '', ...more] = result.ok ? [] : result.problems;
    expect(first).toContain(expected);
    expect(more).toEqual([]);
  });

  test('and without terms of the spoken language it says so', async () => {
    const problemsOf = async (text: string, spoken: string[]) => {
      const result = await read(text, { spoken });
      return result.ok ? [] : result.problems;
    };
    expect(await problemsOf(VERSION_3, ['de', 'it'])).toEqual([
      'Expected terms in de or it, got 5 in other languages.',
    ]);
    expect(await problemsOf('<tbx/>', ['en'])).toEqual([
      'Expected terms in en, got no terms at all.',
    ]);
  });

  test('[INV7] and no term is repeated', async () => {
    const told = await Promise.all(
      ['Secret<', 'Secret &Secret;', 'Secret\u0000', '<Secret>', `Secret${'x'.repeat(90)}`].map(
        (term) => read(concept(term)),
      ),
    );
    for (const result of told) {
      expect(result.ok).toBe(false);
      expect(JSON.stringify(result)).not.toContain('Secret');
    }
  });
});

test('no text makes the reader throw', async () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.constantFrom(
      ...['<tbx>', '</tbx>', '<conceptEntry>', '</conceptEntry>', '<langSec xml:lang="en">'],
      ...['</langSec>', '<termSec>', '</termSec>', '<term>', '</term>', '<![CDATA[', ']]>'],
      ...['<!DOCTYPE x [', ']>', '&amp;', '&#x110000;', '<?xml version="1.1"?>', '<!--', '-->'],
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (pieces) => {
      const result = await read(pieces.join(''));
      if (!result.ok) expect(result.problems.length).toBeGreaterThan(0);
    }),
    { numRuns: 150 },
  );
});
