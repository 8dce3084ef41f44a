import { secretSamples } from './secret-samples.fixture.ts';

const KEY = 'PRIVATE KEY-----';
/** Beginnings that never become a secret, so that each repetition is another false start. */
// biome-ignore format: one on a line would hide that they are a list
const UNITS = [
  'a', 'aA1', 'A', '0', '-', '=', ' ', '\\', '"', '/', '@', '.', ':', '\n', '[', '{"a":', '-----BEGIN ', `-----BEGIN ${KEY}`,
  `-----BEGIN ${KEY} x `, `-----BEGIN ${KEY} x -----END `, 'token', 'token=', 'token="', "token='", 'token=$', 'token="$',
  'token=\\"$', 'token: ', 'token \n', 'token\\\\\\', 'api_key', 'secretkey', 'password=a.', 'password=|\n ', 'token=\\',
  'TOKEN=$a&', 'authorization: bearer ', 'Authorization: ', 'bearer ', 'bearer .', 'cookie: a=', 'cookie:a=$', '://',
  '://a:', '://a@', '://a:b', '://$:$@', ' -u a:', ' -u a:a', 'curl -u a:$ ', 'eyJ', 'eyJaaaaaaaa.', 'eyJaaaaaaaa.eyJ',
  'sk-', 'sk-a-', 'SG.', 'SG.aaaaaaaaaaaaaaaaaaaa', 'xoxb-', 'ghp_', 'ghp_aaaaaaaaaaaaaaaaaaa ', 'github_pat_', 'AKIA',
  'AKIAAAAAAAAAAAAAAAA', '1234567890:', 'M1aA', 'pat', '1Q~', 'aA1/', `/AK${'IA'}`, 'key-0123456789', '[REDACTED:',
  '[REDACTED:A]', 'source', 'source \t= ', 'tool\\', '\x1b[', '\x1b[0;0;0;0', '%3D', '\\u0000', 'PROXY-', '_', 'a_-/+',
  'https://discord.com/api/webhooks/', '"token"', 'x.token="a\\"', '<token>', 'auth"',
];

/** Texts of about `length` characters at which a pattern that reads anything twice would be slow, each with its name. */
export function hostileTexts(length: number): [name: string, text: string][] {
  const filled = (unit: string) => unit.repeat(Math.ceil(length / unit.length));
  return [
    ...UNITS.map((unit): [string, string] => [unit, filled(unit)]),
    ['one secret', `sk-${filled('a1B2')}`],
    ['a path of tokens', filled(`/a/${secretSamples(1)[0]?.secret}`)],
    ['nested lists', '['.repeat(length / 2) + ']'.repeat(length / 2)],
    ['lists of lists that are JSON', JSON.stringify(Array.from({ length: length / 10 }, () => [[['x']]]))],
    [
      'many characters',
      Array.from({ length }, (_unused, at) => String.fromCharCode(32 + ((at * 7919 + (at >> 3) * 104729) % 95))).join(''),
    ],
  ];
}
