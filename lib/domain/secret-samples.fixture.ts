/** Secrets that nobody owns, made of pieces when the tests run: no file of the repository holds anything that looks like one. */
export interface SecretSample {
  kind: string;
  type: string;
  text: string;
  /** What must not be left. */
  secret: string;
}

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const HEX = `${DIGITS}abcdef`;
const UPPER = LOWER.toUpperCase();
const WORDS = LOWER + UPPER + DIGITS;

/** Numbers between 0 and 1 that are the same in every run. */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

type Chars = (length: number, alphabet?: string) => string;
/** Type, the secret, and the text around it, `@` standing for it. */
type Kind = readonly [kind: string, type: string, make: (chars: Chars) => string, around?: string];

const SURROUNDINGS = [
  '@',
  'the key is @, keep it',
  'git clone https://x/@ done',
  '{"out":"line\\n@\\n"}',
  'user: try "@"\nagent: no',
  'a=@&b=1',
  '$ curl -d "k=@"',
];
const KINDS: readonly Kind[] = [
  ['classic GitHub', 'GITHUB_PAT', (c) => `gh${'p_'}${c(36)}`],
  ['GitHub server', 'GITHUB_SERVER_TOKEN', (c) => `gh${'s_'}${c(36)}`],
  ['GitHub OAuth', 'GITHUB_SERVER_TOKEN', (c) => `gh${'o_'}${c(36)}`],
  ['fine-grained GitHub', 'GITHUB_PAT_V2', (c) => `github${'_pat_'}${c(22)}_${c(59)}`],
  ['AWS id', 'AWS_ACCESS_KEY', (c) => `AK${'IA'}${c(16, UPPER + DIGITS)}`],
  ['AWS temporary id', 'AWS_ACCESS_KEY', (c) => `AS${'IA'}${c(16, UPPER + DIGITS)}`],
  ['AWS secret', 'AWS_SECRET', (c) => c(40, `${WORDS}+/`), 'aws_secret_access_key = @'],
  ['Cloudflare', 'CF_TOKEN', (c) => `cf${'ut_'}${c(40)}`],
  ['mol', 'MOL_PK', (c) => `mol${'_pk_'}${c(24)}`],
  ['ctx7', 'CTX7_TOKEN', (c) => `ctx${'7_'}${c(24)}`],
  ['OpenAI', 'SK_TOKEN', (c) => `s${'k-'}${c(48)}`],
  ['OpenAI project', 'SK_TOKEN', (c) => `s${'k-proj-'}${c(80, `${WORDS}-_`)}${c(16)}`],
  ['Anthropic', 'SK_TOKEN', (c) => `s${'k-ant-api03-'}${c(93, `${WORDS}-_`)}${c(20)}`],
  ['Stripe', 'STRIPE_KEY', (c) => `s${'k_live_'}${c(24)}`],
  ['Slack bot', 'SLACK_TOKEN', (c) => `xo${'xb-'}${c(12, DIGITS)}-${c(12, DIGITS)}-${c(24)}`],
  ['Slack app', 'SLACK_TOKEN', (c) => `xa${'pp-'}1-A${c(10, UPPER + DIGITS)}-${c(13, DIGITS)}-${c(64, HEX)}`],
  ['Google', 'GOOGLE_API_KEY', (c) => `AI${'za'}${c(35)}`],
  ['Hugging Face', 'HUGGINGFACE_TOKEN', (c) => `h${'f_'}${c(34)}`],
  ['npm', 'NPM_TOKEN', (c) => `np${'m_'}${c(36)}`],
  ['PyPI', 'PYPI_TOKEN', (c) => `py${'pi-AgEI'}${c(120, `${WORDS}-_`)}`],
  ['GitLab', 'GITLAB_TOKEN', (c) => `gl${'pat-'}${c(20)}`],
  ['SendGrid', 'SENDGRID_KEY', (c) => `S${'G.'}${c(22)}.${c(43)}`],
  ['Twilio', 'TWILIO_KEY', (c) => `S${'K'}${c(32, HEX)}`],
  ['Discord', 'DISCORD_TOKEN', (c) => `M${c(23)}.${c(6)}.${c(38)}`],
  ['Telegram', 'TELEGRAM_TOKEN', (c) => `${c(10, '123456789')}:${c(35)}`],
  ['JWT', 'JWT', (c) => `ey${'J'}${c(33)}.ey${'J'}${c(60)}.${c(43)}`],
  ['Databricks', 'DATABRICKS_TOKEN', (c) => `da${'pi'}${c(32, HEX)}`],
  ['DigitalOcean', 'DIGITALOCEAN_TOKEN', (c) => `do${'p_v1_'}${c(64, HEX)}`],
  ['Shopify', 'SHOPIFY_TOKEN', (c) => `shp${'at_'}${c(32, HEX)}`],
  ['Groq', 'GROQ_KEY', (c) => `gs${'k_'}${c(52)}`],
  ['Vault', 'VAULT_TOKEN', (c) => `hv${'s.'}${c(90)}`],
  ['Docker', 'DOCKER_PAT', (c) => `dckr${'_pat_'}${c(27)}`],
  ['base64', 'BASE64_BLOB', (c) => `${c(120, `${WORDS}+`)}${c(40)}`, 'output:\n@\nend'],
  ['key of a shell', 'API_KEY', (c) => c(32, HEX), 'export ACME_API_KEY=@'],
  ['key in JSON', 'API_KEY', (c) => c(24), '{"model":"x","apiKey":"@"}'],
  ['key in nested JSON', 'API_KEY', (c) => c(24), 'result: {\\"api_key\\": \\"@\\"}'],
  ['key in a header', 'API_KEY', (c) => c(32, HEX), "curl -H 'X-Api-Key: @' https://x"],
  ['key in an address', 'API_KEY', (c) => c(32, HEX), 'GET https://x/y?q=1&api_key=@&z=2'],
  ['key of a flag', 'API_KEY', (c) => c(24), 'acme login --api-key @ --verbose'],
  ['token in YAML', 'TOKEN', (c) => c(20), 'deploy:\n  auth_token: @\n  dry: true'],
  ['token in dotenv', 'TOKEN', (c) => c(20, LOWER), 'A=1\nMY_TOKEN=@\nB=2'],
  ['secret in TOML', 'SECRET', (c) => c(20, LOWER), 'client_secret = "@"'],
  ['secret in code', 'SECRET', (c) => c(18), "os.environ['CLIENT_SECRET'] = '@'"],
  ['password in JSON', 'PASSWORD', (c) => c(9, LOWER), '{"user":"me","password":"@"}'],
  ['password in dotenv', 'PASSWORD', (c) => `${c(5)},&${c(5)};${c(2)}`, 'DB_PASSWORD=@'],
  ['pass in dotenv', 'PASSWORD', (c) => c(12), 'A=1\nDB_PASS=@\nB=2'],
  ['pass in YAML', 'PASSWORD', (c) => `${c(6)}7x${c(4)}`, 'smtp:\n  SMTP_PASS: @\n'],
  ['pass in JSON', 'PASSWORD', (c) => c(12), '{"DB_PASS":"@"}'],
  ['pass alone', 'PASSWORD', (c) => `${c(5)}4q${c(5)}`, 'connect user=app pass=@ host=db'],
  ['password for mysql', 'PASSWORD', (c) => c(12), 'mysqldump -uroot -p@ acme'],
  ['key of a DSN', 'TOKEN', (c) => c(32, HEX), 'DSN https://@@o1.ingest.sentry.io/1'],
  ['password of a connection', 'PASSWORD', (c) => c(14), 'DATABASE_URL postgres://app:@@db.internal:5432/app'],
  ['password in XML', 'PASSWORD', (c) => c(12), '<server><password>@</password></server>'],
  ['password of a database string', 'PASSWORD', (c) => c(12), 'Server=db;User Id=sa;Password=@;Encrypt=true'],
  ['password for curl', 'PASSWORD', (c) => c(12), 'curl -s -u me:@ https://x'],
  ['bearer', 'BEARER_TOKEN', (c) => c(43, `${WORDS}-_`), 'Authorization: Bearer @'],
  ['basic', 'BASIC_AUTH', (c) => c(24), '{"headers":{"authorization":"Basic @"}}'],
  ['private key', 'PRIVATE_KEY', (c) => c(64), `-----BEGIN ${'RSA PRIVATE'} KEY-----\nAAAA\n@\n-----END ${'RSA PRIVATE'} KEY-----`],
  [
    'private key in JSON',
    'PRIVATE_KEY',
    (c) => c(64),
    `{"private_key":"-----BEGIN ${'PRIVATE'} KEY-----\\nAAAA\\n@\\n-----END ${'PRIVATE'} KEY-----\\n"}`,
  ],
];

/** `each` samples of every kind. */
export function secretSamples(each: number): SecretSample[] {
  return KINDS.flatMap(([kind, type, make, around], index) =>
    Array.from({ length: each }, (_unused, at) => {
      const random = numbers(1 + index * 1000 + at);
      const chars: Chars = (length, alphabet = WORDS) =>
        Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');
      const secret = make(chars);
      const text = (around ?? SURROUNDINGS[at % SURROUNDINGS.length] ?? '@').replace('@', () => secret);
      return { kind: `${kind} ${at + 1}`, type, text, secret };
    }),
  );
}
