/** Texts with their scores by sacrebleu 2.6.0, defaults throughout. */
export const SACREBLEU_VECTORS: readonly {
  readonly name: string;
  readonly hypotheses: readonly string[];
  readonly references: readonly string[];
  readonly bleu: number;
  readonly chrf: number;
}[] = [
  {
    name: 'one perfect sentence',
    hypotheses: ['La casa es grande y blanca.'],
    references: ['La casa es grande y blanca.'],
    bleu: 100.0,
    chrf: 100.0,
  },
  {
    name: 'a corpus with punctuation and digits',
    hypotheses: [
      "He paid $1,250.75 for 3 houses, didn't he?",
      'At 18:45 (sharp) the U.S. team won 3-1.',
      '"Well-known" cars & bikes: 50% off!',
    ],
    references: [
      'He paid $1,250.75 for three houses, did he not?',
      'At 18:45 sharp, the US team won 3-1.',
      'Well-known "cars" & bikes; 50 % off.',
    ],
    bleu: 38.8784,
    chrf: 66.8794,
  },
  {
    name: 'Spanish and Catalan',
    hypotheses: [
      '¿Dónde está el niño? ¡Aquí!',
      "L'home va dir que «no» ho sabia…",
      'Els ratolins de 4 mesos són morts.',
    ],
    references: [
      '¿En dónde está el niño? ¡Aquí está!',
      "L'home va dir que no ho sabia.",
      'Els ratolins de quatre mesos ja no són diabètics.',
    ],
    bleu: 33.6107,
    chrf: 58.7003,
  },
  {
    name: 'other scripts and emoji',
    hypotheses: ['漢字 かな 한국어 😀', 'שלום עולם, 2024', 'Привет, мир!'],
    references: ['漢字 と かな 😀!', 'שלום לעולם 2024', 'Привет миру!'],
    bleu: 8.6607,
    chrf: 39.6062,
  },
  {
    name: 'entities, dashes at line ends and odd blanks',
    hypotheses: [
      'a &amp; b &lt;c&gt; &quot;d&quot;-\ne',
      'x\u00a0y\u2003z\u3000w',
      '-3 5-6 .5 5. 1,2,3',
    ],
    references: ['a & b <c> "d"-e', 'x y z w', '-3 5 - 6 .5 5 . 1,2 ,3'],
    bleu: 81.394,
    chrf: 55.5904,
  },
  {
    name: 'no four words in a row right (smoothing)',
    hypotheses: ['the cat sat on a mat today', 'dogs are loud animals'],
    references: ['a cat was sitting on the mat', 'loud are dogs, animals'],
    bleu: 7.288,
    chrf: 36.9651,
  },
  {
    name: 'too short a translation',
    hypotheses: ['The house'],
    references: ['The house is big and old and white.'],
    bleu: 0.0,
    chrf: 25.1821,
  },
  {
    name: 'an empty translation among others',
    hypotheses: ['', 'The dog sleeps in the old house.'],
    references: ['The cat.', 'The dog sleeps in an old house.'],
    bleu: 34.3645,
    chrf: 67.8734,
  },
  { name: 'nothing in common', hypotheses: ['xyz'], references: ['abc def'], bleu: 0.0, chrf: 0.0 },
  {
    name: 'sentences shorter than four words',
    hypotheses: ['Good day', 'Yes'],
    references: ['Good day', 'Yes'],
    bleu: 0.0,
    chrf: 100.0,
  },
];
